"""How much a finding weighs: by its rule, unless the site weighs it otherwise, or somebody waived it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from articles.markup import ADJUSTABLE, RULES, Finding

from ..sample_library import LIBRARY, compile_body

CLAIM = "Surgery improves survival."


def found(text: str, **facts: object) -> list[Finding]:
    return list(compile_body(text + "\n", replace(LIBRARY, **facts)).findings)  # type: ignore[arg-type]


def test_a_finding_weighs_what_its_rule_does() -> None:
    assert [(one.rule, one.severity) for one in found(CLAIM)] == [("efficacy-without-source", "warning")]


def test_a_site_may_make_an_error_of_advice() -> None:
    (finding,) = found(CLAIM, severities={"efficacy-without-source": "error"})
    assert finding.severity == "error"


def test_a_site_may_do_without_a_rule_about_words() -> None:
    assert found(CLAIM, severities={"efficacy-without-source": "off"}) == []


def test_a_rule_that_is_off_may_be_switched_on() -> None:
    text = "It came back in 78% of them [@alpha]."
    assert found(text) == []
    assert [one.rule for one in found(text, severities={"quote-missing": "warning"})] == ["quote-missing"]


def test_a_waived_finding_stays_listed() -> None:
    (finding,) = found(CLAIM, waived=frozenset({("efficacy-without-source", CLAIM)}))
    assert (finding.severity, finding.excerpt) == ("waived", CLAIM)


def test_words_that_changed_are_no_longer_waived() -> None:
    (finding,) = found("Surgery greatly improves survival.", waived=frozenset({("efficacy-without-source", CLAIM)}))
    assert finding.severity == "warning"


def test_long_words_are_waived_to_their_end_and_shown_shortened() -> None:
    text = f"Surgery improves survival, {'and this goes on, ' * 8}as many say."
    finding = of_efficacy(text)
    assert finding.words == text
    assert finding.excerpt == text[:79] + "…"
    waived = frozenset({(finding.rule, finding.words)})
    assert of_efficacy(text, waived=waived).severity == "waived"
    assert of_efficacy(text.replace("many", "few"), waived=waived).severity == "warning"


def test_a_finding_that_holds_words_against_their_sources_is_another_with_other_sources() -> None:
    weighed = {"quote-missing": "warning"}
    (finding,) = found("It came back in 78% of them [@alpha].", severities=weighed)
    assert (finding.excerpt, finding.words) == ("It came back in 78% of them.", "It came back in 78% of them. [@alpha]")
    waived = frozenset({(finding.rule, finding.words)})
    (same,) = found("It came back in 78% of them [@alpha, p. 3].", severities=weighed, waived=waived)
    assert same.severity == "waived"
    (other,) = found("It came back in 78% of them [@beta; @alpha].", severities=weighed, waived=waived)
    assert (other.severity, other.words) == ("warning", "It came back in 78% of them. [@alpha; @beta]")


def of_efficacy(text: str, **facts: object) -> Finding:
    return next(one for one in found(text, **facts) if one.rule == "efficacy-without-source")


def test_a_finding_can_be_waived_once_and_if_its_rule_is_about_words() -> None:
    waived = frozenset({("efficacy-without-source", CLAIM)})
    assert of_efficacy(CLAIM).can_be_waived
    assert not of_efficacy(CLAIM, waived=waived).can_be_waived
    (fixed,) = found("It came back [@nosuch].")
    assert not fixed.can_be_waived


@pytest.mark.parametrize("weight", ["off", "warning"])
def test_what_guards_how_a_page_is_built_keeps_its_weight(weight: str) -> None:
    fixed = {rule: weight for rule in RULES if rule not in ADJUSTABLE}
    (finding,) = found("It came back [@nosuch].", severities=fixed)
    assert (finding.rule, finding.severity) == ("unknown-key", "error")


def test_what_guards_how_a_page_is_built_is_not_waived() -> None:
    text = "It came back [@nosuch]."
    (finding,) = found(text, waived=frozenset({("unknown-key", "[@nosuch]")}))
    assert finding.severity == "error"


def test_every_rule_that_is_advice_or_off_can_be_adjusted() -> None:
    assert {rule for rule, weight in RULES.items() if weight != "error"} <= ADJUSTABLE <= RULES.keys()


def test_a_weight_for_a_rule_that_nobody_knows_is_of_no_matter() -> None:
    assert [one.rule for one in found(CLAIM, severities={"no-such-rule": "error"})] == ["efficacy-without-source"]
