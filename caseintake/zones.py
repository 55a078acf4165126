"""In which time zones people live, by the state they name, and a moment in the words of their own clock.

Facts: 49 CFR part 71 (which part of a state belongs to which zone) and the tz database (`zone1970.tab`; also that the
Navajo Nation changes its clocks while the rest of Arizona does not). In each zone one place stands for all: since 2007
the others of the same name keep the same time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from caseintake.urgency import DESK_ZONE, DESK_ZONE_NAME


@dataclass(frozen=True)
class Zone:
    """A time zone, with its name as the people there say it."""

    name: str
    clock: ZoneInfo


EASTERN = Zone("Eastern time", ZoneInfo("America/New_York"))
CENTRAL = Zone("Central time", ZoneInfo("America/Chicago"))
MOUNTAIN = Zone("Mountain time", ZoneInfo("America/Denver"))
ARIZONA = Zone("Arizona time", ZoneInfo("America/Phoenix"))
PACIFIC = Zone("Pacific time", ZoneInfo("America/Los_Angeles"))
ALASKA = Zone("Alaska time", ZoneInfo("America/Anchorage"))
ALEUTIAN = Zone("Aleutian time", ZoneInfo("America/Adak"))
HAWAII = Zone("Hawaii time", ZoneInfo("Pacific/Honolulu"))
ATLANTIC = Zone("Atlantic time", ZoneInfo("America/Puerto_Rico"))
CHAMORRO = Zone("Chamorro time", ZoneInfo("Pacific/Guam"))
SAMOA = Zone("Samoa time", ZoneInfo("Pacific/Pago_Pago"))

# Where a state has two, the one in which most of its people live stands first.
ZONES: dict[str, tuple[Zone, ...]] = {
    **dict.fromkeys(
        ["CT", "DE", "DC", "GA", "ME", "MD", "MA", "NH", "NJ", "NY", "NC", "OH", "PA", "RI", "SC", "VT", "VA", "WV"],
        (EASTERN,),
    ),
    **dict.fromkeys(["AL", "AR", "IL", "IA", "LA", "MN", "MS", "MO", "OK", "WI"], (CENTRAL,)),
    **dict.fromkeys(["CO", "MT", "NM", "UT", "WY"], (MOUNTAIN,)),
    **dict.fromkeys(["CA", "WA"], (PACIFIC,)),
    **dict.fromkeys(["FL", "IN", "KY", "MI"], (EASTERN, CENTRAL)),
    "TN": (CENTRAL, EASTERN),
    **dict.fromkeys(["KS", "NE", "ND", "SD", "TX"], (CENTRAL, MOUNTAIN)),
    "ID": (MOUNTAIN, PACIFIC),
    **dict.fromkeys(["NV", "OR"], (PACIFIC, MOUNTAIN)),
    "AZ": (ARIZONA, MOUNTAIN),
    "AK": (ALASKA, ALEUTIAN),
    "HI": (HAWAII,),
    **dict.fromkeys(["PR", "VI"], (ATLANTIC,)),
    **dict.fromkeys(["GU", "MP"], (CHAMORRO,)),
    "AS": (SAMOA,),
}
DESK = Zone(DESK_ZONE_NAME, DESK_ZONE)


def moment_in_words(moment: datetime, *, state: str, now: datetime) -> str:
    """Such as "4 p.m. tomorrow, Tuesday, November 24, Central time", for somebody in `state` who reads it `now`.

    The day is named beside "today" and "tomorrow", because the page may be printed. Who lives in a state with two
    zones is told both times, "Central time (3 p.m. Mountain time)": with one alone, some would have to reckon, and
    those who did not see the name of the zone would wait at the wrong hour. Without a state, or with none of the US, it
    is the desk's time.
    """
    main, *others = ZONES.get(state, (DESK,))
    local = moment.astimezone(main.clock)
    elsewhere = "".join(
        f" ({_clock(other)}{'' if other.date() == local.date() else _day(other, now)} {zone.name})"
        for zone in others
        if (other := moment.astimezone(zone.clock)).utcoffset() != local.utcoffset()
    )
    return f"{_clock(local)}{_day(local, now)} {main.name}{elsewhere}"


def stamp_in_words(moment: datetime, *, state: str = "") -> str:
    """When something was, such as "November 23, 2026, 9:05 a.m. Pacific time": by the clock of most people in `state`.

    Without a state, or with none of the US, by the desk's.
    """
    zone = ZONES.get(state, (DESK,))[0]
    local = moment.astimezone(zone.clock)
    return f"{local:%B} {local.day}, {local.year}, {_time(local)} {zone.name}"


def clock_in_words(state: str, now: datetime) -> str:
    """What time it is for somebody in `state`, such as "Monday, 4:05 p.m. Central time (3:05 p.m. Mountain time)".

    Empty without a state, or with none of the US.
    """
    times: dict[timedelta | None, str] = {}
    for zone in ZONES.get(state, ()):
        local = now.astimezone(zone.clock)
        times.setdefault(local.utcoffset(), f"{_time(local)} {zone.name}")
    if not times:
        return ""
    first, *others = times.values()
    day = now.astimezone(ZONES[state][0].clock)
    return f"{day:%A}, {first}" + "".join(f" ({other})" for other in others)


def _time(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M} {'a.m.' if local.hour < 12 else 'p.m.'}"


def _clock(local: datetime) -> str:
    """The same, with no minutes on the hour."""
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes} {'a.m.' if local.hour < 12 else 'p.m.'}"


def _day(local: datetime, now: datetime) -> str:
    today = now.astimezone(local.tzinfo).date()
    near = {today: " today,", today + timedelta(days=1): " tomorrow,"}.get(local.date(), " on")
    return f"{near} {local:%A}, {local:%B} {local.day},"
