"""BibTeX as people have written it for forty years."""

from __future__ import annotations

from typing import Any

import pytest

from citations.formats import Reading, read


def one(fields: str, kind: str = "article", before: str = "") -> Reading:
    (reading,) = read(f"{before}@{kind}{{key, {fields}}}", "bibtex")
    assert reading.problem == ""
    return reading


def field(name: str, fields: str, kind: str = "article") -> Any:
    return one(fields, kind).record.get(name)


def test_an_entry_is_read_with_its_line_and_key() -> None:
    text = "% a comment\n@string{lc = {Lung Cancer}}\n\n@Article{Doe:2020,\n  title = {A},\n"
    text += "  journal = lc # { Letters},\n}\n"
    (reading,) = read(text, "bibtex")
    assert (reading.line, reading.key) == (4, "Doe:2020")
    assert reading.record == {
        "id": "Doe:2020",
        "type": "article-journal",
        "title": "A",
        "container-title": "Lung Cancer Letters",
    }
    assert reading.text.startswith("@Article{Doe:2020,")


def test_a_broken_entry_stops_no_other_and_says_where_it_is() -> None:
    text = (
        "@book{a, title={A}}\n\n@book{b,\n title={B\n}\n\n@book{c, title={C}}\n@book{d title={D}}\n@book{e, title={E}}"
    )
    readings = list(read(text, "bibtex"))
    assert [(reading.line, reading.key, bool(reading.problem)) for reading in readings] == [
        *((1, "a", False), (3, "b", True), (7, "c", False), (8, "", True), (9, "e", False)),
    ]
    assert "not closed properly" in readings[1].problem


def test_a_key_used_twice_is_told_with_the_line_of_the_first() -> None:
    first, second = read("@book{same, title={A}}\n@book{Same, title={B}}", "bibtex")
    assert first.record["title"] == "A"
    assert (second.key, second.problem) == (
        "Same",
        "The key “Same” is that of the entry on line 1 already. Give one another key.",
    )


def test_a_field_told_twice_is_told() -> None:
    (reading,) = read("@book{a, title={A}, title={B}}", "bibtex")
    assert reading.problem == "This entry has the field “title” twice. Take one of them out."


def test_a_word_that_no_string_explains_is_told() -> None:
    reading, other = read("@article{a, title={A}, journal = jco}\n@article{b, title={B}}", "bibtex")
    assert reading.problem.startswith(
        "The field “journal” holds “jco” without braces, and no @string of this file says"
    )
    assert other.record["title"] == "B"


def test_an_unknown_type_is_told() -> None:
    (reading,) = read("@tweet{a, title={A}}", "bibtex")
    assert reading.problem.startswith("The type “@tweet” is none that BibTeX knows.")


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"M{\"u}ller", "Müller"),
        (r"M\"uller and \'{\i}", "Müller and í"),
        (r"{\L}o\'{s} \v{S}t\c ca", "Łoś Štça"),
        (r"5 \& 6 \% of \$7 \#1 a\_b", "5 & 6 % of $7 #1 a_b"),
        (r"``quoted'' pages 1--2 --- so", "“quoted” pages 1–2 — so"),
        (r"$\alpha$ and $\geq 5$~mg", "α and ≥5 mg"),
        (r"\unknown{kept} \mbox{BRCA}", "kept BRCA"),
        (r"a \textbackslash{} b", "a \\ b"),
    ],
)
def test_latex_is_read_as_it_prints(latex: str, text: str) -> None:
    assert field("publisher", f"publisher = {{{latex}}}", "book") == text


@pytest.mark.parametrize(
    ("latex", "title"),
    [
        ("A trial of {BAP1} loss", 'A trial of <span class="nocase">BAP1</span> loss'),
        ("{A Whole Title}", "A Whole Title"),
        ("{{A Whole Title}}", "A Whole Title"),
        (r"{M}es{\"o}thelioma", '<span class="nocase">M</span>esöthelioma'),
        (r"In \emph{vivo} CO$_2$ and \textsuperscript{18}F", "In <i>vivo</i> CO<sub>2</sub> and <sup>18</sup>F"),
        ("{{BRCA}} twice", '<span class="nocase">BRCA</span> twice'),
    ],
)
def test_braces_in_a_title_keep_capitals(latex: str, title: str) -> None:
    assert field("title", f"title = {{{latex}}}") == title


