"""Two hundred made-up records, for what the sample bibliography does not have. Prints them as CSL-JSON.

They are kept in synthetic.json, so that the expected entries belong to records that stay as they are; changing this
file means writing that one anew and having the entries set anew (README.md).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

Record = dict[str, Any]

LETTERS = [
    *("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta", "Theta", "Iota", "Kappa", "Lambda", "My"),
    *("Ny", "Xi", "Omikron", "Pi", "Rho", "Sigma", "Tau", "Ypsilon", "Phi", "Chi", "Psi", "Omega"),
    *("Alef", "Bet", "Gimel", "Dalet"),
]
GIVEN = ["Jane", "John Q.", "Jean-Paul", "J. Q.", "JQ", "Ann Bea Cee", "Émile", "Ó.", "Mary-Ann B."]
PEOPLE = [
    {"family": "Voorbeeld", "given": "Jan", "non-dropping-particle": "van den"},
    {"family": "Beispiel", "given": "Otto", "dropping-particle": "von"},
    {"family": "Ejemplo", "given": "Ana", "non-dropping-particle": "de la"},
    {"family": "Elder", "given": "Max L.", "suffix": "Jr."},
    {"family": "Senior", "given": "Max", "suffix": "III"},
    {"family": "O'Letter", "given": "Pat"},
    {"family": "Müller-Ärger", "given": "Jörg"},
    {"family": "al-Alif", "given": "Ba"},
    {"family": "Çedille", "given": "Ñandu Ø."},
    {"given": "Plato"},
    {"family": "Mononym"},
]
# Names on which the engines disagree; a few are enough.
RARE_PEOPLE = [
    {"family": "甲", "given": "乙"},
    {"family": "見本", "given": "太郎"},
    {"family": "홍", "given": "길동"},
    {"family": "Hyphen", "given": "J.-P."},
]
OFFICES = [
    {"literal": "Health Office"},
    {"literal": "Agency for Fibers & Dust"},
    {"literal": "The Pleura Study Group (PSG)"},
    {"literal": "WHO"},
    {"literal": "Patients' Union e.V."},
]
TITLES = [
    "Pleural thickening after exposure to asbestos",
    "How is it staged?",
    "Who was exposed? A register study of shipyards",
    "Hope at last!",
    "Two drugs or three: a randomized trial",
    "Talc: friend or foe?",
    'The "quiet" illness',
    'Living with "it": what patients\' families say',
    "“Wait and see” in mesothelioma",
    "Loss of <i>BAP1</i> in pleural cells",
    "<i>NF2</i> and <i>CDKN2A</i>: two losses",
    "H<sub>2</sub>O and CO<sub>2</sub> in 10<sup>9</sup> cells",
    'The <span class="nocase">iPhone</span> as a spirometer',
    'Words with <span class="nocase">mRNA and pH</span> in them',
    "Outcomes (and costs) of surgery",
    "(Un)certain margins in the pleura",
    "MARS 2: EPP or PD for MPM in the UK",
    "CT, MRI and PET-CT compared",
    "The O'Letter classification isn't final",
    "Patients' own words",
    "Fibers of the '90s",
    "A follow-up of 1,200 workers, 1970-1990",
    "Asbestos—a slow poison",
    "Dust & fibers < 5 µm",
    "ASBESTOS IN SCHOOLS",
    "Über die Asbestose",
    "Mésothéliome: état des lieux",
    "石綿による中皮腫",
    "Survival of 50% at 12 months",
    "What next for the pleura…",
    "Notes on the pleura.",
    "From cell to patient, and back: on the road to a cure",
    "Pembrolizumab vs. chemotherapy in stage IIIA",
    "e-Health for people with a cough",
    "To treat or not to treat in the over 80s",
]
WHOLES = ["Handbook of the pleura", "Dust: a reader", "Encyclopedia of fibers", "Diseases of the lung & pleura"]
JOURNALS = [
    ("Journal of Fibers", "J Fibers"),
    ("The Annals of Pleural Medicine", "Ann. Pleural Med."),
    ("Lung & Dust", None),
    ("Pleura: Basic Science", "Pleura (Basic Sci)"),
    ("Zeitschrift für Staub", "Z Staub"),
]
PUBLISHERS = ["Example Press", "Staub & Sohn", "University of Example Press", "Example Health Ltd."]
PLACES = ["Exampletown", "Port Example, EX", "Beispielstadt"]
PAGES = [
    "12-19",
    "593-600",
    "321-30",
    "1016-9",
    "e123",
    "S12-S19",
    "7",
    "e12-e15",
    "101-109, 113",
    "1234-1301",
    "iv-xii",
]
VOLUMES = ["9", "12A", "34", "101", "3-4", "21 Suppl 1"]
ISSUES = ["6", "1-2", "Suppl 1", "12", "3 Pt 2", "S1"]
EDITIONS = ["2", "3", "11", "1", "21", "4th", "Rev. ed."]
DAYS: list[Record] = [
    {"date-parts": [[2021]]},
    {"date-parts": [[2021, 1, 27]]},
    {"date-parts": [[2020, 5]]},
    {"date-parts": [[2019, 12, 31]]},
    {"date-parts": [[1998, 6]]},
    {"date-parts": [["2018", "9", "1"]]},
    {"date-parts": [[2015, 7, 4]]},
]
ODD_DAYS: list[Record] = [
    {"date-parts": [[2019, 5, 3], [2019, 7, 8]]},
    {"date-parts": [[2019, 5, 3], [2019, 5, 8]]},
    {"date-parts": [[2019, 5], [2019, 7]]},
    {"date-parts": [[2019], [2021]]},
    {"date-parts": [[2019, 12, 30], [2020, 1, 2]]},
    {"date-parts": [[2017]], "season": "2"},
    {"date-parts": [[2016]], "season": 4},
    {"date-parts": [[1950]], "circa": True},
    {"literal": "in press"},
    {"literal": "Spring 2019"},
]
LANGUAGES = ["en", "en-US", "en-GB", "de", "fr", "ja"]


class Turns:
    """Each of some choices in its turn, every round in a new order."""

    def __init__(self, draw: random.Random, choices: Sequence[Any]) -> None:
        self._turns = self._rounds(draw, choices)

    def __call__(self) -> Any:
        return next(self._turns)

    @staticmethod
    def _rounds(draw: random.Random, choices: Sequence[Any]) -> Iterator[Any]:
        while True:
            yield from draw.sample(choices, len(choices))


class Maker:
    """Makes records of every kind, the same ones each time."""

    def __init__(self) -> None:
        self.draw = random.Random(20261122)
        self.number = count(1)
        self.title = self.turns(TITLES)
        self.whole = self.turns(WHOLES)
        self.journal = self.turns(JOURNALS)
        self.publisher = self.turns(PUBLISHERS)
        self.place = self.turns([*PLACES, None])
        self.pages = self.turns(PAGES)
        self.volume = self.turns([*VOLUMES, "9", "34", "101"])
        self.issue = self.turns([*ISSUES, "6", None])
        self.edition = self.turns([*EDITIONS, None])
        self.issued = self.turns([*DAYS, *DAYS, *ODD_DAYS, None])
        self.language = self.turns([*LANGUAGES, None, None, None, None, None, None])
        self.person = self.turns([*PEOPLE, *({"family": name, "given": given} for name, given in self.plain_names())])
        self.rare = self.turns([*RARE_PEOPLE, *[None] * 20])
        self.office = self.turns(OFFICES)
        self.how_many = self.turns([1, 1, 2, 2, 3, 6, 7, 8, 25])
        self.no_author = self.turns([True, *[False] * 8])
        self.shared = self.turns([True, *[False] * 9])

    def turns(self, choices: Sequence[Any]) -> Turns:
        return Turns(self.draw, choices)

    def plain_names(self) -> Iterator[tuple[str, str]]:
        given = self.turns(GIVEN)
        return ((family, given()) for family in LETTERS)

    def people(self, number: int) -> list[Record]:
        people = [self.person() for _ in range(number)]
        if rare := self.rare():
            people[-1] = rare
        return [*people, self.office()] if self.shared() else people

    def some(self, **fields: Any) -> Record:
        """Now and then each of these fields."""
        return {
            name.replace("_", "-"): value
            for name, value in fields.items()
            if value is not None and self.draw.random() < 0.5
        }

    def record(self, kind: str, **fields: Any) -> Record:
        """A record of this kind by somebody, or by nobody, at some time."""
        number = next(self.number)
        record = {"id": f"r{number:03}", "type": kind, "title": self.title(), "issued": self.issued()}
        if not self.no_author():
            record["author"] = self.people(self.how_many())
        record["language"] = self.language()
        record |= {name.replace("_", "-"): value for name, value in fields.items()}
        return {name: value for name, value in record.items() if value is not None}

    def identifiers(self) -> Record:
        number = self.draw.randrange(10_000, 99_999)
        known = {"DOI": f"10.1234/J.Ex({number})", "PMID": f"{number}", "PMCID": f"PMC{number}", "URL": self.address()}
        return {name: value for name, value in known.items() if self.draw.random() < 0.5}

    def address(self) -> str:
        return f"https://example.org/{self.draw.randrange(1_000)}/page?a=1&b=2"

    def article(self, kind: str = "article-journal") -> Record:
        whole, short = self.journal()
        printed = {"volume": self.volume(), "issue": self.issue(), "page": self.pages()}
        where = self.draw.choice([printed, printed, printed, {"volume": "12", "number": "e0201"}, {"page": "7"}, {}])
        return self.record(kind, container_title=whole, container_title_short=short, **where) | self.identifiers()

    def supplement(self) -> Record:
        return self.article() | {"supplement-number": self.draw.choice(["1", "2", "A"])}

    def review_of_a_book(self) -> Record:
        return self.article("review-book") | {"reviewed-title": self.whole(), "reviewed-author": self.people(1)}

    def book(self) -> Record:
        whole = {"publisher": self.publisher(), "publisher_place": self.place(), "edition": self.edition()}
        more = self.some(volume="2", number_of_pages="345", ISBN="9780000000002", URL=self.address())
        return self.record("book", **whole) | more

    def edited_book(self) -> Record:
        record = self.book() | {"editor": self.people(self.draw.choice([1, 2, 7]))}
        if self.draw.random() < 0.75:
            record.pop("author", None)
        return record

    def translated_book(self) -> Record:
        return self.book() | {"translator": self.people(1)}

    def chapter(self) -> Record:
        within = {"container_title": self.whole(), "publisher": self.publisher(), "publisher_place": self.place()}
        record = self.record(
            "chapter", **within, editor=self.people(self.draw.choice([1, 2, 3])), edition=self.edition()
        )
        return record | self.some(page=self.pages(), volume="2", chapter_number="5", collection_title="Lung series")

    def report(self) -> Record:
        office = self.office()
        record = self.record(
            "report", author=[office], publisher=self.draw.choice([office["literal"], "Example Press"])
        )
        return record | self.some(
            number="12", genre="technical report", URL=self.address(), publisher_place=self.place()
        )

    def webpage(self) -> Record:
        record = self.record("webpage", URL=self.address(), container_title=self.draw.choice(["Example Health", None]))
        return record | self.draw.choice([{"author": [self.office()]}, {}, {"publisher": self.publisher()}])

    def dictionary_entry(self) -> Record:
        within = {"container_title": self.whole(), "publisher": self.publisher(), "edition": self.edition()}
        return self.record("entry-dictionary", **within) | self.some(
            URL=self.address(), page="7", editor=self.people(1)
        )

    def video(self) -> Record:
        record = self.record("motion_picture", publisher=self.publisher(), URL=self.address())
        return record | self.some(medium="video", genre="documentary", director=self.people(1))

    def thesis(self) -> Record:
        record = self.record(
            "thesis", genre="doctoral thesis", publisher="University of Example", author=self.people(1)
        )
        return record | self.some(URL=self.address(), publisher_place=self.place(), number="T-7")

    def paper(self) -> Record:
        within = {"container_title": "Proceedings of the Pleura Meeting", "event_title": "Pleura Meeting 7"}
        record = self.record("paper-conference", **within, publisher=self.publisher())
        return record | self.some(
            page=self.pages(), editor=self.people(2), DOI="10.1234/Conf.7", publisher_place="Hall 1"
        )

    def dataset(self) -> Record:
        record = self.record("dataset", publisher="Example Archive", DOI=f"10.1234/data.{self.draw.randrange(1_000)}")
        return record | self.some(version="2.0", medium="dataset", URL=self.address())

    def preprint(self) -> Record:
        record = self.record("article", publisher="exampleRxiv", DOI="10.1234/2020.01.01.20", URL=self.address())
        return record | self.some(genre="preprint", number="20.01", container_title="exampleRxiv")

    def news(self) -> Record:
        record = self.record("article-newspaper", container_title="The Daily Example", URL=self.address())
        return record | self.some(page="A4", edition="late", section="Health")

    def magazine(self) -> Record:
        record = self.record("article-magazine", container_title="Dust Monthly", issued=self.draw.choice(DAYS))
        return record | self.some(volume="3", issue="2", page=self.pages(), URL=self.address())

    def post(self) -> Record:
        return self.record("post-weblog", container_title="A patient's blog", URL=self.address())


def records(number: int = 200) -> list[Record]:
    """This many records, of each kind in its turn."""
    maker = Maker()
    kinds = [
        *(maker.article, maker.book, maker.edited_book, maker.chapter, maker.report, maker.webpage, maker.article),
        *(maker.dictionary_entry, maker.video, maker.thesis, maker.paper, maker.dataset, maker.preprint, maker.news),
        *(maker.supplement, maker.review_of_a_book, maker.translated_book, maker.magazine, maker.post),
        lambda: maker.article("review"),
    ]
    return [kinds[turn % len(kinds)]() for turn in range(number)]


if __name__ == "__main__":
    lines = (json.dumps(record, ensure_ascii=False) for record in records())
    print("[\n" + ",\n".join(lines) + "\n]")
