"""Each constraint and each refusal of a trigger has a test that tries to break it past the ORM.

This reads the tests: a constraint must be named there, a trigger's sentence quoted. What the tests then do
is theirs to show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

OURS = ("mesoinfo", "articles", "citations", "caseintake")


def expected_refusals() -> set[str]:
    """What the tests expect a refusal to say: the pieces given to `refused(...)` and `match=`."""
    pieces: set[str] = set()
    for path in Path(__file__).parent.rglob("test_*.py"):
        for quoted in re.findall(r"""[("'\s](?:refused\(|match=)r?f?"([^"]+)\"""", path.read_text(encoding="utf-8")):
            pieces.update(piece.split("{")[0].strip() for piece in quoted.replace("\\", "").split("|"))
        # Tables of (change, refusal) give it as a string of its own: count one of three words and more.
        pieces.update(re.findall(r'"(\w+(?:[ _]\w+){2,})"', path.read_text(encoding="utf-8")))
    return {piece for piece in pieces if len(re.split(r"[ _]", piece)) > 1}


REFUSALS = expected_refusals()


def promises() -> Iterator[tuple[str, str]]:
    """(model, what a test must name) for every constraint and every sentence of a trigger."""
    for model in apps.get_models():
        if model._meta.app_label not in OURS or (model.__name__.endswith("Event") and hasattr(model, "pgh_label")):
            continue
        for constraint in model._meta.constraints:
            yield model._meta.label, constraint.name
        for trigger in getattr(model._meta, "triggers", []):
            for sentence in re.findall(r"RAISE EXCEPTION '((?:[^']|'')+)'", str(trigger.func or "")):
                yield model._meta.label, sentence.replace("''", "'").replace("%%", "%")


@pytest.mark.parametrize(("model", "promise"), list(promises()))
def test_a_test_tries_to_break_it(model, promise):
    assert any(piece in promise for piece in REFUSALS), f"{model}: nothing tries to break “{promise}”"
