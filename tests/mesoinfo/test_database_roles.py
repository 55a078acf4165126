"""Each process has a database role that may do exactly what mesoinfo/grants.py lists, and can do its work with that."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import site
from django.core.management import CommandError, call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, connection, transaction
from django.db.backends.signals import connection_created
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import Schedule, Task
from django_q.monitor import save_task
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage

from articles.models import Article, FeedbackMessage, Link, Person, PublishedPage, Topic
from articles.publishing.addresses import move
from caseintake import reading, triage
from caseintake.models import Purpose
from citations import lookups
from citations.models import RegisterCheck
from mesoinfo import database_roles, roles, schedule
from mesoinfo.checks import nobody_serves_as_the_owner
from mesoinfo.database_roles import RolesRefused
from mesoinfo.grants import DESK, FETCH, FUNCTIONS, ONLY_THE_OWNERS, OWNER, PROCESSES, ROLES, SITE, TABLES
from mesoinfo.models import User
from tests.articles.links import network
from tests.caseintake.conftest import new_request
from tests.citations.stub_site import pauses, stub
from tests.citations.test_checking import RETRACTION
from tests.citations.test_lookups import DOI, a_work, crossref_says, registers
from tests.conftest import PASSWORD, STAGE_4, member, publish_one, working_in
from tests.databases import drop, make_copy

__all__ = ["network", "pauses", "registers", "stub"]

PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@pytest.fixture(scope="module", autouse=True)
def database(samples: tuple[str, Path], django_db_blocker: Any) -> Iterator[None]:
    """A database of its own with the sample pages, where the roles have been made. What tests commit goes with it."""
    name, place = samples
    own = f"{connection.settings_dict['NAME']}_own_roles"
    with django_db_blocker.unblock():
        make_copy(own, template=name)
        with working_in(own, place):
            create_roles()
            ask(f"GRANT {', '.join(PROCESSES)} TO CURRENT_USER")  # so that the tests may act as each of them
            yield
        drop(own)


def ask(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def create_roles() -> str:
    """Run the command. Returns what it says."""
    said = io.StringIO()
    call_command("create_roles", stdout=said)
    return said.getvalue()


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Inside, every connection has the rights of this role and no others."""

    def become(**kwargs: Any) -> None:
        ask(f"SET ROLE {role}")

    connection.close()
    connection_created.connect(become)
    try:
        yield
    finally:
        connection_created.disconnect(become)
        connection.close()


