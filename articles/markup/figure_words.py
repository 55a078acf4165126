"""The words by which figures that need a source are known, beside those of quantities."""

from __future__ import annotations

from .amounts import NUMBER_WORDS, words
from .quantities.vocabulary import (
    AGE_DECADES,
    BEFORE,
    BEFORE_PERIODS,
    FACTORS,
    FRACTIONS,
    NO_ADJECTIVE,
    NUMBERED,
    PEOPLE,
    PERIODS,
    UNITS,
)

MANY = frozenset(words("dozens hundreds thousands millions billions decades"))
ORDINALS = frozenset(words("first second third fourth fifth sixth seventh eighth ninth tenth"))
ENDS_OF_ORDINALS = frozenset(words("st nd rd th"))
RANKED = frozenset(words("most leading largest biggest highest lowest greatest commonest deadliest"))

COUNTED_PEOPLE = PEOPLE | frozenset(
    words("case cases death deaths birth births babies baby newborns girls boys students family families")
)
CHANCES = frozenset(words("chance risk them these those"))
MEASURES = frozenset(UNITS) | frozenset(
    words("""
        degrees inch inches feet foot miles pounds ounces gallons pints cups glasses calories dollars euros cycles doses
        sessions infusions injections shots tablets pills drinks servings percentiles
    """)
)
# Not "second", which mostly orders; no two texts are compared by seconds, so quantities have none.
SPANS = frozenset(PERIODS) | {"seconds"}
BEFORE_SPANS = BEFORE_PERIODS | frozenset(words("- working business"))
BETWEEN_AMOUNTS = frozenset(words("- to or and"))

# What the reader can count, as it is named there, and what anatomy and inheritance have counted for good.
NAMED_OR_KNOWN = frozenset(
    words("""
        type types kind kinds form forms way ways part parts step steps stage stages reason reasons question questions
        system systems group groups category categories class classes method methods option options different
        kidney kidneys lung lungs lobe lobes ovary ovaries testicle testicles eye eyes ear ears breast breasts arm arms
        leg legs hand hands foot layer layers side sides bone bones chamber chambers valve valves sex sexes parent
        parents gene genes copy copies chromosome chromosomes pair pairs
    """)
)
ORGANS = frozenset(words("body brain face head tongue mouth throat chest heart lung liver colon stomach spine"))
# A number after one of these is its name.
LABELS = NUMBERED | frozenset(
    words("alpha beta gamma delta omega interleukin trisomy exon exons codon position building box line lines rule")
)
NEVER_SHARES = frozenset(words("a an - life hour way day sister brother"))
ONE_OF_TWO_HALVES = frozenset(words("first second other latter lower upper top bottom left right -"))
NO_ADJECTIVES = NO_ADJECTIVE | frozenset(words("should can may will would if when times"))
AGED = frozenset(words("older over above younger under up"))
CHOSEN = frozenset(words("treatments therapies drugs medicines medications doctors specialists methods ways"))
TYPICAL = frozenset(words("median average"))

# Bounds of more than a word: "over two areas" and "under three headings" are places.
BOUNDS = frozenset(phrase for phrase, (operator, _) in BEFORE.items() if len(phrase) > 1 and operator != "~") | {
    ("as", "little", "as"),
    ("as", "few", "as"),
    ("as", "early", "as"),
}
ABOUT = frozenset(BEFORE) | BOUNDS | {("within",), ("by",)}

SEEDS = (
    NUMBER_WORDS | MANY | ORDINALS | frozenset(FRACTIONS) | frozenset(FACTORS) | frozenset(AGE_DECADES)
    | SPANS | frozenset(words("once hundredfold"))
)  # fmt: skip
