"""Quantities: how much of what a sentence states, and what it is a figure of."""

from __future__ import annotations

import pytest

from articles.markup.quantities import Dimension, Quantity, quantities, years


def only(sentence: str) -> Quantity:
    (found,) = quantities(sentence)
    return found


@pytest.mark.parametrize(
    ("sentence", "low", "high"),
    [
        ("The disease came back in 78% of them.", 0.78, 0.78),
        ("The disease came back in 57·7 per cent.", 0.577, 0.577),
        ("It came back in 7 in 100.", 0.07, 0.07),
        ("One in five relapsed.", 0.2, 0.2),
        ("Three out of ten relapsed.", 0.3, 0.3),
        ("Half of them relapsed.", 0.5, 0.5),
        ("Two-thirds relapsed.", 2 / 3, 2 / 3),
        ("A quarter of them relapsed.", 0.25, 0.25),
        ("Recurrence was seen in 19 of 35 patients.", 19 / 35, 19 / 35),
        ("Recurrence was seen in 0.3 per 100,000 people.", 0.000003, 0.000003),
        ("All patients relapsed.", 1, 1),
        ("Every tumour relapsed.", 1, 1),
        ("Every treated patient relapsed.", 1, 1),
        ("None of the patients relapsed.", 0, 0),
        ("No patient relapsed.", 0, 0),
        ("Nobody relapsed.", 0, 0),
        ("No one relapsed.", 0, 0),
        ("There were no recurrences.", 0, 0),
        ("Most patients relapsed.", 0.5, None),
        ("The majority of patients relapsed.", 0.5, None),
        ("A minority of patients relapsed.", None, 0.5),
        ("A few patients relapsed.", 0, None),
        ("Some patients relapsed.", 0, None),
        ("Not all patients relapsed.", None, 1),
        ("The cancer always comes back.", 1, 1),
        ("The cancer never comes back.", 0, 0),
        ("More than half relapsed.", 0.5, None),
        ("Fewer than 5% relapsed.", None, 0.05),
        ("At least 12% relapsed.", 0.12, None),
        ("Up to 33% relapsed.", None, 0.33),
        ("12 to 15% relapsed.", 0.12, 0.15),
        ("12%–15% relapsed.", 0.12, 0.15),
        ("As low as nearly 5% or as high as almost 15% relapsed.", 0.05, 0.15),
        ("Between 12 and 15 percent relapsed.", 0.12, 0.15),
    ],
)
def test_a_share_is_told_of_one(sentence: str, low: float | None, high: float | None) -> None:
    share = only(sentence)
    assert share.dimension is Dimension.SHARE
    assert (share.low, share.high) == pytest.approx((low, high))
    assert "recurrence" in share.about


@pytest.mark.parametrize(
    ("sentence", "low", "high"),
    [
        ("They lived for 12 months.", 12, 12),
        ("They lived for 2.5 years.", 30, 30),
        ("They lived for 2½ years.", 30, 30),
        ("They lived for two and a half years.", 30, 30),
        ("They lived for a year and a half.", 18, 18),
        ("They lived for half a year.", 6, 6),
        ("They lived for a decade.", 120, 120),
        ("He had a two-year remission.", 24, 24),
        ("They lived for 18 to 24 months.", 18, 24),
        ("They lived for 18—24 months.", 18, 24),
        ("They lived for between 18 and 24 months.", 18, 24),
        ("They lived for 18 months to 3 years.", 18, 36),
        ("They lived less than a year.", None, 12),
        ("They lived for under two years.", None, 24),
        ("They lived for fifteen years or more.", 180, None),
        ("They lived for 15 to 20 years or more.", 180, None),
        ("They lived for no more than six months.", None, 6),
        ("They lived for 12 weeks.", 2.76, 2.76),
        ("They lived for thirty days.", 0.986, 0.986),
        ("They lived for 12 straight months.", 12, 12),
        ("They lived for two calendar years.", 24, 24),
    ],
)
def test_a_duration_is_told_in_months(sentence: str, low: float | None, high: float | None) -> None:
    duration = only(sentence)
    assert duration.dimension is Dimension.DURATION
    assert (duration.low, duration.high) == pytest.approx((low, high), abs=0.001)


