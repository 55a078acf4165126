"""The cast: one person per role, a small library, and a page at each stage of its life."""

from __future__ import annotations

import gc
import io
import json
import logging
import os
import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test import Client, TransactionTestCase, override_settings
from pytest_django import Settings

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import (
    Article,
    Byline,
    BylineRole,
    Credential,
    Disclosure,
    Interest,
    Kind,
    Offer,
    Person,
    PublishedPage,
    ReviewScope,
    Revision,
    RevisionStatus,
    SignOff,
    Topic,
)
from articles.publishing.images import ENCODINGS
from articles.publishing.publish import publish
from articles.review import drafting, signing
from articles.review.coverage import unsigned_blocks
from articles.review.taking_out import taken_out_by
from citations import style
from citations.importing import import_csl
from citations.models import Source
from citations.style import format_entries
from mesoinfo import dev_postgres, roles, vault
from mesoinfo.dev_postgres_programs import DevPostgresError
from mesoinfo.logs import Discreet
from mesoinfo.models import User
from tests.databases import Migrated, drop, make_copy, make_migrated
from tests.in_its_role import in_the_role_that_answers, make_roles
from tests.of_the_run import for_all_of_the_run
from tests.on_record import Watch, is_step_of_the_desk

PublishPage = Callable[..., PublishedPage]
Tell = Callable[[str], None]
MakeOnce = Callable[[Callable[[], object]], None]
WITHOUT_TOPIC = (Kind.PAGE, Kind.GLOSSARY_TERM)

PASSWORD = "a long enough password"  # of everybody
AGREED = date(2026, 11, 2)  # the day when whoever is quoted agreed to it
STAGE_4 = "mesothelioma/stage-4"
PAGE = """# Stage 4 mesothelioma

What stage 4 means, and what can help.

::offer case-review

## Symptoms

You may feel short of breath.

Most people cough.

## Treatment

One study described a trial of two drugs [@trial2020].

:::checklist
- Write down your questions
- Bring somebody with you
:::
"""
EFFUSION = """# Fluid around the lung (pleural effusion)

Fluid has gathered around a lung.

It can be drained.
"""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of tests are collected by now: nobody needs to look through them for garbage again and again, nor for
    that of the tests as often as is usual.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Tells a figure that a proof found. It stands at the end of the run, below the file of the proof."""
    return lambda figure: record_property("figure", figure)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the proofs found: how many cases of each file passed, and the figures that they told."""
    cases: dict[str, list[pytest.TestReport]] = {}
    for report in terminalreporter.getreports("passed"):
        cases.setdefault(report.nodeid.partition("::")[0], []).append(report)
    for path, reports in sorted(cases.items()):
        figures = [figure for report in reports for name, figure in report.user_properties if name == "figure"]
        if figures or path.startswith("tests/proofs/"):
            terminalreporter.write_line(f"{path}: {len(reports):,} passed")
            for figure in figures:
                terminalreporter.write_line(textwrap.indent(str(figure), "    "))


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that the processes of this run of the tests have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_test_environment: None, django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any, run: Path
) -> Iterator[None]:
    """Before the first test that needs a database: one that runs, unless DATABASE_URL names another, with all migrated
    that the tests' own are copies of. The first process of a run migrates, for all; the others test meanwhile.
    """
    from django.conf import settings
    from django.db import DatabaseError, connection

    try:
        if dev_postgres.is_used_by(settings.DATABASES["default"]):
            dev_postgres.ensure_running()
        # As the test database is made: the one that DATABASE_URL names need not exist.
        with django_db_blocker.unblock(), connection._nodb_cursor():
            pass
    except DevPostgresError as problem:
        pytest.exit(str(problem), returncode=1)
    except DatabaseError as error:
        pytest.exit(f"The database does not answer (is DATABASE_URL right?): {str(error).strip()}", returncode=1)
    name = f"test_{connection.settings_dict['NAME']}_migrated"
    with (
        django_db_blocker.unblock(),
        for_all_of_the_run(run, "migrated", make=lambda: make_migrated(name), end=lambda: drop(name)),
        patch.dict(connection.settings_dict["TEST"], {"TEMPLATE": name}),
        django_db_blocker.block(),
    ):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database has its roles. What a test commits is wiped after it: by Migrated.restore instead of a flush."""
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # not for everybody

    def anew(case: TransactionTestCase) -> None:
        flush(case)
        make_roles()  # a flush ends as a migration does: with the grants of the product, and without the tests' own

    with django_db_blocker.unblock():
        make_roles()
        migrated = Migrated()

    def restore(case: TransactionTestCase) -> None:
        migrated.restore(lambda: anew(case))

    with patch.object(TransactionTestCase, "_fixture_teardown", restore):
        yield


@pytest.fixture(autouse=True)
def steps_of_the_desk_are_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test does on the desk is in the audit ledger, if it wrote anything and was not refused."""
    ask = Client.request

    def watched(client: Client, **request: Any) -> Any:
        if not is_step_of_the_desk(request["REQUEST_METHOD"], request["PATH_INFO"]):
            return ask(client, **request)
        watch = Watch()
        with connection.execute_wrapper(watch):
            answer = ask(client, **request)
        assert answer.status_code >= 400 or not watch.off_the_record, (
            f"POST {request['PATH_INFO']} wrote to {', '.join(sorted(watch.off_the_record))} without an audit entry"
        )
        return answer

    monkeypatch.setattr(Client, "request", watched)


