"""Asking the links of live pages, one at a time and politely. What comes of it is kept with each link.

A worker may be stopped at any moment, and two may be at work: a link is claimed before it is asked, in a transaction
that ends before the network is waited for, and is due again by itself if nobody brings an answer.
"""

from __future__ import annotations

import datetime
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from articles.links import reading
from articles.links.judging import (
    Judgment,
    Nowhere,
    Verdict,
    calls_for_nowhere,
    is_enough,
    judge,
    judge_no_answer,
    shown_at_nowhere,
    site_to_compare,
)
from articles.models import Link
from articles.models.links import DIES_AFTER, FAILURES_OF_THE_DEAD, LinkState
from citations import lookups
from citations.fetching import Answer, NoAnswer, NoSuchHost, NotAsked, fetch

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds between two requests to one host
HEAD, GET, MADE_UP = 10.0, 20.0, 10.0  # seconds that each is waited for
ENOUGH = 300_000  # bytes of a page; its title and first words are what counts
# Seconds that a sweep begins to ask for: the worker stops what takes two minutes, and one link may take a minute.
PATIENCE = 35.0
# Who claims a link and brings no answer, because the worker was stopped, has lost it after this.
CLAIMED_FOR = datetime.timedelta(minutes=15)
OFFLINE_FOR = datetime.timedelta(minutes=15)
ASKED_EVERY = datetime.timedelta(days=7)
FAILING_ASKED_EVERY = datetime.timedelta(days=1)
# Links in a row from which nothing came back, until we look whether it is our own network.
SILENT_AT_MOST = 10

Progress = Callable[[Link], None]


def sweep() -> None:
    """Read new pages for their links, and ask the links that are due, as far as time allows; the rest the next time."""
    deadline = monotonic() + PATIENCE
    reading.keep_up(deadline)
    # The same worker looks works up, for which somebody sits and waits.
    asked = ask_due(goes_on=lambda: monotonic() < deadline and not lookups.waiting().exists())
    if asked.is_offline:
        # Not each minute, until there is a network again.
        now = timezone.now()
        Link.objects.due(now).order_by().update(due_at=now + OFFLINE_FOR)


@dataclass(frozen=True)
class Asked:
    """What a run came to: how many links were asked, and whether nothing counted since there is no network."""

    links: int
    is_offline: bool


def ask_due(*, goes_on: Callable[[], bool] = lambda: True, progress: Progress = lambda link: None) -> Asked:
    """Ask the links that are due, each once, while `goes_on` says so. `progress` is told of each that was asked.

    Where nothing comes back from anywhere, no failure is counted.
    """
    run = _Run(timezone.now())
    asked = 0
    while not run.is_offline and goes_on() and (link := run.claim()):
        run.ask(link)
        progress(link)
        asked += 1
    run.count_what_is_held()
    if run.is_offline:
        logger.warning("No host answered, nor did %s: there is no network. No failure was counted.", _control())
    return Asked(asked, run.is_offline)


