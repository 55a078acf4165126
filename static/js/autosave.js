// The draft is saved by itself while somebody writes. What could not be saved is said, tried again, and asked about
// before the page is left.
(function () {
  "use strict";

  const form = document.getElementById("page-form");
  if (!form) {
    return;
  }
  const { text, change_note: note, version } = form.elements;
  const state = form.querySelector(".desk-save-state");
  const said = state.querySelector("[role=status]");
  const time = state.querySelector(".desk-save-time");

  const PAUSE = 3_000; // milliseconds without typing after which it is saved
  const LONGEST = 20_000; // and at least so often while typing goes on
  const PATIENCE = 30_000; // for an answer
  const NEXT_TRY = [5_000, 15_000, 60_000]; // when the site could not be reached
  // Of what a page sends while it is left, browsers take 64 KiB.
  const SENT_ON_LEAVING = 60_000;

  const written = () => JSON.stringify([text.value, note.value]);
  let saved = "unsaved" in form.dataset ? "" : written();
  let refused = ""; // what the site answered it cannot take: the same again would be refused again
  let stopped = false; // somebody has to look first
  let leaving = false;
  let misses = 0;
  let saving = null;
  const timers = {};

  const unsaved = () => written() !== saved;

  function after(name, wait) {
    clearTimeout(timers[name]);
    timers[name] = setTimeout(save, wait);
  }

  // Only the words are a live region, so that a screen reader says "Saved" once, and not again with every new time.
  function tell(words, at) {
    if (said.textContent !== words) {
      said.textContent = words;
    }
    state.classList.toggle("is-failed", !at);
    time.textContent = at ? at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }) : "";
  }

  function typed() {
    leaving = false;
    if (stopped || !unsaved() || written() === refused) {
      return;
    }
    after("pause", PAUSE);
    timers.longest = timers.longest || setTimeout(save, LONGEST);
  }

  // One save at a time: each begins from the version that the one before gave.
  function save() {
    Object.keys(timers).forEach(function (name) {
      clearTimeout(timers[name]);
      delete timers[name];
    });
    if (!saving && !stopped && unsaved()) {
      const sent = written();
      saving = send(sent).finally(function () {
        saving = null;
        if (written() !== sent) {
          typed();
        }
      });
    }
    return saving;
  }

  async function send(sent) {
    let answer, told;
    try {
      answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        keepalive: new Blob([sent]).size < SENT_ON_LEAVING,
        signal: AbortSignal.timeout(PATIENCE),
      });
      told = await answer.json();
    } catch (problem) {
      missed(answer);
      return;
    }
    misses = 0;
    if (answer.ok) {
      saved = sent;
      version.value = told.version;
      tell("Saved", new Date(told.saved_at));
    } else {
      refused = sent;
      stopped = answer.status === 409;
      tell(`Not saved. ${told.error}`);
    }
  }

  function missed(answer) {
    const why = answer ? "The site has a problem." : "The site does not answer. Check your connection.";
    tell(`Not saved. ${why} Your words are still here, and saving is tried again by itself.`);
    after("again", NEXT_TRY[Math.min(misses, NEXT_TRY.length - 1)]);
    misses += 1;
  }

  form.addEventListener("input", typed);
  form.addEventListener("keyup", typed); // markdownx's own keys change the text without saying so
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") {
      save();
    }
  });
  window.addEventListener("pagehide", function () {
    if (!leaving) {
      save();
    }
  });
  window.addEventListener("beforeunload", function (event) {
    if (!leaving && unsaved()) {
      event.preventDefault();
      save();
    }
  });

  // The buttons save what is unsaved first. When the site cannot be reached, the words then stay on this page; and a
  // save that is under way cannot make the next one look as if it came from another window.
  let passing = false;
  form.addEventListener("submit", async function (event) {
    const waiting = passing ? null : saving || save();
    if (!waiting) {
      leaving = true;
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    await waiting;
    await save();
    if (misses && unsaved()) {
      return;
    }
    passing = true;
    form.requestSubmit(button);
    passing = false;
  });
})();
