// A note that was begun is not lost by leaving the page, or by another button: the browser asks first. Sending the note
// itself asks nothing.
(function () {
  "use strict";

  let sent = null;

  document.addEventListener("submit", function (event) {
    sent = event.target;
  });

  window.addEventListener("beforeunload", function (event) {
    const notes = Array.from(document.querySelectorAll(".cases textarea:not([readonly])"));
    if (notes.some((note) => note.value.trim() && !(sent && sent.contains(note)))) {
      event.preventDefault();
    }
    sent = null;
  });
})();
