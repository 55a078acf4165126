// The review screen by keyboard, and words of a block marked for a comment. Without it every step is a button or link.
(function () {
  "use strict";

  const KEPT = "review-keys";
  const stops = Array.from(document.querySelectorAll("[data-stop]"));
  const toggle = document.getElementById("review-keys");
  if (!toggle) {
    return;
  }

  // Single keys can be switched off, because people who dictate press them by accident (WCAG 2.1.4).
  toggle.closest("[hidden]").hidden = false;
  try {
    toggle.checked = localStorage.getItem(KEPT) !== "off";
    toggle.addEventListener("change", () => localStorage.setItem(KEPT, toggle.checked ? "on" : "off"));
  } catch (refused) {
    // A browser that keeps nothing: they are on, until the next page.
  }

  function go(to) {
    if (to) {
      to.focus({ preventScroll: true });
      to.scrollIntoView({ block: "start" });
    }
  }

  function current() {
    return document.activeElement.closest(".desk-change");
  }

  function next(step) {
    const here = current() || document.activeElement;
    const after = stops.filter(function (stop) {
      const order = here.compareDocumentPosition(stop);
      return step > 0 ? order & Node.DOCUMENT_POSITION_FOLLOWING : order & Node.DOCUMENT_POSITION_PRECEDING;
    });
    go(step > 0 ? after[0] : after[after.length - 1]);
  }

  const acts = {
    n: () => next(1),
    p: () => next(-1),
    s: function () {
      const form = current() && current().querySelector(".desk-sign");
      if (form) {
        form.requestSubmit();
      }
    },
    c: function () {
      const talk = current() && current().querySelector(".desk-talk[data-comment]");
      if (talk) {
        talk.open = true;
        talk.querySelector("textarea").focus();
      }
    },
  };

  document.addEventListener("keydown", function (event) {
    const act = acts[event.key];
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (act && toggle.checked && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat) {
      event.preventDefault();
      act();
    }
  });

  // After a signature the page comes back at the next block: the keys go on from there.
  const arrived = location.hash && document.getElementById(location.hash.slice(1));
  if (arrived && arrived.tabIndex === -1) {
    go(arrived);
  }

  // Words marked in a block are what its comment is on. Reference numbers are not part of them.
  function words(range) {
    const part = range.cloneContents();
    part.querySelectorAll("sup.cite, .cell-head, .visually-hidden").forEach((left) => left.remove());
    return part.textContent.replace(/\s+/g, " ").trim();
  }
  document.addEventListener("selectionchange", function () {
    const marked = document.getSelection();
    if (!marked.rangeCount || marked.isCollapsed) {
      return;
    }
    const range = marked.getRangeAt(0);
    const holder = range.commonAncestorContainer;
    const reading = (holder.nodeType === Node.ELEMENT_NODE ? holder : holder.parentElement).closest("[data-block]");
    const form = reading && reading.closest(".desk-change")?.querySelector(".desk-talk[data-comment] form");
    if (!form) {
      return;
    }
    const before = document.createRange();
    before.selectNodeContents(reading);
    before.setEnd(range.startContainer, range.startOffset);
    form.elements.words.value = words(range);
    form.elements.prefix.value = words(before).slice(-32);
  });
})();
