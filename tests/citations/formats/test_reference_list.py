"""Reference lists as people paste them: split, typed, taken apart; what seems wrong is proposed, not put right."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from citations import csl
from citations.formats import Correction, Reading, read
from citations.importing import read as taken_apart
from citations.style import format_entries
from tests.citations.conftest import sample_records


def one(text: str) -> Reading:
    (reading,) = read(text, "reference-list")
    assert reading.problem == ""
    return reading


def record(text: str) -> dict[str, Any]:
    return dict(one(text).record)


def person(family: str, given: str, **parts: str) -> dict[str, str]:
    return {"family": family, "given": given, **parts}


# Splitting

TWO = ["Doe, J. (2020). A trial. Chest, 3(1), 5–9.", "Roe, R. (2021). B trial. Chest, 4(1), 5–9."]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("{}\n{}", [1, 2]),
        ("References\n\n1. {}\n2. {}", [3, 4]),
        ("## Sources:\n[1] {}\n\n[2] {}\n", [2, 4]),
        ("(1) {}\n(2) {}", [1, 2]),
        ("- {}\n* {}", [1, 2]),
        ("• {}\r\n• {}\r\n", [1, 2]),
        ("\n{}\n\n\n{}\n", [2, 5]),
    ],
)
def test_entries_are_told_apart_however_they_are_marked(text: str, lines: list[int]) -> None:
    readings = list(read(text.format(*TWO), "reference-list"))
    assert [reading.line for reading in readings] == lines
    assert [reading.text for reading in readings] == TWO


@pytest.mark.parametrize("mark", ["1. {}\n2. {}", "{}\n\n{}"])
def test_an_entry_may_run_over_several_lines(mark: str) -> None:
    broken = [entry.replace(". ", ".\n   ") for entry in TWO]
    first, second = read(mark.format(*broken), "reference-list")
    assert (first.record["title"], second.record["title"]) == ("A trial", "B trial")
    assert second.line == broken[0].count("\n") + (2 if mark.startswith("1") else 3)


def test_what_is_no_reference_is_told_and_stops_no_other() -> None:
    first, words, last = read(f"1. {TWO[0]}\n2. just some words\n3. {TWO[1]}", "reference-list")
    assert (words.line, words.record) == (2, {})
    assert "Write it in a form such as" in words.problem
    assert first.record["title"] + last.record["title"] == "A trialB trial"


# APA


def test_an_article_in_apa() -> None:
    text = (
        "Fennell, D. A., De Pangher Manzini, V., van Meerbeeck, J. P., & King, A., Jr. (2021, January 27). Rucaparib in"
        " patients: An open-label trial. The Lancet Respiratory Medicine, 9(6), 593–600."
        " https://doi.org/10.1016/S2213-2600(20)30390-8"
    )
    assert record(text) == {
        "type": "article-journal",
        "author": [
            person("Fennell", "D. A."),
            person("De Pangher Manzini", "V."),
            {"non-dropping-particle": "van", "family": "Meerbeeck", "given": "J. P."},
            person("King", "A.", suffix="Jr."),
        ],
        "issued": {"date-parts": [[2021, 1, 27]]},
        "title": "Rucaparib in patients: An open-label trial",
        "container-title": "The Lancet Respiratory Medicine",
        "volume": "9",
        "issue": "6",
        "page": "593-600",
        "DOI": "10.1016/S2213-2600(20)30390-8",
    }


def test_a_book_its_edition_and_its_editors_in_apa() -> None:
    found = record("Pass, H. I., & Carbone, M. (Eds.). (2005). Malignant mesothelioma (2nd ed.). Springer.")
    assert (found["type"], found["edition"], found["publisher"]) == ("book", "2nd", "Springer")
    assert found["editor"] == [person("Pass", "H. I."), person("Carbone", "M.")]
    assert (found["title"], "author" in found) == ("Malignant mesothelioma", False)


def test_a_chapter_in_apa() -> None:
    text = (
        "Doe, J. (2011). Staging. In H. I. Pass & M. Carbone (Eds.), Malignant mesothelioma (2nd ed., pp. 93–113)."
        " Springer."
    )
    assert record(text) == {
        "type": "chapter",
        "author": [person("Doe", "J.")],
        "editor": [person("Pass", "H. I."), person("Carbone", "M.")],
        "issued": {"date-parts": [[2011]]},
        "title": "Staging",
        "container-title": "Malignant mesothelioma",
        "edition": "2nd",
        "page": "93-113",
        "publisher": "Springer",
    }


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "World Health Organization. (2014). Chrysotile asbestos (Report No. 5). WHO Press.",
            {"type": "report", "number": "5", "publisher": "WHO Press"},
        ),
        (
            "National Cancer Institute. (n.d.). Complete response. In NCI Dictionary of Cancer Terms."
            " https://www.cancer.gov/x/complete-response",
            {
                "type": "entry-dictionary",
                "container-title": "NCI Dictionary of Cancer Terms",
                "URL": "https://www.cancer.gov/x/complete-response",
            },
        ),
        (
            "Mesothelioma Foundation. (2020, December 1). MesoTV | Patients discuss [Video]. YouTube.",
            {"type": "motion_picture", "medium": "Video", "container-title": "YouTube"},
        ),
        (
            "Doe, J. (2019). On fibers [Doctoral dissertation, University of Nowhere].",
            {"type": "thesis", "genre": "Doctoral dissertation", "publisher": "University of Nowhere"},
        ),
        (
            "American Cancer Society. (2015, May 18). How is it staged?",
            {"type": "webpage", "title": "How is it staged?"},
        ),
    ],
)
def test_what_else_apa_prints(text: str, fields: dict[str, Any]) -> None:
    found = record(text)
    assert {name: found.get(name) for name in fields} == fields


@pytest.mark.parametrize(
    "text",
    [
        "Doe J, et al. (2003) On fibers. J Clin Oncol 21(3):2636–2644",
        "Doe, J., ... & Roe, R. (2003). On fibers. J Clin Oncol, 21(3), 2636-2644.",
    ],
)
def test_its_relatives_at_publishers_and_in_search_engines(text: str) -> None:
    reading = one(text)
    told = {name: reading.record[name] for name in ("container-title", "volume", "issue", "page")}
    assert told == {"container-title": "J Clin Oncol", "volume": "21", "issue": "3", "page": "2636-2644"}
    assert {name["family"] for name in reading.record["author"]} <= {"Doe", "Roe"}
    assert reading.said == {"authors_complete": False}


# AMA and Vancouver


def test_an_article_in_ama() -> None:
    text = (
        "Fennell DA, van Meerbeeck JP, King M Jr, et al. Rucaparib vs. placebo (MiST1): is it better? Lancet."
        " 2021;9(6):593-600. doi:10.1016/S2213-2600(20)30390-8"
    )
    reading = one(text)
    assert reading.record == {
        "type": "article-journal",
        "author": [
            person("Fennell", "D. A."),
            {"non-dropping-particle": "van", "family": "Meerbeeck", "given": "J. P."},
            person("King", "M.", suffix="Jr"),
        ],
        "issued": {"date-parts": [[2021]]},
        "title": "Rucaparib vs. placebo (MiST1): is it better?",
        "container-title": "Lancet",
        "volume": "9",
        "issue": "6",
        "page": "593-600",
        "DOI": "10.1016/S2213-2600(20)30390-8",
    }
    assert reading.said == {"authors_complete": False}
    assert reading.corrections == ()


def test_an_article_in_vancouver() -> None:
    found = record(
        "Rice D, Mills P. Surgery. Ann Thorac Surg. 2016 May-Jun;101(5):12-9. Epub 2016 Jan 3. PMID: 16192580;"
        " PMCID: PMC77."
    )
    assert found["issued"] == {"date-parts": [[2016, 5], [2016, 6]]}
    assert found["available-date"] == {"date-parts": [[2016, 1, 3]]}
    assert (found["volume"], found["page"], found["PMID"], found["PMCID"]) == ("101", "12-9", "16192580", "PMC77")


def test_a_book_and_its_chapter_in_vancouver() -> None:
    book = record("Pass HI, Carbone M, editors. Malignant mesothelioma. 2nd ed. New York: Springer; 2005.")
    imprint = {"publisher-place": "New York", "publisher": "Springer", "issued": {"date-parts": [[2005]]}}
    editors = {"editor": [person("Pass", "H. I."), person("Carbone", "M.")]}
    assert book == {"type": "book", "title": "Malignant mesothelioma", "edition": "2nd"} | imprint | editors
    chapter = record(
        "Doe J. Staging. In: Pass HI, Carbone M, editors. Malignant mesothelioma. New York: Springer; 2005. p. 93-113."
    )
    names = {"author": [person("Doe", "J.")], "title": "Staging", "container-title": "Malignant mesothelioma"}
    assert chapter == {"type": "chapter", "page": "93-113"} | imprint | editors | names


@pytest.mark.parametrize(
    "text",
    [
        "American Cancer Society. Mesothelioma. Cancer.org. Published May 28, 2019. Accessed November 16, 2022."
        " https://www.cancer.org/a_(b).html",
        "American Cancer Society. Mesothelioma [Internet]. Cancer.org; 2019 May 28 [cited 2022 Nov 16]. Available from:"
        " https://www.cancer.org/a_(b).html",
    ],
)
def test_a_page_of_the_web(text: str) -> None:
    assert record(text) == {
        "type": "webpage",
        "author": [{"literal": "American Cancer Society"}],
        "title": "Mesothelioma",
        "container-title": "Cancer.org",
        "issued": {"date-parts": [[2019, 5, 28]]},
        "accessed": {"date-parts": [[2022, 11, 16]]},
        "URL": "https://www.cancer.org/a_(b).html",
    }


# What seems wrong


def found_in(text: str) -> list[tuple[str, str, str, bool]]:
    return [(found.field, found.found, found.proposed, found.applied) for found in one(text).corrections]


def test_et_al_is_nobody_and_the_list_is_not_complete() -> None:
    reading = one("Nakamura, A., Kondo, N., & Et Al. (2020, May 28). Initial evaluation. Chest, 3(1), 5.")
    assert reading.record["author"] == [person("Nakamura", "A."), person("Kondo", "N.")]
    assert reading.said == {"authors_complete": False}
    assert [(found.field, found.applied) for found in reading.corrections] == [("author", True)]


def test_left_out_authors_mark_the_list_as_not_complete() -> None:
    reading = one("Kostron, A., Friess, M., . . . Opitz, I. (2016). Relapse. Chest, 3(1), 5.")
    assert [name["family"] for name in reading.record["author"]] == ["Kostron", "Friess", "Opitz"]
    assert (reading.said, reading.corrections) == ({"authors_complete": False}, ())


def test_retrieved_from_nowhere_is_told_and_the_day_kept_aside() -> None:
    reading = one("Moffitt Cancer Center. (n.d.). Mesothelioma recurrence. Retrieved November 16, 2022, from")
    assert "accessed" not in reading.record
    assert "URL" not in reading.record
    assert reading.said["accessed"] == {"date-parts": [[2022, 11, 16]]}
    assert reading.corrections == (
        Correction(
            "URL",
            "Retrieved November 16, 2022, from",
            "",
            "No address follows. Look the page up and add its address; the day of the visit is kept aside until then.",
        ),
    )


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("Disappearance: A case report – journal of medical case reports", "Disappearance: A case report"),
        ("Treatment options | American Cancer Society", "Treatment options"),
        ("Staging - Mayo Clinic", "Staging"),
    ],
)
def test_the_name_of_a_site_in_a_title_is_proposed_to_go(printed: str, title: str) -> None:
    reading = one(f"Doe, J. (2009, March 27). {printed}. Retrieved May 1, 2020, from https://a.example/")
    assert reading.record["title"] == printed
    assert [(found.field, found.found, found.proposed, found.applied) for found in reading.corrections] == [
        ("title", printed, title, False)
    ]


@pytest.mark.parametrize(
    "title",
    [
        "MesoTV | Mesothelioma patients who had the EPP (extrapleural pneumonectomy) discuss their experience",
        "Extended pleurectomy-decortication–based treatment",
        "Asbestos – the killer dust",
    ],
)
def test_a_dash_alone_is_no_reason_to_cut_a_title(title: str) -> None:
    assert found_in(f"Doe, J. (2009, March 27). {title}. https://a.example/") == []


def test_a_trial_in_small_letters_is_only_pointed_at() -> None:
    text = "Doe, J. (2021). Rucaparib in mesothelioma (mist1): A trial (MiST2). Chest, 3(1), 5."
    assert found_in(text) == [("title", "mist1", "", False)]
    assert "(mist1)" in record(text)["title"]


def test_a_publisher_as_author_is_pointed_at() -> None:
    text = "American College of Chest Physicians. (1995, October). A staging system. https://a.example/"
    assert found_in(text) == [("author", "American College of Chest Physicians", "", False)]


def test_several_authors_of_a_book_may_be_its_editors() -> None:
    text = "Pass, Harvey I., Vogelzang, Nicholas J., & Carbone, Michele (2005). Mesothelioma: Advances. Springer."
    assert record(text)["type"] == "book"
    assert found_in(text) == [("author", "Pass, Vogelzang, Carbone", "", False)]


def test_an_odd_doi_stays_odd_and_is_bare() -> None:
    text = "Doe, J. (2005). A trial. Chest, 3(1), 5. http://dx.doi.org/10.1200/JCO.20005.14.589."
    assert record(text)["DOI"] == "10.1200/JCO.20005.14.589"
    assert found_in(text) == []


def test_nothing_is_re_cased() -> None:
    title = "SEQUENTIAL therapy With cisplatin: a Phase II study (sitmp)"
    assert record(f"PINTO, C. (2006). {title}. Lung cancer, 52(2), 199–206.")["title"] == title


def test_a_list_with_many_faults_gets_exactly_these_proposals() -> None:
    text = """