@pytest.fixture(autouse=True)
def each_process_has_its_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test asks of the site or the desk is answered with the rights of that process in the database."""
    ask = Client.request

    def in_its_role(client: Client, **request: Any) -> Any:
        with in_the_role_that_answers(request["PATH_INFO"]):
            return ask(client, **request)

    monkeypatch.setattr(Client, "request", in_its_role)


@pytest.fixture(scope="session", autouse=True)
def django_is_set_up_once() -> Iterator[None]:
    """A command called in a test would set it up again, and leave the logs with a stream that ends with the test."""
    with patch("django.setup"):
        yield


@pytest.fixture(scope="session", autouse=True)
def pictures_are_drawn_quickly() -> Iterator[tuple[str, dict[str, Any]]]:
    """In a fifth of the time, and a little worse; the best format is still the smallest. As the settings do with
    passwords. Gives how the product draws them.
    """
    as_the_product_does = ENCODINGS["avif"]
    with patch.dict(ENCODINGS, avif=("AVIF", {"quality": 40, "speed": 8})):
        yield as_the_product_does


@pytest.fixture(scope="session", autouse=True)
def entries_are_set_once() -> Iterator[None]:
    """The same few sources are saved in thousands of tests: their entries are set once, and then remembered. Tests of
    the entries themselves call `format_entries` by its own name, which remembers nothing.
    """
    known: dict[str, dict[str, str]] = {}

    def remembered(items: Iterable[Mapping[str, Any]], *options: str) -> dict[str, str]:
        records = list(items)
        asked = json.dumps([records, options], sort_keys=True, default=str)
        if asked not in known:
            known[asked] = format_entries(records, *options)
        return dict(known[asked])

    with patch.object(style, "format_entries", remembered):
        yield


@contextmanager
def without_triggers(table: str) -> Iterator[None]:
    """Inside, the triggers of `table` sleep, so that a check behind them can be seen to hold by itself."""
    _alter(table, "DISABLE")
    yield
    _alter(table, "ENABLE")


def _alter(table: str, what: str) -> None:
    connection.check_constraints()  # a table with checks that still wait for the end cannot be altered
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} {what} TRIGGER USER")


def a_user(role: str | None = None, **fields: object) -> User:
    """A member of staff in this role."""
    name = role or "nobody in particular"
    user = User.objects.create_user(
        str(fields.pop("email", _email_of(name))),
        "a long enough password",
        name=str(fields.pop("name", f"The {name}")),
        **fields,
    )
    if role:
        roles.appoint(user, role, by=None, witnesses=("the tests",))
    return user


def member(role: str) -> User:
    """The one member of staff in this role, made when first asked for."""
    return User.objects.filter(email=_email_of(role)).first() or a_user(role)


def _email_of(role: str) -> str:
    return f"{role.replace(' ', '.')}@example.org"


def a_reviewer(
    email: str, *, verified_by: User, scope: Topic | None = None, is_specialist: bool = False, **credential: object
) -> User:
    """A medical reviewer with a verified credential, interests declared, and a scope: every page, or one topic."""
    user = a_user("medical reviewer", email=email, name=email.split("@")[0])
    person = Person.objects.create(
        slug=email.split("@")[0].replace(".", "-"),
        name=user.name,
        job_title="Physician",
        employer="A hospital",
        bio="Treats people with this illness.",
        user=user,
    )
    Credential.objects.create(person=person, title="Licensed physician", issuer="A state board", **credential).verify(
        by=verified_by
    )
    Interest.objects.create(person=person, statement="None to declare.", declared_by=user)
    ReviewScope.objects.create(person=person, topic=scope, is_specialist=is_specialist, granted_by=verified_by)
    return user


def sign_all(revision: Revision, reviewer: User, *, except_for: tuple[str, ...] = ()) -> list[SignOff]:
    """Sign what still needs it, as the review screen would, but the blocks with these keys."""
    unsigned = {block.digest for block in unsigned_blocks(revision)}
    blocks = {
        block.digest: block
        for block in compile_page(revision.text, for_text(revision.text, revision.article)).blocks
        if block.key not in except_for and block.digest in unsigned
    }
    tokens = [signing.issue_token(reviewer, revision, block) for block in blocks.values()]
    tokens += [
        signing.issue_token(reviewer, revision, taken_out)
        for taken_out in taken_out_by(revision)
        if taken_out.digest in unsigned
    ]
    return signing.sign_blocks(revision, tokens=tokens, by=reviewer)


def sign_one(revision: Revision, *, token: str, by: User) -> SignOff:
    """Sign the one block that the token was issued for."""
    return signing.sign_blocks(revision, tokens=[token], by=by)[0]


@contextmanager
def working_in(database: str, place: Path) -> Iterator[None]:
    """Inside, every thread works in this database, and files go to `place`."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database  # the same dictionary for all threads
    try:
        with override_settings(VAR_DIR=place, MEDIA_ROOT=place / "media"):
            yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@pytest.fixture(scope="session")