@contextmanager
def undone() -> Iterator[None]:
    """Inside, what is written is there; afterwards it never was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def all_tables() -> list[str]:
    return [name for (name,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]


def all_functions() -> list[tuple[int, str, bool]]:
    """Number, name, and whether it is a trigger's, of each function of ours."""
    return ask(
        "SELECT p.oid, p.proname, p.prorettype = 'trigger'::regtype FROM pg_proc p"
        " WHERE p.pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    )


def listed(role: str, table: str, privilege: str) -> set[str] | None:
    """The columns on which the list gives this privilege; {"*"} for the whole table, None for nothing."""
    columns: set[str] = set()
    for right in TABLES[role].get(table, ()):
        name, _, some = right.rstrip(")").partition(" (")
        if name == privilege:
            columns |= set(some.split(", ")) if some else {"*"}
    return columns or None


# What each may do


@pytest.mark.parametrize("privilege", PRIVILEGES)
@pytest.mark.parametrize("role", PROCESSES)
def test_on_every_table_a_role_may_do_what_is_listed_and_nothing_else(role, privilege):
    for table in all_tables():
        wanted = listed(role, table, privilege)
        [(whole,)] = ask("SELECT has_table_privilege(%s, %s, %s)", role, f"public.{table}", privilege)
        assert whole == (wanted == {"*"}), f"{role}: {privilege} on {table}"
        if privilege in ("SELECT", "INSERT", "UPDATE", "REFERENCES") and not whole:
            found = ask(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
                " AND has_column_privilege(%s, attrelid, attnum, %s)",
                f"public.{table}",
                role,
                privilege,
            )
            assert {column for (column,) in found} == (wanted or set()), f"{role}: {privilege} on columns of {table}"


@pytest.mark.parametrize("role", PROCESSES)
def test_of_the_functions_a_role_may_call_those_that_are_listed_and_none_of_a_trigger(role):
    for number, name, is_of_a_trigger in all_functions():
        [(may,)] = ask("SELECT has_function_privilege(%s, %s::oid, 'EXECUTE')", role, number)
        assert may == (name in FUNCTIONS[role] and not is_of_a_trigger), f"{role}: {name}"


def test_every_table_and_function_is_named_for_a_role_or_for_the_owner_alone():
    assert database_roles.unnamed("default") == []


def test_the_list_names_nothing_that_is_not_there():
    there = {*all_tables(), *(name for _, name, _ in all_functions())}
    assert ONLY_THE_OWNERS.union(*TABLES.values(), *FUNCTIONS.values()) - there == set()


def test_what_only_the_owner_has_is_given_to_nobody():
    assert not ONLY_THE_OWNERS & set().union(*TABLES.values(), *FUNCTIONS.values())


def test_somebody_belongs_to_the_owner():
    assert ask("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'") == [(OWNER,)]
    assert ask("SELECT DISTINCT sequenceowner FROM pg_sequences WHERE schemaname = 'public'") == [(OWNER,)]
    assert ask("SELECT cfgowner::regrole::text FROM pg_ts_config WHERE cfgname = 'articles_english'") == [(OWNER,)]
    for number, name, _ in all_functions():
        assert ask("SELECT proowner::regrole::text FROM pg_proc WHERE oid = %s", number) == [(OWNER,)], name


def test_nobody_has_a_right_because_everybody_has_it():
    given_to_all = (
        "SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relacl::text ~ '[{,]='",
        "SELECT FROM pg_namespace WHERE nspname = 'public' AND nspacl::text ~ '[{,]='",
        "SELECT FROM pg_database WHERE datname = current_database() AND (datacl IS NULL OR datacl::text ~ '[{,]=')",
    )
    for question in given_to_all:
        assert ask(question) == [], question
    for number, name, _ in all_functions():
        assert ask("SELECT FROM pg_proc WHERE oid = %s AND (proacl IS NULL OR proacl::text ~ '[{,]=')", number) == [], (
            name
        )


@pytest.mark.parametrize("role", PROCESSES)
def test_no_role_draws_numbers_by_itself(role):
    for (sequence,) in ask("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"):
        assert ask("SELECT has_sequence_privilege(%s, %s, 'USAGE, SELECT, UPDATE')", role, sequence) == [(False,)]


@pytest.mark.parametrize("role", ROLES)
def test_no_role_has_rights_that_come_with_a_role(role):
    mighty = "rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
    assert ask(f"SELECT {mighty} FROM pg_roles WHERE rolname = %s", role) == [(False,)]
    assert ask("SELECT roleid::regrole::text FROM pg_auth_members WHERE member::regrole::text = %s", role) == []


def test_what_a_trigger_refuses_to_delete_or_change_cannot_be_asked_for():
    ledgers = ask(
        "SELECT tgrelid::regclass::text FROM pg_trigger"
        " WHERE tgname LIKE 'pgtrigger_append_only_%%' AND NOT tgisinternal"
    )
    assert len(ledgers) > 20
    for (ledger,) in ledgers:
        for role in PROCESSES:
            assert {right.split(" ")[0] for right in TABLES[role].get(ledger, ())} <= {"SELECT", "INSERT"}, ledger


def test_the_site_has_no_right_on_requests_accounts_sessions_queues_and_ledgers():
    for table in TABLES[SITE]:
        assert not re.match("caseintake|auth|axes|django_q|django_session|pghistory|mesoinfo_auditentry", table), table
    assert TABLES[SITE]["mesoinfo_user"] == {"SELECT (id)"}


def test_the_fetch_worker_has_no_right_on_requests_accounts_and_sessions():
    for table in TABLES[FETCH]:
        assert not re.match("caseintake|auth|axes|django_session|mesoinfo_user|articles_revision", table), table


# What PostgreSQL says when one tries

TRIED_BY_ALL = (
    "CREATE TABLE public.mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE ROLE mine",
    "DROP TABLE articles_topic",
    "TRUNCATE mesoinfo_auditentry",
    "ALTER TABLE mesoinfo_auditentry DISABLE TRIGGER USER",
    "ALTER TABLE mesoinfo_auditentry ADD COLUMN mine int",
    "CREATE TRIGGER mine BEFORE INSERT ON articles_feedback EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
    " LANGUAGE sql AS 'SELECT true'",
    "SET session_replication_role = replica",
    "ALTER ROLE mesoinfo_site SUPERUSER",
    "SELECT articles_rebuild_search()",
    "SELECT nextval('mesoinfo_auditentry_id_seq')",
    "UPDATE mesoinfo_auditentry SET action = 'nothing'",
    "DELETE FROM mesoinfo_auditentry",
    "INSERT INTO citations_sourceevent DEFAULT VALUES",
    "INSERT INTO articles_searchword VALUES ('mine', 'mine', 1)",
    "COPY articles_topic TO PROGRAM 'cat'",
)
TRIED_BY_THE_SITE = (
    "SELECT ciphertext FROM articles_feedbackmessage",
    "SELECT * FROM articles_feedback",
    "DELETE FROM articles_feedbackmessage",
    "SELECT text FROM articles_revision",
    "SELECT canonical FROM articles_block",
    "SELECT number FROM articles_credential",
    "SELECT reason FROM articles_takedown",
    "SELECT password FROM mesoinfo_user",
    "SELECT email FROM mesoinfo_user",
    "SELECT * FROM django_session",
    "SELECT * FROM django_q_ormq",
    "SELECT * FROM mesoinfo_auditentry",
    "SELECT * FROM caseintake_submission",
    "SELECT * FROM caseintake_sealedpayload",
    "INSERT INTO caseintake_submission DEFAULT VALUES",
    "UPDATE articles_article SET page_state = 'live'",
    "UPDATE mesoinfo_sitesettings SET phone = '1'",
)
TRIED_BY_THE_FETCH_WORKER = (
    "SELECT * FROM caseintake_submission",
    "SELECT id FROM mesoinfo_user",
    "SELECT * FROM django_session",
    "SELECT facts FROM mesoinfo_auditentry",
    "UPDATE citations_source SET key = 'mine'",
    "UPDATE articles_article SET page_state = 'live'",
)
TRIED_BY_THE_DESK = (
    "DELETE FROM articles_signoff",
    "UPDATE articles_publishedpage SET body_html = ''",
    "DELETE FROM caseintake_accessevent",
    "DELETE FROM mesoinfo_user",
    "INSERT INTO articles_redirect DEFAULT VALUES",
    "UPDATE auth_group SET name = 'mine'",
    "INSERT INTO auth_group_permissions DEFAULT VALUES",
    "INSERT INTO articles_feedback DEFAULT VALUES",
)
TRIED = [
    *((role, statement) for role in PROCESSES for statement in TRIED_BY_ALL),
    *((SITE, statement) for statement in TRIED_BY_THE_SITE),
    *((FETCH, statement) for statement in TRIED_BY_THE_FETCH_WORKER),
    *((DESK, statement) for statement in TRIED_BY_THE_DESK),
]


@pytest.mark.parametrize(("role", "statement"), TRIED)
def test_postgresql_refuses_what_is_not_listed(role, statement):
    with acting_as(role), pytest.raises(DatabaseError) as refusal:
        ask(statement)
    # Who owns a thing is asked before who has a right on it, and SET has a sentence of its own.
    assert re.search("permission denied|must be owner", str(refusal.value))


# Setting it up


def test_run_again_it_changes_nothing_and_says_so():
    assert create_roles() == "Nothing to change: the roles have exactly their rights.\n"


def test_it_says_what_it_changed():
    ask("GRANT UPDATE, TRUNCATE ON articles_topic TO mesoinfo_site")
    ask("GRANT SELECT ON mesoinfo_user TO mesoinfo_site")  # where it may read one column
    ask("GRANT SELECT (email) ON mesoinfo_user TO PUBLIC")
    ask("REVOKE SELECT ON articles_topic, articles_article FROM mesoinfo_site")
    ask("GRANT SELECT ON articles_person TO mesoinfo_site WITH GRANT OPTION")
    assert create_roles().splitlines() == [
        "everybody lost SELECT on mesoinfo_user.email.",
        "mesoinfo_site lost SELECT on articles_person, mesoinfo_user.",
        "mesoinfo_site lost TRUNCATE on articles_topic.",
        "mesoinfo_site lost UPDATE on articles_topic.",
        "mesoinfo_site was given SELECT on articles_article, articles_person, articles_topic.",
    ]
    assert create_roles().startswith("Nothing to change")


def test_a_table_that_nobody_named_is_closed_to_all_and_told_of():
    with undone():
        ask("CREATE TABLE articles_new (id int)")
        ask("CREATE FUNCTION articles_newer() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        ask("GRANT SELECT ON articles_new TO mesoinfo_site")
        with pytest.raises(CommandError) as told:
            create_roles()
        assert "The table articles_new is named for no role: list it in mesoinfo/grants.py" in str(told.value)
        assert "The function articles_newer is named for no role" in str(told.value)
        for role in PROCESSES:
            assert ask("SELECT has_any_column_privilege(%s, 'articles_new', 'SELECT')", role) == [(False,)]
            assert ask("SELECT has_function_privilege(%s, 'articles_newer()', 'EXECUTE')", role) == [(False,)]


def test_after_a_migration_the_grants_are_as_listed_and_what_is_new_belongs_to_the_owner():
    ask("REVOKE SELECT ON articles_topic FROM mesoinfo_site")
    ask("GRANT DELETE ON articles_topic TO mesoinfo_desk")
    ask("ALTER TABLE articles_topic OWNER TO CURRENT_USER")
    call_command("migrate", verbosity=0)
    test_somebody_belongs_to_the_owner()
    assert create_roles().startswith("Nothing to change")


def test_the_owner_can_migrate():
    ask("REVOKE SELECT ON articles_topic FROM mesoinfo_site")
    with acting_as(OWNER):
        call_command("migrate", verbosity=0)
    assert create_roles().startswith("Nothing to change")


def test_what_the_owner_cannot_take_back_stops_a_migration_with_a_sentence():
    [(database,)] = ask("SELECT quote_ident(current_database())")
    ask(f"GRANT TEMPORARY ON DATABASE {database} TO PUBLIC")
    with acting_as(OWNER), pytest.raises(CommandError, match=r"not all grants are set.*create_roles as a superuser"):
        call_command("migrate", verbosity=0)
    assert create_roles() == f"everybody lost TEMPORARY on {database}.\n"


def test_a_database_where_they_were_never_made_keeps_its_one_role():
    with undone():
        ask("ALTER TABLE django_migrations OWNER TO CURRENT_USER")
        ask("REVOKE SELECT ON articles_topic FROM mesoinfo_site")
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
        assert ask("SELECT has_table_privilege('mesoinfo_site', 'articles_topic', 'SELECT')") == [(False,)]


def test_the_database_may_belong_to_the_owner_too():
    [(database,)] = ask("SELECT quote_ident(current_database())")
    with undone():
        ask(f"ALTER DATABASE {database} OWNER TO mesoinfo_owner")
        assert create_roles().startswith("Nothing to change")


def test_without_the_right_to_it_is_refused_with_what_to_do():
    with (
        acting_as(SITE),
        pytest.raises(CommandError, match="create_roles as a superuser, or as the owner"),
    ):
        create_roles()


def test_grants_are_set_altogether_or_not_at_all():
    ask("REVOKE SELECT ON articles_topic FROM mesoinfo_site")
    with acting_as(DESK), pytest.raises(RolesRefused, match="superuser"):
        database_roles.set_grants("default", tell=pytest.fail)
    assert "mesoinfo_site was given SELECT on articles_topic." in create_roles()


@pytest.mark.parametrize(
    ("mighty", "sentence"),
    [
        ("ALTER ROLE mesoinfo_fetch CREATEDB", "mesoinfo_fetch may do more than a process should"),
        ("GRANT mesoinfo_owner TO mesoinfo_site", "mesoinfo_site has all rights of mesoinfo_owner too"),
    ],
)
def test_a_role_with_rights_past_the_list_is_refused(mighty, sentence):
    with undone():
        ask(mighty)
        with pytest.raises(CommandError, match=sentence):
            create_roles()


def test_of_two_databases_that_make_a_role_at_once_one_makes_it_and_the_other_goes_on():
    """Roles belong to all databases of a server."""

    def make(_: int) -> bool:
        try:
            return database_roles._among_others(connection, "CREATE ROLE mesoinfo_made_at_once")
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(make, range(4))) == [False, False, False, True]
    finally:
        ask("DROP ROLE mesoinfo_made_at_once")


def test_in_production_a_process_that_logs_in_as_the_owner_is_warned_of(settings):
    settings.DEVELOPMENT = False
    with acting_as(OWNER):
        [warning] = nobody_serves_as_the_owner(databases=["default"])
    assert "logs in to the database as mesoinfo_owner" in warning.msg
    for role in PROCESSES:
        with acting_as(role):
            assert nobody_serves_as_the_owner(databases=["default"]) == []


# Passwords

SECRET = "correct horse battery staple, ünïcode"


@pytest.fixture
def no_password_stays() -> Iterator[None]:
    yield
    ask("ALTER ROLE mesoinfo_fetch PASSWORD NULL")


def test_a_password_reaches_neither_the_server_nor_the_screen(no_password_stays, monkeypatch):
    statements: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(f"{sql} {params}")
        return execute(sql, params, many, context)

    monkeypatch.setenv("MESOINFO_FETCH_PASSWORD", SECRET)
    with connection.execute_wrapper(watch):
        said = create_roles()
    assert said == "Set the password of mesoinfo_fetch.\n"
    assert SECRET not in "".join(statements)
    [verifier] = re.findall(r"PASSWORD '(SCRAM-SHA-256\$[^']+)'", "".join(statements))
    assert opens(SECRET, verifier)
    assert not opens("something else", verifier)


def opens(password: str, verifier: str) -> bool:
    """Whether PostgreSQL, which stores this, would let in whoever knows the password (RFC 5803)."""
    _, count_and_salt, keys = verifier.split("$")
    count, salt = count_and_salt.split(":")
    stored, _ = keys.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(count))
    client = hmac.digest(salted, b"Client Key", "sha256")
    return base64.b64encode(hashlib.sha256(client).digest()).decode() == stored


