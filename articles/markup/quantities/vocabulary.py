"""The words by which quantities are known: units, people, fractions, and what stands before and after numbers."""

from __future__ import annotations

from ..amounts import word_set, words
from .quantity import Leaning, Operator

MONTHS = {
    "minute": 1 / 43_830,
    "hour": 1 / 730.5,
    "day": 1 / 30.4375,
    "night": 1 / 30.4375,
    "week": 7 / 30.4375,
    "month": 1.0,
    "year": 12.0,
    "yr": 12.0,
    "decade": 120.0,
}
PERIODS = {**MONTHS, **{f"{name}s": worth for name, worth in MONTHS.items()}}
# Not "working" and "business": of such days, a month has fewer.
BEFORE_PERIODS = word_set("full whole more consecutive additional straight calendar")
YEARS = frozenset({"year", "years", "yr", "yrs"})
EACH = word_set("a an per each every")
PER = {"annually": "year", "yearly": "year", "monthly": "month", "weekly": "week", "daily": "day"}

PEOPLE = word_set("""
    patient patients person persons people man men woman women adult adults child children participant
    participants volunteer volunteers survivor survivors worker workers veteran veterans sufferers individuals
    subjects infants americans siblings relatives smokers
""")
OUTCOMES = word_set("""
    response responses remission remissions recurrence recurrences relapse relapses death deaths progression
    progressions responders survivors disease
""")
THINGS = {
    **dict.fromkeys(("case", "cases"), "case"),
    **dict.fromkeys(("study", "studies"), "study"),
    **dict.fromkeys(("tumor", "tumors", "tumour", "tumours"), "tumor"),
    **dict.fromkeys(("center", "centers", "centre", "centres"), "center"),
    **dict.fromkeys(("country", "countries"), "country"),
    **{
        word: word.rstrip("s")
        for name in words("trial hospital nodule cycle dose session infusion injection operation lesion node")
        for word in (name, f"{name}s")
    },
}
# What follows a number that looks like a year, if it counts.
IS_COUNTED = PEOPLE | word_set("cases deaths tumors % percent per new")
PERCENT = word_set("% ‰ percent percentage")
PEOPLE_AND_CASES = PEOPLE | {word for word, thing in THINGS.items() if thing in ("case", "tumor")}
THEM = word_set("them these those")
INTERVAL = frozenset({"ci", "confidence", "cri", "credible"})
SPREAD = frozenset({"range", "iqr", "interquartile"})
ABBREVIATED = frozenset({"CR", "PR", "SD", "PD"})
NO_ADJECTIVE = word_set("""
    of for in to and or with that the from by on at as is are was were had has have than who whose which not a an
    more less each every per did died lived in out after before between about
""")
OF_PEOPLE = word_set("""
    had have were was did died responded progressed relapsed developed showed remained achieved survived lived
    experienced received
""")

# Name of the unit, and how many of the one it is told in.
UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("g", "gram", "grams"), ("g", 1.0)),
    **dict.fromkeys(("mg", "milligram", "milligrams"), ("g", 1e-3)),
    **dict.fromkeys(("mcg", "µg", "μg", "microgram", "micrograms"), ("g", 1e-6)),
    **dict.fromkeys(("kg", "kilogram", "kilograms"), ("g", 1e3)),
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), ("cm", 0.1)),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), ("cm", 1.0)),
    **dict.fromkeys(("ml", "milliliter", "milliliters", "millilitre", "millilitres"), ("l", 1e-3)),
    **dict.fromkeys(("l", "liter", "liters", "litre", "litres"), ("l", 1.0)),
    **dict.fromkeys(("gy",), ("Gy", 1.0)),
    **dict.fromkeys(("cgy",), ("Gy", 0.01)),
    **dict.fromkeys(("dollars",), ("$", 1.0)),
}
BY = {"m": " by body surface", "square": " by body surface", "kg": " by weight", "kilogram": " by weight"}

