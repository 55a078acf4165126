"""When somebody will try to reach a person, told by the clock on that person's wall."""

import re
from datetime import UTC, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest

from caseintake.form import STATES
from caseintake.urgency import DESK_ZONE
from caseintake.zones import ARIZONA, ATLANTIC, EASTERN, HAWAII, ZONES, clock_in_words, moment_in_words

WITHOUT = {"outside", "unsaid"}
# A Tuesday in winter, at five in the afternoon where the desk is; and the Sunday before, at noon there.
DUE = datetime(2026, 11, 24, 17, tzinfo=DESK_ZONE)
DAYS_BEFORE = datetime(2026, 11, 22, 12, tzinfo=DESK_ZONE)
IN_SUMMER = datetime(2026, 7, 14, 17, tzinfo=DESK_ZONE)


def told(state, moment=DUE, now=DAYS_BEFORE):
    return moment_in_words(moment, state=state, now=now)


def offsets(zone):
    """How far from UTC its clocks are in each week of two years."""
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    return [(start + timedelta(weeks=week)).astimezone(zone).utcoffset() for week in range(104)]


def places_by_state():
    """(state, place) for each place that the tz database keeps a clock of and says the state of."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text()
    for line in table.splitlines():
        if line.startswith("#"):
            continue
        country, _, place, *comments = line.split("\t")
        if country in ZONES and country in ("PR", "VI", "GU", "MP", "AS"):
            yield country, place
        elif country == "US":
            for state in re.findall(r"\b[A-Z]{2}\b", "".join(comments)):
                yield state, place


def test_each_state_that_can_be_chosen_has_its_zones():
    assert set(ZONES) == {state for state, _ in STATES} - WITHOUT


@pytest.mark.parametrize(("state", "place"), sorted(places_by_state()))
def test_each_place_of_the_tz_database_has_its_clock_among_those_of_its_state(state, place):
    assert offsets(ZoneInfo(place)) in [offsets(zone.clock) for zone in ZONES[state]]


def test_the_tz_database_was_read():
    assert {("ID", "America/Boise"), ("IN", "America/Indiana/Knox"), ("VI", "America/St_Thomas")} <= set(
        places_by_state()
    )


def test_zones_have_names_of_their_own():
    zones = {zone for zones in ZONES.values() for zone in zones}
    assert len({zone.name for zone in zones}) == len(zones)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("NY", "5 p.m. on Tuesday, November 24, Eastern time"),
        ("IL", "4 p.m. on Tuesday, November 24, Central time"),
        ("CO", "3 p.m. on Tuesday, November 24, Mountain time"),
        ("CA", "2 p.m. on Tuesday, November 24, Pacific time"),
        ("HI", "12 p.m. on Tuesday, November 24, Hawaii time"),
        ("PR", "6 p.m. on Tuesday, November 24, Atlantic time"),
        ("AS", "11 a.m. on Tuesday, November 24, Samoa time"),
        ("GU", "8 a.m. on Wednesday, November 25, Chamorro time"),
    ],
)
def test_a_state_with_one_zone_has_the_time_there(state, words):
    assert told(state) == words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("TX", "4 p.m. on Tuesday, November 24, Central time (3 p.m. Mountain time)"),
        ("TN", "4 p.m. on Tuesday, November 24, Central time (5 p.m. Eastern time)"),
        ("FL", "5 p.m. on Tuesday, November 24, Eastern time (4 p.m. Central time)"),
        ("AK", "1 p.m. on Tuesday, November 24, Alaska time (12 p.m. Aleutian time)"),
    ],
)
def test_a_state_with_two_zones_has_both_times(state, words):
    assert told(state) == words


def test_the_day_is_said_again_where_it_is_another():
    midnight = datetime(2026, 11, 24, 0, 30, tzinfo=ZoneInfo("America/Chicago"))
    assert told("TX", midnight, midnight - timedelta(hours=1)) == (
        "12:30 a.m. tomorrow, Tuesday, November 24, Central time (11:30 p.m. today, Monday, November 23, Mountain time)"
    )


@pytest.mark.parametrize("state", ["outside", "unsaid", ""])
def test_without_a_state_it_is_the_time_of_the_desk(state):
    assert told(state) == "5 p.m. on Tuesday, November 24, Eastern time"


def test_today_and_tomorrow_are_those_of_the_person():
    # Eleven at night on Monday in Chicago is Tuesday in New York.
    now = datetime(2026, 11, 23, 23, tzinfo=ZoneInfo("America/Chicago"))
    assert told("NY", now=now) == "5 p.m. today, Tuesday, November 24, Eastern time"
    assert told("IL", now=now) == "4 p.m. tomorrow, Tuesday, November 24, Central time"
    assert told("GU", now=now) == "8 a.m. tomorrow, Wednesday, November 25, Chamorro time"
    assert told("IL", now=now - timedelta(days=1)).startswith("4 p.m. on Tuesday")


def test_tomorrow_is_the_next_day_when_clocks_change_in_the_night():
    # On November 1, 2026 clocks go back: that day has 25 hours. On March 14, 2027 they go forward: 23 hours.
    for changed in (datetime(2026, 11, 1), datetime(2027, 3, 14)):
        due = (changed + timedelta(days=1)).replace(hour=9, tzinfo=DESK_ZONE)
        just_after_midnight = changed.replace(minute=1, tzinfo=DESK_ZONE)
        assert told("NY", due, just_after_midnight).startswith("9 a.m. tomorrow, Monday,")
        assert told("NY", due, just_after_midnight - timedelta(minutes=2)).startswith("9 a.m. on Monday,")


@pytest.mark.parametrize(("state", "zone"), [("AZ", ARIZONA), ("HI", HAWAII), ("PR", ATLANTIC)])
def test_who_does_not_change_the_clock_is_an_hour_nearer_or_further_in_summer(state, zone):
    assert len(set(offsets(zone.clock))) == 1
    assert len(set(offsets(EASTERN.clock))) == 2
    winter, summer = (told(state, moment).partition(" ")[0] for moment in (DUE, IN_SUMMER))
    assert {"AZ": ("3", "2"), "HI": ("12", "11"), "PR": ("6", "5")}[state] == (winter, summer)


def test_a_second_zone_is_left_out_while_its_clocks_agree():
    assert told("AZ") == "3 p.m. on Tuesday, November 24, Arizona time"
    assert told("AZ", IN_SUMMER) == "2 p.m. on Tuesday, July 14, Arizona time (3 p.m. Mountain time)"


@pytest.mark.parametrize(
    ("minute", "hour", "clock"), [(0, 9, "9 a.m."), (30, 9, "9:30 a.m."), (5, 12, "12:05 p.m."), (0, 0, "12 a.m.")]
)
def test_the_clock_is_told_as_people_say_it(minute, hour, clock):
    assert told("NY", DUE.replace(hour=hour, minute=minute)).startswith(f"{clock} on ")


def test_what_time_it_is_there_is_told_by_each_clock_of_the_state():
    assert clock_in_words("OH", DUE) == "Tuesday, 5:00 p.m. Eastern time"
    assert clock_in_words("TX", DUE) == "Tuesday, 4:00 p.m. Central time (3:00 p.m. Mountain time)"
    # In winter the Navajo Nation has the time of the rest of Arizona.
    assert clock_in_words("AZ", DUE) == "Tuesday, 3:00 p.m. Arizona time"
    assert clock_in_words("AZ", IN_SUMMER) == "Tuesday, 2:00 p.m. Arizona time (3:00 p.m. Mountain time)"
    assert clock_in_words("GU", DUE) == "Wednesday, 8:00 a.m. Chamorro time"
    assert [clock_in_words(state, DUE) for state in ("", "outside", "unsaid")] == ["", "", ""]