# The site at work


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/mesothelioma/",
        "/mesothelioma/stage-4/",
        "/mesothelioma/stage-4/references.ris",
        "/search/?q=breath",
        "/search/?q=mesotheliona&topic=mesothelioma",
        "/search/?q=nothing+of+the+kind",
        "/search/suggestions/?q=plu",
        "/glossary/",
        "/glossary/mesothelioma/",
        "/people/",
        "/advocates/",
        "/site-map/",
        "/sitemap.xml",
        "/sitemap-pages.xml",
        "/sitemap-people.xml",
        "/sitemap-topics.xml",
        "/feed/",
        "/feedback/",
        "/images/share.png",
        "/images/share/mesothelioma/stage-4.png",
        "/free-case-review/",
        "/robots.txt",
        "/healthz",
        "/readyz",
    ],
)
def test_the_site_answers_with_its_own_rights(address, log):
    with acting_as(SITE):
        assert Client().get(address).status_code == 200
    assert " ERROR " not in log.getvalue()


def test_the_site_shows_everybody_whom_pages_name():
    for slug in Person.objects.values_list("slug", flat=True):
        with acting_as(SITE):
            assert Client().get(f"/people/{slug}/").status_code == 200


def test_the_site_says_what_is_not_there():
    with acting_as(SITE):
        assert Client().get("/mesothelioma/nowhere/").status_code == 404


