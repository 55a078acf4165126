// The page editor beside django-markdownx: keyboard, pictures and findings. Saving is in autosave.js.
(function () {
  "use strict";

  const form = document.getElementById("page-form");
  const box = document.querySelector(".markdownx");
  if (!form || !box) {
    return;
  }
  const editor = box.querySelector(".markdownx-editor");
  const preview = box.querySelector(".markdownx-preview");
  const previewState = box.querySelector(".desk-preview-state");
  const pictures = document.getElementById("picture-form");
  const pictureState = pictures.querySelector(".desk-upload-state");
  const said = { findings: "" };

  function announce(place, words) {
    if (place.textContent !== words) {
      place.textContent = words;
    }
  }

  // markdownx takes Tab for itself, which would keep people who use the keyboard inside the text for good.
  // Listening above it, on the way down, we see the key first and leave it to the browser.
  box.addEventListener(
    "keydown",
    function (event) {
      if (event.key === "Tab") {
        event.stopPropagation();
      }
    },
    true
  );

  // A picture dropped or pasted goes to the form below, because it needs its description.
  function takePicture(event, transfer) {
    if (!transfer || !transfer.files.length) {
      return;
    }
    event.stopPropagation();
    if (event.type === "paste" && transfer.getData("text/plain").trim()) {
      return; // Office adds a picture of the words, which is not meant
    }
    event.preventDefault();
    pictures.elements.image.files = transfer.files;
    announce(pictureState, "Say what the picture shows and who made it, then add it.");
    pictures.elements.alt.focus();
  }
  box.addEventListener("drop", (event) => takePicture(event, event.dataTransfer), true);
  box.addEventListener("paste", (event) => takePicture(event, event.clipboardData), true);

  function insertOnItsOwnLine(words) {
    const at = editor.selectionStart;
    const before = editor.value.slice(0, at);
    const after = editor.value.slice(editor.selectionEnd);
    const opening = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    const closing = after === "" || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
    editor.setRangeText(opening + words + closing, at, editor.selectionEnd, "end");
    editor.dispatchEvent(new Event("input", { bubbles: true }));
    editor.focus();
  }

  pictures.addEventListener("submit", async function (event) {
    event.preventDefault();
    const button = pictures.querySelector("button");
    button.disabled = true;
    announce(pictureState, "Sending the picture…");
    try {
      const answer = await fetch(pictures.action, {
        method: "POST",
        body: new FormData(pictures),
        headers: { Accept: "application/json" },
      });
      const told = await answer.json();
      if (answer.ok) {
        insertOnItsOwnLine(told.image_code);
        pictures.reset();
        announce(pictureState, "The picture is in the text.");
      } else {
        announce(pictureState, told.error);
      }
    } catch (problem) {
      announce(pictureState, "The picture did not arrive. Check your connection, then try again.");
    } finally {
      button.disabled = false;
    }
  });

  // markdownx asks with every pause in typing and shows what comes last. That could be the preview of an older text, so
  // a new question withdraws the one before.
  const previewAddress = editor.dataset.markdownxUrlsPath;
  const open = XMLHttpRequest.prototype.open;
  let asked = null;
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    if (address === previewAddress) {
      if (asked) {
        asked.abort();
      }
      asked = this;
    }
    return open.call(this, method, address, ...rest);
  };

  // A refusal arrives as JSON, which markdownx would show as it is.
  box.addEventListener("markdownx.update", function (event) {
    const answer = String(event.detail[0] || "");
    if (answer.startsWith("{")) {
      preview.textContent = "";
      previewState.classList.remove("is-quiet");
      announce(previewState, JSON.parse(answer).error);
      said.findings = "";
      return;
    }
    const findings = preview.querySelector(".findings h3");
    const words = findings ? findings.textContent.trim() : "";
    if (words !== said.findings) {
      said.findings = words;
      previewState.classList.add("is-quiet");
      announce(previewState, words);
    }
    linkFindings();
  });
  box.addEventListener("markdownx.updateError", function () {
    previewState.classList.remove("is-quiet");
    said.findings = "";
    announce(previewState, "The preview did not arrive. Your text is still here; check your connection.");
  });

  // The place of a finding becomes a button that puts the cursor there.
  function linkFindings() {
    preview.querySelectorAll("span.finding-place").forEach(function (place) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = place.className;
      button.textContent = place.textContent;
      button.addEventListener("click", () => goTo(Number(place.dataset.line), Number(place.dataset.column)));
      place.replaceWith(button);
    });
  }
  function goTo(line, column) {
    const lines = editor.value.split("\n");
    const at = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1;
    editor.focus();
    editor.setSelectionRange(at, at);
    editor.scrollTop = ((line - 4) * editor.scrollHeight) / Math.max(lines.length, 1);
  }
  linkFindings();
})();
