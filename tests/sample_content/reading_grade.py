"""The Flesch-Kincaid grade of a sample page: how many years of school its words ask of a reader.

Grade = 0.39 x words per sentence + 11.8 x syllables per word - 15.59 (Kincaid and others, 1975).
Syllables are counted by rule, not from a dictionary, so a grade is right to within about half a year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CITATION = re.compile(r"\s*\[(?:[^\]\[]*)@[^\]\[]*\]")
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
NUMBER = re.compile(r"\d[\d,.]*\d|\d")
SENTENCE_END = re.compile(r"[.!?](?=[\s\")”]|$)")
VOWELS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True)
class Section:
    """One section of a page: its heading, and its sentences as plain text, one block to a string."""

    heading: str
    blocks: tuple[str, ...]

    @property
    def words(self) -> int:
        return sum(len(words_in(block)) for block in self.blocks)

    @property
    def grade(self) -> float:
        return grade(self.blocks)


def body_of(text: str) -> str:
    """The Markdown of a page without its TOML front matter."""
    if text.startswith("+++\n"):
        return text.split("\n+++\n", 1)[1]
    return text


def plain_blocks(markdown: str) -> list[str]:
    """Paragraphs, list items, table cells and headings as plain text; directives and their names left out.

    Headings come back with their ``#`` signs, so that a caller can cut the page into sections.
    """
    blocks: list[str] = []
    paragraph: list[str] = []

    def finish() -> None:
        if paragraph:
            blocks.append(" ".join(paragraph))
            paragraph.clear()

    for raw in markdown.splitlines():
        line = raw.strip()
        if not line or line.startswith((":::", "::", "*[")):
            finish()
        elif line.startswith("#"):
            finish()
            blocks.append(line)
        elif line.startswith("|"):
            finish()
            if not set(line) <= set("|-: "):
                blocks.extend(cell.strip() for cell in line.strip("|").split("|") if cell.strip())
        elif re.match(r"(?:[-*]|\d+\.|:) ", line):
            finish()
            paragraph.append(re.sub(r"^(?:[-*]|\d+\.|:) ", "", line))
        else:
            paragraph.append(line)
    finish()
    return [clean(block) for block in blocks]


def clean(block: str) -> str:
    """The words a reader reads: no citation keys, no link targets, no emphasis marks."""
    block = CITATION.sub("", block)
    block = LINK.sub(r"\1", block)
    return block.replace("**", "").replace("*", "").replace("®", "")


def sections(text: str) -> list[Section]:
    """The page cut at its ``##`` headings; what stands before the first one is the section "Opening"."""
    found: list[Section] = []
    heading = "Opening"
    blocks: list[str] = []
    for block in plain_blocks(body_of(text)):
        if block.startswith("## "):
            found.append(Section(heading, tuple(blocks)))
            heading, blocks = block[3:], []
        elif not block.startswith("#"):
            blocks.append(block)
    found.append(Section(heading, tuple(blocks)))
    return [section for section in found if section.blocks]


def words_in(text: str) -> list[str]:
    return WORD.findall(text) + NUMBER.findall(text)


def sentences_in(text: str) -> int:
    """Sentences in one block; a block without a full stop (a list item, a term) is one sentence."""
    # A point inside a number or an abbreviation such as "U.S." ends no sentence.
    return max(1, len(SENTENCE_END.findall(text.replace("U.S.", "US"))))


def syllables(word: str) -> int:
    """Syllables of an English word by the usual rules of thumb; a number counts as one."""
    word = word.lower()
    if not word[0].isalpha():
        return 1
    count = len(VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee", "ye")) and count > 1:
        count -= 1
    if word.endswith("es") and not word.endswith(("ses", "zes", "ces", "ges", "xes", "shes", "ches")) and count > 1:
        count -= 1
    if word.endswith("ed") and not word.endswith(("ted", "ded")) and count > 1:
        count -= 1
    # Two vowels that are said apart: "oma" in "mesothelioma", "ea" in "create", "ia" in "anemia".
    count += len(re.findall(r"io(?!n|us)|(?<![ct])ia|(?<!q)ua(?=[lt])|eo(?!n\b|p)|iu|oneal", word))
    return max(1, count)


def grade(blocks: tuple[str, ...] | list[str]) -> float:
    """Flesch-Kincaid grade of these blocks together. Raises ValueError when they hold no word."""
    words = [word for block in blocks for word in words_in(block)]
    if not words:
        raise ValueError("There are no words to grade.")
    sentence_count = sum(sentences_in(block) for block in blocks)
    syllable_count = sum(syllables(word) for word in words)
    return 0.39 * len(words) / sentence_count + 11.8 * syllable_count / len(words) - 15.59


def page_grade(text: str) -> float:
    """Flesch-Kincaid grade of a whole page, headings left out."""
    return grade([block for block in plain_blocks(body_of(text)) if not block.startswith("#")])