@pytest.mark.parametrize(
    ("sentence", "low", "noun", "per"),
    [
        ("There were 35 people.", 35, "people", ""),
        ("There were 19 node-negative patients.", 19, "people", ""),
        ("There were one hundred and twenty patients.", 120, "people", ""),
        ("There were 1,625 patients.", 1625, "people", ""),
        ("There were 1.5 million patients.", 1_500_000, "people", ""),
        ("A group was studied (n = 26).", 26, "people", ""),
        ("In 25 of them it shrank.", 25, "people", ""),
        ("Eight had progressive disease.", 8, "people", ""),
        ("Six PR were seen.", 6, "people", ""),
        ("There are 3,000 new cases a year.", 3000, "case", "year"),
        ("About 3000 people are diagnosed annually.", 3000, "people", "year"),
        ("They had six cycles.", 6, "cycle", ""),
        ("In that group 12 patients responded.", 12, "people", ""),
        ("Of that number 12 patients responded.", 12, "people", ""),
        ("They had three infusions an hour.", 3, "infusion", "hour"),
        ("There were ten progressions.", 10, "people", ""),
    ],
)
def test_a_count_keeps_what_is_counted(sentence: str, low: float, noun: str, per: str) -> None:
    count = only(sentence)
    assert (count.dimension, count.low, count.noun, count.per) == (Dimension.COUNT, low, noun, per)


@pytest.mark.parametrize(
    ("sentence", "dimension", "low", "high", "noun"),
    [
        ("The risk is twice as high.", Dimension.FACTOR, 2, 2, ""),
        ("It more than doubles life expectancy.", Dimension.FACTOR, 2, None, ""),
        ("There was a threefold rise.", Dimension.FACTOR, 3, 3, ""),
        ("There was a 2.5-fold rise.", Dimension.FACTOR, 2.5, 2.5, ""),
        ("The risk is 10 times higher.", Dimension.FACTOR, 10, 10, ""),
        ("A man of 76 fell ill.", Dimension.AGE, 76, 76, ""),
        ("A 76-year-old man fell ill.", Dimension.AGE, 76, 76, ""),
        ("The median age was 78.", Dimension.AGE, 78, 78, ""),
        ("They were aged 40 to 60.", Dimension.AGE, 40, 60, ""),
        ("She fell ill in her thirties.", Dimension.AGE, 30, 39, ""),
        ("You may be in your thirties.", Dimension.AGE, 30, 39, ""),
        ("They were over 65.", Dimension.AGE, 65, None, ""),
        ("They were given 400 mg.", Dimension.MEASURE, 0.4, 0.4, "g"),
        ("They were given 75 mg/m2.", Dimension.MEASURE, 0.075, 0.075, "g by body surface"),
        ("The tumor was 60 mm wide.", Dimension.MEASURE, 6, 6, "cm"),
        ("The dose was 54 Gy.", Dimension.MEASURE, 54, 54, "Gy"),
        ("The hazard ratio for death was 0.74.", Dimension.RATIO, 0.74, 0.74, "hazard ratio"),
        ("Survival was longer (HR, 0.74).", Dimension.RATIO, 0.74, 0.74, "hazard ratio"),
        ("The odds ratio was 1.3.", Dimension.RATIO, 1.3, 1.3, "odds ratio"),
        ("The difference was small (p < .001).", Dimension.P_VALUE, None, 0.001, ""),
    ],
)
def test_other_kinds(sentence: str, dimension: Dimension, low: float | None, high: float | None, noun: str) -> None:
    found = only(sentence)
    assert (found.dimension, found.noun) == (dimension, noun)
    assert (found.low, found.high) == pytest.approx((low, high))


