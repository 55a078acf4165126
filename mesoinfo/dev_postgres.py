"""A PostgreSQL server for development, with nothing to set up: a real one, under var/postgres.

    python -m mesoinfo.dev_postgres start | stop | status | url | psql

Used only while DATABASE_URL is unset. It listens on a unix socket in a directory of mode 0700 and on no
network address; who may enter is decided by the operating system's user (peer). Nothing starts on import:
settings ask `database_settings()` where the server would be; `make run`, the tests and manage.py start it.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import pwd
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from mesoinfo.dev_environment import BASE_DIR, setting
from mesoinfo.dev_postgres_programs import DevPostgresError, Say, can_enter, find_programs, version_of

NAME = "mesoinfo"  # of the database and of the role that owns it
SUPERUSER = "postgres"
PORT = 5432  # only names the socket file
ELSEWHERE = Path("/var/lib/mesoinfo-dev")
ROOM_NEEDED = 200  # megabytes: a new cluster takes about 50, a copy of the programs 45
PATIENCE = 60  # seconds
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes on Linux, 103 on macOS

SERVER_OPTIONS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    # The log names the error and never the statement or the row: those may hold what a visitor typed.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def database_settings() -> dict[str, str]:
    """What Django's DATABASES needs to reach the development server. Starts nothing, writes nothing."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "USER": NAME,
        "HOST": str(_socket_dir(home())),
        "PORT": str(PORT),
    }


def is_used_by(database: Mapping[str, object]) -> bool:
    """Whether these Django database settings point at the development server."""
    return database.get("HOST") == database_settings()["HOST"]


def url() -> str:
    """The address as psql, pg_dump and other PostgreSQL programs take it."""
    return f"postgresql://{NAME}@/{NAME}?host={quote(str(_socket_dir(home())), safe='')}&port={PORT}"


def ensure_running(say: Say = lambda line: None) -> None:
    """Start the server unless it answers already; make its data directory the first time.

    Any number of processes may call this at once. Raises DevPostgresError.
    """
    place = home()
    if _is_ours(place) and _answers(place):
        return
    user = _server_user(place)
    with _only_one():
        _make_home(place, user, say)
        _wait_for_change_of_state(place)
        if _answers(place):
            return
        programs = _programs(place, user, say)
        if not _data(place).exists():
            _make_cluster(place, programs, user, say)
        _start(place, programs, user)


def stop(say: Say = lambda line: None) -> None:
    """Stop the server, if it runs. Open transactions are rolled back; what was committed stays."""
    place = home()
    if place.exists() and not os.access(place, os.X_OK):
        raise DevPostgresError(f"{place} belongs to another user. Work as the user who made it.")
    if not _servers(place):
        say("The development database is not running.")
        return
    connections = _connections(place)
    with _only_one():
        _shut_down(place)
    say("The development database has stopped.")
    if connections:
        say(f"It was still in use ({connections}); what used it will report errors until it runs again.")


# Where it lives


def home() -> Path:
    """The directory that holds data, log and socket: var/postgres, or a place the server's user can reach.

    Root cannot run PostgreSQL, so root's server belongs to an unprivileged user, who may be unable to enter
    the checkout (one under /root, say). We move the data then, rather than open the directory to everyone.
    """
    wanted = _wanted_home()
    moved = wanted / "moved-to"
    if os.geteuid() != 0 or (wanted / "data").exists():
        return wanted
    if moved.exists():
        return Path(moved.read_text().strip())
    return wanted if can_enter(wanted.parent, _server_user(wanted)) else _refuge() / "postgres"


def _wanted_home() -> Path:
    var = setting("MESOINFO_VAR", str(BASE_DIR / "var"))
    return Path(var).resolve() / "postgres"


def _refuge() -> Path:
    return ELSEWHERE / hashlib.sha256(os.fsencode(_wanted_home())).hexdigest()[:12]


def _data(place: Path) -> Path:
    return place / "data"


def _socket_dir(place: Path) -> Path:
    # A socket's path has a length limit, and libpq reads a comma as the start of another host.
    if len(os.fsencode(place)) + len(f"/.s.PGSQL.{PORT}") <= LONGEST_SOCKET_PATH and "," not in str(place):
        return place
    return Path("/tmp") / f"mesoinfo-{hashlib.sha256(os.fsencode(place)).hexdigest()[:12]}"


def _is_ours(place: Path) -> bool:
    """False for data moved elsewhere by an earlier checkout at this path, one that has been deleted."""
    return place == _wanted_home() or (_wanted_home() / "moved-to").exists()