def test_the_site_takes_in_what_readers_say_and_cannot_read_it_again(keys):
    page = PublishedPage.objects.live().get(article__address=STAGE_4)
    sent = {"page": page.pk, "helpful": "no", "words": "Where do I find a doctor?"}
    with acting_as(SITE):
        for _ in range(2):  # the second time it knows that it was sent before
            answer = Client().post("/feedback/", sent, headers={"Origin": "http://testserver"})
            assert answer.headers["Location"] == f"/feedback/thank-you/?page={page.pk}"
            assert Client().get(answer.headers["Location"]).status_code == 200
    message = FeedbackMessage.objects.get()
    assert not message.feedback.helpful


# The desk and its worker at work


@pytest.fixture
def at_the_desk() -> Iterator[Client]:
    """A superuser who signed in as people do."""
    client = Client()
    with acting_as(DESK):
        if not User.objects.filter(email="root@roles.example").exists():
            User.objects.create_superuser("root@roles.example", PASSWORD, name="The superuser")
        wrong = {"username": "root@roles.example", "password": "not this"}
        assert client.post("/admin/login/", wrong).status_code == 200
        assert client.post("/admin/login/", wrong | {"password": PASSWORD}).status_code == 302
        yield client
        assert client.post("/admin/logout/").status_code in (200, 302)


