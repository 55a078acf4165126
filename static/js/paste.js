// What is pasted from a word processor or a web page becomes clean Markdown. Words without formatting and Markdown are
// pasted as they are, and so is everything with Ctrl+Shift+V.
(function () {
  "use strict";

  const box = document.querySelector(".markdownx");
  if (!box) {
    return;
  }
  const editor = box.querySelector(".markdownx-editor");
  const { site } = editor.form.dataset; // where readers find our pages

  // From HTML to blocks. A block is {kind, runs, ...}: "paragraph"; "heading" with its rank; "item" with its level in
  // the list, the number it has (0 for a bullet) and its further paragraphs in `more`; "table" with rows of cells, each
  // of them runs; "quote" with blocks. A run is {text, bold, italic, link}; "\n" in its text is a forced line break.

  // Names with their prefix, as Office writes them: <v:shape>.
  const DROPPED =
    /^(?:script|style|meta|link|title|template|noscript|svg|math|object|embed|iframe|video|audio|canvas|button|select|textarea|input|map|xml|del|s|strike|v:.*)$/;
  const DROPPED_CLASS = /\b(?:MsoCommentReference|msocomanchor|mw-editsection|TrackChangeTextDeletion)\b/i;
  const DROPPED_STYLE = [
    ["display", /^none/],
    ["mso-hide", /^all/],
    ["mso-list", /^ignore/], // the bullet or number that Word writes out
    ["mso-element", /^(?:comment|header|footer)/],
    ["text-decoration", /line-through/],
    ["text-decoration-line", /line-through/],
  ];
  const BLOCK =
    /^(?:address|article|aside|blockquote|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|header|hgroup|hr|main|nav|p|pre|section|summary)$/;
  const CODE = /^(?:pre|code|samp|kbd|tt)$/;
  const BULLET = /^\s*[•·▪▫◦‣●○■□➢\uf0a7\uf0b7\uf0d8](?:\s+|$)/;
  const RAISED = new Map(Array.from("0123456789+-−", (sign, at) => [sign, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻"[at]]));
  const TITLE = 0; // the rank of Word's style for titles, above every heading

  // A document that is no page: nothing in it runs or is fetched. The policy of the desk is asked about styles and
  // handlers even there, and complains, so they are read in under other names.
  function parsed(html) {
    const quiet = html
      .replace(/<style\b[\s\S]*?<\/style\s*>/gi, "")
      .replace(/<[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>/gi, (tag) => tag.replace(/\s(style|on\w+)(?=\s*=)/gi, " data-$1"));
    return new DOMParser().parseFromString(quiet, "text/html").body;
  }

  function styleOf(element) {
    const style = {};
    for (const part of (element.getAttribute("data-style") || "").toLowerCase().split(";")) {
      const colon = part.indexOf(":");
      if (colon > 0) {
        style[part.slice(0, colon).trim()] = part.slice(colon + 1).trim();
      }
    }
    return style;
  }

  // Editors of code give the colors of a text, which are no formatting: there the text itself is what was meant.
  function isCode(element) {
    return Array.from(element.childNodes).every(function (node) {
      if (node.nodeType !== Node.ELEMENT_NODE) {
        return node.nodeType !== Node.TEXT_NODE || !node.data.trim();
      }
      const style = styleOf(node);
      return (
        CODE.test(node.localName) ||
        (/monospace/.test(style["font-family"]) && style["white-space"] === "pre") ||
        isCode(node)
      );
    });
  }

  function isDropped(element, style) {
    return (
      DROPPED.test(element.localName) ||
      DROPPED_CLASS.test(element.getAttribute("class")) ||
      element.getAttribute("aria-hidden") === "true" ||
      DROPPED_STYLE.some(([name, value]) => value.test(style[name]))
    );
  }

  // Goes through elements in order. Comments, conditional ones too, are no elements and so never seen.
  class Reader {
    constructor() {
      this.blocks = [];
      this.runs = []; // of the paragraph that we are in
      this.item = null; // the list item that we are in
      this.level = 0; // of the list that we are in
    }

    read(node, format = {}) {
      for (const child of node.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) {
          this.runs.push({ ...format, text: child.data.replace(/[\t\r\n\f]/g, format.newline || " ") });
        } else if (child.nodeType === Node.ELEMENT_NODE) {
          this.element(child, format);
        }
      }
      return this;
    }

    element(element, outer) {
      const name = element.localName;
      const style = styleOf(element);
      if (isDropped(element, style)) {
        return;
      }
      const format = formatOf(element, style, outer);
      const rank = rankOf(element);
      const listed = /^l\d+ level(\d+)/.exec(style["mso-list"]);
      if (name === "br") {
        this.runs.push({ text: "\n" });
      } else if (rank !== null) {
        this.heading(element, format, rank);
      } else if (name === "ul" || name === "ol") {
        this.list(element, format);
      } else if (name === "li") {
        this.listItem(element, format, listed);
      } else if (name === "p" && listed) {
        this.listedParagraph(element, format, listed);
      } else if (name === "table") {
        this.table(element, format);
      } else if (name === "blockquote" && !this.item) {
        this.quote(element, format);
      } else if (name === "sup" || name === "sub") {
        this.raised(element, format);
      } else if (/\bsdfootnotesym\b/.test(element.getAttribute("class"))) {
        this.runs.push({ text: `[${element.textContent.trim()}] ` }); // how LibreOffice begins a footnote
      } else if (BLOCK.test(name)) {
        this.block(element, format);
      } else {
        this.read(element, format);
      }
    }

    block(element, format) {
      this.endParagraph();
      this.read(element, element.localName === "pre" ? { ...format, newline: "\n" } : format);
      const last = this.blocks.at(-1);
      if (!this.item && last?.kind === "item" && /^MsoListParagraph/.test(element.getAttribute("class"))) {
        // In Word's lists: a paragraph that looks like an item and has no bullet goes on with the last one.
        last.more.push(...paragraphsIn(this.runs));
        this.runs = [];
      }
      this.endParagraph();
    }

    // What was read since the last paragraph is one, or several where lines were left empty.
    endParagraph() {
      const paragraphs = paragraphsIn(this.runs);
      this.runs = [];
      for (const runs of paragraphs) {
        if (this.item && !this.item.runs.length) {
          this.item.runs = runs;
        } else if (this.item) {
          this.item.more.push(runs);
        } else if (BULLET.test(textOf(runs))) {
          this.blocks.push({ kind: "item", level: 1, number: 0, runs: withoutBullet(runs), more: [] });
        } else {
          this.blocks.push({ kind: "paragraph", runs });
        }
      }
    }

    heading(element, format, rank) {
      this.endParagraph();
      const runs = inOneLine(new Reader().read(element, format));
      if (this.item) {
        this.runs = runs;
        this.endParagraph();
      } else if (runs.length) {
        this.blocks.push({ kind: "heading", rank, runs: notBold(runs) });
      }
    }

    list(element, format) {
      this.endParagraph();
      const outside = this.item;
      this.item = null;
      this.level += 1;
      this.read(element, format);
      this.endParagraph();
      this.level -= 1;
      this.item = outside;
    }

    listItem(element, format, listed) {
      const list = element.parentElement;
      const place = Array.from(list.children).filter((sibling) => sibling.localName === "li");
      const first = Number(list.getAttribute("start") || 1);
      const said = element.getAttribute("data-aria-level") || element.getAttribute("aria-level") || listed?.[1];
      this.readItem(element, format, {
        level: Number(said) || this.level || 1,
        number: list.localName === "ol" ? first + place.indexOf(element) : 0,
      });
    }

    // In Word's own lists an item is a paragraph which says its level, and has its bullet or number written out.
    listedParagraph(element, format, listed) {
      const mark = Array.from(element.querySelectorAll("[data-style]")).find((inner) =>
        /^ignore/.test(styleOf(inner)["mso-list"])
      );
      const counted = /^\s*\(?(?:(\d+)|[a-z]|[ivxlc]+)[.)]/i.exec(mark ? mark.textContent : "");
      this.readItem(element, format, {
        level: Number(listed[1]),
        number: counted ? Number(counted[1] || 1) : 0,
      });
    }

    readItem(element, format, where) {
      this.endParagraph();
      const outside = this.item;
      this.item = { kind: "item", ...where, runs: [], more: [] };
      this.blocks.push(this.item);
      this.read(element, format);
      this.endParagraph();
      this.item = outside;
    }

    quote(element, format) {
      this.endParagraph();
      const inner = new Reader().read(element, format);
      inner.endParagraph();
      // Headings cannot stand in a quotation.
      const blocks = inner.blocks.map((block) => (block.kind === "heading" ? { ...block, kind: "paragraph" } : block));
      if (blocks.length) {
        this.blocks.push({ kind: "quote", blocks });
      }
    }

    table(element, format) {
      this.endParagraph();
      if (element.caption) {
        this.block(element.caption, format);
      }
      const rows = Array.from(element.rows, (row) =>
        Array.from(row.cells).filter((cell) => !isDropped(cell, styleOf(cell)))
      );
      const oneColumn = rows.every((cells) => cells.length < 2);
      // Mails and old pages use tables to put things side by side. And no list item can hold one.
      if (oneColumn || this.item || element.querySelector("table") || element.getAttribute("role") === "presentation") {
        for (const cell of rows.flat()) {
          this.read(cell, format);
          this.endParagraph();
        }
        return;
      }
      const grid = rows.map(() => []);
      rows.forEach((cells, y) => {
        for (const cell of cells) {
          const runs = inOneLine(new Reader().read(cell, format));
          let x = 0;
          while (grid[y][x]) {
            x += 1;
          }
          // A cell over several rows is said in each of them; one over several columns stands in the first.
          for (const row of grid.slice(y, y + (cell.rowSpan || rows.length))) {
            for (let across = 0; across < cell.colSpan; across += 1) {
              row[x + across] = across ? [] : runs;
            }
          }
        }
      });
      const full = grid.filter((row) => row.some((cell) => cell?.length));
      const widest = Math.max(0, ...full.map((row) => row.length));
      const columns = Array.from({ length: widest }, (_, x) => x).filter((x) => full.some((row) => row[x]?.length));
      if (full.length) {
        const cells = full.map((row) => columns.map((x) => row[x] || []));
        this.blocks.push({ kind: "table", rows: [cells[0].map(notBold), ...cells.slice(1)] });
      }
    }

    // Markdown has no sign for small raised or lowered words. They stay readable where they stand.
    raised(element, format) {
      const inner = new Reader().read(element, format);
      const words = clean(textOf(inner.runs)).trim();
      const before = clean(textOf(this.runs.slice(-5)));
      let text = words;
      if (element.localName === "sup" && /^[+−-]?\d+[+−-]?$/.test(words) && isPower(words, before)) {
        text = Array.from(words, (sign) => RAISED.get(sign)).join("");
      } else if (element.localName === "sup" && /^(?:\d[\d,;\s–-]*|[a-z])$/i.test(words) && /\S$/.test(before)) {
        text = `[${words}]`;
      }
      this.runs.push({ ...format, text, link: "" });
    }
  }

  // 10⁹, m², Ca²⁺. Every other raised number is that of a note or of a source.
  function isPower(words, before) {
    return /[+−-]/.test(words) || /(?:^|[^\d.,])10$/.test(before) || /(?:^|[^\p{L}])[kcdmµn]?m$/u.test(before);
  }

  // Of a heading 1 to 6, or TITLE; null of everything else.
  function rankOf(element) {
    const heading = /^h([1-6])$/.exec(element.localName);
    if (heading) {
      return Number(heading[1]);
    }
    if (element.getAttribute("role") === "heading") {
      return Number(element.getAttribute("aria-level") || 2);
    }
    const word = element.localName === "p" && /\bMso(?:Title|Heading(\d))/.exec(element.getAttribute("class"));
    return word ? Number(word[1] || TITLE) : null;
  }

  function formatOf(element, style, outer) {
    const name = element.localName;
    const format = { ...outer };
    if (style["font-weight"]) {
      format.bold = /^(?:bold|[6-9]\d\d)/.test(style["font-weight"]);
    } else if (name === "b" || name === "strong") {
      format.bold = true;
    }
    if (style["font-style"]) {
      format.italic = /^(?:italic|oblique)/.test(style["font-style"]);
    } else if (name === "i" || name === "em" || name === "cite") {
      format.italic = true;
    }
    if (name === "a" && element.hasAttribute("href")) {
      format.link = addressOf(element.getAttribute("href").trim());
    }
    return format;
  }

  // Where a link leads, as our pages write it; empty where they may not lead.
  function addressOf(written) {
    let address = written;
    if (!/^\/(?!\/)/.test(written)) {
      let url;
      try {
        url = new URL(written);
        // Google and Outlook lead through an address of their own, which tells them who reads what.
        const query = url.searchParams;
        if (url.hostname === "www.google.com" && url.pathname === "/url") {
          url = new URL(query.get("q") || query.get("url"));
        } else if (url.hostname.endsWith(".safelinks.protection.outlook.com")) {
          url = new URL(query.get("url"));
        }
      } catch (problem) {
        return "";
      }
      if (!["http:", "https:", "mailto:"].includes(url.protocol)) {
        return "";
      }
      address = url.origin === site ? url.pathname + url.search + url.hash : url.href;
    }
    if (address.startsWith("/admin/")) {
      return "";
    }
    return address.replace(/[\s()<>\\|"`[\]]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
  }

  // Runs

  const textOf = (runs) => runs.map((run) => run.text).join("");
  const notBold = (runs) => tidied(runs.map((run) => ({ ...run, bold: false })));
  const same = (one, other) => one.bold === other.bold && one.italic === other.italic && one.link === other.link;

  // Without what nobody sees. No-break blanks become plain ones: our pages keep numbers beside their words by themselves.
  function clean(text) {
    return text
      .replace(/[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ue000-\ue00f]/g, "")
      .replace(/[\u2028\u2029\v]/g, "\n")
      .replace(/[\0-\x08\x0e-\x1f\x7f]/g, "")
      .replace(/\u2011/g, "-")
      .replace(/[^\S\n]+/g, " ");
  }

  function withoutBullet(runs) {
    let left = BULLET.exec(textOf(runs))[0].length;
    return runs.flatMap(function (run) {
      const cut = Math.min(left, run.text.length);
      left -= cut;
      return cut < run.text.length ? [{ ...run, text: run.text.slice(cut) }] : [];
    });
  }

  // The paragraphs that these runs are, clean; an empty line parts two of them.
  function paragraphsIn(runs) {
    const paragraphs = [[]];
    let breaks = 0;
    for (const { text, bold = false, italic = false, link = "" } of runs) {
      for (const part of clean(text).split(/(\n)/)) {
        if (part === "\n") {
          breaks += 1;
        } else if (part.trim() || (part && !breaks)) {
          if (breaks > 1) {
            paragraphs.push([]);
          } else if (breaks && paragraphs.at(-1).length) {
            paragraphs.at(-1).push({ text: "\n", bold: false, italic: false, link: "" });
          }
          paragraphs.at(-1).push({ text: part, bold, italic, link });
          breaks = 0;
        }
      }
    }
    return paragraphs.map(tidied).filter((paragraph) => paragraph.length);
  }

  // All that a reader has read, as one line: for headings and cells.
  function inOneLine(reader) {
    reader.endParagraph();
    const parts = reader.blocks.flatMap(function (block) {
      if (block.kind === "item") {
        return [block.runs, ...block.more].map((runs) => [{ text: "; " }, ...runs]);
      }
      const inner = block.kind === "quote" ? block.blocks : [block];
      return inner.map((one) => [{ text: " " }, ...(one.runs || [])]);
    });
    const runs = parts.flat().slice(1);
    return paragraphsIn(runs.map((run) => ({ ...run, text: run.text.replace(/\n/g, " ") }))).flat();
  }

  // Merged and trimmed. Blanks at the edge of what is marked stand outside its marks, which would not hold there.
  function tidied(runs) {
    const parts = runs.flatMap(function (run) {
      const [, before, words, after] = /^(\s*)([^]*?)(\s*)$/.exec(run.text);
      return [{ text: before }, { ...run, text: words, words: Boolean(words) }, { text: after }].filter((part) => part.text);
    });
    const merged = [];
    parts.forEach(function (part, at) {
      const last = merged.at(-1);
      const until = parts.findIndex((other, place) => place >= at && other.words);
      const next = parts[until];
      let { bold, italic, link } = part;
      if (!part.words) {
        // Between two words they are marked as both are; see grouped() for what encloses what.
        const linked = last && next && last.link === next.link && !textOf(parts.slice(at, until)).includes("\n");
        const evenly = linked && last.bold === next.bold;
        link = linked ? last.link : "";
        bold = evenly && last.bold;
        italic = evenly && last.italic && next.italic;
      }
      if (last && same(last, { bold, italic, link })) {
        last.text += part.text;
      } else {
        merged.push({ text: part.text, bold, italic, link });
      }
    });
    for (const run of merged) {
      run.text = run.text.replace(/ *\n */g, "\n").replace(/ {2,}/g, " ");
    }
    if (merged.length) {
      merged[0].text = merged[0].text.trimStart();
      merged.at(-1).text = merged.at(-1).text.trimEnd();
    }
    return merged.filter((run) => run.text);
  }

  // Where two kinds of marks would touch within a word, only bold is kept: of *a****b*** some asterisks would show.
  function parted(runs) {
    const marked = (run) => run && (run.bold || run.italic);
    const touch = (one, other) =>
      marked(one) && marked(other) && one.link === other.link && /\S$/.test(one.text) && /^\S/.test(other.text);
    // Between two signs an asterisk could begin as well as end.
    const signs = (one, other) => !/[\p{L}\p{N}]$/u.test(one.text) && !/^[\p{L}\p{N}]/u.test(other.text);
    const clash = (one, other) =>
      touch(one, other) &&
      ((one.bold !== other.bold && (one.italic || other.italic)) || (one.italic !== other.italic && signs(one, other)));
    return tidied(
      runs.map((run, at) => (clash(runs[at - 1], run) || clash(run, runs[at + 1]) ? { ...run, italic: false } : run))
    );
  }

  // Marks do not hold between a letter and a sign: in **so:**that the asterisks would show. The sign moves out of them.
  function flanked(runs) {
    const letter = /[\p{L}\p{N}\p{M}]/u;
    const sign = (text) => text && !letter.test(text) && text.trim();
    const moved = [];
    for (const run of parted(runs)) {
      const last = moved.at(-1);
      if (last && last.link === run.link && !same(last, run)) {
        const both = { bold: last.bold && run.bold, italic: last.italic && run.italic, link: run.link };
        const end = Array.from(last.text).at(-1);
        const begin = Array.from(run.text)[0];
        if (!same(last, both) && sign(end) && letter.test(begin)) {
          last.text = last.text.slice(0, -end.length);
          moved.push({ ...both, text: end });
        } else if (!same(run, both) && letter.test(end) && sign(begin)) {
          run.text = run.text.slice(begin.length);
          moved.push({ ...both, text: begin });
        }
      }
      moved.push(run);
    }
    return tidied(moved.filter((run) => run.text));
  }

  // From blocks to Markdown

  // While the words are escaped, our own signs stand between them as characters that nobody types.
  const BOLD = "\ue000";
  const ITALIC = "\ue001";
  const LINK = "\ue002";
  const END = "\ue003";
  const ESCAPE = "\ue004";

  function grouped(runs, property, write) {
    let words = "";
    for (let at = 0; at < runs.length; ) {
      let next = at + 1;
      while (next < runs.length && runs[next][property] === runs[at][property]) {
        next += 1;
      }
      words += write(runs[at][property], runs.slice(at, next));
      at = next;
    }
    return words;
  }

  // `starts`: whether the words begin a line.
  function line(runs, { starts = true, heading = false, cell = false } = {}) {
    const addresses = [];
    const signed = grouped(flanked(runs), "link", function (address, linked) {
      const words = grouped(linked, "bold", function (bold, strong) {
        const inner = grouped(strong, "italic", (italic, part) => (italic ? ITALIC + textOf(part) + ITALIC : textOf(part)));
        return bold ? BOLD + inner + BOLD : inner;
      });
      if (!address) {
        return words;
      }
      addresses.push(address);
      return LINK + words.replace(/[[\]]/g, `${ESCAPE}$&`) + END;
    });
    let words = escaped(signed);
    if (cell) {
      words = words.replace(/\|/g, `${ESCAPE}|`);
    } else if (heading) {
      words = words.replace(/ (#+)$/, ` ${ESCAPE}$1`);
    } else {
      words = words.split("\n").map((one, at) => (starts || at ? notABlock(one) : one)).join("\n");
    }
    return words
      .replaceAll("\n", "\\\n")
      .replaceAll(BOLD, "**")
      .replaceAll(ITALIC, "*")
      .replaceAll(LINK, "[")
      .replaceAll(END, () => `](${addresses.shift()})`)
      .replaceAll(ESCAPE, "\\");
  }

  // Signs that would mean something are shown as they are.
  function escaped(words) {
    const lastLink = words.lastIndexOf("](");
    return words.replace(/[\\`*_[<&!]/g, function (sign, at) {
      const before = words[at - 1] || " ";
      const after = words[at + 1] || " ";
      const alone = !before.trim() && !after.trim();
      const rest = words.slice(at + 1);
      const means = {
        "\\": /^(?:[!-/:-@[-`{-~\n\ue000-\ue004]|$)/.test(rest),
        "`": true,
        "*": !alone,
        _: !alone && !/[\p{L}\p{N}]_[\p{L}\p{N}]/u.test(before + sign + after),
        "[": before === "!" || at < lastLink || /^(?:[^[\]]*[\s(])?-?@\w/.test(rest) || /^[^[\]\n]+\]:/.test(rest),
        "<": /^[A-Za-z/!?]/.test(rest),
        "&": /^#?\w+;/.test(rest),
        "!": after === LINK,
      };
      return means[sign] && before !== ESCAPE ? ESCAPE + sign : sign;
    });
  }

  // Words at the start of a line that would make it a heading, a list, a quotation, a block or a rule.
  function notABlock(words) {
    return words
      .replace(/^(?:#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|::|[:~](?=\s)|~~~|[-_=+|:][-_=+|:\s]*$)/, `${ESCAPE}$&`)
      .replace(/^(\d{1,9})([.)])(?=\s|$)/, `$1${ESCAPE}$2`);
  }

  function written(blocks, context) {
    const levels = headingLevels(blocks, context);
    const parts = [];
    blocks.forEach(function (block, at) {
      if (block.kind === "heading") {
        parts.push(`${"#".repeat(levels.get(block))} ${line(block.runs, { heading: true })}`);
      } else if (block.kind === "table") {
        parts.push(table(block.rows));
      } else if (block.kind === "quote") {
        parts.push(written(block.blocks, context).replace(/^/gm, "> ").replace(/^> $/gm, ">"));
      } else if (block.kind === "paragraph") {
        parts.push(line(block.runs));
      } else if (blocks[at - 1]?.kind !== "item") {
        const after = blocks.slice(at).findIndex((other) => other.kind !== "item");
        parts.push(list(blocks.slice(at, after < 0 ? blocks.length : at + after)));
      }
    });
    return parts.filter(Boolean).join("\n\n");
  }

  function table(rows) {
    const row = (cells) => `|${cells.map((runs) => ` ${line(runs, { cell: true })} |`.replace("  ", " ")).join("")}`;
    return [row(rows[0]), `|${" --- |".repeat(rows[0].length)}`, ...rows.slice(1).map(row)].join("\n");
  }

  function list(items) {
    const full = items.filter((item) => item.runs.length);
    const first = Math.min(...full.map((item) => item.level));
    const lists = [];
    for (const item of full) {
      const begun = lists.at(-1);
      if (!begun || (item.level === first && Boolean(item.number) !== Boolean(begun[0].number))) {
        lists.push([item]);
      } else {
        begun.push(item);
      }
    }
    return lists.map((one) => listOfOneKind(one, first)).join("\n\n");
  }

  function listOfOneKind(items, first) {
    const loose = items.some((item) => item.more.length);
    const open = []; // from the outside in: the mark of each list, and the number of its last item
    let words = "";
    for (const item of items) {
      const level = Math.min(item.level - first, open.length);
      const last = open[level];
      const number = item.number && (last?.number ? last.number + 1 : item.number);
      const mark = number ? `${number}. ` : "- ";
      // Another kind of list in the same place begins after an empty line.
      const gap = loose || (last && Boolean(last.number) !== Boolean(number)) ? "\n\n" : "\n";
      open.splice(level, Infinity, { mark, number });
      const outer = " ".repeat(open.slice(0, level).reduce((sum, list) => sum + list.mark.length, 0));
      const inner = outer + " ".repeat(mark.length);
      const paragraphs = [item.runs, ...item.more].map((runs) => line(runs).replaceAll("\n", `\n${inner}`));
      words += (words && gap) + outer + mark + paragraphs.join(`\n\n${inner}`);
    }
    return words;
  }

  // Ours are one title, its sections and their sub-sections, none of them skipped.
  function headingLevels(blocks, { titled, previous }) {
    const headings = blocks.filter((block) => block.kind === "heading");
    const ranks = Array.from(new Set(headings.map((block) => block.rank))).sort();
    const only = headings.filter((block) => block.rank === ranks[0]).length === 1;
    const isTitle = !titled && ranks[0] < 2 && only && blocks[0] === headings[0] && headings[0].rank === ranks[0];
    const highest = isTitle ? 1 : Math.min(Math.max(ranks[0], 2), 3);
    const levels = new Map();
    let above = previous;
    for (const heading of headings) {
      above = Math.min(highest + ranks.indexOf(heading.rank), above + 1, 3);
      levels.set(heading, above);
    }
    return levels;
  }

  // Pasting

  // What is pasted stands between these.
  function around() {
    const before = editor.value.slice(0, editor.selectionStart);
    const after = editor.value.slice(editor.selectionEnd);
    const above = Array.from(before.matchAll(/^(#{1,6}) /gm), (heading) => heading[1].length);
    return { before, after, titled: /^# /m.test(before) || /^# /m.test(after), previous: above.at(-1) || 1 };
  }

  function asPasted(blocks, plain) {
    const context = around();
    const { before, after } = context;
    if (blocks.length === 1 && blocks[0].kind === "paragraph") {
      // A few words go on in the line where they are put, with the blanks that they had around them.
      const words = line(blocks[0].runs, { starts: /(?:^|\n)[ \t]*$/.test(before) });
      return (/^\s/.test(plain) && /\S$/.test(before) ? " " : "") + words + (/\S[^\S\n]+$/.test(plain) ? " " : "");
    }
    const opening = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    const closing = after === "" || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
    return opening + written(blocks, context) + closing;
  }

  // As if typed, by the only commands that leave Ctrl+Z its history: it takes the paste back in one step. The first
  // one is Chromium's, which needs seconds for a long text with the second.
  function insert(words) {
    const html = words.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    if (!document.execCommand("insertHTML", false, html) && !document.execCommand("insertText", false, words)) {
      editor.setRangeText(words, editor.selectionStart, editor.selectionEnd, "end");
      editor.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function tellOfPictures(body) {
    const count = Array.from(body.querySelectorAll("img")).filter((image) => image.getAttribute("width") !== "1").length;
    const state = document.querySelector("#picture-form [role=status]");
    if (count && state) {
      state.textContent =
        count === 1
          ? "1 picture was left out of what you pasted. Add it here, with its description."
          : `${count} pictures were left out of what you pasted. Add each here, with its description.`;
    }
  }

  // Browsers give no formatting with Ctrl+Shift+V; this is for one that does.
  let plainly = false;
  box.addEventListener(
    "keydown",
    function (event) {
      plainly = event.shiftKey && /^v$/i.test(event.key);
    },
    true
  );

  box.addEventListener(
    "paste",
    function (event) {
      const given = !plainly && event.target === editor ? event.clipboardData : null;
      const body = parsed(given?.getData("text/html") || "");
      plainly = false;
      if (isCode(body)) {
        return;
      }
      const reader = new Reader().read(body);
      reader.endParagraph();
      if (reader.blocks.length) {
        event.preventDefault();
        event.stopImmediatePropagation(); // Word adds a picture of the words, which is not meant
        insert(asPasted(reader.blocks, given.getData("text/plain")));
        tellOfPictures(body);
      }
    },
    true
  );
})();
