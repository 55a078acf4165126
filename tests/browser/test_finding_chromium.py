"""The browser for the tests: found in a fixed order, or a list of what was tried; never a skip."""

import os
import sys

import pytest

from tests.browser import chromium

find = chromium.find.__wrapped__  # every test looks anew


def an_npm(tmp_path, does):
    """Puts a command npm on the PATH that does this."""
    path = tmp_path / "bin" / "npm"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch, tmp_path):
    """No browser, no root, nothing unpacked, and an npm that cannot fetch."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("MESOINFO_VAR", str(tmp_path / "var"))
    an_npm(tmp_path, "echo 'nothing answers' >&2; exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


@pytest.fixture
def program(tmp_path):
    """Writes a program of this name on PATH that answers --version with these words."""

    def write(name, words):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\necho '{words}'\n")
        path.chmod(0o755)
        return str(path)

    return write


def test_the_one_named_by_chromium_comes_first(program, monkeypatch):
    program("chromium", "Chromium 1")
    monkeypatch.setenv("CHROMIUM", program("mine", "Chromium 2"))
    assert find().path.endswith("/mine")


def test_a_wrong_chromium_is_refused_rather_than_replaced(program, monkeypatch):
    program("chromium", "Chromium 1")
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(chromium.NoBrowser, match="CHROMIUM is set to /nowhere/chromium, which does not run"):
        find()


def test_a_program_on_path_that_is_no_browser_is_passed_over(program):
    program("chromium-browser", "This command needs the snap to be installed")
    google = program("google-chrome", "Google Chrome 3")
    assert find().path == google


def test_one_unpacked_earlier_brings_its_own_libraries_and_fonts(program, tmp_path):
    unpacked = tmp_path / "var" / f"chromium-{chromium.VERSION}"
    unpacked.mkdir(parents=True)
    os.rename(program("chromium", "Chromium 4"), unpacked / "chromium")
    found = find()
    assert found.path == str(unpacked / "chromium")
    assert found.env["LD_LIBRARY_PATH"] == str(unpacked / "lib")
    assert str(unpacked / "fonts") in (unpacked / "fonts.conf").read_text()


def test_with_none_to_be_had_it_lists_everything_it_tried():
    with pytest.raises(chromium.NoBrowser) as refusal:
        find()
    told = str(refusal.value)
    for way in (
        "$CHROMIUM: not set",
        "on PATH:",
        "unpacked earlier:",
        "Debian's package: only root",
        "npm did not succeed (nothing answers)",
    ):
        assert way in told
    assert "sudo apt install chromium" in told


def test_a_download_that_is_not_what_was_published_is_thrown_away(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(chromium.platform, "machine", lambda: "x86_64")
    an_npm(tmp_path, "echo 'something else' > package.tgz")
    with pytest.raises(chromium.NoBrowser, match="its SHA-512 differs"):
        find()
    assert not list((tmp_path / "var").iterdir())


def test_root_runs_it_without_the_sandbox_that_refuses_root(program, monkeypatch):
    program("chromium", "Chromium 1")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "--no-sandbox" in find().args
