"""The programs that measure: Lighthouse and the HTTP Observatory from npm, at the versions in package-lock.json, run
by the Node at hand, else by one that pip brings; and a Chromium.
"""

from __future__ import annotations

import filecmp
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from mesoinfo.dev_environment import BASE_DIR, setting
from mesoinfo.dev_run import FAREWELL, die_with_parent
from tests.browser import chromium, npm

HERE = Path(__file__).parent
HOME = Path(setting("MESOINFO_VAR", str(BASE_DIR / "var"))).resolve() / "bench"
RUN = HOME / "run"  # what one run makes, emptied before the next
LOCK = "package-lock.json"
ROOM_NEEDED = 500  # megabytes
OLDEST_NODE = 20
PATIENCE = 180  # seconds for one run of a program


class CannotMeasure(Exception):
    """The bench cannot run; the message says why and what to do."""


@cache
def node() -> str:
    """The path of Node, with the packages installed in HOME. Raises CannotMeasure."""
    try:
        HOME.mkdir(parents=True, exist_ok=True)
        at_hand, its_npm = shutil.which("node"), shutil.which("npm")
        if at_hand and its_npm and _is_new_enough(at_hand):
            npm_command = [its_npm]
            program = at_hand
        else:
            npm_command = npm.brought(HOME)
            program = npm_command[0]
        if not (HOME / LOCK).exists() or not filecmp.cmp(HERE / LOCK, HOME / LOCK, shallow=False):
            _install(npm_command)
    except (npm.Unavailable, OSError) as reason:
        raise CannotMeasure(
            f"Lighthouse and the HTTP Observatory could not be had: {reason}. The first time they need a network, and "
            f"where there is no Node {OLDEST_NODE} with npm, pip brings one."
        ) from reason
    return program


def _is_new_enough(node: str) -> bool:
    told = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    number = re.match(r"v(\d+)\.", told)
    return number is not None and int(number[1]) >= OLDEST_NODE


def _install(npm_command: list[str]) -> None:
    free = shutil.disk_usage(HOME).free // 2**20
    if free < ROOM_NEEDED:
        raise npm.Unavailable(f"the disk has {free} MB left and {ROOM_NEEDED} MB are needed")
    print(f"Installing Lighthouse and the HTTP Observatory into {HOME} (300 MB): a minute.", flush=True)
    with tempfile.TemporaryDirectory(dir=HOME) as place:
        for name in ("package.json", LOCK, ".npmrc"):
            shutil.copy(HERE / name, place)
        npm.run([*npm_command, "ci", "--no-audit", "--no-fund"], cwd=place)
        shutil.rmtree(HOME / "node_modules", ignore_errors=True)
        (Path(place) / "node_modules").rename(HOME / "node_modules")
    shutil.copy(HERE / LOCK, HOME)  # last: it says that all is there


def version_of(package: str) -> str:
    """The version of a package from npm."""
    version: str = json.loads((HERE / LOCK).read_text())["packages"][f"node_modules/{package}"]["version"]
    return version


def run(script: str, *arguments: str, **environment: str) -> str:
    """What a script of a package prints. Raises CannotMeasure with what it complained of."""
    command = [node(), str(HOME / "node_modules" / script), *arguments]
    try:
        done = subprocess.run(
            ["env", *(f"{name}={value}" for name, value in environment.items()), *command],
            cwd=HOME,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
            preexec_fn=die_with_parent,
        )
    except subprocess.TimeoutExpired as slow:
        raise CannotMeasure(f"{script} has not ended for {PATIENCE} seconds.") from slow
    if done.returncode:
        raise CannotMeasure(f"{script} did not succeed: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


@contextmanager
def browser_with_a_door() -> Iterator[int]:
    """A fresh Chromium that trusts our throw-away certificate, for one visit; the port it can be steered by."""
    found = chromium.find()
    # As Lighthouse itself would start it: the tests do without the process that paints.
    usual = [argument for argument in found.args if argument != "--disable-gpu"]
    with tempfile.TemporaryDirectory(dir=RUN, ignore_cleanup_errors=True) as profile:
        door = Path(profile) / "DevToolsActivePort"
        steered = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
        process = subprocess.Popen(
            [found.path, *usual, *steered, "--ignore-certificate-errors", "about:blank"],
            env=found.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        try:
            yield _port_in(door, process)
        finally:
            process.terminate()
            try:
                process.wait(FAREWELL)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _port_in(door: Path, process: subprocess.Popen[bytes]) -> int:
    for _ in range(PATIENCE * 20):
        if door.exists() and (written := door.read_text().splitlines()):
            return int(written[0])
        try:
            raise CannotMeasure(f"Chromium ended with status {process.wait(0.05)}.")
        except subprocess.TimeoutExpired:
            continue
    raise CannotMeasure(f"Chromium has not started for {PATIENCE} seconds.")
