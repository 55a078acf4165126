"""Which words a reader has met before: abbreviations and terms are explained at their first use in a section."""

from __future__ import annotations

from .outline import Segment, words_of


class FirstUses:
    """What has been used so far in the section and in the block that the review has come to."""

    def __init__(self) -> None:
        self._section = -1
        self._in_section: set[tuple[str, str]] = set()
        self._in_block: set[tuple[str, str]] = set()
        self._words = ""  # of the section, up to the end of the block

    def enter(self, segment: Segment) -> None:
        """Go on to this block."""
        self._in_block = set()
        if segment.section != self._section:
            self._section, self._in_section, self._words = segment.section, set(), ""
        written = (words_of(token) for token in segment.tokens if token.type == "inline")
        self._words += " ".join(written).casefold() + "\n"

    def note(self, kind: str, name: str) -> dict[str, bool]:
        """Note a use; return what the renderer has to know about it."""
        word = (kind, name)
        first = {"first_in_section": word not in self._in_section, "first_in_block": word not in self._in_block}
        self._in_section.add(word)
        self._in_block.add(word)
        return first

    def has_words(self, words: str) -> bool:
        """Whether the section says these words, up to the end of the block."""
        return words.casefold() in self._words
