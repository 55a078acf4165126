"""The product in processes that can be killed, with a PostgreSQL server of its own that can be killed as well.

Killed means -9: no process has a chance to finish anything. What the kernel was given to write it still writes, so
this is the death of a program, not of a machine; that nothing is acknowledged before fsync is tested elsewhere.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

from django.db import connection

from mesoinfo import dev_postgres, vault
from mesoinfo.dev_environment import BASE_DIR
from mesoinfo.dev_postgres_programs import find_programs
from mesoinfo.dev_run import FAREWELL, HOST, die_with_parent, programs
from mesoinfo.grants import PROCESSES, ROLES, SITE
from tests.browser.served import free_port, production, put_static_files, wait_until_it_answers

WORKERS = 2
SAID = "said"  # the directory with what each process says
PATIENCE = 120  # seconds, for what should take a few


def wait_until(true: Callable[[], object], what: str) -> None:
    """Come back as soon as it is so. Fails the test, naming `what`, if that takes far too long."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE} seconds"
        time.sleep(0.01)


class Process:
    """One program of the product. To be started from the main thread: it is told to end when its starter does.

    What it says, which may be thousands of lines, is in `MESOINFO_VAR/said/<name>`.
    """

    def __init__(self, name: str, command: Sequence[str], surroundings: Mapping[str, str]) -> None:
        self.said = Path(surroundings["MESOINFO_VAR"], SAID, name)
        self._command = command
        self._surroundings = surroundings
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.said.parent.mkdir(parents=True, exist_ok=True)
        with self.said.open("ab") as said:
            self._running = subprocess.Popen(
                self._command,
                cwd=BASE_DIR,
                env=self._surroundings,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def kill(self) -> None:
        """Kill it, and all that it started, at once."""
        if self._running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()

    def stop(self) -> None:
        """End it as an operator does."""
        if self._running is not None:
            self._running.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._running.wait(FAREWELL)
            self.kill()

    @property
    def family(self) -> list[int]:
        """Its process, and all that it started."""
        assert self._running is not None
        return _with_all_below(self._running.pid)

    def limit_files(self, size: int) -> None:
        """From now on no process of the program can write a file beyond this many bytes."""
        for pid in self.family:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


class Site(Process):
    """The public site as `make run` serves it, by two workers; or the desk, as MESOINFO_TIER says."""

    def __init__(
        self,
        surroundings: Mapping[str, str],
        application: str = "mesoinfo.wsgi:application",
        *,
        prefix: Sequence[str] = (),
    ) -> None:
        """`prefix` is a command that runs the rest as another user."""
        self.port = free_port()
        command = programs(self.port)["site"][:-1]
        command[command.index("--workers") + 1] = str(WORKERS)
        super().__init__(surroundings["MESOINFO_TIER"], [*prefix, *command, application], surroundings)

    def start(self) -> None:
        wait_until(self._port_is_free, "the port is free again")
        super().start()

    def wait(self) -> None:
        """Until it answers."""
        assert self._running is not None
        wait_until_it_answers(self._running, self.port)

    def _port_is_free(self) -> bool:
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            return probe.connect_ex((HOST, self.port)) != 0


class Database:
    """The PostgreSQL server that the environment names: fsync on, nobody else's."""

    def start(self) -> None:
        dev_postgres.ensure_running()

    def stop(self) -> None:
        connection.close()
        dev_postgres.stop()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Inside, it is stopped."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Inside, it hangs: its connections stand, and nothing answers."""
        connection.close()
        family = self._stopped()
        try:
            yield
        finally:
            for pid in reversed(family):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill the postmaster and all its children at once."""
        connection.close()
        family = self._stopped()
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not any(dev_postgres._command_line(pid) for pid in family), "PostgreSQL is dead")

    def _stopped(self) -> list[int]:
        """The postmaster and all its children, which do nothing any more."""
        postmaster = dev_postgres._server_pid(dev_postgres.home())
        assert postmaster is not None
        os.kill(postmaster, signal.SIGSTOP)  # first, so that it starts no further one meanwhile
        family = _with_all_below(postmaster)
        for pid in family[1:]:
            os.kill(pid, signal.SIGSTOP)
        return family


class Product:
    """Site, spool and database, and the key that opens what came in."""

    def __init__(self, surroundings: dict[str, str], key: vault.PrivateKey) -> None:
        self.surroundings = surroundings
        self.key = key
        self.place = Path(surroundings["MESOINFO_VAR"])
        self.database = Database()
        self.site = Site(surroundings)
        self.drain = Process("drain", programs(self.site.port)["spool"], surroundings)

    @property
    def spool(self) -> Path:
        return Path(self.surroundings.get("INTAKE_SPOOL", self.place / "spool"))

    def waiting(self) -> set[str]:
        """The names of the files in the spool."""
        return {path.name for path in self.spool.glob("*.parcel")}

    def drained(self) -> None:
        """Wait until nothing waits in the spool any more. Nothing was set aside."""
        wait_until(lambda: not self.waiting(), "the spool is empty")
        assert not list(self.spool.glob("set-aside/*"))


@contextmanager
def product(place: Path) -> Iterator[Product]:
    """Site and spool, running, on the database that Django is connected with now; they keep their files in `place`."""
    database = {**connection.settings_dict, "USER": SITE}
    key = vault.generate()
    surroundings = production(database, place, key=key.public)
    put_static_files(surroundings, "--ignore", "admin")
    running = Product(surroundings, key)
    try:
        running.site.start()
        running.drain.start()
        running.site.wait()
        yield running
    finally:
        running.site.stop()
        running.drain.stop()


@contextmanager
def own_database() -> Iterator[None]:
    """Inside, Django is connected with a copy of the tests' database in the server that the environment names."""
    before = dict(connection.settings_dict)
    dev_postgres.ensure_running()
    place = dev_postgres.home()
    tools = postgres_programs()
    ours = {**dev_postgres.database_settings(), "USER": dev_postgres.SUPERUSER}
    # Whoever runs the tests may enter as each process does.
    with (place / "data/pg_ident.conf").open("a") as people:
        people.writelines(f'dev "{Path("/proc/self").owner()}" {role}\n' for role in PROCESSES)
    roles = "".join(f"CREATE ROLE {role} LOGIN;\n" for role in ROLES)
    copy = subprocess.run([tools / "pg_dump", *named(before)], env=entering(before), capture_output=True, check=True)
    connection.close()
    subprocess.run(
        [tools / "psql", "--quiet", "--set=ON_ERROR_STOP=1", *named(ours)],
        env=entering(ours),
        input=f"SELECT pg_reload_conf();\n{roles}".encode() + copy.stdout,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    # The same dictionary for all threads.
    with patch.dict(connection.settings_dict, ours):
        try:
            yield
        finally:
            connection.close()


def postgres_programs() -> Path:
    """The directory with the programs of the server that the environment names, pg_dump and psql among them."""
    place = dev_postgres.home()
    user = dev_postgres._server_user(place)
    return find_programs(user, copy_to=place.parent, made_by=None, data=place, say=lambda line: None)


def named(database: Mapping[str, str]) -> list[str]:
    """How PostgreSQL's programs are told which database (one of Django's DATABASES)."""
    told = {"host": "HOST", "port": "PORT", "username": "USER", "dbname": "NAME"}
    return [f"--{option}={database[name]}" for option, name in told.items() if database.get(name)]


def entering(database: Mapping[str, str]) -> dict[str, str]:
    """The environment in which they may enter it."""
    return {"PATH": os.environ["PATH"], "PGPASSWORD": database.get("PASSWORD") or "", "PGCLIENTENCODING": "UTF8"}


def _with_all_below(pid: int) -> list[int]:
    """A process and all that it started, and those all that they started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in _with_all_below(int(child)))]
