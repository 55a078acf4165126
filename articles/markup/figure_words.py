"""The words by which figures that need a source are known, beside those of quantities."""

from __future__ import annotations

from .amounts import NUMBER_WORDS, word_set
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
    THEM,
    UNITS,
)

MANY = word_set("dozens hundreds thousands millions billions decades")
ORDINALS = word_set("first second third fourth fifth sixth seventh eighth ninth tenth")
ENDS_OF_ORDINALS = word_set("st nd rd th")
RANKED = word_set("most leading largest biggest highest lowest greatest commonest deadliest")

COUNTED_PEOPLE = PEOPLE | word_set("""
    case cases death deaths birth births babies baby newborns girls boys students family families
""")
CHANCES = THEM | {"chance", "risk"}
MEASURED_IN = frozenset(UNITS) | word_set("""
    degrees inch inches feet foot miles pounds ounces gallons pints cups glasses calories dollars euros cycles doses
    sessions infusions injections shots tablets pills drinks servings percentiles
""")
# Not "second", which mostly orders; no two texts are compared by seconds, so quantities have none.
SPANS = frozenset(PERIODS) | {"seconds"}
BEFORE_SPANS = BEFORE_PERIODS | word_set("- working business")
BETWEEN_AMOUNTS = word_set("- to or and")

# What the reader can count, as it is named there, and what anatomy and inheritance have counted for good.
NAMED_OR_KNOWN = word_set("""
    type types kind kinds form forms way ways part parts step steps stage stages reason reasons question questions
    system systems group groups category categories class classes method methods option options different
    kidney kidneys lung lungs lobe lobes ovary ovaries testicle testicles eye eyes ear ears breast breasts arm arms
    leg legs hand hands foot layer layers side sides bone bones chamber chambers valve valves sex sexes parent
    parents gene genes copy copies chromosome chromosomes pair pairs
""")
ORGANS = word_set("body brain face head tongue mouth throat chest heart lung liver colon stomach spine")
# A number after one of these is its name. Quantities need fewer, as only numbers with a unit are any.
LABELS = NUMBERED | word_set("""
    alpha beta gamma delta omega interleukin trisomy exon exons codon position building box line lines rule
""")
NEVER_SHARES = word_set("a an - life hour way day sister brother")
ONE_OF_TWO_HALVES = word_set("first second other latter lower upper top bottom left right -")
NO_ADJECTIVES = NO_ADJECTIVE | word_set("should can may will would if when times")
# "60 and over", but "2 and less" is nothing said.
AGED = word_set("older over above younger under up")
CHOSEN = word_set("treatments therapies drugs medicines medications doctors specialists methods ways")
TYPICAL = word_set("median average")

# Bounds of more than a word: "over two areas" and "under three headings" are places.
BOUNDS = frozenset(phrase for phrase, (operator, _) in BEFORE.items() if len(phrase) > 1 and operator != "~") | {
    ("as", "little", "as"),
    ("as", "few", "as"),
    ("as", "early", "as"),
}
ABOUT = frozenset(BEFORE) | BOUNDS | {("within",), ("by",)}

SEEDS = (
    NUMBER_WORDS | MANY | ORDINALS | frozenset(FRACTIONS) | frozenset(FACTORS) | frozenset(AGE_DECADES)
    | SPANS | word_set("once hundredfold")
)  # fmt: skip