@pytest.mark.parametrize(
    ("names", "people"),
    [
        ("Doe, Jane and Richard Roe", [("Doe", "Jane"), ("Roe", "Richard")]),
        ("{World Health Organization}", ["World Health Organization"]),
        ("{Health and Safety Executive} and Doe, J.", ["Health and Safety Executive", ("Doe", "J.")]),
        (r"M{\"u}ller, J{\"o}rg", [("Müller", "Jörg")]),
        ("Plato", [("Plato",)]),
    ],
)
def test_names(names: str, people: list[Any]) -> None:
    expected = [
        {"literal": name} if isinstance(name, str) else dict(zip(("family", "given"), name, strict=False))
        for name in people
    ]
    assert field("author", f"author = {{{names}}}") == expected


@pytest.mark.parametrize("name", ["van der Meer, Jan", "Jan van der Meer"])
def test_particles(name: str) -> None:
    person = {"non-dropping-particle": "van der", "family": "Meer", "given": "Jan"}
    assert field("author", f"author = {{{name}}}") == [person]


def test_a_suffix_stands_between_the_commas() -> None:
    assert field("author", "author = {King, Jr., Martin}") == [{"family": "King", "given": "Martin", "suffix": "Jr."}]


def test_and_others_marks_the_list_as_not_complete() -> None:
    reading = one("author = {Doe, Jane and others}")
    assert reading.record["author"] == [{"family": "Doe", "given": "Jane"}]
    assert reading.said == {"authors_complete": False}


@pytest.mark.parametrize(
    ("fields", "issued"),
    [
        ("year = 2021, month = jan", {"date-parts": [[2021, 1]]}),
        ("year = {2021}, month = {January}", {"date-parts": [[2021, 1]]}),
        ("year = 2021, month = 1, day = 27", {"date-parts": [[2021, 1, 27]]}),
        ('year = 2021, month = jan # "~27"', {"date-parts": [[2021, 1, 27]]}),
        ('year = 2021, month = "27~" # jan', {"date-parts": [[2021, 1, 27]]}),
        ("date = {2021-01-27}", {"date-parts": [[2021, 1, 27]]}),
        ("date = {2019-05/2019-07}", {"date-parts": [[2019, 5], [2019, 7]]}),
        ("year = {in press}", {"literal": "in press"}),
    ],
)
def test_dates(fields: str, issued: Any) -> None:
    assert field("issued", fields) == issued


def test_a_month_that_is_none_is_only_said() -> None:
    reading = one("year = 2019, month = {Spring}")
    assert reading.record["issued"] == {"date-parts": [[2019]]}
    assert reading.said == {"other_fields": {"month": "Spring"}}


def test_identifiers_are_bare() -> None:
    record = one(r"doi = {https://doi.org/10.1000/a\_b}, url = {\url{https://a.example/x\%20y}}, pmcid = {123}").record
    assert (record["DOI"], record["URL"], record["PMCID"]) == ("10.1000/a_b", "https://a.example/x%20y", "PMC123")
    assert field("PMID", "eprint = {123}, eprinttype = {pubmed}") == "123"


@pytest.mark.parametrize(
    ("kind", "fields", "csl_type"),
    [
        ("misc", "url = {https://a.example/}", "webpage"),
        ("misc", "note = {x}", "document"),
        ("online", "note = {x}", "webpage"),
        ("article", "entrysubtype = {newspaper}", "article-newspaper"),
        ("mastersthesis", "note = {x}", "thesis"),
        ("video", "note = {x}", "motion_picture"),
    ],
)
def test_types(kind: str, fields: str, csl_type: str) -> None:
    assert field("type", fields, kind) == csl_type


def test_unknown_fields_are_said_and_files_and_abstracts_are_not_kept() -> None:
    reading = one(
        "title = {A}, crossref = {b}, file = {:home/doe/a.pdf:PDF}, abstract = {Long}, urldate = {2020-01-02}"
    )
    assert reading.said == {"other_fields": {"crossref": "b"}, "accessed": {"date-parts": [[2020, 1, 2]]}}


def test_strings_that_double_each_other_do_not_fill_the_memory() -> None:
    doubling = "".join(f"@string{{a{line} = a{line - 1} # a{line - 1}}}\n" for line in range(1, 60))
    text = f'@string{{a0 = "ten letters"}}\n{doubling}@article{{one, title = {{Fine}}, note = a3}}\n'
    (fine,) = read(text, "bibtex")
    assert not fine.problem
    (bomb,) = read(text.replace("note = a3", "title2 = " + " # ".join(["a9"] * 9)), "bibtex")
    assert "grows to more than 20,000 characters" in bomb.problem
    (undefined,) = read(text.replace("note = a3", "note = a59"), "bibtex")
    assert undefined.problem