def samples(django_db_setup: None, django_db_blocker: Any, run: Path) -> Iterator[tuple[str, Path]]:
    """A database with the sample pages, and the place of its files: the first process of a run that needs them fills
    it, for all; the last one drops it.
    """
    template = connection.settings_dict["TEST"]["TEMPLATE"]
    name, place = f"{template}_samples", run / "samples"

    def fill() -> None:
        make_copy(name, template=template)
        with working_in(name, place):
            call_command("load_sample_content", verbosity=0)

    def end() -> None:
        drop(name)
        shutil.rmtree(place)

    with (
        django_db_blocker.unblock(),
        for_all_of_the_run(run, "samples", make=fill, end=end),
        django_db_blocker.block(),
    ):
        yield name, place


@pytest.fixture(scope="module")
def sample_pages(samples: tuple[str, Path], django_db_blocker: Any) -> Iterator[Path]:
    """The sample pages, for the tests of a module: a copy, so that what they leave there reaches no other module.

    The path is where `media` has the pictures.
    """
    name, place = samples
    own = f"{connection.settings_dict['NAME']}_own_samples"
    with django_db_blocker.unblock():
        make_copy(own, template=name)
        with working_in(own, place):
            yield place
        drop(own)


@pytest.fixture(scope="session")
def desk_key() -> vault.PrivateKey:
    return vault.generate()


