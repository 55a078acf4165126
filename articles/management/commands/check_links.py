"""`manage.py check_links`: what the fetch worker does for the links of live pages, by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count
from django.utils import timezone
from tqdm import tqdm

from articles.links import asking, calling, reading
from articles.models import Link
from articles.models.links import LinkState

# How the end of a run tells of each state.
TOLD = {
    LinkState.WORKS: "work",
    LinkState.MOVED: "moved",
    LinkState.FAILING: "failing",
    LinkState.DEAD: "dead",
    LinkState.UNCHECKED: "could not be checked",
    LinkState.NEW: "not asked yet",
}
OFFLINE = (
    "Nobody answered, not even the register that this site looks works up at: there is no network here. "
    "No link was counted as failing. Run this again when there is one."
)


class Command(BaseCommand):
    help = (
        "Asks the links of live pages that are due, one at a time, and calls in pages whose links are dead. The fetch "
        "worker does it every minute. May be interrupted; run again, it goes on with the rest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="ask every link, but for ignored ones, due or not")

    def handle(self, *args: Any, **options: Any) -> None:
        reading.keep_up()
        if options["all"]:
            Link.objects.watched().update(due_at=timezone.now())
        due = Link.objects.due(timezone.now()).count()
        offline = False
        try:
            with tqdm(total=due, unit=" links", file=self.stderr, disable=None, leave=False) as bar:
                offline = asking.ask_due(progress=lambda link: bar.update()).is_offline
        except KeyboardInterrupt:
            self.stderr.write("Interrupted. Run it again without --all, and it goes on with the rest.")
        if offline:
            self.stderr.write(OFFLINE)
        while called_in := calling.call_in():
            self.stdout.write(f"Pages called in to be read again: {called_in}")
        self.stdout.write(self.summary())

    def summary(self) -> str:
        """How many links stand how."""
        found = dict(Link.objects.watched().order_by().values_list("state").annotate(Count("pk")))
        told = [f"{found.get(state.value, 0)} {words}" for state, words in TOLD.items()]
        return f"Links of live pages: {', '.join(told)}, {Link.objects.ignored().count()} ignored."
