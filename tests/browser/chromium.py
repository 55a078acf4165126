"""Finds a Chromium for the browser tests, and brings one when there is none.

    python -m tests.browser.chromium        say which one the tests will use

In this order: $CHROMIUM, the usual names on PATH, one unpacked earlier, Debian's own package (as root), the
npm package @sparticuz/chromium, which holds the program itself. None is an error, never a skip.
"""

from __future__ import annotations

import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import brotli
from playwright.sync_api import Browser as Launched
from playwright.sync_api import Playwright

from mesoinfo.dev_environment import BASE_DIR, setting
from tests.browser.npm import Unavailable, fetch, last_line

NAMES = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
VERSION = "153.0.0"
# The digest npm publishes for this version: what we run is what was tried.
INTEGRITY = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
ROOM_NEEDED = 700  # megabytes, while unpacking
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--in-process-gpu",
    "--no-first-run",
)
# For each window a whole Chromium makes ready two pages that its address bar might show, and for each page a process of
# its own: together half of all the work there is for a small page of ours.
ONE_PROCESS = ("--disable-site-isolation-trials", "--renderer-process-limit=1")
FEATURES_OFF = (
    # Playwright's own: of such lists only the last counts.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    # Ours.
    "IsolateOrigins",
    "SpareRendererForSitePerProcess",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
    "site-per-process",
)


class NoBrowser(Exception):
    """No Chromium can be had; the message lists what was tried."""


@dataclass(frozen=True)
class Browser:
    """What Playwright's launch() needs: executable_path, env and args."""

    path: str
    env: dict[str, str] = field(default_factory=dict)
    args: list[str] = field(default_factory=list)


@cache
def find() -> Browser:
    """The first Chromium that runs. May install one, and says so. Raises NoBrowser."""
    if chosen := setting("CHROMIUM"):
        if problem := _problem(Path(chosen)):
            raise NoBrowser(f"CHROMIUM is set to {chosen}, which {problem}. Set it to a Chromium, or unset it.")
        return _ready(Path(chosen))
    tried = ["$CHROMIUM: not set"]
    for name, way in WAYS.items():
        try:
            for path in way():
                env = _surroundings(path)
                if not (problem := _problem(path, env)):
                    return _ready(path, env)
                tried.append(f"{name}: {path} {problem}")
        except Unavailable as reason:
            tried.append(f"{name}: {reason}")
    raise NoBrowser(
        "The browser tests need a Chromium, and none could be had. Tried:\n  "
        + "\n  ".join(tried)
        + "\nInstall one (Debian: sudo apt install chromium), or set CHROMIUM to the path of yours."
    )


def launch(playwright: Playwright) -> Launched:
    """The browser, started. Raises NoBrowser."""
    found = find()
    return playwright.chromium.launch(
        executable_path=found.path,
        env={**found.env},
        args=[*found.args, *ONE_PROCESS, f"--disable-features={','.join(FEATURES_OFF)}"],
        chromium_sandbox="--no-sandbox" not in found.args,
    )


def _on_path() -> Iterator[Path]:
    found = [path for name in NAMES if (path := shutil.which(name))]
    if not found:
        raise Unavailable(f"no {', '.join(NAMES)}")
    yield from map(Path, found)


def _unpacked_earlier() -> Iterator[Path]:
    program = _home() / "chromium"
    if not program.exists():
        raise Unavailable(f"nothing at {program}")
    yield program


def _from_debian() -> Iterator[Path]:
    if os.geteuid() != 0:
        raise Unavailable("only root can install packages")
    if not shutil.which("apt-get"):
        raise Unavailable("no apt-get here")
    print("No Chromium found: installing Debian's with apt-get (about 80 MB to download).", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # A package list that cannot be renewed is no reason to give up: the one at hand may do.
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, capture_output=True, stdin=subprocess.DEVNULL)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"]
    done = subprocess.run(install, env=quiet, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Unavailable(f"apt-get install did not succeed ({last_line(done.stderr or done.stdout)})")
    yield from _on_path()


def _from_npm() -> Iterator[Path]:
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise Unavailable(f"it holds a program for Linux on x86_64, and this is {sys.platform} on {platform.machine()}")
    home = _home()
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(home.parent).free // 2**20
        if free < ROOM_NEEDED:
            raise Unavailable(f"the disk has {free} MB left and {ROOM_NEEDED} MB are needed")
        print(f"No Chromium found: unpacking the npm package into {home} (70 MB to download).", flush=True)
        package = fetch("@sparticuz/chromium", VERSION, INTEGRITY)
        fresh = home.with_name(f"{home.name}.{os.getpid()}")
        try:
            _unpack(package, fresh)
            if not home.exists():
                fresh.rename(home)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise Unavailable(str(error)) from error
    yield home / "chromium"


WAYS: dict[str, Callable[[], Iterator[Path]]] = {
    "on PATH": _on_path,
    "unpacked earlier": _unpacked_earlier,
    "Debian's package": _from_debian,
    "npm package @sparticuz/chromium": _from_npm,
}


def _home() -> Path:
    var = setting("MESOINFO_VAR", str(BASE_DIR / "var"))
    return Path(var).resolve() / f"chromium-{VERSION}"


def _unpack(package: bytes, into: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:

        def part(name: str) -> bytes:
            member = archive.extractfile(f"package/bin/{name}.br")
            assert member is not None, "the digest was checked, so the package has all its parts"
            return brotli.decompress(member.read())

        into.mkdir()
        (into / "chromium").write_bytes(part("chromium"))
        (into / "chromium").chmod(0o755)
        for name in ("al2023.tar", "fonts.tar"):
            with tarfile.open(fileobj=io.BytesIO(part(name))) as inner:
                inner.extractall(into)


def _surroundings(program: Path) -> dict[str, str]:
    """The unpacked program brings libraries and fonts that a bare machine may lack; others need nothing."""
    home = _home()
    if program.parent != home:
        return {}
    fonts = "".join(f"<dir>{directory}</dir>" for directory in ("/usr/share/fonts", home / "fonts"))
    configuration = home / "fonts.conf"
    configuration.write_text(f"<fontconfig>{fonts}<cachedir>{home / 'font-cache'}</cachedir></fontconfig>\n")
    return {"LD_LIBRARY_PATH": str(home / "lib"), "FONTCONFIG_FILE": str(configuration)}


def _ready(path: Path, env: dict[str, str] | None = None) -> Browser:
    args = list(ARGUMENTS) if _can_be_sandboxed() else [*ARGUMENTS, "--no-sandbox"]
    return Browser(str(path), {**os.environ, **(env or {})}, args)


def _can_be_sandboxed() -> bool:
    if os.geteuid() == 0:  # Chromium refuses to be root inside its sandbox
        return False
    try:
        return subprocess.run(["unshare", "--user", "--map-root-user", "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return sys.platform == "darwin"


def _problem(path: Path, env: dict[str, str] | None = None) -> str:
    """Why this program will not do; nothing if it will. (Ubuntu's chromium-browser may be a note about snap.)"""
    try:
        answer = subprocess.run(
            [path, "--version"], env={**os.environ, **(env or {})}, capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run ({error})"
    if answer.returncode or "Chrom" not in answer.stdout:
        return f"does not say it is Chromium ({last_line(answer.stderr or answer.stdout)})"
    return ""


if __name__ == "__main__":
    try:
        print(f"Browser tests use {find().path}", flush=True)
    except NoBrowser as problem:
        sys.exit(str(problem))