@pytest.fixture
def keys(settings: Settings, tmp_path: Path, desk_key: vault.PrivateKey) -> Path:
    """The desk's key pair, a place for the day's key of repeats, and a spool, of this test alone."""
    settings.KEY_DIR = tmp_path / "keys"
    settings.KEY_DIR.mkdir()
    settings.SPOOL_DIR = tmp_path / "spool"
    settings.DESK_PUBLIC_KEY = settings.KEY_DIR / "desk.public"
    settings.DESK_PRIVATE_KEY = settings.KEY_DIR / "desk.private"
    settings.DESK_PUBLIC_KEY.write_text(vault.key_text(desk_key.public))
    settings.DESK_PRIVATE_KEY.write_text(vault.key_text(desk_key))
    settings.DESK_PRIVATE_KEY.chmod(0o600)
    return settings.KEY_DIR


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything any logger says, as the site writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Discreet("{asctime} {levelname} {name}: {message}", style="{"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    quiet = {name: logging.getLogger(name) for name in ("django.request", "axes")}
    for logger in quiet.values():
        logger.addHandler(handler)
    yield stream
    for logger in (root, *quiet.values()):
        logger.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A transaction around all tests of a module, each of which has a savepoint of its own in it: what fixtures of the
    module save in it is made once. Not beside tests that commit.
    """
    # A run that marks no test with django_db has no database of its own.
    assert connection.settings_dict["NAME"].startswith("test_"), "Mark the tests of this module with django_db."
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def writer(db: None) -> User:
    return member("writer")


@pytest.fixture
def editor(db: None) -> User:
    return member("editor")


@pytest.fixture
def medical_lead(db: None) -> User:
    return member("medical lead")


@pytest.fixture
def reviewer(db: None) -> User:
    return the_reviewer()


def the_reviewer() -> User:
    email = "reviewer@example.org"
    return User.objects.filter(email=email).first() or a_reviewer(email, verified_by=member("medical lead"))


@pytest.fixture
def second_reviewer(medical_lead: User) -> User:
    """A specialist: the one of two who sign a page of high risk."""
    return a_reviewer("second.reviewer@example.org", verified_by=medical_lead, is_specialist=True)


@pytest.fixture
def publisher(db: None) -> User:
    return member("publisher")


@pytest.fixture
def topic(db: None) -> Topic:
    return the_topic()


def the_topic() -> Topic:
    return Topic.objects.get_or_create(
        slug="mesothelioma", defaults={"name": "Mesothelioma", "summary": "About this cancer."}
    )[0]


@pytest.fixture
def author(db: None) -> Person:
    return the_author()


def the_author() -> Person:
    about = {"name": "An author", "job_title": "Medical writer", "employer": "The publisher", "bio": "Writes."}
    return Person.objects.get_or_create(slug="an-author", defaults=about)[0]


@pytest.fixture
def source(db: None) -> Source:
    return the_source()


def the_source() -> Source:
    return Source.objects.filter(key="trial2020").first() or _a_source()


def _a_source() -> Source:
    import_csl(
        [
            {
                "id": "trial2020",
                "type": "article-journal",
                "title": "Two drugs for mesothelioma: a trial",
                "author": [{"family": "Writer", "given": "A."}],
                "container-title": "A Journal",
                "issued": {"date-parts": [[2020, 5, 1]]},
                "DOI": "10.1234/trial.2020",
            }
        ],
        by=member("writer"),
    )
    return Source.objects.get(key="trial2020")


@pytest.fixture
def offer(db: None) -> Offer:
    return the_offer()


def the_offer() -> Offer:
    told = {"text": "Attorney advertising.", "responsible_party": "A law firm", "address": "1 Example Street"}
    about = {
        "kind": "legal",
        "heading": "Free case review",
        "action_label": "Ask for a review",
        "action_address": "/free-case-review/",
        "disclosure": Disclosure.objects.get_or_create(key="advertising", defaults=told)[0],
    }
    return Offer.objects.get_or_create(key="case-review", defaults=about)[0]


# The page at each stage of its life. The tests of a module come in the order of these stages, so what a stage needs is
# made once for all of them that begin there or later, in the transaction of the module; each undoes what it does.
STAGES = ("article_once", "draft_once", "in_review_once", "approved_once", "published_once")
COMMITTING = {"transactional_db", "live_server", "samples"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def stage(item: pytest.Item) -> int:
        return max((STAGES.index(name) + 1 for name in STAGES if name in _fixtures_of(item)), default=0)

    modules: dict[Path, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.path, []).append(item)
    # The first process makes what takes longest to make, and the others test meanwhile what needs no database.
    first = next((path for path, own in modules.items() if any("samples" in _fixtures_of(item) for item in own)), None)
    without = {path for path, own in modules.items() if not any(_has_a_database(item) for item in own)}
    # No process is left with one of the longest when the others have no more to do.
    order = sorted(modules, key=lambda path: (path != first, path not in without, "proofs" not in path.parts))
    items[:] = [item for path in order for item in sorted(modules[path], key=stage)]


def _fixtures_of(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def _has_a_database(item: pytest.Item) -> bool:
    needs = COMMITTING | {"django_db_setup"}
    return bool(needs & _fixtures_of(item)) or item.get_closest_marker("django_db") is not None


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(COMMITTING & _fixtures_of(item)) or bool(marker and marker.kwargs.get("transaction"))


@pytest.fixture(scope="module")
def makes_once(request: pytest.FixtureRequest) -> MakeOnce:
    """Makes something for all tests of the module. Beside tests that commit, each makes it for itself."""

    def make(what: Callable[[], object]) -> None:
        if is_shared:
            what()

    is_shared = not any(_commits(item) for item in request.session.items if item.path == request.node.path)
    if is_shared:
        request.getfixturevalue("module_db")
    return make


@pytest.fixture(scope="module")
def article_once(makes_once: MakeOnce) -> None:
    makes_once(the_article)


@pytest.fixture
def article(article_once: None, topic: Topic, author: Person, offer: Offer, source: Source) -> Article:
    return the_article()


def the_article() -> Article:
    return Article.objects.filter(address=STAGE_4).first() or _an_article()


def _an_article() -> Article:
    the_offer()
    the_source()
    article = Article.objects.create(address=STAGE_4, topic=the_topic())
    Byline.objects.create(article=article, person=the_author(), role=BylineRole.AUTHOR)
    return article


@pytest.fixture(scope="module")
def draft_once(article_once: None, makes_once: MakeOnce) -> None:
    makes_once(the_draft)


@pytest.fixture
def draft(draft_once: None, article: Article, writer: User) -> Revision:
    return the_draft()


def the_draft() -> Revision:
    article, writer = the_article(), member("writer")
    revision = article.revisions.order_by("number").first()
    if revision is None:
        revision = drafting.start_draft(article, by=writer)
        drafting.save_draft(revision, text=PAGE, version=revision.version, by=writer)
    return revision


@pytest.fixture(scope="module")
def in_review_once(draft_once: None, makes_once: MakeOnce) -> None:
    makes_once(the_review)


@pytest.fixture
def in_review(in_review_once: None, draft: Revision, writer: User) -> Revision:
    return the_review()


def the_review() -> Revision:
    revision = the_draft()
    if revision.is_draft:
        drafting.submit(revision, change_note="First version.", by=member("writer"))
    return revision


@pytest.fixture(scope="module")
def approved_once(in_review_once: None, makes_once: MakeOnce) -> None:
    makes_once(the_approved)


@pytest.fixture
def approved(approved_once: None, in_review: Revision, reviewer: User) -> Revision:
    return the_approved()


def the_approved() -> Revision:
    revision = the_review()
    if revision.status == RevisionStatus.IN_REVIEW:
        sign_all(revision, the_reviewer())
    return revision


@pytest.fixture(scope="module")
def published_once(approved_once: None, makes_once: MakeOnce) -> None:
    makes_once(the_published)


@pytest.fixture
def published(published_once: None, approved: Revision, publisher: User) -> PublishedPage:
    return the_published()


def the_published() -> PublishedPage:
    approved = the_approved()
    return approved.published_pages.first() or publish(approved, by=member("publisher"))


def publish_one(address: str, text: str, *, signed_by: User | None = None, **fields: Any) -> PublishedPage:
    """Publishes a page the way staff do: `publish_one("mesothelioma/cough", "# Cough ...", is_sample=True)`."""
    writer = member("writer")
    defaults = {"topic": None if fields.get("kind") in WITHOUT_TOPIC else the_topic(), **fields}
    article, created = Article.objects.get_or_create(address=address, defaults=defaults)
    if created:
        Byline.objects.create(article=article, person=the_author(), role=BylineRole.AUTHOR)
    revision = drafting.start_draft(article, by=writer)
    drafting.save_draft(revision, text=text, version=revision.version, by=writer)
    drafting.submit(revision, change_note="As asked.", by=writer)
    sign_all(revision, signed_by or the_reviewer())
    revision.refresh_from_db()
    return publish(revision, by=member("publisher"))


@pytest.fixture
def publish_page(topic: Topic, author: Person, writer: User, reviewer: User, publisher: User) -> PublishPage:
    """publish_one(), with those who make a page there."""
    return publish_one


@pytest.fixture
def effusion(publish_page: PublishPage) -> PublishedPage:
    """A term of the glossary, live."""
    return publish_page("glossary/pleural-effusion", EFFUSION, kind=Kind.GLOSSARY_TERM)


@pytest.fixture
def next_revision(published: PublishedPage, writer: User) -> Callable[[str], Revision]:
    """Makes a revision of the published page with this text and submits it."""

    def submit(text: str) -> Revision:
        revision = drafting.start_draft(published.article, by=writer)
        drafting.save_draft(revision, text=text, version=revision.version, by=writer)
        drafting.submit(revision, change_note="A change.", by=writer)
        return revision

    return submit


@pytest.fixture
def database_away(db: None) -> Callable[[], AbstractContextManager[None]]:
    """Inside it no query is answered, as when PostgreSQL is down."""

    def refuse(*args: Any) -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    @contextmanager
    def away() -> Iterator[None]:
        with connection.execute_wrapper(refuse):
            yield

    return away
