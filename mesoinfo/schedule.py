"""The sweeps the worker runs. Each is idempotent and looks for rows that are due, so a missed one is made up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.apps import AppConfig

# Staff hear of a request within a minute. As django-q starts what is due every half minute, mail has two turns.
DELIVER, DELIVER_BETWEEN = "deliver what the outbox holds", "deliver what the outbox holds, half a minute later"
SWEEPS = {
    DELIVER: "mesoinfo.outbox.deliver_due",
    DELIVER_BETWEEN: "mesoinfo.outbox.deliver_due",
    "publish what is scheduled": "articles.publishing.schedule.publish_due",
    "remind of takedowns nobody confirmed": "articles.publishing.takedown.remind_to_confirm",
    "remind of hidden blocks nobody reviewed": "articles.publishing.emergency.remind_to_review",
    "tell reviewers what runs out in their record": "articles.review.qualifying.remind",
    "follow credentials that lapse or are renewed": "articles.review.coverage.follow_credentials",
    "call pages in to be read again": "articles.review.freshness.tick",
    "call pages in whose links are dead": "articles.links.calling.call_in",
    "forget how to recognize repeated requests": "caseintake.repeats.forget_old",
    "make it possible to find requests by who sent them": "caseintake.finding.index_new",
    "keep the hashes of the ledgers outside the database": "mesoinfo.checkpoints.write",
    "keep what was erased outside the database": "caseintake.erasing.write",
    "erase what readers wrote half a year ago": "articles.feedback.reading.erase_old",
    "hand over reviews of colleagues who are away": "articles.review.claiming.hand_over_what_the_absent_have",
    "write on Mondays what is due": "articles.review.digest.write_weekly",
    "read files brought to the bibliography": "citations.receiving.sweep",
}
# Run by the fetch worker, which alone asks other sites and has no key that opens anything.
FETCHING = "fetch"
FETCH_SWEEPS = {
    "look up works at Crossref and PubMed": "citations.lookups.sweep",
    "ask the registers again what was later said of our sources": "citations.checking.sweep",
    "check the links of live pages": "articles.links.asking.sweep",
}


def synchronise(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After migrating: the schedule table holds exactly these sweeps, one run a minute each."""
    if sender.name != "django_q":
        return
    from django_q.models import Schedule

    schedules = Schedule.objects.using(using)
    schedules.exclude(name__in=[*SWEEPS, *FETCH_SWEEPS]).delete()
    for cluster, sweeps in ((None, SWEEPS), (FETCHING, FETCH_SWEEPS)):
        for name, function in sweeps.items():
            every_minute = {"schedule_type": Schedule.MINUTES, "minutes": 1, "repeats": -1}
            schedules.update_or_create(name=name, defaults={"func": function, "cluster": cluster, **every_minute})
    # Whatever the first has come to: a schedule keeps its second in the minute.
    first = schedules.get(name=DELIVER)
    schedules.filter(name=DELIVER_BETWEEN).update(next_run=first.next_run + timedelta(seconds=30))
