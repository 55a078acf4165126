"""The Makefile and what it calls: from a fresh clone, in plain words."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).parent.parent.parent


@pytest.fixture
def clone(tmp_path):
    """A directory with bin/venv, an empty requirements file, and no Python but the one a test writes."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "path").mkdir()
    shutil.copy(BASE_DIR / "bin/venv", tmp_path / "bin")
    (tmp_path / "requirements.txt").touch()
    for tool in ("sh", "dirname", "cmp", "df", "awk", "id", "cat"):
        (tmp_path / "path" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def run_venv(clone, *arguments, **environment):
    return subprocess.run(
        [clone / "bin/venv", *arguments],
        env={"PATH": str(clone / "path"), **environment},
        capture_output=True,
        text=True,
    )


def python_that(clone, does, name="python3"):
    program = clone / "path" / name
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)


def test_help_lists_every_target():
    makefile = (BASE_DIR / "Makefile").read_text()
    listed = subprocess.run(["make", "help"], cwd=BASE_DIR, capture_output=True, text=True).stdout
    targets = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    assert re.findall(r"make (\w+)  ", listed) == targets
    for target in ("run", "test", "check", "fix", "stop", "help", "lock"):
        assert target in targets


def test_a_migration_is_written_under_a_name_and_not_without_one():
    unnamed = {key: value for key, value in os.environ.items() if key != "NAME"}
    refused = subprocess.run(["make", "migrations"], cwd=BASE_DIR, env=unnamed, capture_output=True, text=True)
    assert refused.returncode == 2
    assert "Say what is true after it: make migrations NAME=what_is_taken_out\n" in refused.stderr
    steps = subprocess.run(
        ["make", "--just-print", "migrations", "NAME=what_is_taken_out"], cwd=BASE_DIR, capture_output=True, text=True
    )
    assert 'makemigrations --name "what_is_taken_out"' in steps.stdout


def test_without_python_it_says_what_to_install(clone):
    told = run_venv(clone, "requirements.txt")
    assert told.returncode == 1
    assert "needs Python 3.11 or newer; no Python was found" in told.stderr
    assert "apt install python3 python3-venv" in told.stderr


def test_an_old_python_is_named(clone):
    python_that(clone, 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')
    told = run_venv(clone, "requirements.txt")
    assert told.returncode == 1
    assert "Python 3.9.2 was found" in told.stderr


def test_a_newer_python_under_another_name_is_taken(clone):
    python_that(clone, "exit 1")
    python_that(clone, "exit 0", name="python3.12")
    assert run_venv(clone, "--python").stdout.endswith("/python3.12\n")


def test_a_wrong_python_asked_for_is_refused_rather_than_replaced(clone):
    python_that(clone, "exit 0")
    told = run_venv(clone, "requirements.txt", PYTHON="/nowhere/python")
    assert told.returncode == 1
    assert "PYTHON is set to /nowhere/python" in told.stderr


def test_without_the_venv_module_it_says_which_package_brings_it(clone):
    python_that(clone, 'case "$2" in *ensurepip*) exit 1;; esac')
    told = run_venv(clone, "requirements.txt")
    assert told.returncode == 1
    assert "has no venv module" in told.stderr
    assert "apt install python3-venv" in told.stderr


def test_a_disk_too_full_is_said_before_anything_is_installed(clone):
    (clone / "path/df").unlink()
    python_that(clone, "echo 'Filesystem blocks Used Available Use Mounted'; echo '/dev/x 9 9 51200 99% /'", name="df")
    told = run_venv(clone, "requirements.txt")
    assert told.returncode == 1
    assert "The disk has 50 MB left" in told.stderr


def test_what_is_installed_already_is_left_alone(clone):
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/python").symlink_to("/bin/false")  # would fail if it were called
    shutil.copy(clone / "requirements.txt", clone / ".venv/installed-requirements.txt")
    assert run_venv(clone, "requirements.txt").returncode == 0
