r"""Between text and LaTeX, as BibTeX files hold it.

Written text stays UTF-8; only what LaTeX would take for markup is escaped. Read text may hold what people have
typed for forty years: `{\"o}`, `\'{\i}`, `\textit{…}`, `$_2$`. A command we do not know is left out, its text stays.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from citations.formats import fields

ESCAPED = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # `\{` would count as an open brace
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}
OPENING = {"i": r"\textit{", "b": r"\textbf{", "sub": r"\textsubscript{", "sup": r"\textsuperscript{", "span": "{"}

_TAGS = {
    "textit": "i",
    "emph": "i",
    "textbf": "b",
    "textsubscript": "sub",
    "textsuperscript": "sup",
}
_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
}
_SYMBOLS = {
    **{command[1:].removesuffix("{}"): character for character, command in ESCAPED.items()},
    **{"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å"},
    **{"AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ"},
    **{"textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“"},
    **{"textquotedblright": "”", "textquotesingle": "'", "textregistered": "®", "texttrademark": "™", "pounds": "£"},
    **{"textdegree": "°", "textmu": "µ", "texttimes": "×", "ldots": "…", "dots": "…", "textellipsis": "…", "S": "§"},
    **{"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "kappa": "κ", "lambda": "λ", "mu": "µ"},
    **{"pi": "π", "sigma": "σ", "tau": "τ", "omega": "ω", "Delta": "Δ", "Omega": "Ω", "times": "×", "pm": "±"},
    **{"leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "approx": "≈", "sim": "∼", "cdot": "·", "infty": "∞"},
    **{"{": "{", "}": "}", " ": " ", "-": "", "/": "", ",": " ", "\\": " ", "newline": " ", "copyright": "©"},
}
_LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "~": " "}
_TOKEN = re.compile(r"\\[A-Za-z]+\*?[ \t\n]*|\\.|[{}$]|---?|``|''|~|[_^]|[^\\{}$~`'_^-]+|.", re.DOTALL)


def escaped(text: str) -> str:
    """Text that LaTeX prints as it stands; characters that it would join (--, ``, '') stay apart."""
    text = "".join(ESCAPED.get(character, character) for character in text)
    return re.sub(r"([-`'])(?=\1)", r"\1{}", text)


def from_title(title: Any, *, protect_capitals: bool = False) -> str:
    """A title for LaTeX, its markup as commands. Protected words keep their capitals, whatever the style does."""
    begun = False

    def words(text: str) -> str:
        nonlocal begun
        parts = re.split(r"(\s+)", text)
        for place, word in enumerate(parts):
            # The first letter of a title stays a capital in every style.
            capital = any(character.isupper() for character in (word if begun else word[1:]))
            parts[place] = f"{{{escaped(word)}}}" if protect_capitals and capital else escaped(word)
            begun = begun or bool(word.strip())
        return "".join(parts)

    return fields.set_title(title, words, OPENING, "}")


def to_text(latex: str) -> str:
    """What LaTeX would print, without any markup."""
    return _Printer(marked_up=False).printed(latex)


def to_title(latex: str) -> str:
    """What LaTeX would print, with the markup CSL knows; braces that keep capitals become `nocase` spans."""
    return _Printer(marked_up=True).printed(_without_braces_around_all(latex))


class _Group:
    """What stands between two braces: how it is to come out, and what of it is there so far."""

    def __init__(self, kind: str) -> None:
        self.kind = kind  # a tag, "span", an accent; anything else leaves no trace
        self.pieces: list[str] = []


class _Printer:
    """LaTeX set as text, token by token. However deep the braces go, it is one loop."""

    def __init__(self, *, marked_up: bool) -> None:
        self.marked_up = marked_up
        self.groups = [_Group("")]
        self.spans = 0
        self.command = ""  # waits for its argument
        self.in_formula = False

    def printed(self, latex: str) -> str:
        tokens = _TOKEN.findall(latex)
        for place, token in enumerate(tokens):
            if token == "{":
                self._open(tokens[place + 1] if place + 1 < len(tokens) else "")
            elif token == "}":
                self._close()
            elif token == "$":
                self.in_formula = not self.in_formula
            elif token[0] == "\\" and len(token) > 1:
                self._obey(token[1:].rstrip("* \t\n") or " ")
            elif token in "_^" and self.in_formula:
                self.command = "sub" if token == "_" else "sup"
            else:
                self._print(_LIGATURES.get(token, token))
        while len(self.groups) > 1:
            self._close()
        return " ".join("".join(self.groups[0].pieces).split())

    def _open(self, following: str) -> None:
        kind, self.command = self.command, ""
        # `{\"o}` is a letter; `{BRCA1}` keeps its capitals. A span inside a span adds nothing.
        if not kind and self.marked_up and not self.spans and following[:1] not in ("\\", "}", "{", "$", ""):
            kind = "span"
        self.spans += kind == "span"
        self.groups.append(_Group(kind))

    def _close(self) -> None:
        if len(self.groups) == 1:
            return
        group = self.groups.pop()
        self.spans -= group.kind == "span"
        self._put(group.kind, "".join(group.pieces))

    def _obey(self, command: str) -> None:
        if command in _SYMBOLS:
            self._print(_SYMBOLS[command])
        elif command in _ACCENTS:
            self.command = _ACCENTS[command]
        else:
            self.command = _TAGS.get(command, "text")

    def _print(self, text: str) -> None:
        """Text outside a group of its own: a command that waits takes the first character of it."""
        kind, self.command = self.command, ""
        if kind:
            text = text.lstrip()
            self._put(kind, text[:1])
            text = text[1:]
        self.groups[-1].pieces.append(text)

    def _put(self, kind: str, text: str) -> None:
        if text and unicodedata.combining(kind[:1] or " "):
            base = {"ı": "i", "ȷ": "j"}.get(text[:1], text[:1])
            text = unicodedata.normalize("NFC", base + kind) + text[1:]
        elif text and self.marked_up and kind in ("i", "b", "sub", "sup"):
            text = f"<{kind}>{text}</{kind}>"
        elif kind == "span" and any(letter.isalpha() for letter in text):
            text = f'<span class="nocase">{text}</span>'
        self.groups[-1].pieces.append(text)


def _without_braces_around_all(latex: str) -> str:
    """`{The Whole Title}` says nothing about any word of it."""
    latex = latex.strip()
    for _ in range(2):  # people write two pairs, never three
        if latex.startswith("{") and _closing_brace(latex) == len(latex) - 1:
            latex = latex[1:-1].strip()
    return latex


def _closing_brace(latex: str) -> int:
    """Where the brace is closed that the text begins with."""
    depth = 0
    for brace in re.finditer(r"\\.|[{}]", latex, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(brace.group(), 0)
        if depth == 0 and brace.group() == "}":
            return brace.start()
    return -1
