// A note that was begun is not lost by leaving the page: the browser asks first. Sending it asks nothing.
(function () {
  "use strict";

  let sending = false;

  document.addEventListener("submit", function () {
    sending = true;
  });

  window.addEventListener("beforeunload", function (event) {
    const notes = Array.from(document.querySelectorAll(".cases textarea:not([readonly])"));
    if (!sending && notes.some((note) => note.value.trim())) {
      event.preventDefault();
    }
  });
})();
