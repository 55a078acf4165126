"""Records to try things on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from citations.models import Source
from mesoinfo.models import User
from tests.citations.golden.make import RECORDS

GOLDEN = Path(__file__).parent / "golden"


def golden_records(name: str) -> list[dict[str, Any]]:
    """The records named in golden/make.py: "sample", "kinds" or "synthetic"."""
    records: list[dict[str, Any]] = json.loads(RECORDS[name].read_text(encoding="utf-8"))
    return records


def sample_records() -> list[dict[str, Any]]:
    """The bibliography of the sample pages."""
    return golden_records("sample")


def golden(name: str) -> dict[str, str]:
    """Expected entries by key, from a file under golden/."""
    lines = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    blocks = "\n".join(line for line in lines if not line.startswith("# ")).strip().split("\n\n")
    return dict(block.split("\n", 1) for block in blocks)


def a_record(**fields: Any) -> dict[str, Any]:
    """An article in a journal that nothing is wrong with; `fields` replace or add, None takes out."""
    record = {
        "id": "doe2020trial",
        "type": "article-journal",
        "title": "Two drugs for mesothelioma: a trial",
        "author": [{"family": "Doe", "given": "Jane"}],
        "container-title": "A Journal",
        "issued": {"date-parts": [[2020, 5, 1]]},
        "DOI": "10.1234/Trial.2020",
    }
    record |= {name.replace("_", "-"): value for name, value in fields.items()}
    return {name: value for name, value in record.items() if value is not None}


def a_source(**fields: Any) -> Source:
    """A stored source made of `a_record`, a phase 2 trial unless `study_design` says otherwise."""
    study_design = fields.pop("study_design", "phase 2 trial")
    record = a_record(**fields)
    return Source.objects.create(key=record["id"], csl=record, study_design=study_design)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk(writer: User) -> Client:
    return signed_in(writer)


@pytest.fixture
def records() -> list[dict[str, Any]]:
    return sample_records()