@dataclass
class _Run:
    """One run: which hosts had their turn, what hosts say of made-up addresses, and failures that may be our own."""

    began: datetime.datetime
    is_offline: bool = False
    _had_a_turn: set[str] = field(default_factory=set)
    _nowhere: dict[str, Nowhere | None] = field(default_factory=dict)
    _held: list[tuple[Link, Judgment]] = field(default_factory=list)
    _is_online: bool = False

    def claim(self) -> Link | None:
        """The link that is due the longest, of a host that has not had its turn; once all had, they begin anew."""
        with transaction.atomic():
            due = Link.objects.due(self.began).select_for_update(skip_locked=True)
            link = due.exclude(host__in=self._had_a_turn).first()
            if link is None:
                self._had_a_turn.clear()
                link = due.first()
            if link is None:
                return None
            link.due_at = timezone.now() + CLAIMED_FOR
            link.save(update_fields=["due_at"])
        self._had_a_turn.add(link.host)
        return link

    def ask(self, link: Link) -> None:
        """Ask a claimed link and keep what comes of it, at once or when it is known that there is a network."""
        judgment = self._judged(link.address)
        if judgment.is_failure and not self._is_online:
            self._held.append((link, judgment))
            if len(self._held) >= SILENT_AT_MOST:
                self.count_what_is_held()
            return
        self.count_what_is_held()
        keep(link, judgment, at=timezone.now())

    def count_what_is_held(self) -> None:
        """Keep the failures that were held, if there is a network. If there is none, their links are due as before."""
        if self._held and not self._is_online:
            self._fetch(_control(), "HEAD", MADE_UP)
            self.is_offline = not self._is_online
        if self.is_offline:
            Link.objects.filter(pk__in=[link.pk for link, _ in self._held]).update(due_at=self.began)
        else:
            for link, judgment in self._held:
                keep(link, judgment, at=timezone.now())
        self._held.clear()

    def _judged(self, address: str) -> Judgment:
        head = self._fetch(address, "HEAD", HEAD)
        if isinstance(head, NoSuchHost | NotAsked):
            return judge_no_answer(head)
        if isinstance(head, Answer) and is_enough(address, head):
            return judge(address, head)
        # Many sites answer a HEAD badly or not at all.
        answer = self._fetch(address, "GET", GET)
        if isinstance(answer, NoAnswer):
            return judge_no_answer(answer)
        judgment = judge(address, answer)
        if judgment.verdict in (Verdict.WORKS, Verdict.MOVED) and calls_for_nowhere(address, answer):
            return judge(address, answer, self._at_nowhere(site_to_compare(address, answer)))
        return judgment

    def _at_nowhere(self, site: str) -> Nowhere | None:
        """What this site shows at an address that cannot exist; asked once in a run."""
        if site not in self._nowhere:
            # At the root: in a folder of articles, sites heed the number in an address and not the words after it.
            answer = self._fetch(f"{site}/not-a-page-{secrets.token_hex(8)}", "GET", MADE_UP)
            self._nowhere[site] = shown_at_nowhere(answer) if isinstance(answer, Answer) else None
        return self._nowhere[site]

    def _fetch(self, address: str, method: str, patience: float) -> Answer | NoAnswer:
        try:
            answer = fetch(address, method=method, every=EVERY, tries=1, patience=patience, enough=ENOUGH)
        except NoAnswer as error:
            return error
        self._is_online = True
        return answer


def _control() -> str:
    """Whom we ask when nobody answers: the register that the fetch worker asks anyway."""
    return f"{settings.CROSSREF_URL}/"


@transaction.atomic
def keep(link: Link, judgment: Judgment, *, at: datetime.datetime) -> None:
    """Keep what was found out about a link at that time, if it is still there and nobody has come to ignore it.

    That nobody can tell ends no run of failures and is none: a site that turns machines away on some days and has
    nothing on the others is still failing.
    """
    found = Link.objects.watched().select_for_update().filter(pk=link.pk).first()
    if found is None:
        return
    found.first_asked_at = found.first_asked_at or at
    found.asked_at = at
    if judgment.is_failure:
        found.failures += 1
        found.failing_since = found.failing_since or at
        found.failed_at = at
        found.state, found.reason, found.moved_to = LinkState.FAILING, judgment.reason, ""
        if found.failures >= FAILURES_OF_THE_DEAD and at - found.failing_since >= DIES_AFTER:
            found.state = LinkState.DEAD
            found.dead_since = found.dead_since or at
    elif judgment.verdict is not Verdict.CANNOT_TELL or not found.failures:
        found.failures, found.failing_since, found.failed_at, found.dead_since = 0, None, None, None
        found.state = _STATES[judgment.verdict]
        found.reason, found.moved_to = judgment.reason, judgment.moved_to
    found.due_at = at + (FAILING_ASKED_EVERY if found.state == LinkState.FAILING else ASKED_EVERY)
    found.save()


_STATES = {
    Verdict.WORKS: LinkState.WORKS,
    Verdict.MOVED: LinkState.MOVED,
    Verdict.CANNOT_TELL: LinkState.UNCHECKED,
}
