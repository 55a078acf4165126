"""year-mismatch: a statement names the year of a study, and the source that it cites is of another year.

Only the year of the publication itself is read ("a 2022 study", "a report from 2019", "published in 2016", "in 2016,
researchers found"). When people were treated or a trial began is not. If several sources are cited, one of that year is
enough; if the year of one is not known, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .flaw import Flaw, Text

_WORK = (
    r"(?:stud(?:y|ies)|trials?|reports?|reviews?|papers?|articles?|surveys?|analys[ie]s|meta-analys[ie]s|guidelines?|"
    r"case series|overview)"
)
_WHO = r"(?:researchers|doctors|scientists|authors|a team|experts|surgeons|a group)"
_TOLD = r"(?:found|reported|published|showed|concluded|described|wrote)"
_YEAR = r"(?P<{}>(?:19|20)\d\d)(?![\d%]|[.,]\d| (?:people|patients|men|women|cases|adults|children|workers)\b)"
_NO_RANGE = r"(?! ?(?:-|–|—|to|and|through|until) ?(?:19|20)?\d\d)"
_OF_A_WORK = re.compile(
    "|".join(
        (
            # a 2022 study, one 2016 Annals of Surgery trial
            rf"\b(?:[Aa]n?|[Tt]he|[Oo]ne|[Tt]his|[Tt]hat|[Aa]nother|large|small) {_YEAR.format('a')} "
            rf"(?:(?!(?:and|or|to|the|of people)\b)[\w’'&.-]{{1,30}} ){{0,6}}?{_WORK}\b",
            # a report from 2017, a trial published in 2010
            rf"\b{_WORK} (?:(?:that was |which was |was |were )?(?:published|printed|released|reported) (?:in|from)"
            rf"|from|dated|of) (?:\w{{3,9}} )?{_YEAR.format('b')}{_NO_RANGE}",
            # published in the journal in 2016
            rf"\bpublished (?:[\w’'&.-]{{1,30}} ){{0,8}}?in (?:\w{{3,9}} )?{_YEAR.format('c')}{_NO_RANGE}",
            # In 2016, researchers at Wayne State found
            rf"\bIn {_YEAR.format('d')}{_NO_RANGE},? (?:\w+ ){{0,3}}?{_WHO}\b[^.;]{{0,60}}?\b{_TOLD}\b",
            # Researchers at Wayne State (2016)
            rf"\b(?:[Rr]esearchers|[Aa]uthors|et al|colleagues|[Tt]eam)\b\.?[^.;()]{{0,40}}?\({_YEAR.format('e')}\)",
            # Researchers reported in 2019
            rf"\b(?:[Rr]esearchers|[Aa]uthors|[Ss]cientists|[Dd]octors) {_TOLD} in {_YEAR.format('f')}{_NO_RANGE}",
        )
    )
)
_DIGITS = re.compile(r"(?:19|20)\d\d")


def year_mismatch(text: Text) -> Iterator[Flaw]:
    """Find years of studies that are not those of the sources cited for them."""
    for statement in text.statements:
        if not statement.cited or not _DIGITS.search(statement.text):
            continue
        sources = text.sources_of(statement)
        years = sorted({source.year for source in sources if source.year is not None})
        if not years or len(sources) < len(statement.keys) or any(source.year is None for source in sources):
            continue
        for found in _OF_A_WORK.finditer(statement.text[:2_000]):
            name = found.lastgroup or "a"
            if int(found[name]) not in years:
                of = " and ".join(map(str, years))
                cited = "source cited here is" if len(sources) == 1 else "sources cited here are"
                message = f"{found[name]} is named, but the {cited} of {of}. Correct the year, or cite the work meant."
                yield text.flaw_beside_sources("year-mismatch", statement, found.start(name), message)
