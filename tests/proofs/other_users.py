"""Programs run as users of this machine that have no account: a number is all that the kernel needs."""

from __future__ import annotations

import os
import pwd
import shlex
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mesoinfo.dev_environment import BASE_DIR

FIRST = 61_000


def free_users(count: int) -> list[int]:
    """Numbers that no user of this machine has. Only root can use them: fails the test for anybody else."""
    if os.geteuid() != 0:
        pytest.fail(
            "This proof runs site and desk as two users of this machine, which only root can do. "
            "Run it as root: sudo make test ONLY=tests/proofs/test_web_cannot_read.py"
        )
    taken = {user.pw_uid for user in pwd.getpwall()}
    return [number for number in range(FIRST, FIRST + len(taken) + count) if number not in taken][:count]


def running_as(user: int) -> list[str]:
    """What to put before a command, so that it runs as this user, in no group, with no privilege.

    Python and the checkout may lie where only root can go. The command then sees them, alone, in the same place.
    """
    become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--inh-caps=-all"]
    become += ["--pdeathsig=TERM"]
    hidden = dict(_hidden(Path(sys.base_prefix), Path(sys.prefix).resolve(), BASE_DIR))
    if not hidden:
        return become
    steps = ["set -e", "umask 022", "stage=$(mktemp -d)", "mount -t tmpfs -o mode=755 stage $stage"]
    for number, path in enumerate(hidden):
        steps += [f"mkdir $stage/{number}", f"mount --bind {shlex.quote(str(path))} $stage/{number}"]
    steps += [f"mount -t tmpfs -o mode=755 open {shlex.quote(str(wall))}" for wall in set(hidden.values())]
    for number, path in enumerate(hidden):
        place = shlex.quote(str(path))
        steps += [f"mkdir -p {place}", f"mount --bind $stage/{number} {place}"]
    steps += ["umount -l $stage", "rmdir $stage", f"cd {shlex.quote(str(BASE_DIR))}", 'exec "$@"']
    return ["unshare", "--mount", "--propagation=private", "sh", "-c", "\n".join(steps), "sh", *become]


def give(place: Path, user: int) -> None:
    """Make all that lies there theirs, and closed to everybody else."""
    for path in [place, *place.rglob("*")]:
        os.chown(path, user, user, follow_symlinks=False)
    place.chmod(0o700)


def _hidden(*paths: Path) -> Iterator[tuple[Path, Path]]:
    """Of these directories those that not everybody can enter, each with the topmost that keeps people out."""
    for path in paths:
        with suppress(StopIteration):
            walls = [*reversed(path.parents), path]
            yield path, next(wall for wall in walls if not wall.stat().st_mode & stat.S_IXOTH)