@pytest.mark.parametrize(
    "sentence",
    [
        "Stage 4 is the last stage.",
        "Stages 1 to 3 and stage IV differ.",
        "A phase 2 trial tested it.",
        "This grade 3 effect was seen.",
        "On 16 November 2022 it was read again.",
        "It was last read on November 16, 2022.",
        "It was found between 2010 and 2015.",
        "In a 2021 study it was seen.",
        "Call 911 or 800-555-0199.",
        "We are there from 9 a.m. to 5 p.m., 24 hours a day.",
        "See trial NCT03654833 [@fennell2021mist1, p. 3].",
        "It was seen before [12, 14].",
        "Take it twice a day.",
        "The gene is called BRCA1, the protein PD-L1.",
        "The COVID‑19 patients were well.",
        "They came every 3 weeks.",
        "Ask for the 2nd opinion.",
        "At most hospitals there is one team.",
        "It is the most common kind.",
        "There are two main types.",
        "No one knows why; nothing is known.",
        "See https://example.org/12/34%.",
    ],
)
def test_no_quantity(sentence: str) -> None:
    assert [each for each in quantities(sentence) if not each.in_words] == []


@pytest.mark.parametrize(
    ("sentence", "operator", "approximate", "leaning"),
    [
        ("58% responded.", "=", False, ""),
        ("About 58% responded.", "~", True, ""),
        ("Roughly 58% responded.", "~", True, ""),
        ("Nearly 58% responded.", "~", True, "below"),
        ("Just over 58% responded.", "~", True, "above"),
        ("Over 58% responded.", ">", False, ""),
        ("Not more than 58% responded.", "<=", False, ""),
        ("No fewer than 58% responded.", ">=", False, ""),
        ("About 50 to 58% responded.", "range", True, ""),
    ],
)
def test_what_stands_before_a_number(sentence: str, operator: str, approximate: bool, leaning: str) -> None:
    found = only(sentence)
    assert (found.operator, found.approximate, found.leaning) == (operator, approximate, leaning)


def test_an_interval_belongs_to_the_estimate_before_it() -> None:
    share = only("Disease control was 57.7% (95% CI 36.9-76.7).")
    assert share.interval == pytest.approx((0.369, 0.767))
    for sentence in ("Disease control was 57.7% (CI 95%: 37-77).", "It was 85%, CI 37 to 77."):
        assert quantities(sentence)[0].interval == pytest.approx((0.37, 0.77))
    survival = only("Median survival was 18.1 months [95% confidence interval, 16.8 to 21.4].")
    assert survival.interval == pytest.approx((16.8, 21.4))
    assert only("Median survival was 12 months (range, 3–40 months).").interval == (3, 40)
    assert only("The tumor was 12 ± 3 cm wide.").interval == (9, 15)


def test_each_quantity_is_about_the_words_of_its_clause() -> None:
    first, second, third = quantities("One had a complete response, six had a partial response and 8 progressed.")
    assert {"complete", "response"} <= first.about
    assert {"partial", "response"} <= second.about
    assert third.measures == {"progression"}


def test_what_is_measured_carries_on_to_the_next_figure() -> None:
    one, other = quantities("Median survival was 18.1 months with nivolumab and 14.1 months with chemotherapy.")
    assert {"survival", "median", "nivolumab"} <= one.about
    assert {"survival", "median", "chemotherapy"} <= other.about
    assert "chemotherapy" not in one.about


def test_a_share_knows_when_it_was_taken() -> None:
    time, share = quantities("Two-year survival was 40%.")
    assert time.is_time_point
    assert share.at == 24


def test_a_denial_is_told() -> None:
    assert only("The cancer did not come back in 22%.").denied
    assert only("22% had no recurrence.").denied
    assert only("About 3% died.").denied
    assert not only("No patient relapsed.").denied


def test_a_quantity_says_where_it_stands() -> None:
    sentence = "In all, about 57.7% of them responded."
    (found,) = (each for each in quantities(sentence) if not each.in_words)
    assert sentence[found.start : found.end] == "about 57.7%"


def test_years_are_told_by_themselves() -> None:
    assert years("In 2012 he fell ill, and in 2019 the cancer came back; 2016 patients took part.") == (2012, 2019)
