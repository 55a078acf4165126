"""`make run`: one command from nothing to a site that answers, one Ctrl-C to end it, plain words when it cannot."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mesoinfo import dev_environment, dev_postgres, dev_run

# Two programs in one company; `{first}` is what the first does.
COMPANY = """
import sys
from mesoinfo.dev_run import Company
company = Company()
company.start("first", [sys.executable, "-c", "import signal; {first}"])
company.start("second", [sys.executable, "-c", "import signal; {stay}"])
print(*(member.pid for member in company.members.values()), flush=True)
print("event:", company.next_event(), flush=True)
company.stop()
"""
# In one write: unbuffered, print() writes its end separately, and a line of the other may come between.
STAY = "print('ready' + chr(10), end='', flush=True); signal.pause()"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAY


def company_where_the_first(does):
    """A process with a company of two programs."""
    return subprocess.Popen(
        [sys.executable, "-c", COMPANY.format(first=does, stay=STAY)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=dev_environment.BASE_DIR,
    )


def programs_once_ready(process):
    """The numbers of the company's programs, when both have said that they run."""
    return programs_in(process.stdout.readline() for _ in range(3))


def programs_in(lines):
    return [int(number) for line in lines if line[0].isdigit() for number in line.split()]


def is_running(pid):
    try:
        return b"signal.pause" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind((dev_run.HOST, 0))
        listener.listen()
        yield str(listener.getsockname()[1])


@pytest.fixture
def free_port(taken_port):
    with socket.socket() as listener:
        listener.bind((dev_run.HOST, 0))
        return str(listener.getsockname()[1])


def test_a_taken_port_is_said_with_another_to_choose(taken_port):
    with pytest.raises(dev_run.CannotRun, match=rf"Port {taken_port} is taken.*PORT=\d+ make run"):
        dev_run.check_port(taken_port)


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80 80", "²"])
def test_a_port_that_is_no_port_is_said(port):
    with pytest.raises(dev_run.CannotRun, match="Set it to a number from 1 to 65535"):
        dev_run.check_port(port)


def test_the_environment_comes_before_the_file_and_the_file_before_the_default(monkeypatch, tmp_path):
    monkeypatch.setattr(dev_environment, "BASE_DIR", tmp_path)
    monkeypatch.delenv("PORT", raising=False)
    assert dev_environment.setting("PORT", "8000") == "8000"
    (tmp_path / ".env").write_text("# where to listen\nexport PORT='8001'\n")
    assert dev_environment.setting("PORT", "8000") == "8001"
    monkeypatch.setenv("PORT", "8002")
    assert dev_environment.setting("PORT", "8000") == "8002"


def test_make_stop_finds_the_database_where_the_file_puts_it(monkeypatch, tmp_path):
    monkeypatch.setattr(dev_environment, "BASE_DIR", tmp_path)
    monkeypatch.delenv("MESOINFO_VAR", raising=False)
    (tmp_path / ".env").write_text(f"MESOINFO_VAR={tmp_path}/elsewhere\n")
    assert dev_postgres._wanted_home() == tmp_path / "elsewhere/postgres"


@pytest.mark.parametrize("number", dev_run.STOPPING)
def test_each_stopping_signal_ends_all_programs(number):
    process = company_where_the_first(STAY)
    programs = programs_once_ready(process)
    process.send_signal(number)
    told, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "event: stop" in told
    assert not any(map(is_running, programs))


def test_when_one_program_ends_the_other_is_stopped():
    told, _ = company_where_the_first("raise SystemExit(3)").communicate(timeout=30)
    assert "event: first" in told
    assert not any(map(is_running, programs_in(told.splitlines())))


def test_a_second_signal_ends_what_will_not_stop():
    process = company_where_the_first(STUBBORN)
    programs = programs_once_ready(process)
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert "event: stop" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=dev_run.FAREWELL / 2)
    assert not any(map(is_running, programs))


def test_programs_end_even_when_we_are_killed_outright():
    process = company_where_the_first(STAY)
    programs = programs_once_ready(process)
    process.kill()
    process.communicate(timeout=30)  # returns once nobody holds its output, so once all have ended
    assert not any(map(is_running, programs))


def test_static_files_are_collected_when_one_has_changed_and_only_then(settings, tmp_path):
    (tmp_path / "sources").mkdir()
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [tmp_path / "sources"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (tmp_path / "sources/site.css").write_text("a {}")
    assert dev_run.collect_static()
    assert not dev_run.collect_static()
    (tmp_path / "sources/site.css").write_text("a { color: teal }")
    assert dev_run.collect_static()
    assert (tmp_path / "static/site.css").read_text() == "a { color: teal }"


@pytest.mark.parametrize(
    ("database", "words"),
    [
        ("postgres://nobody@127.0.0.1:1/none", "The database does not answer .is DATABASE_URL right"),
        ("sqlite:///somewhere", "DATABASE_URL is not the address of a PostgreSQL database"),
    ],
)
def test_a_wrong_database_url_is_said(database, words, free_port):
    told = start(free_port, DATABASE_URL=database).communicate(timeout=30)[1]
    assert re.search(words, told)
    assert "Traceback" not in told


@pytest.mark.whole
def test_samples_never_reach_the_database_of_a_checkout_that_serves_people(free_port):
    told = start(free_port, MESOINFO_TIER="site", DATABASE_URL="postgres://nobody@127.0.0.1:1/none").communicate(
        timeout=30
    )
    assert "MESOINFO_TIER is site, so this checkout is set up to serve real people" in told[1]


@pytest.mark.whole
def test_from_nothing_to_a_site_that_answers_and_back(var, free_port):
    process = start(free_port)
    assert process.stdout is not None
    told = ""
    while "Ctrl-C" not in told:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        told += line
    assert f"http://localhost:{free_port}/admin/" in told
    assert "medical-reviewer@sample.example" in told
    line = http.client.HTTPConnection(dev_run.HOST, int(free_port))
    line.request("GET", "/readyz")
    assert line.getresponse().status == 200
    line.close()
    process.send_signal(signal.SIGINT)
    assert "Traceback" not in process.communicate(timeout=30)[1]
    assert process.returncode == 0
    dev_run.check_port(free_port)


def start(port, **environment):
    """`make run` after its packages are installed, on this port, with nothing configured but what is given."""
    plain = {name: value for name, value in os.environ.items() if name in ("PATH", "MESOINFO_VAR", "MESOINFO_PG_BIN")}
    return subprocess.Popen(
        [sys.executable, "-m", "mesoinfo.dev_run"],
        cwd=dev_environment.BASE_DIR,
        env={**plain, "PORT": port, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
