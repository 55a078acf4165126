"""The labeled sentences are sound: each stands in its text, and none with a number in it was passed over."""

from __future__ import annotations

import re
from collections import Counter

from .labels import LABELLED, labels, texts, units

NUMBER = re.compile(
    r"""\d | \b(?: one | two | three | four | five | six | seven | eight | nine | ten | eleven | twelve | \w+teen
    | (?:twen|thir|for|fif|six|seven|eigh|nine)t(?:y|ies) | (?:hundred|thousand|million|dozen|pair|half|quarter)s?
    | zero | first | second | thirds? | fourth | fifth | halves | once | twice | single | double | triple
    | percents? )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def test_every_sentence_with_a_number_is_labeled_once_in_reading_order() -> None:
    with_a_number = [
        (text, number, unit)
        for text, lines in texts().items()
        for number, line in enumerate(lines, start=1)
        for unit in units(line)
        if NUMBER.search(unit)
    ]
    assert [(label.text, label.line, label.sentence) for label in labels()] == with_a_number


def test_the_words_of_a_label_stand_in_its_sentence() -> None:
    for label in labels():
        assert label.words, label
        assert [word for word in label.words if word not in label.sentence] == [], label
        assert all(NUMBER.search(word) for word in label.words), label


def test_every_reason_is_one_of_the_readme_and_every_one_of_the_readme_is_used() -> None:
    readme = (LABELLED / "README.md").read_text(encoding="utf-8")
    reasons = re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE)
    assert {label.verdict for label in labels() if not label.is_figure} == set(reasons)


def test_even_and_odd_texts_both_have_figures() -> None:
    assert {int(label.text[:2]) % 2 for label in labels() if label.is_figure} == {0, 1}


def test_the_counts_of_the_readme_are_those_of_the_labels() -> None:
    readme = (LABELLED / "README.md").read_text(encoding="utf-8")
    figures = Counter(label.text for label in labels() if label.is_figure)
    traps = Counter(label.text for label in labels() if not label.is_figure)
    for text, lines in texts().items():
        sentences = sum(len(units(line)) for line in lines)
        assert f"| {text.removesuffix('.txt')} | {sentences} | {figures[text]} | {traps[text]} |" in readme
