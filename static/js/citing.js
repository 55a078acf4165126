// While a key is typed after "[@" or "; @", the editor offers the sources that it may become.
(function () {
  "use strict";

  const editor = document.querySelector(".markdownx .markdownx-editor");
  if (!editor) {
    return;
  }
  const FEWEST = 2; // letters
  const PAUSE = 150; // milliseconds without a key
  // From the bracket that is open: the last @ in it, and what stands after that up to the cursor.
  const TYPED = /\[(?:[^[\]\n]*?[\s;])?-?@([^@[\];,\n]{0,80})$/;

  const list = make("ul", { id: "sources-offered", class: "desk-sources", role: "listbox", "aria-label": "Sources" });
  const count = make("p", { class: "desk-preview-state is-quiet", role: "status" });
  const mirror = make("div", { class: "desk-mirror", "aria-hidden": "true" });
  let asking = new AbortController();
  let timer;
  let active = null;
  list.hidden = true;
  editor.setAttribute("aria-autocomplete", "list");
  editor.setAttribute("aria-controls", list.id);
  editor.parentElement.append(list, count, mirror);

  function make(name, attributes, words) {
    const element = document.createElement(name);
    Object.entries(attributes).forEach(([attribute, value]) => element.setAttribute(attribute, value));
    element.textContent = words || "";
    return element;
  }

  function typed() {
    const at = editor.selectionStart;
    const found = at === editor.selectionEnd && TYPED.exec(editor.value.slice(Math.max(0, at - 2000), at));
    return found ? found[1] : null;
  }

  function close() {
    clearTimeout(timer);
    asking.abort();
    list.hidden = true;
    count.textContent = "";
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
      editor.setAttribute("aria-activedescendant", option.id);
    } else {
      editor.removeAttribute("aria-activedescendant");
    }
  }

  function offer(sources) {
    list.replaceChildren(
      ...sources.map(function (source, place) {
        const option = make("li", {
          id: list.id + "-" + place,
          role: "option",
          "aria-selected": "false",
          "data-key": source.key,
        });
        option.append(make("b", {}, source.key), source.retracted ? " retracted " : " ");
        option.append(make("span", {}, [source.year, source.title].filter(Boolean).join(", ")));
        return option;
      })
    );
    const many = sources.length;
    count.textContent = many ? many + (many === 1 ? " source" : " sources") + ". Choose with the arrow keys." : "";
    activate(null);
    list.hidden = !many;
    if (many) {
      place();
    }
  }

  // The list hangs below the line of the cursor. Where that is, a copy of the text with the same breaks tells.
  function place() {
    const style = getComputedStyle(editor);
    ["font", "letterSpacing", "lineHeight", "padding", "tabSize", "wordSpacing"].forEach(function (name) {
      mirror.style[name] = style[name];
    });
    mirror.style.width = editor.clientWidth + "px";
    const cursor = make("span", {}, "\u200b");
    mirror.replaceChildren(editor.value.slice(0, editor.selectionStart), cursor);
    const line = cursor.offsetTop - editor.scrollTop;
    const below = line + cursor.offsetHeight + 4;
    const top = below + list.offsetHeight > editor.clientHeight ? line - list.offsetHeight - 4 : below;
    const furthest = editor.clientWidth - list.offsetWidth;
    list.style.top = editor.offsetTop + Math.max(0, top) + "px";
    list.style.left = editor.offsetLeft + Math.max(0, Math.min(cursor.offsetLeft, furthest)) + "px";
    mirror.replaceChildren();
  }

  async function ask(words) {
    asking = new AbortController();
    const { signal } = asking;
    const address = editor.dataset.sources + "?q=" + encodeURIComponent(words);
    try {
      const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
      const { sources } = await answer.json();
      if (!signal.aborted) {
        offer(sources);
      }
    } catch (problem) {
      // Too late, or no answer: a key can be typed as it is.
      if (!signal.aborted) {
        close();
      }
    }
  }

  function take(option) {
    const at = editor.selectionStart;
    editor.setRangeText(option.dataset.key, at - typed().length, at, "end");
    close();
    editor.dispatchEvent(new Event("input", { bubbles: true }));
  }

  editor.addEventListener("input", function () {
    const words = typed();
    clearTimeout(timer);
    asking.abort();
    if (words === null || words.trim().length < FEWEST || !editor.dataset.sources) {
      close();
    } else if (![...list.children].some((option) => option.dataset.key === words)) {
      timer = setTimeout(ask, PAUSE, words);
    } else {
      close();
    }
  });
  // On the way down, before markdownx: in its editor Enter and Tab have a meaning already.
  editor.parentElement.addEventListener(
    "keydown",
    function (event) {
      if (list.hidden || event.isComposing || event.target !== editor) {
        return;
      }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        // The text itself is one of the places, between the last source and the first.
        const places = [null, ...list.children];
        activate(places[(places.indexOf(active) + step + places.length) % places.length]);
      } else if (event.key === "Escape") {
        close();
      } else if (event.key === "Enter" && active) {
        take(active);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
    true
  );
  ["blur", "scroll"].forEach((change) => editor.addEventListener(change, close));
  document.addEventListener("selectionchange", function () {
    if (!list.hidden && typed() === null) {
      close();
    }
  });
  // A press must not take the focus from the text, which would close the list before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => event.target.closest("li") && take(event.target.closest("li")));
})();
