"""The Nu HTML checker: fetched once, exactly as published, or a sentence that says why not; never a skip."""

import pytest

from tests.browser import npm, vnu


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch, tmp_path):
    """No checker yet, and nobody to fetch it from."""
    monkeypatch.setenv("MESOINFO_VAR", str(tmp_path / "var"))
    an_npm(monkeypatch, tmp_path, "echo 'nothing answers' >&2; exit 1")


def an_npm(monkeypatch, tmp_path, does):
    """The only command on the PATH is an npm that does this."""
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def test_one_fetched_earlier_is_used(tmp_path):
    program = tmp_path / "var" / f"vnu-{vnu.VERSION}.jar"
    program.parent.mkdir()
    program.write_bytes(b"a program")
    assert vnu.find() == program


def test_with_none_to_be_had_it_says_why_and_what_to_do():
    with pytest.raises(vnu.NoChecker, match=r"vnu-jar .* could not be had: npm did not succeed \(nothing answers\)"):
        vnu.find()


def test_a_download_that_is_not_what_was_published_is_thrown_away(monkeypatch, tmp_path):
    an_npm(monkeypatch, tmp_path, "echo 'something else' > package.tgz")
    with pytest.raises(vnu.NoChecker, match="its SHA-512 differs"):
        vnu.find()
    assert not list(tmp_path.glob("var/*"))


def test_a_program_that_does_not_run_is_told_apart_from_a_page_without_errors(tmp_path):
    program = tmp_path / "var" / f"vnu-{vnu.VERSION}.jar"
    program.parent.mkdir()
    program.write_bytes(b"no program")
    with pytest.raises(vnu.NoChecker, match="does not run"):
        vnu.check([tmp_path / "page.html"])


def test_where_there_is_no_npm_pip_brings_one(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(npm, "run", lambda command, cwd: asked.append(command))
    node, script = npm.command(tmp_path)
    assert asked[0][1:4] == ["-m", "pip", "install"]
    assert "--require-hashes" in asked[0]
    assert node.endswith("bin/node") and script.endswith("npm-cli.js")
