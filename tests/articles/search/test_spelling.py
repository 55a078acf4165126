"""Misspelt words are mended when no page uses them, and only then."""

from __future__ import annotations

import pytest

from articles.search.asked import understand
from articles.search.spelling import mended
from tests.conftest import PublishPage, publish_one

from .conftest import page

WORDS = """
Mesothelioma is linked to asbestos. It may cause a pleural effusion, ascites, nausea and fatigue. Chemotherapy,
immunotherapy, radiation and surgery are treatments. An oncologist may drain fluid by thoracentesis. Palliative care
helps. A tumor can spread: that is metastasis. The peritoneum is a lining. Symptoms differ. Diarrhea is one.
In rural places help is farther away. Plain words and natural ones. Hospice is care. Hospitals have pins and pens.
Many people died. Some need a caregiver. Chest pain and cough are treated.
"""


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]


@pytest.fixture(scope="module")
def pages(module_db: None) -> None:
    publish_one("mesothelioma/words", page("Words", "Many.", text=WORDS))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mesotheliona", "mesothelioma"),
        ("mesothelomia", "mesothelioma"),
        ("Mesophelioma", "mesothelioma"),
        ("plural effusion", "pleural effusion"),
        ("kemotherapy", "chemotherapy"),
        ("chemotheraphy side", "chemotherapy side"),
        ("abestos", "asbestos"),
        ("imunotherapy", "immunotherapy"),
        ("radaition", "radiation"),
        ("oncoligist", "oncologist"),
        ("pallitive care", "palliative care"),
        ("thorasentesis", "thoracentesis"),
        ("metastisis", "metastasis"),
        ("diarhea", "diarrhea"),
        ("tumour", "tumor"),
        ("simptoms", "symptoms"),
        ("nausia fatige", "nausea fatigue"),
        ("hospise -surgrey", "hospice -surgrey"),
        ("hospis care", "hospice care"),
        ("chest pane", "chest pain"),
        ("caugh", "cough"),
        ("pian", "pain"),
        ("asbestoss", "asbestos"),
        ("cisplatin tumorr", "cisplatin tumor"),
        ('fatige "plural effusion"', 'fatigue "plural effusion"'),
    ],
)
def test_a_misspelt_word_is_mended(typed: str, meant: str) -> None:
    assert mended(understand(typed)) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "mesothelioma",
        "symptom",  # another form of a word that is used
        "rural",  # a word that is used, though near another
        "xqzvjk",  # near nothing
        "nau",  # too short to say
        "-mesotheliona",
        '"mesotheliona"',
        "n4usea",
        "the",
        "диагноз",
    ],
)
def test_anything_else_is_left_as_it_is(typed: str) -> None:
    assert mended(understand(typed)) == ""


@pytest.mark.parametrize(
    "typed",
    [
        "diet",  # not died
        "asbestosis",  # another illness than what asbestos is
        "carer",  # not care
        "pleuritis peritonitis",
        "father",  # not farther
        "painter",
        "dyed",  # nobody is told that they meant a word of death
        "bane",  # not pain: a short word begins as it was meant
        "kill",
        "lamp",
    ],
)
def test_a_word_that_may_well_be_meant_is_left_as_it_is(typed: str) -> None:
    assert mended(understand(typed)) == ""


@pytest.mark.whole
def test_a_word_that_only_an_earlier_page_used_is_mended(publish_page: PublishPage) -> None:
    publish_page("mesothelioma/one", page("One", "Mesotheliona.", text="x"))
    assert mended(understand("mesotheliona")) == ""
    publish_page("mesothelioma/one", page("One", "Corrected.", text="x"))
    assert mended(understand("mesotheliona")) == "mesothelioma"
