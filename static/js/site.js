/* What makes the public pages more convenient. Nothing here is needed: without it every word is still there. */

(() => {
  "use strict";

  // Printing: the button is there only where it works.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A link to an answer opens its question. Chrome does so by itself since 2022, Firefox and Safari since 2025.
  const unfold = () => {
    const answer = document.querySelector("details:not([open]) :target");
    if (answer) {
      answer.closest("details").open = true;
      answer.scrollIntoView();
    }
  };
  window.addEventListener("hashchange", unfold);
  window.addEventListener("load", unfold);
})();
