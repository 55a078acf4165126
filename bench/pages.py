"""Lighthouse on each page: a phone of the middle class on slow 4G, as it simulates them.

It reckons from how long each task took here, and whatever else the machine does makes tasks longer, never shorter. So
the best of some runs says most about a page: what the documentation of timeit advises, and how Lighthouse CI reads
several runs unless told otherwise.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bench import SHORT, Say, programs
from tests.browser.public import PAGES
from tests.browser.served import Served, over_http2

RUNS = 5
ATTEMPTS = 3
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
# What these pages are for contradicts an audit: found words and wrong addresses are not for search engines, and a
# wrong address says so.
BY_INTENTION = {
    "/search/?q=chemotherapy": ["is-crawlable"],
    "/no/such/page/": ["is-crawlable", "http-status-code", "errors-in-console"],
}


@dataclass(frozen=True)
class Visit:
    """What Lighthouse found in one run."""

    scores: dict[str, int]
    lcp: float
    cls: float
    tbt: float
    weight: int
    requests: int
    short: frozenset[str]  # audits that cost points


def measure(site: Served, say: Say) -> str:
    """Every page RUNS times, and the best of each figure. Raises CannotMeasure."""
    with over_http2(site) as origin:
        return section(origin, say)


def section(origin: str, say: Say) -> str:
    """The section of the pages at this origin."""
    visits: dict[str, list[Visit]] = {}
    for number, address in enumerate(PAGES * RUNS, start=1):
        say(f"  Lighthouse {number} of {len(PAGES) * RUNS}: {address}")
        visits.setdefault(address, []).append(_visit_again_if_asked(origin, address, say))
    return "\n".join(
        [
            "## Lighthouse",
            "",
            f"Version {programs.version_of('lighthouse')}, mobile, simulated slow 4G and a slow phone, over HTTP/2; "
            f"the best of {RUNS} runs of each page, since other work on the machine only makes runs slower; last, the "
            "scores for performance of all of them.",
            "",
            "| page | performance | accessibility | best practices | SEO | LCP, ms | CLS | TBT, ms | KB "
            "| requests | runs |",
            "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
            *(_row(address, found) for address, found in visits.items()),
            "",
            _what_is_short(visits),
            "",
            "Left out, because what the page is for contradicts them: "
            + "; ".join(
                f"{', '.join(f'`{audit}`' for audit in left)} of `{page}`" for page, left in BY_INTENTION.items()
            )
            + ". Both ask search engines to leave them out, and the second answers 404.",
        ]
    )


def _visit_again_if_asked(origin: str, address: str, say: Say) -> Visit:
    # On a busy machine Lighthouse loses its trace now and then, and says to run it again.
    for _ in range(ATTEMPTS - 1):
        try:
            return visit(origin, address)
        except programs.CannotMeasure as lost:
            say(f"  again: {lost}")
    return visit(origin, address)


def visit(origin: str, address: str) -> Visit:
    """One run of Lighthouse with a browser of its own."""
    skipped = BY_INTENTION.get(address, [])
    with programs.browser_with_a_door() as port:
        printed = programs.run(
            "lighthouse/cli/index.js",
            origin + address,
            f"--port={port}",
            "--output=json",
            "--quiet",
            "--no-enable-error-reporting",
            f"--only-categories={','.join(CATEGORIES)}",
            *([f"--skip-audits={','.join(skipped)}"] if skipped else []),
            *(["--ignore-status-code"] if "http-status-code" in skipped else []),
        )
    return _read(json.loads(printed))


def _read(report: dict[str, Any]) -> Visit:
    if error := report.get("runtimeError"):
        raise programs.CannotMeasure(f"Lighthouse could not read {report['requestedUrl']}: {error['message']}")
    audits = report["audits"]
    counted = {
        ref["id"] for category in report["categories"].values() for ref in category["auditRefs"] if ref["weight"]
    }
    return Visit(
        scores={name: round(report["categories"][name]["score"] * 100) for name in CATEGORIES},
        lcp=audits["largest-contentful-paint"]["numericValue"],
        cls=audits["cumulative-layout-shift"]["numericValue"],
        tbt=audits["total-blocking-time"]["numericValue"],
        weight=audits["total-byte-weight"]["numericValue"],
        requests=len(audits["network-requests"]["details"]["items"]),
        short=frozenset(name for name in counted if (score := audits[name]["score"]) is not None and score < 0.9),
    )


def _row(address: str, visits: list[Visit]) -> str:
    runs = ", ".join(str(score) for score in sorted(visit.scores["performance"] for visit in visits))
    scores = " | ".join(str(score) for score in _best(visits).values())
    lcp, tbt, weight = (round(min(getattr(visit, name) for visit in visits)) for name in ("lcp", "tbt", "weight"))
    shift = round(max(visit.cls for visit in visits), 4)
    requests = max(visit.requests for visit in visits)
    return f"| `{address}` | {scores} | {lcp:,} | {shift:g} | {tbt} | {weight / 1000:.1f} | {requests} | {runs} |"


def _best(visits: list[Visit]) -> dict[str, int]:
    """The best score for performance, which alone depends on the machine, and the worst of each other."""
    return {
        name: (max if name == "performance" else min)(visit.scores[name] for visit in visits) for name in CATEGORIES
    }


def _what_is_short(visits: dict[str, list[Visit]]) -> str:
    short = {
        address: sorted(frozenset.intersection(*(visit.short for visit in found)))
        for address, found in visits.items()
        if min(_best(found).values()) < 100 or max(visit.cls for visit in found) > 0
    }
    if not short:
        return "The aim, four times 100 and no layout shift on every page, is met."
    told = "; ".join(f"`{address}` ({', '.join(audits) or 'timing'})" for address, audits in short.items())
    return f"{SHORT}, four times 100 and no layout shift: {told}."
