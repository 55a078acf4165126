// What the public pages can do besides: notes beside their links, suggestions, print, copy. All of it is optional:
// without it they are plain links and forms. It asks for nothing but suggestions, and keeps nothing.
(function () {
  "use strict";

  function make(tag, attributes, ...children) {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  }

  // Questions ----------------------------------------------------------------------------------------

  // An address that names a closed question, or something inside one, opens it.
  function openQuestion() {
    const target = document.getElementById(location.hash.slice(1));
    let closed = target && target.closest("details:not([open])");
    if (!closed) {
      return;
    }
    for (; closed; closed = closed.parentElement.closest("details:not([open])")) {
      closed.open = true;
    }
    target.scrollIntoView();
  }
  openQuestion();
  addEventListener("hashchange", openQuestion);
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a");
    if (link && link.hash && link.href === location.href) {
      openQuestion(); // the address stays as it is, so nothing else will say so
    }
  });

  // Where the style sheet cannot yet print what is closed.
  addEventListener("beforeprint", function () {
    const closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((question) => (question.open = true));
    addEventListener("afterprint", () => closed.forEach((question) => (question.open = false)), { once: true });
  });

  // Print, copy the address --------------------------------------------------------------------------

  // These buttons are disabled, which hides them, until there is something that answers.
  document.querySelectorAll(".page-print").forEach(function (button) {
    button.addEventListener("click", () => print());
    button.disabled = false;
  });
  document.querySelectorAll(".page-copy").forEach(function (button) {
    const tools = button.closest(".page-tools");
    const said = tools.querySelector("[role=status]");
    button.addEventListener("click", async function () {
      said.textContent = "";
      try {
        await navigator.clipboard.writeText(tools.querySelector(".page-address").href);
        said.textContent = "Link copied";
      } catch (problem) {
        said.textContent = "Your browser did not let us copy it.";
      }
    });
    button.disabled = !navigator.clipboard;
  });

  // Notes --------------------------------------------------------------------------------------------

  // A note is for the eyes of who hovers over its link or tabs to it: it takes no focus, adds no stop, and nothing
  // reads it aloud into the sentence. Pressing the link (Enter, a tap, a screen reader) goes into the note, and
  // Escape comes back; from there one goes on to the list. A mouse has seen the note and follows the link. Pressing
  // the link of a note one is in closes it: a finger that taps twice must not be thrown to the foot of the page.
  const LINKS = ".cite a, a.term";
  const TO_OPEN = 120; // milliseconds: a pointer that only passes opens nothing
  const TO_CLOSE = 300; // and has this long to reach the note
  const GAP = 8;

  function notes() {
    const name = make("strong", { id: "note-name" });
    const close = make("button", { type: "button", class: "button button-quiet" }, "Close");
    const entry = make("div", { class: "note-entry" });
    const way = make("a", {});
    const hint = make("p", { class: "note-hint" }, "Press Enter to go into this note.");
    const note = make(
      "div",
      { class: "note", role: "dialog", "aria-labelledby": "note-name", tabindex: "-1", hidden: "" },
      make("div", { class: "note-head" }, name, close),
      entry,
      make("p", { class: "note-way" }, way),
      hint
    );
    let shown = null; // the link whose note is open
    let entered = false;
    let returning = false;
    let pointer = "";
    let timer;
    let frame;

    function linkAt(event) {
      const link = event.target.closest && event.target.closest(LINKS);
      return link && !note.contains(link) ? link : null;
    }

    function soon(act, delay) {
      clearTimeout(timer);
      timer = setTimeout(act, delay);
    }

    function show(link, hinted) {
      clearTimeout(timer);
      const original = document.getElementById(link.hash.slice(1));
      if (!original) {
        return false;
      }
      if (link !== shown) {
        const copy = original.cloneNode(true);
        copy.querySelectorAll(".back-links").forEach((part) => part.remove());
        copy.querySelectorAll("[id]").forEach((part) => part.removeAttribute("id"));
        const word = copy.querySelector("dt");
        name.textContent = word ? word.textContent : link.getAttribute("aria-label");
        entry.replaceChildren(...(word ? copy.querySelector("dd") : copy).childNodes);
        way.href = word ? word.querySelector("a").href : link.hash;
        way.textContent = word ? "Open in the glossary" : "Go to the reference list";
      }
      if (!note.isConnected) {
        (document.querySelector("main") || document.body).append(note);
      }
      hint.hidden = !hinted;
      note.hidden = false;
      shown = link;
      place();
      return true;
    }

    function hide() {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      note.hidden = true;
      shown = null;
      entered = false;
    }

    function hideUnlessWanted() {
      if (shown && !note.matches(":hover, :focus-within") && !shown.matches(":hover, :focus-visible")) {
        hide();
      }
    }

    function goBack() {
      if (note.contains(document.activeElement)) {
        returning = true;
        shown.focus({ preventScroll: true });
        returning = false;
      }
      hide();
    }

    // Under the link or over it, wherever it fits or there is more room; what does not fit is scrolled within.
    function place() {
      Object.assign(note.style, { left: "0", top: "0", maxHeight: "none" });
      const box = note.getBoundingClientRect();
      const link = shown.getBoundingClientRect();
      const above = link.top - 2 * GAP;
      const below = innerHeight - link.bottom - 2 * GAP;
      const under = box.height <= below || below >= above;
      const height = Math.min(box.height, under ? below : above);
      const left = Math.min(link.left - 2 * GAP, document.documentElement.clientWidth - box.width - GAP);
      note.style.maxHeight = height + "px";
      note.style.left = Math.max(left, GAP) - box.left + "px";
      note.style.top = (under ? link.bottom + GAP : link.top - GAP - height) - box.top + "px";
    }
    addEventListener("resize", () => shown && place());

    document.addEventListener("pointerover", function (event) {
      const link = linkAt(event);
      if (event.pointerType === "mouse" && !entered) {
        soon(link ? () => show(link) : hideUnlessWanted, link ? TO_OPEN : TO_CLOSE);
      }
    });

    document.addEventListener("focusin", function (event) {
      const link = linkAt(event);
      if (!entered) {
        hideUnlessWanted(); // at once, so as not to cover what has the focus now
      }
      // Who comes back from the list has just read it.
      const back = returning || (event.relatedTarget && event.relatedTarget.closest(".back-links"));
      if (link && !back && link.matches(":focus-visible")) {
        // By then the browser has scrolled the link into view.
        frame = requestAnimationFrame(() => link === document.activeElement && show(link, true));
      }
    });
    document.addEventListener("focusout", () => soon(hideUnlessWanted, TO_CLOSE));

    document.addEventListener("pointerdown", (event) => (pointer = event.pointerType));
    document.addEventListener("pointerup", function (event) {
      // Not at the first touch: that may be the beginning of scrolling.
      if (shown && !note.contains(event.target) && linkAt(event) !== shown) {
        hide();
      }
    });
    document.addEventListener("click", function (event) {
      const link = linkAt(event);
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
      if (link && entered && link === shown && !elsewhere) {
        event.preventDefault();
        goBack();
      } else if (link && !elsewhere && !(event.detail && pointer === "mouse") && show(link)) {
        event.preventDefault();
        entered = true;
        note.focus({ preventScroll: true });
      } else if (event.target === close) {
        goBack();
      } else if (event.target.closest("a")) {
        hide();
      }
    });

    document.addEventListener("keydown", function (event) {
      if (shown && event.key === "Escape") {
        goBack();
      }
    });
    // The note stands at the end of the document; for the Tab key it stands after its link.
    note.addEventListener("keydown", function (event) {
      const links = note.querySelectorAll("button, a[href]");
      const backward = event.shiftKey && (event.target === note || event.target === links[0]);
      if (event.key === "Tab" && (backward || (!event.shiftKey && event.target === links[links.length - 1]))) {
        goBack();
        if (backward) {
          event.preventDefault();
        }
      }
    });
  }

  if (document.querySelector(LINKS)) {
    notes();
  }

  // The form that asks for help ----------------------------------------------------------------------

  // What is sent twice with the same key and the same words is one request.
  document.querySelectorAll(".case-review-form").forEach(function (form) {
    const key = form.elements.request_key;
    form.addEventListener("focusin", function () {
      if (key && !key.value && crypto.randomUUID) {
        key.value = crypto.randomUUID(); // only there where the address is secure
      }
    });
  });

  // Suggestions --------------------------------------------------------------------------------------

  // The editable combobox with a list of the ARIA Authoring Practices. Nothing is chosen but by the reader.
  const FEWEST = 2; // letters
  const PAUSE = 150; // milliseconds without a key

  document.querySelectorAll(".search-form").forEach(function (form) {
    const input = form.elements.q;
    const list = make("ul", {
      class: "suggestions",
      id: input.id + "-suggestions",
      role: "listbox",
      "aria-label": "Suggestions",
      hidden: "",
    });
    const count = make("span", { class: "visually-hidden", role: "status" });
    let asking = new AbortController();
    let timer;
    let active = null;

    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    toggle(false);
    form.append(list, count);

    function toggle(open) {
      list.hidden = !open;
      input.setAttribute("aria-expanded", open);
      activate(null);
    }

    function activate(option) {
      if (active) {
        active.setAttribute("aria-selected", "false");
      }
      active = option;
      if (option) {
        option.setAttribute("aria-selected", "true");
        option.scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", option.id);
      } else {
        input.removeAttribute("aria-activedescendant");
      }
    }

    function offer(suggestions) {
      const many = suggestions.length;
      list.replaceChildren(
        ...suggestions.map(({ text, address }, place) =>
          make("li", { id: list.id + "-" + place, role: "option", "aria-selected": "false", "data-address": address }, text)
        )
      );
      count.textContent = many ? many + (many === 1 ? " suggestion" : " suggestions") : "";
      toggle(many > 0);
    }

    async function ask(words) {
      asking = new AbortController();
      const { signal } = asking;
      const address = new URL("suggestions/?q=" + encodeURIComponent(words), form.action);
      try {
        const answer = await fetch(address, { signal, credentials: "omit" });
        offer((await answer.json()).suggestions);
      } catch (problem) {
        // Too late, or no answer: the form works as it is.
        if (!signal.aborted) {
          offer([]);
        }
      }
    }

    function stop() {
      clearTimeout(timer);
      asking.abort();
    }

    function choose({ textContent, dataset }) {
      toggle(false);
      if (dataset.address) {
        location.assign(dataset.address);
      } else {
        input.value = textContent;
        form.submit();
      }
    }

    input.addEventListener("input", function () {
      const words = input.value.trim();
      stop();
      if (words.length < FEWEST) {
        offer([]);
      } else {
        timer = setTimeout(ask, PAUSE, words);
      }
    });
    input.addEventListener("blur", function () {
      stop();
      toggle(false);
    });
    input.addEventListener("keydown", function (event) {
      const options = [...list.children];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.isComposing) {
        return;
      }
      if (step && options.length) {
        event.preventDefault();
        // The field itself is one of the places, between the last option and the first.
        const places = [null, ...options];
        const next = places[(places.indexOf(active) + step + places.length) % places.length];
        if (list.hidden || event.altKey) {
          toggle(step > 0 || !event.altKey);
        }
        activate(event.altKey ? null : next);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        toggle(false);
      } else if (event.key === "Enter" && active) {
        event.preventDefault();
        choose(active);
      }
    });
    // A press must not take the focus from the field, which would close the list before the click.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => event.target !== list && choose(event.target));
  });
})();