def test_the_desk_shows_its_screens(at_the_desk):
    somebody = User.objects.get(email="root@roles.example")
    for role in roles.ROLES:
        if not somebody.groups.filter(name=role).exists():
            roles.appoint(somebody, role, by=None, witnesses=("the tests",))
    assert at_the_desk.get("/admin/").status_code == 200
    shown = 0
    for model in site._registry:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for more in ("", "?q=a", "add/"):
            status = at_the_desk.get(address + more).status_code
            # Some lists lead elsewhere, and to some nobody adds by hand.
            assert status in (200, 302, 403, 404), f"{address}{more}: {status}"
            shown += status == 200
        if first := model._default_manager.first():
            status = at_the_desk.get(f"{address}{first.pk}/change/").status_code
            assert status in (200, 302, 403, 404), f"{address}{first.pk}/change/: {status}"
    assert shown > 30


def test_what_the_desk_writes_reviews_and_publishes_readers_find():
    with acting_as(DESK):
        publish_one("mesothelioma/snoring", "# Snoring\n\nWhat helps.\n\n## One\n\nSleep on a side.\n")
    with acting_as(SITE):
        assert b"Sleep on a side." in Client().get("/mesothelioma/snoring/").content
        # The tables of search were written by a trigger, with the rights of the owner.
        assert b"/mesothelioma/snoring/" in Client().get("/search/?q=snoring").content
    with acting_as(DESK):
        article = Article.objects.get(address="mesothelioma/snoring")
        move(
            article,
            topic=Topic.objects.get(slug="mesothelioma"),
            name="snores",
            reason="Shorter.",
            by=member("publisher"),
        )
    with acting_as(SITE):
        assert Client().get("/mesothelioma/snoring/").headers["Location"] == "/mesothelioma/snores/"


