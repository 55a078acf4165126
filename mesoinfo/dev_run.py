"""What `make run` does: from an empty database to a site that answers, and the end of it.

    python -m mesoinfo.dev_run          prepare, serve, wait
    python -m mesoinfo.dev_run probe    only ask whether the port is free

The site is served as in production (granian, DEBUG off, the same headers), beside what empties its spool, the worker
and the fetch worker. A signal stops all. When one of them ends by itself, the others are stopped too: half a product is
worse than none.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import http.client
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from mesoinfo.dev_environment import BASE_DIR, setting

HOST = "127.0.0.1"
# Each thread holds a database connection, and PostgreSQL allows a hundred in all.
THREADS = 8
PATIENCE = 30  # seconds until the site must answer
FAREWELL = 10  # seconds to finish what is in hand before being killed
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotRun(Exception):
    """The product cannot start; the message says in plain words what to do."""


def check_port(port: str) -> int:
    """The port as a number, if this user can listen on it now. Raises CannotRun, naming PORT, if not."""
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise CannotRun(f"PORT is {port!r}. Set it to a number from 1 to 65535, such as PORT=8001 make run.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(port)))
            probe.listen()
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM):
                raise CannotRun(f"Port {port} needs root. Choose one above 1023: PORT=8000 make run") from error
            raise CannotRun(
                f"Port {port} is taken, perhaps by another make run. Stop that program, or choose another port: "
                f"PORT={int(port) % 65535 + 1} make run"
            ) from error
    return int(port)


def prepare() -> None:
    """Bring the surroundings up to date: database, tables, keys, static files, sample content and accounts.

    One process does it all, because each start of Python and Django costs half a second. Raises CannotRun.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mesoinfo.settings")
    try:
        import django
        from django.core.exceptions import ImproperlyConfigured
    except ModuleNotFoundError as missing:
        raise CannotRun(
            f"{sys.executable} has no {missing.name}, perhaps because Python was upgraded. Remove .venv and try again."
        ) from missing

    from mesoinfo import dev_postgres
    from mesoinfo.dev_postgres_programs import DevPostgresError

    try:
        django.setup()
        from django.conf import settings

        database = settings.DATABASES["default"]
        if settings.DEVELOPMENT and settings.TIER != "all":
            raise CannotRun(
                f"MESOINFO_TIER is {settings.TIER}, so this checkout is set up to serve real people, and make run "
                "would put sample pages and sample accounts into its database. Try the software in another checkout."
            )
        if dev_postgres.is_used_by(database):
            dev_postgres.ensure_running(print)
    except (ImproperlyConfigured, DevPostgresError) as problem:
        raise CannotRun(str(problem)) from problem

    from django.core.management import CommandError, call_command
    from django.db import DatabaseError, connection

    from mesoinfo import sample_accounts

    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise CannotRun(f"The database does not answer (is DATABASE_URL right?): {str(error).strip()}") from error
    try:
        if _unapplied_migrations():
            print("Bringing the database up to date.", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
        collect_static()
        if settings.DEVELOPMENT:
            # Its advice on keeping the key safe is for a key that matters.
            call_command("seal_keygen", if_missing=True, stdout=io.StringIO())
            call_command("load_sample_content")
            sample_accounts.ensure()
    except CommandError as problem:
        raise CannotRun(str(problem)) from problem
    finally:
        connection.close()


def _unapplied_migrations() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static() -> bool:
    """Copy, hash and compress the static files if any has changed since the last time; tell whether it did."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    seen = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            seen.update(f"{storage.path(name)} {found.st_size} {found.st_mtime_ns}\n".encode())
    # Beside the collected files, not among them: those are public.
    record = Path(settings.STATIC_ROOT).with_suffix(".collected")
    if Path(settings.STATIC_ROOT).is_dir() and record.exists() and record.read_text() == seen.hexdigest():
        return False
    print("Collecting static files.", flush=True)
    record.unlink(missing_ok=True)  # until it is done, however it may be interrupted
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    record.write_text(seen.hexdigest())
    return True


def programs(port: int) -> dict[str, list[str]]:
    """The processes of a running product, by the name we use when we speak of them."""
    site = f"--interface wsgi --host {HOST} --port {port} --workers 1 --blocking-threads {THREADS} --no-ws"
    quiet = "--no-access-log --log-level error"  # an access log would record who reads what
    return {
        "site": [sys.executable, "-m", "granian", *site.split(), *quiet.split(), "mesoinfo.wsgi:application"],
        "spool": [sys.executable, "manage.py", "drain_spool", "--follow"],
        "worker": [sys.executable, "manage.py", "qcluster"],
        "fetch worker": [sys.executable, "manage.py", "qcluster", "--name", "fetch"],
    }


class Company:
    """Processes that live and die together.

    Each leads a session of its own: Ctrl-C at the terminal reaches only us, and we stop them in order.
    """

    def __init__(self) -> None:
        self.members: dict[str, subprocess.Popen[bytes]] = {}
        self._inbox, wake = socket.socketpair()
        wake.setblocking(False)
        self._wake = wake
        # The signal's number arrives as a byte in the inbox; nothing is done inside a handler.
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        for number in (*STOPPING, signal.SIGCHLD):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as nohup asks
                signal.signal(number, lambda *_: None)

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start one member."""
        self.members[name] = subprocess.Popen(
            command, cwd=BASE_DIR, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent
        )

    def next_event(self, timeout: float | None = None) -> str:
        """Wait for what comes first: "stop" (a signal asks for it), the name of a member that ended, or "" (time)."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            for name, member in self.members.items():
                if member.poll() is not None:
                    return name
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return ""
            self._inbox.settimeout(left)
            try:
                received = self._inbox.recv(1)
            except TimeoutError:
                return ""
            if received[0] in STOPPING:
                return "stop"

    def stop(self) -> None:
        """Ask all to end, wait, then kill what is left. A second signal means now."""
        for member in self.members.values():
            if member.poll() is None:
                member.terminate()
        ending, deadline = dict(self.members), time.monotonic() + FAREWELL
        while self.members and self.next_event(deadline - time.monotonic()) not in ("stop", ""):
            self.members = {name: member for name, member in self.members.items() if member.poll() is None}
        for member in ending.values():
            with suppress(ProcessLookupError):
                os.killpg(member.pid, signal.SIGKILL)  # its own children too
            member.wait()
        self.members = {}


def die_with_parent() -> None:
    # Even when we are killed outright, which no handler sees. 1 is PR_SET_PDEATHSIG.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def wait_until_it_answers(company: Company, port: int) -> str:
    """Wait for the site's first answer: "" when it came, else "stop" or the name of the member that ended."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError), closing(http.client.HTTPConnection(HOST, port, timeout=5)) as line:
            line.request("GET", "/healthz")
            line.getresponse()
            return ""
        if event := company.next_event(timeout=0.05):
            return event
    raise CannotRun(f"The site has not answered on port {port} for {PATIENCE} seconds. Its messages are above.")


def greeting(port: int) -> str:
    """What a person needs to begin: the addresses, and one sample account for each role."""
    from django.conf import settings

    from mesoinfo import sample_accounts

    lines = [
        "",
        f"  The site     http://localhost:{port}/",
        f"  The desk     http://localhost:{port}/admin/",
    ]
    if settings.DEVELOPMENT:
        kept = settings.VAR_DIR / sample_accounts.PASSWORDS
        lines += ["", f"  Sample accounts, one for each role (also in {kept}):", sample_accounts.listing()]
    lines += ["", "  Ctrl-C stops it. The database keeps running: make stop.", ""]
    return "\n".join(lines)


def run(port: int) -> int:
    """Serve until a signal or a death. Returns the exit status."""
    company = Company()
    try:
        for name, command in programs(port).items():
            company.start(name, command)
        event = wait_until_it_answers(company, port)
        if not event:
            print(greeting(port), flush=True)
            event = company.next_event()
        if event == "stop":
            print("\nStopping.", flush=True)
            return 0
        status = company.members[event].returncode
        why = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        print(f"The {event} {why}, so the rest stops too. Its messages are above.", file=sys.stderr)
        return 1
    finally:
        company.stop()


def main(arguments: Sequence[str]) -> int:
    """The command line. Returns the exit status."""
    os.environ.setdefault("MESOINFO_DEVELOPMENT", "1")
    try:
        port = check_port(setting("PORT", "8000"))
        if "probe" in arguments:
            return 0
        prepare()
        return run(port)
    except CannotRun as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before it was ready. Run it again: it goes on where it was.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
