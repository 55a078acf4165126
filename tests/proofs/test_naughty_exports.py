"""Whatever words people send us, what leaves the product is what we say: a CSV file runs nothing and reads back as what
was stored, a mail goes to one person with the headers we gave it, a log has one line for each message.

Of a request for help there is no CSV file, and nothing of one is in a mail or a log. The files are those of the desk:
links and reports, all of them written by articles.admin.csv_download.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from email.headerregistry import AddressHeader

import pytest
from django.http import StreamingHttpResponse
from django.utils.encoding import punycode
from pytest_django import Settings

from articles.admin.csv_download import csv_download
from articles.models import LinkUse, PublishedPage
from caseintake import views
from caseintake.models import Submission
from mesoinfo import outbox
from mesoinfo.models import OutboxMessage
from tests.articles.links import DEAD, a_link, used
from tests.conftest import Tell, member
from tests.leaks import leaks_of
from tests.mail_server import HOST, MailServer, Taken
from tests.naughty import ADDED, FEW, LISTED, STRINGS, as_kept
from tests.size import sized

from .naughty_pages import FORM, MINE, MORE, OURS, Visitor, title_of

pytestmark = [pytest.mark.proof, pytest.mark.django_db]

WORDS = sized(STRINGS, FEW)
CANARY = "Canaryword"
HEADERS_OF_OURS = {
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:DEBUG|INFO|WARNING|ERROR|CRITICAL) [\w.-]+: ")
OF_A_TRACEBACK = re.compile(r"  File \"[^\"]+\", line \d+, in |    |[\w.]+$")


def cells_of(answer: StreamingHttpResponse) -> list[list[str]]:
    """The rows of a file as a spreadsheet reads them; none of its cells is run there."""
    text = answer.getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    running = [cell for row in rows for cell in row if re.match("[ \xa0]*[=+@\t\r\n＝＋－＠-]", cell)]
    assert not running
    return rows


def read_back(cell: str) -> str:
    """What was stored: of the apostrophes that make a formula text, one is ours."""
    return cell[1:] if re.match("'[ \xa0']*[=+@\t\r\n＝＋－＠-]", cell) else cell


def test_a_file_of_anything_runs_nothing_and_reads_back_as_what_was_stored(tell: Tell) -> None:
    rows = [(words, f"{blank}{words}") for words in STRINGS for blank in ("", " ", "\xa0", "'", '"', ",", "\t")]
    columns, *read = cells_of(csv_download("x", ["=A", "B"], rows))
    assert columns == ["'=A", "B"]
    assert [tuple(map(read_back, row)) for row in read] == rows
    tell(f"{2 * len(rows):,} cells of a file for spreadsheets: no formula, each reads back as it was stored.")


@pytest.mark.usefixtures("published_once")
def test_the_file_of_links_says_what_stands_on_the_page(holder: Visitor, published: PublishedPage) -> None:
    stored = [words.replace("\0", "") for words in WORDS]
    link = a_link("https://dead.example/", **DEAD)
    for words in stored:
        used(link, published, words=words, sentence=f"-{words}")
    holder.force_login(member("writer"))
    columns, *rows = cells_of(holder.get("/admin/articles/link/?format=csv"))  # type: ignore[arg-type]
    assert len(rows) == len(stored) == LinkUse.objects.count()
    for words, row in zip(stored, rows, strict=True):
        told = {column: read_back(cell) for column, cell in zip(columns, row, strict=True)}
        assert (told["Words of the link"], told["Sentence"]) == (words, f"-{words}")


# Mail


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    """A mail server that takes all it is given."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = HOST, server.port, 5
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    server.start()
    yield server
    server.stop()