1. American Cancer Society. (2019, May 28). Treatment of mesothelioma. Retrieved November 16, 2022, from
2. Doe, J., King, A., & Roe, R. (2021). Rucaparib (mist1): A trial. Chest, 9(6), 593–600. Retrieved May 1, 2022, from
3. Higashi, M., & Oda, K. (2009, March 27). Disappearance – journal of case reports. https://a.example/
4. Naka, A., Kondo, N., Kuroda, A., Hashi, M., & Et al. (2020, May 28). Initial evaluation. https://b.example/
5. Penn Medicine. (n.d.). Prognosis. https://c.example/
6. Pass, H. I., Vogel, N. J., & Carbone, M. (2005). Advances in Therapies (2nd ed.). Springer.
7. American College of Chest Physicians. (1995). A Staging System. Chest, 108(4), 1122–1128.
8. Jan, P. (2005). Randomized study. J Clin Oncol, 23(28), 6881–6889. https://doi.org/10.1200/JCO.20005.14.589
"""
    found = [
        (place, correction.field, correction.applied)
        for place, reading in enumerate(read(text, "reference-list"), start=1)
        for correction in reading.corrections
    ]
    assert found == [
        (1, "URL", False),
        (2, "URL", False),
        (2, "title", False),
        (3, "title", False),
        (4, "author", True),
        (6, "author", False),
        (7, "author", False),
    ]


# The sample bibliography as its pages print it, and as a medical journal would


def as_printed(records: list[dict[str, Any]]) -> str:
    entries = [html.unescape(re.sub("<[^>]+>", "", entry)) for entry in format_entries(records).values()]
    return "\n".join(f"{number}. {entry}" for number, entry in enumerate(entries, start=1))


def printed_person(name: dict[str, str]) -> dict[str, str]:
    """With initials and typographic apostrophes, as our style prints a name."""
    given = "".join(f"{part[0]}. " for part in re.findall(r"[^\W\d_][^\s-]*", name.get("given", ""))).strip()
    return {part: text.replace("'", "’") for part, text in name.items()} | ({"given": given} if given else {})


def test_how_much_of_the_sample_bibliography_comes_back_from_print() -> None:
    """All that is printed, of all 33 entries: short journals, PubMed numbers, months of articles are not."""
    records = [taken_apart(item).record for item in sample_records()]
    readings = list(read(as_printed(records), "reference-list"))
    assert [(reading.problem, reading.corrections) for reading in readings] == [("", ())] * 33
    asked: dict[str, int] = {}
    came_back: dict[str, int] = {}
    wrong = []
    for reading, source in zip(readings, records, strict=True):
        expected = dict(source)
        expected |= {role: [printed_person(name) for name in source[role]] for role in csl.NAMES if role in source}
        if source["type"] in ("article-journal", "book") and "issued" in source:
            expected["issued"] = {"date-parts": [source["issued"]["date-parts"][0][:1]]}
        for name, value in expected.items():
            asked[name] = asked.get(name, 0) + 1
            came_back[name] = came_back.get(name, 0) + (reading.record.get(name) == value)
        wrong += [(source["id"], name) for name in reading.record if name not in source]
    assert wrong == []
    assert asked == {
        **{"id": 33, "type": 33, "title": 33, "author": 32, "issued": 26, "editor": 1, "director": 1, "medium": 1},
        **{"container-title": 14, "container-title-short": 13, "volume": 11, "issue": 10, "page": 11, "publisher": 1},
        **{"DOI": 8, "PMID": 5, "URL": 2, "accessed": 2},
    }
    never_printed = {"id", "container-title-short", "PMID", "director", "accessed"}
    assert came_back == {name: 0 if name in never_printed else count for name, count in asked.items()}


def in_vancouver(source: dict[str, Any]) -> str:
    names = []
    for name in source["author"]:
        initials = "".join(re.findall(r"(?<![^\s-])[^\W\d_]", name.get("given", "")))
        surname = f"{name.get('non-dropping-particle', '')} {name.get('family', '')} {initials}"
        names.append(name.get("literal") or surname.strip())
    issued = source["issued"]["date-parts"][0]
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905  # reads better
    date = " ".join([str(issued[0]), *(months[month - 1] for month in issued[1:2]), *(str(day) for day in issued[2:])])
    issue = f"({source['issue']})" if "issue" in source else ""
    ids = "".join(f" {mark}: {source[name]}." for name, mark in (("DOI", "doi"), ("PMID", "PMID")) if name in source)
    return (
        f"{', '.join(names)}. {source['title']}. {source['container-title-short']}. {date};{source['volume']}{issue}:"
        f"{source['page']}.{ids}"
    )


def test_how_much_of_the_sample_articles_comes_back_from_a_medical_journal() -> None:
    """All that is printed, of the 11 articles whose volume is known."""
    articles = [record for item in sample_records() if "volume" in (record := taken_apart(item).record)]
    text = "\n".join(f"{number}. {in_vancouver(article)}" for number, article in enumerate(articles, start=1))
    assert len(articles) == 11
    for reading, source in zip(read(text, "reference-list"), articles, strict=True):
        expected = {name: value for name, value in source.items() if name not in ("id", "URL", "accessed")}
        expected["container-title"] = expected.pop("container-title-short")
        expected["author"] = [
            {part: text.replace("’", "'") for part, text in printed_person(name).items()} for name in source["author"]
        ]
        assert reading.record == expected