FRACTIONS = {
    "half": 1 / 2, "halves": 1 / 2, "third": 1 / 3, "thirds": 1 / 3, "quarter": 1 / 4, "quarters": 1 / 4,
    "fifth": 1 / 5, "fifths": 1 / 5, "sixth": 1 / 6, "sixths": 1 / 6, "eighth": 1 / 8, "eighths": 1 / 8,
    "tenth": 1 / 10, "tenths": 1 / 10,
}  # fmt: skip
FACTORS = {
    **dict.fromkeys(("double", "doubles", "doubled", "doubling", "twice", "twofold"), 2.0),
    **dict.fromkeys(("triple", "triples", "tripled", "tripling", "threefold"), 3.0),
    **dict.fromkeys(("quadruple", "quadruples", "quadrupled", "quadrupling", "fourfold"), 4.0),
    **dict.fromkeys(("halve", "halves", "halved", "halving"), 0.5),
    "fivefold": 5.0, "sixfold": 6.0, "sevenfold": 7.0, "eightfold": 8.0, "ninefold": 9.0, "tenfold": 10.0,
}  # fmt: skip

# What may stand before a number, as phrases: the operator they make, and where "nearly" and "just over" lean.
_PHRASES: tuple[tuple[Operator, Leaning, str], ...] = (
    ("~", "", "about|around|approximately|roughly|circa|some|~|≈|close to|an estimated"),
    (
        "~",
        "below",
        "nearly|almost|just under|just below|slightly less than|a little less than|a little under|not quite",
    ),
    ("~", "above", "just over|just above|slightly over|slightly more than|a little over|a little more than"),
    (
        ">",
        "",
        "over|well over|above|beyond|exceeded|exceeds|exceeding|more than|far more than|greater than|longer than",
    ),
    (">", "", "older than|higher than|better than|>"),
    ("<", "", "under|well under|below|less than|far less than|fewer than|shorter than|younger than|lower than|<"),
    (">=", "", "at least|no less than|not less than|no fewer than|not fewer than|a minimum of|≥|> ="),
    ("<=", "", "up to|at most|no more than|not more than|no longer than|not longer than|a maximum of|as long as"),
    ("<=", "", "as many as|as much as|≤|< ="),
)
BEFORE = {
    words(phrase): (operator, leaning) for operator, leaning, phrases in _PHRASES for phrase in phrases.split("|")
}
LONGEST_BEFORE = max(map(len, BEFORE))
OR_MORE = word_set("more longer older over above higher greater")
OR_LESS = word_set("less fewer shorter younger under below lower")

# A share in words: its bounds, and its operator.
Share = tuple[float | None, float | None, Operator]
ALL: Share = (1.0, 1.0, "=")
NONE: Share = (0.0, 0.0, "=")
MOST: Share = (0.5, None, ">")
SOME: Share = (0.0, None, ">")
QUANTIFIERS: dict[str, Share] = {
    **dict.fromkeys(("all", "every", "each", "any"), ALL),
    **dict.fromkeys(("no", "none"), NONE),
    **dict.fromkeys(("most", "majority"), MOST),
    "minority": (None, 0.5, "<"),
    **dict.fromkeys(("some", "few", "several", "many"), SOME),
}
WHOLE_PHRASES: dict[str, Share] = {
    **dict.fromkeys(("everyone", "everybody", "always"), ALL),
    **dict.fromkeys(("nobody", "never"), NONE),
}

NUMBERED = word_set("""
    stage stages phase phases grade grades type types level levels step steps part parts page pages chapter
    chapters section sections figure figures fig table tables question questions number numbers option options
    class classes factor vitamin chromosome chromosomes room suite cycle version ref refs pp p arm group groups
    score ecog pmid isbn doi issn volume vol issue item
""")
# After these, a number may count what follows: "in that group 12 patients responded".
ALSO_COUNTED = word_set("arm group groups class part score item number")
MONTH_NAMES = word_set("""
    january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec
""")
RISING = word_set("""
    rose fell rise increase increased decrease decreased improved grew went dropped changed reduced
""")
RATIOS = {"hr": "hazard ratio", "or": "odds ratio", "rr": "risk ratio"}
LIKELY = word_set("""
    as more less higher lower greater that the longer better worse larger likely increased what
""")
LIKELIER = word_set("""
    more less higher lower greater longer shorter reduction increase decrease rise fall
""")

AGES = word_set("age ages aged")
HIS = word_set("his her their your")
AGE_DECADES = {
    word: 10.0 * value
    for value, word in enumerate(
        words("twenties thirties forties fifties sixties seventies eighties nineties"), start=2
    )
}
# What must follow "nobody" and "everyone", or they count no patients: "nobody can say".
OUTCOME_VERBS = OF_PEOPLE | word_set("dies relapses recovers survives got in with")