def _make_home(place: Path, user: pwd.struct_passwd, say: Say) -> None:
    wanted = _wanted_home()
    if not _is_ours(place):
        _leave_older_data_alone(place, say)
        _make_private(wanted, pwd.getpwuid(0))
        (wanted / "moved-to").write_text(f"{place}\n")
        say(f"User {user.pw_name} runs PostgreSQL and cannot enter {wanted.parent}, so data is in {place}.")
    _make_private(place, user)
    if _socket_dir(place) != place:
        _make_private(_socket_dir(place), user)
    if os.geteuid() == 0 and not can_enter(place, user):
        raise DevPostgresError(
            f"User {user.pw_name}, who runs PostgreSQL, can no longer enter {place}. Give back the permission to pass "
            f"through the directories above it (chmod o+x), or remove {place} to begin with an empty database."
        )


def _make_private(path: Path, owner: pwd.struct_passwd) -> None:
    _make_parents(path)
    path.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0 and path.lstat().st_uid == 0:
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    found = path.lstat()
    if found.st_uid != owner.pw_uid or not stat.S_ISDIR(found.st_mode) or stat.S_IMODE(found.st_mode) & 0o077:
        raise DevPostgresError(
            f"{path} should be a directory that belongs to {owner.pw_name} alone (mode 0700). "
            f"Work as the user who made it, or move it away and try again."
        )


def _make_parents(path: Path) -> None:
    for missing in [parent for parent in reversed(path.parents) if not parent.exists()]:
        missing.mkdir(exist_ok=True)
        missing.chmod(0o755)  # whatever the umask: the server's user has to pass through


def _leave_older_data_alone(place: Path, say: Say) -> None:
    if not place.exists():
        return
    _shut_down(place)
    kept = place.with_name(f"postgres-until-{time.strftime('%Y%m%dT%H%M%S')}")
    place.rename(kept)
    say(f"An earlier checkout left a database at {place}; it is kept as {kept}. Delete it if you need it no more.")


def _server_user(place: Path) -> pwd.struct_passwd:
    """Who runs the server: ourselves; for root, whoever owns the data already, else postgres or nobody."""
    if os.geteuid() != 0:
        try:
            return pwd.getpwuid(os.geteuid())
        except KeyError:
            raise DevPostgresError(
                f"User number {os.geteuid()} has no entry in /etc/passwd, and PostgreSQL needs one. "
                "Set DATABASE_URL to a server of your own, or work as a user with a name."
            ) from None
    owner = place.stat().st_uid if place.exists() else 0
    if owner:
        try:
            return pwd.getpwuid(owner)
        except KeyError:
            raise DevPostgresError(f"{place} belongs to user number {owner}, unknown on this machine.") from None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise DevPostgresError("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.")


# Making, starting, stopping, asking


def _programs(place: Path, user: pwd.struct_passwd, say: Say) -> Path:
    data_version = _data(place) / "PG_VERSION"
    made_by = data_version.read_text().strip() if data_version.exists() else None
    return find_programs(user, copy_to=_refuge(), made_by=made_by, data=_data(place), say=say)


def _make_cluster(place: Path, programs: Path, user: pwd.struct_passwd, say: Say) -> None:
    free = shutil.disk_usage(place).free // 2**20
    if free < ROOM_NEEDED:
        raise DevPostgresError(
            f"The disk with {place} has {free} MB left and a database needs {ROOM_NEEDED} MB. "
            "Free some space and try again."
        )
    _shut_down(place)  # a server whose files were deleted would, as it ends, delete the new one's socket
    fresh = place / "data.new"  # renamed when complete, so that half a database is never taken for one
    shutil.rmtree(fresh, ignore_errors=True)
    version = version_of(programs) or ""
    options = f"-U {SUPERUSER} -E UTF8 --locale=C -T english --data-checksums --auth-local=peer --auth-host=reject"
    if int(version.split(".")[0]) >= 17:
        options += " --locale-provider=builtin --builtin-locale=C.UTF-8"
    _run([programs / "initdb", *options.split(), "-D", fresh], user)
    people = dict.fromkeys((user.pw_name, pwd.getpwuid(0).pw_name))
    (fresh / "pg_hba.conf").write_text("local all all peer map=dev\n")
    (fresh / "pg_ident.conf").write_text(
        "".join(f'dev "{person}" {role}\n' for person in people for role in (NAME, SUPERUSER))
    )
    # The role is no superuser, so that a missing right shows here as it would in production.
    _run(
        [programs / "postgres", "--single", "-D", fresh, "postgres"],
        user,
        sent=f"CREATE ROLE {NAME} LOGIN CREATEDB CREATEROLE\nCREATE DATABASE {NAME} OWNER {NAME}\n",
    )
    fresh.rename(_data(place))
    say(f"PostgreSQL {version}: made a new database in {place}.")


def _start(place: Path, programs: Path, user: pwd.struct_passwd) -> None:
    _remove_stale_locks(place)
    directory = str(_socket_dir(place)).replace('"', '""')
    options = {**SERVER_OPTIONS, "unix_socket_directories": f'"{directory}"'}
    given = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items())
    log = place / "log"
    waiting = ["-w", "-t", str(PATIENCE)]
    _run([programs / "pg_ctl", "start", *waiting, "-D", _data(place), "-l", log, "-o", given], user, log=log)


