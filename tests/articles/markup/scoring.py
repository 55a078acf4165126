"""How well uncited figures are found: recall and precision on the labeled texts of `labelled/`.

Scored is the road that writers use: each text is compiled as the page it would be, and what counts are its findings
of the rule `uncited-statistic`. The texts cite nothing, so that every figure in them should be one. Lines that begin
with # are headings there, and the lists run into the line stay inside their paragraph.

    python -m tests.articles.markup.scoring 02 04
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from articles.markup import Finding, Library, compile_page

from .labels import Label, labels, texts

RULE = "uncited-statistic"


@dataclass(frozen=True)
class Score:
    """What was found in one text, and what was not."""

    text: str
    found: tuple[Label, ...]  # the labeled figures that a right finding covers
    missed: tuple[Label, ...]  # the others
    right: tuple[Finding, ...]  # the findings that point at a labeled figure
    wrong: tuple[Finding, ...]  # the others

    @property
    def recall(self) -> float:
        return share(len(self.found), len(self.found) + len(self.missed))

    @property
    def precision(self) -> float:
        return share(len(self.right), len(self.right) + len(self.wrong))


def share(part: int, other: int) -> float:
    """Return ``part`` of ``other``; of nothing, all."""
    return part / other if other else 1.0


def score(text: str, lines: Sequence[str], figures: Sequence[Label]) -> Score:
    """Compile the lines of a text and hold its findings against the figures that a reader labeled in it.

    A finding is right if the place that it points at lies in a labeled sentence. A sentence of the compiler may hold
    several of the labels' (the items of a run-in list): a right finding covers all figures that its sentence overlaps,
    since it shows them all and asks for one source.
    """
    page = compile_page("\n".join(lines), Library())
    findings = [finding for finding in page.findings if finding.rule == RULE]
    squashed = _Squashed(lines)
    places = squashed.places((label.line, label.sentence) for label in figures)
    stated = squashed.places((statement.line, statement.sentence) for statement in page.figures)
    right: list[Finding] = []
    covered: list[range] = []
    for finding in findings:
        at = squashed.offset(finding.line, finding.column)
        if any(at in place for place in places):
            right.append(finding)
            covered += [place for place in stated if at in place]
    found = [any(_overlap(place, other) for other in covered) for place in places]
    return Score(
        text,
        tuple(label for label, is_found in zip(figures, found, strict=True) if is_found),
        tuple(label for label, is_found in zip(figures, found, strict=True) if not is_found),
        tuple(right),
        tuple(finding for finding in findings if finding not in right),
    )


class _Squashed:
    """The letters and digits of a text alone, as findings quote sentences with other blanks and marks."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(_squash(line)))
        self.text = "".join(map(_squash, lines))

    def offset(self, line: int, column: int) -> int:
        """Return where a place of the source stands; lines and columns begin with 1."""
        return self.starts[line - 1] + len(_squash(self.lines[line - 1][: column - 1]))

    def places(self, sentences: Iterable[tuple[int, str]]) -> list[range]:
        """Return where sentences stand, given in reading order, each with the line on which it begins."""
        places: list[range] = []
        end = 0
        for line, sentence in sentences:
            words = _squash(sentence)
            start = self.text.index(words, max(end, self.starts[line - 1]))
            end = start + len(words)
            places.append(range(start, end))
        return places


def _squash(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _overlap(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop


def scores(numbers: Iterable[str]) -> list[Score]:
    """Score the texts whose names begin with these numbers."""
    wanted = tuple(f"{number}-" for number in numbers)
    figures = [label for label in labels() if label.is_figure]
    return [
        score(name, lines, [label for label in figures if label.text == name])
        for name, lines in texts().items()
        if name.startswith(wanted)
    ]


def totals(scored: Sequence[Score]) -> Score:
    """Several texts scored as one."""
    return Score(
        "all",
        tuple(label for one in scored for label in one.found),
        tuple(label for one in scored for label in one.missed),
        tuple(finding for one in scored for finding in one.right),
        tuple(finding for one in scored for finding in one.wrong),
    )


def told(scored: Score) -> str:
    """A line of figures for a text, and one for each sentence that was missed or falsely found."""
    figures = len(scored.found) + len(scored.missed)
    findings = len(scored.right) + len(scored.wrong)
    return "\n".join(
        [
            f"{scored.text}: recall {scored.recall:.2f} ({len(scored.found)} of {figures}), "
            f"precision {scored.precision:.2f} ({len(scored.right)} of {findings})",
            *(f"  missed, line {label.line}: {label.sentence}" for label in scored.missed),
            *(f"  wrong, line {finding.line}: {finding.excerpt}" for finding in scored.wrong),
        ]
    )


if __name__ == "__main__":
    all_scored = scores(sys.argv[1:])
    for one in all_scored:
        print(told(one))
    print(told(totals(all_scored)).splitlines()[0])