def test_histories_are_written_although_nobody_may_write_them():
    with acting_as(DESK):
        person = Person.objects.create(slug="somebody-else", name="Somebody", job_title="Writer", employer="A house")
        Person.objects.filter(pk=person.pk).update(name="Somebody Else")
    names = ask("SELECT name FROM articles_personevent WHERE pgh_obj_id = %s ORDER BY pgh_id", person.pk)
    assert names == [("Somebody",), ("Somebody Else",)]


def test_the_desk_works_on_requests(keys):
    submission = new_request()
    with acting_as(DESK):
        advocate = member("advocate")
        triage.claim(submission, by=advocate)
        submission.refresh_from_db()
        [words] = reading.open_case(submission, by=advocate, purpose=Purpose.WORKING)
    assert words.answers["name"] == "Canaryname Ünicorn"


@pytest.mark.usefixtures("keys", "outside")
@pytest.mark.parametrize("sweep", schedule.SWEEPS.values())
def test_the_worker_sweeps_with_the_rights_of_the_desk(sweep):
    with acting_as(DESK):
        import_string(sweep)()


def test_the_fetch_worker_sweeps_with_its_own_rights(network, registers):
    with acting_as(DESK):
        batch = lookups.ask("DOI", DOI, by=None)
    crossref_says(registers, a_work(**{"updated-by": [RETRACTION]}))
    for sweep in schedule.FETCH_SWEEPS.values():
        with acting_as(FETCH):
            import_string(sweep)()
    batch.refresh_from_db()
    assert batch.state == "read"
    assert RegisterCheck.objects.exists()
    assert Link.objects.filter(asked_at__isnull=False).exists()


@pytest.mark.whole
@pytest.mark.parametrize("role", [DESK, FETCH])
def test_a_cluster_of_workers_runs_with_the_rights_of_its_process(role, log):
    """What django-q asks of its tables: what is due is queued, taken, done, noted down, and old notes are forgotten."""
    Schedule.objects.update(next_run=timezone.now(), cluster=None)
    with acting_as(role):
        broker = get_broker()
        broker.purge_queue()
        scheduler(broker)
        [(number, package), *_] = broker.dequeue()
        task = SignedPackage.loads(package) | {
            "started": timezone.now(), "stopped": timezone.now(), "success": True, "result": None,
        }  # fmt: skip
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Conf, "SAVE_LIMIT", 1)
            save_task(task, broker)
            save_task(task | {"id": "another", "name": "another"}, broker)
        broker.acknowledge(number)
    assert Task.objects.count() == 1
    assert " ERROR " not in log.getvalue()
