"""Two workers: what asks other sites is done by the one that is started for it, and by no other."""

import os
import subprocess
import sys

import pytest
from django.core.management import call_command
from django_q.cluster import Cluster

from mesoinfo import schedule
from mesoinfo.dev_environment import BASE_DIR
from mesoinfo.dev_run import programs

WHOSE_QUEUE = "import django; django.setup(); from django_q.conf import Conf; print(Conf.CLUSTER_NAME, Conf.TIMEOUT)"


class BegunAnew(Exception):
    """The process would be another program from here on."""


@pytest.fixture
def begun_anew(monkeypatch):
    """What the process was replaced with, one of (program, arguments, environment) each time."""
    asked = []

    def execve(*what):
        asked.append(what)
        raise BegunAnew

    monkeypatch.setattr(os, "execve", execve)
    return asked


@pytest.mark.whole
def test_the_fetch_worker_begins_anew_with_its_own_queue(begun_anew):
    with pytest.raises(BegunAnew):
        call_command(*programs(8000)["fetch worker"][2:])
    [(program, arguments, environment)] = begun_anew
    assert (program, arguments) == (sys.executable, sys.orig_argv)
    # Begun so, django-q has the queue of that worker, and its patience.
    asked = subprocess.run(
        [sys.executable, "-c", WHOSE_QUEUE], env=environment, cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    assert asked.stdout.split() == [schedule.FETCHING, "120"]


@pytest.mark.django_db(transaction=True)
def test_the_other_worker_starts_at_once(begun_anew, monkeypatch):
    started = []
    monkeypatch.setattr(Cluster, "start", lambda cluster: started.append(cluster))
    call_command(*programs(8000)["worker"][2:])
    assert len(started) == 1
    assert not begun_anew
