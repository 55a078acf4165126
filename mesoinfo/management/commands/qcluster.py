"""The workers. django-q reads its settings before `--name` does anything, so a named one has to begin anew."""

import os
import sys
from typing import Any

from django.db import connection
from django_q.conf import Conf
from django_q.management.commands import qcluster

from mesoinfo.checks import BEFORE_WORK


class Command(qcluster.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        name = options.get("cluster_name")
        if name and name != Conf.CLUSTER_NAME:
            # By itself `--name` would make one more worker of the common queue, and nobody would come to this one.
            os.execve(sys.executable, sys.orig_argv, {**os.environ, "Q_CLUSTER_NAME": name})
        if not name:
            # No other command asks the database before it begins; this one would go on with what people had erased.
            self.check(tags=[BEFORE_WORK], databases=["default"])
            connection.close()  # the processes that are begun now would share it
        super().handle(*args, **options)
