"""What the worker runs, and when: staff hear of a new request within a minute."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler

from mesoinfo import schedule

pytestmark = pytest.mark.django_db

MAIL = "mesoinfo.outbox.deliver_due"


def synchronise():
    schedule.synchronise(apps.get_app_config("django_q"), using="default")


def test_after_migrating_the_table_holds_the_sweeps_and_no_other():
    Schedule.objects.create(name="one of an older version", func="articles.gone")
    synchronise()
    assert set(Schedule.objects.values_list("name", flat=True)) == {*schedule.SWEEPS, *schedule.FETCH_SWEEPS}


def test_mail_has_two_turns_a_minute_half_a_minute_apart():
    Schedule.objects.filter(name=schedule.DELIVER_BETWEEN).update(next_run=timezone.now() + timedelta(seconds=7))
    synchronise()
    first, second = (Schedule.objects.get(name=name) for name in (schedule.DELIVER, schedule.DELIVER_BETWEEN))
    assert {first.func, second.func} == {MAIL}
    assert {first.minutes, second.minutes} == {1}
    assert second.next_run - first.next_run == timedelta(seconds=30)


def test_mail_goes_out_each_time_the_worker_looks_what_is_due(monkeypatch):
    """It looks every half minute, or later when the machine is busy; after an hour's rest too."""
    synchronise()
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    # This connection holds the test.
    monkeypatch.setattr("django_q.scheduler.close_old_django_connections", lambda: None)
    chance = random.Random(7)
    broker = get_broker()
    for pause in [3600.0, *(chance.uniform(30, 36) for _ in range(60))]:
        now += timedelta(seconds=pause)
        scheduler(broker)
        assert MAIL in [queued.func() for queued in OrmQ.objects.all()], pause
        OrmQ.objects.all().delete()


def test_a_long_sweep_does_not_keep_mail_from_its_turn():
    assert Conf.WORKERS > 1