def expect_our_mail(taken: Taken, *, secrets: list[str]) -> str:
    """One recipient, named once in the headers, which are ours; and nothing of the request. Gives the recipient."""
    (recipient,) = taken.recipients
    headers = taken.mail.keys()
    assert set(headers) <= HEADERS_OF_OURS and len(headers) == len(set(headers))
    to = taken.mail["To"]
    assert isinstance(to, AddressHeader)
    assert [address.addr_spec for address in to.addresses] == [recipient]
    words = taken.words.replace(recipient, "")
    assert leaks_of(secrets, words) == []
    return recipient


@pytest.mark.usefixtures("intake")
def test_each_mail_goes_to_one_person_with_our_headers_and_nothing_of_the_request(
    visitor: Visitor, server: MailServer, tell: Tell
) -> None:
    advocate = member("advocate").email
    typed: set[str] = set()
    for words in sized([*LISTED[::4], *ADDED], ADDED[::4]):
        together = "".join(words.split())
        for email in {words, together, f"{together}@example.org", f"{words}\n@example.org", f"pat@{together}"}:
            fields = {"name": f"{CANARY} {words}"[:90], "email": email, "message": f"{CANARY} {words}"[:3000]}
            page = visitor.send(FORM, fields | {"who": "me", "consent_use": "on", "reply_by": "email"})
            if title_of(page).startswith("Error: "):
                continue
            local, _, host = as_kept(email).rpartition("@")
            with suppress(UnicodeError):  # no host can have such a name
                typed.add(f"{local}@{punycode(host)}")
            while outbox.deliver_due():
                pass
            # Nothing waits to be tried again: an address that no server takes is not tried at all.
            assert not OutboxMessage.objects.filter(sent_at=None).exists(), email
    secrets = [CANARY, *(words for words in WORDS if len(words.encode()) > 12)]
    recipients = [expect_our_mail(taken, secrets=secrets) for taken in server.taken]
    receipts = [one for one in recipients if one != advocate]
    assert receipts
    assert set(receipts) <= typed, "to nobody but whom somebody named"
    assert max(len(receipts), recipients.count(advocate)) <= Submission.objects.count()
    tell(
        f"{len(recipients)} mails, {len(receipts)} of them receipts: one recipient each, no header but ours, no "
        "word of what was typed."
    )


# Logs


@pytest.mark.usefixtures("intake")
def test_each_message_is_one_line_that_holds_nothing_of_what_was_typed(
    visitor: Visitor, holder: Visitor, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.raise_request_exception = False

    def breaks(answers: object, **more: object) -> None:
        raise RuntimeError(f"cannot cope with {answers} and {more}")

    for words in sized(STRINGS[::2], FEW[::20]):
        typed = f"{CANARY} {words}"
        fields = dict.fromkeys(("name", "message", "code", "told_more", "do", "username", "text"), typed)
        short = {"name": typed[:90], "message": typed[:3000]}
        whole = fields | short | {"who": "me", "phone": "212 555 0199", "consent_use": "on"}
        for headers in (OURS, {}, {"Sec-Fetch-Site": "cross-site"}):
            for address in (FORM, MORE, MINE):
                visitor.post(address, whole, headers=headers)
        visitor.get(f"/search/?q={CANARY}", {"q": typed})
        visitor.post("/admin/login/", {"username": "x\n2026-01-01 ERROR forged: x", "password": typed})
        holder.post("/admin/caseintake/submission/find/", {"reference": typed})
        with monkeypatch.context() as broken:
            broken.setattr(views, "accept", breaks)
            assert visitor.post(FORM, whole, headers=OURS).status_code == 500
    said = log.getvalue()
    lines = said.splitlines()
    assert lines == said.split("\n")[:-1], "no other character ends a line"
    assert not [line for line in lines if not line.isprintable()]
    assert not [line for line in lines if not (LINE.match(line) or OF_A_TRACEBACK.match(line))]
    assert not [line for line in lines if "2026-01-01 ERROR forged" in line and not LINE.match(line)]
    assert any("RuntimeError" in line for line in lines)
    assert leaks_of([CANARY], said) == []
