"""The development database: a real server, private, started when asked for and only then."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import psycopg2
import pytest

from mesoinfo import dev_postgres, dev_postgres_programs
from mesoinfo.dev_postgres_programs import DevPostgresError
from tests.mesoinfo.conftest import directory_all_can_enter


@pytest.fixture(scope="module")
def shared_var():
    with pytest.MonkeyPatch.context() as environment, directory_all_can_enter(environment) as directory:
        yield directory


@pytest.fixture
def running(shared_var):
    """The var directory of a server that runs; these tests share it, to make one database only."""
    dev_postgres.ensure_running()
    return shared_var


def ask(question, **settings):
    connection = psycopg2.connect(dev_postgres.url(), **settings)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(question)
        answer = cursor.fetchone()[0] if cursor.description else None
    connection.close()
    return answer


def server_pid():
    return int((dev_postgres.home() / "data/postmaster.pid").read_text().splitlines()[0])


def start_in_another_process():
    return subprocess.Popen(
        [sys.executable, "-m", "mesoinfo.dev_postgres", "start"],
        cwd=Path(dev_postgres.__file__).parent.parent,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_naming_the_database_starts_nothing_and_writes_nothing(var):
    assert dev_postgres.database_settings()["HOST"] == str(var / "postgres")
    assert not var.exists()


@pytest.mark.whole
def test_several_processes_starting_at_once_share_one_server(var):
    starting = [start_in_another_process() for _ in range(4)]
    said = [process.communicate()[0] for process in starting]
    assert [process.returncode for process in starting] == [0, 0, 0, 0]
    assert sum("made a new database" in words for words in said) == 1
    assert ask("SELECT 1") == 1


def test_the_server_is_private_speaks_on_no_network_and_keeps_what_it_promised(running):
    assert (running / "postgres").stat().st_mode & 0o777 == 0o700
    assert ask("SHOW listen_addresses") == ""
    assert ask("SHOW fsync") == "on"
    assert ask("SHOW synchronous_commit") == "on"
    assert ask("SHOW server_encoding") == "UTF8"


def test_the_log_keeps_no_statement_and_no_row(running):
    with pytest.raises(psycopg2.Error):
        ask("DO $$ BEGIN RAISE EXCEPTION 'refused' USING DETAIL = 'row of Sample Person'; END $$")
    log = (running / "postgres/log").read_text()
    assert "refused" in log
    assert "Sample Person" not in log and "DO $$" not in log


def test_the_role_is_no_superuser_and_can_make_test_databases(running):
    assert ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    ask("CREATE DATABASE another")
    assert ask("SELECT current_database()", dbname="another") == "another"


@pytest.mark.whole
def test_it_starts_again_after_being_killed_with_committed_rows_in_place(running):
    ask("CREATE TABLE kept (words text)")
    ask("INSERT INTO kept VALUES ('still here')")
    killed = server_pid()
    connected = psycopg2.connect(dev_postgres.url())
    os.kill(killed, signal.SIGKILL)
    assert dev_postgres._wait_until(lambda: not dev_postgres._command_line(killed))
    dev_postgres.ensure_running()
    assert ask("SELECT words FROM kept") == "still here"
    connected.close()


def test_a_pid_file_whose_number_belongs_to_another_program_is_no_obstacle(running):
    lock_files = [running / "postgres/data/postmaster.pid", running / "postgres/.s.PGSQL.5432.lock"]
    lines = [lock_file.read_text().splitlines() for lock_file in lock_files]
    dev_postgres.stop()
    for lock_file, (_, *rest) in zip(lock_files, lines, strict=True):
        lock_file.write_text("\n".join([str(os.getppid()), *rest]))
    dev_postgres.ensure_running()
    assert ask("SELECT 1") == 1


@pytest.mark.whole
def test_a_database_deleted_while_it_ran_is_made_anew(running):
    before = server_pid()
    shutil.rmtree(running / "postgres")
    dev_postgres.ensure_running()
    assert ask("SELECT 1") == 1
    assert dev_postgres._servers(dev_postgres.home()) == [server_pid()] != [before]


@pytest.mark.whole
def test_half_a_database_left_by_an_interruption_is_made_anew(var):
    (var / "postgres/data.new/base").mkdir(parents=True)
    (var / "postgres").chmod(0o700)
    dev_postgres.ensure_running()
    assert ask("SELECT 1") == 1
    assert not (var / "postgres/data.new").exists()


def test_stopping_says_what_was_still_connected_and_may_be_repeated(running, capsys):
    connection = psycopg2.connect(dev_postgres.url())
    assert dev_postgres.main(["status"]) == 0
    assert dev_postgres.main(["stop"]) == 0
    assert dev_postgres.main(["stop"]) == 0
    assert dev_postgres.main(["status"]) == 3
    connection.close()
    said = capsys.readouterr().out
    assert "still in use (1 open connection)" in said
    assert said.count("not running") == 2


@pytest.mark.whole
def test_a_path_too_long_for_a_socket_gets_one_elsewhere(var, monkeypatch):
    monkeypatch.setenv("MESOINFO_VAR", str(var / ("deep" * 25)))
    dev_postgres.ensure_running()
    assert dev_postgres.database_settings()["HOST"].startswith("/tmp/mesoinfo-")
    assert ask("SELECT 1") == 1
    dev_postgres.stop()
    Path(dev_postgres.database_settings()["HOST"]).rmdir()


def test_data_of_another_major_version_is_refused_with_a_way_out(var):
    data = var / "postgres/data"
    data.mkdir(parents=True)
    (var / "postgres").chmod(0o700)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(DevPostgresError, match=r"made by PostgreSQL 9, .* Set MESOINFO_PG_BIN to"):
        dev_postgres.ensure_running()
    assert (data / "PG_VERSION").exists()


def test_without_programs_it_says_what_to_install(var, monkeypatch):
    monkeypatch.setenv("MESOINFO_PG_BIN", "/nowhere")
    with pytest.raises(DevPostgresError, match=r"looked at: /nowhere .*apt install postgresql"):
        dev_postgres.ensure_running()


def test_a_full_disk_is_named_before_anything_is_written(var, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 5 * 2**20))
    with pytest.raises(DevPostgresError, match="has 5 MB left"):
        dev_postgres.ensure_running()


def test_a_directory_we_may_not_write_is_named(var, monkeypatch):
    def refuse(path, *arguments):
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as refusing, pytest.raises(DevPostgresError, match=f"No permission to write {var}"):
        refusing.setattr(os, "open", refuse)
        dev_postgres.ensure_running()


def test_a_failed_start_shows_the_end_of_the_log(running):
    dev_postgres.stop()
    configuration = running / "postgres/data/postgresql.auto.conf"
    configuration.write_text("no_such_setting = 1\n")
    with pytest.raises(DevPostgresError, match=r"pg_ctl did not succeed[\s\S]*no_such_setting"):
        dev_postgres.ensure_running()
    configuration.write_text("")


def test_as_root_data_goes_where_the_servers_user_can_reach_it(var, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert dev_postgres.home() == var / "postgres"
    var.parent.chmod(0o700)
    monkeypatch.setattr(dev_postgres, "_server_user", lambda place: pwd.getpwnam("nobody"))
    assert dev_postgres.home().parent.parent == Path("/var/lib/mesoinfo-dev")


@pytest.mark.whole
def test_programs_the_servers_user_cannot_reach_are_copied_for_it(var, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(dev_postgres_programs, "_can_run", lambda directory, user: False)
    said: list[str] = []
    nobody = pwd.getpwnam("nobody")
    programs = dev_postgres_programs.find_programs(
        nobody, copy_to=var / "copies/here", made_by=None, data=var, say=said.append
    )
    assert programs.is_relative_to(var / "copies/here")
    assert (programs / "postgres").stat().st_mode & 0o005 == 0o005
    assert dev_postgres_programs.version_of(programs)
    assert "a copy of it is in" in said[0]