def _shut_down(place: Path) -> None:
    for pid in _servers(place):
        os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast" shutdown
    if not _wait_until(lambda: not _servers(place)):
        raise DevPostgresError(f"PostgreSQL (process {_servers(place)}) is still stopping after {PATIENCE} seconds.")


def _run(command: Sequence[str | Path], user: pwd.struct_passwd, sent: str = "", log: Path | None = None) -> None:
    """Run one of PostgreSQL's programs as the server's user, untouched by our umask and PG… variables."""
    as_root = os.geteuid() == 0
    done = subprocess.run(
        command,
        input=sent,
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        umask=0o077,
        user=user.pw_uid if as_root else None,
        group=user.pw_gid if as_root else None,
        extra_groups=[] if as_root else None,
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-5:]
        if log and log.exists():
            said += [f"The end of {log}:", *log.read_text(errors="replace").splitlines()[-5:]]
        raise DevPostgresError("\n  ".join([f"{Path(command[0]).name} did not succeed. It said:", *said]))


def _answers(place: Path) -> bool:
    """Whether the server takes connections now. Costs two files and a socket, no process."""
    if _server_pid(place) is None:  # a killed server's socket outlives it for a moment
        return False
    try:
        written = (_data(place) / "postmaster.pid").read_text().splitlines()
        if len(written) < 8 or written[7].strip() != "ready":
            return False
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(_socket_dir(place) / f".s.PGSQL.{PORT}"))
        return True
    except OSError:
        return False


def _server_pid(place: Path) -> int | None:
    """The server's process, if one runs on this data."""
    pid = _written_pid(_data(place) / "postmaster.pid")
    return pid if pid and _serves(place, pid) else None


def _servers(place: Path) -> list[int]:
    """Every server on this data: also one whose files, and so its pid file, were deleted while it ran."""
    proc = Path("/proc")
    if not (proc / "self").exists():
        return [pid] if (pid := _server_pid(place)) else []
    pids = [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if _serves(place, pid)]


def _serves(place: Path, pid: int) -> bool:
    return f"/postgres -D {_data(place)} " in _command_line(pid)


def _written_pid(lock_file: Path) -> int | None:
    try:
        return int(lock_file.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _command_line(pid: int) -> str:
    """The words a process was started with, a space after each; empty if there is no such process."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        except OSError:
            return ""
    return subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout


def _remove_stale_locks(place: Path) -> None:
    # After a power cut the number in them may belong to anything, and PostgreSQL would refuse to start.
    for lock_file in (_data(place) / "postmaster.pid", _socket_dir(place) / f".s.PGSQL.{PORT}.lock"):
        pid = _written_pid(lock_file)
        if pid and "postgres" not in _command_line(pid):
            lock_file.unlink()


def _wait_for_change_of_state(place: Path) -> None:
    """A server that is starting, recovering or stopping: let it finish."""
    if not _wait_until(lambda: _answers(place) or _server_pid(place) is None):
        raise DevPostgresError(f"PostgreSQL runs but has not answered for {PATIENCE} seconds; see {place / 'log'}.")


def _wait_until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _connections(place: Path) -> str:
    """Who is connected, in words; nothing when nobody is, or when no driver is at hand to ask."""
    try:
        import psycopg2
    except ImportError:
        return ""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    try:
        connection = psycopg2.connect(host=str(_socket_dir(place)), port=PORT, user=NAME, dbname=NAME)
    except psycopg2.OperationalError:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(asked)
        (count,) = cursor.fetchone()
    connection.close()
    return f"{count} open connection{'s' if count > 1 else ''}" if count else ""


@contextmanager
def _only_one() -> Iterator[None]:
    """One process at a time makes, starts or stops the server; the kernel lets go if that process dies."""
    var = _wanted_home().parent
    try:
        _make_parents(var / "postgres")
        handle = os.open(var, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
    except PermissionError as refusal:
        raise DevPostgresError(
            f"No permission to write {refusal.filename or var}. Work as the user who owns the checkout, "
            f"or make it yours: sudo chown -R {pwd.getpwuid(os.geteuid()).pw_name} {var}"
        ) from refusal


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit status: 0 done, 1 failed, 3 not running (status)."""
    parser = argparse.ArgumentParser(prog="python -m mesoinfo.dev_postgres", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("command", choices=["start", "stop", "status", "url", "psql"])
    command = parser.parse_args(arguments).command
    try:
        if command == "start":
            ensure_running(print)
        elif command == "stop":
            stop(print)
        elif command == "status":
            running = _answers(home())
            print(f"The development database in {home()} is {'running' if running else 'not running'}.")
            return 0 if running else 3
        elif command == "url":
            print(url())
        elif command == "psql":
            place = home()
            ensure_running(print)
            psql = _programs(place, _server_user(place), print) / "psql"
            os.execv(psql, ["psql", url()])
    except DevPostgresError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
