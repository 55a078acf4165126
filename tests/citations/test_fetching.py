"""Asking other sites: politely, patiently within reason, on the public network only, and never a crash."""

from __future__ import annotations

import gzip
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from citations import fetching
from citations.fetching import NoAnswer, NoSuchHost, NotAsked, fetch, is_public
from citations.models import Turn
from tests.citations.stub_site import Reply, pauses, stub

__all__ = ["pauses", "stub"]
pytestmark = pytest.mark.django_db


def test_what_is_there_comes_back(stub, pauses):
    at = stub.says("/works/10.1234%2Fx?mailto=a%40example.org", Reply(200, "Größe".encode(), {"X-Rate": "50"}))
    answer = fetch(f"{stub.url}/works/10.1234%2Fx", fields={"mailto": "a@example.org"}, accept="application/json")
    assert (answer.status, answer.text, answer.url, answer.headers["x-rate"]) == (200, "Größe", at, "50")
    assert stub.asked[0].headers["accept"] == "application/json"


def test_a_compressed_answer_is_read(stub, pauses):
    at = stub.says("/", Reply(200, gzip.compress(b"words"), {"Content-Encoding": "gzip"}))
    assert fetch(at).text == "words"


def test_each_request_says_who_asks_and_where_to_write_to(stub, pauses, settings):
    settings.REGISTERS_CONTACT, settings.PUBLIC_ORIGIN = "library@example.org", "https://www.example.org"
    fetch(stub.says("/", Reply()))
    assert stub.asked[0].headers["user-agent"] == "mesoinfo (+https://www.example.org; mailto:library@example.org)"


def test_nothing_there_is_an_answer_too(stub, pauses):
    assert fetch(f"{stub.url}/nowhere").status == 404
    assert len(stub.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_who_is_busy_is_asked_again_after_longer_and_longer_pauses(stub, pauses, status):
    at = stub.says("/", Reply(status), Reply(status), Reply(200, b"at last"))
    assert fetch(at, every=0).text == "at last"
    assert pauses == [1.0, 2.0]


def test_who_is_to_be_tried_once_is_tried_once(stub, pauses):
    assert fetch(stub.says("/", Reply(503), Reply(200)), every=0, tries=1).status == 503
    assert (len(stub.asked), pauses) == (1, [])


def test_who_stays_busy_is_left_alone_after_three_tries(stub, pauses):
    assert fetch(stub.says("/", Reply(503)), every=0).status == 503
    assert len(stub.asked) == 3


def test_who_says_how_long_to_wait_is_waited_for(stub, pauses):
    fetch(stub.says("/", Reply(429, headers={"Retry-After": "7"}), Reply()), every=0)
    in_a_while = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    fetch(stub.says("/date", Reply(503, headers={"Retry-After": in_a_while}), Reply()), every=0)
    assert pauses[0] == 7.0
    assert pauses[1] == pytest.approx(20, abs=3)


@pytest.mark.parametrize("asked_for", ["86400", "99999999999999999999", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_who_asks_for_hours_is_not_waited_for(stub, pauses, asked_for):
    assert fetch(stub.says("/", Reply(429, headers={"Retry-After": asked_for}), Reply()), every=0).status == 429
    assert pauses == []


@pytest.mark.parametrize("asked_for", ["soon", "-5", "", "1e3", "²"])
def test_a_pause_that_cannot_be_read_is_our_own(stub, pauses, asked_for):
    assert fetch(stub.says("/", Reply(429, headers={"Retry-After": asked_for}), Reply()), every=0).status == 200
    assert pauses == [1.0]


def test_one_host_is_asked_so_many_times_a_second_and_no_more(stub, pauses):
    at = stub.says("/", Reply())
    for _ in range(4):
        fetch(at, every=0.5)
    assert pauses == pytest.approx([0.5, 1.0, 1.5], abs=0.4)
    assert Turn.objects.get().host == "stub.example"


def test_redirects_are_followed_and_it_is_told_when_a_page_moved_for_good(stub, pauses):
    at = stub.says("/old", Reply(301, headers={"Location": "/new"}))
    new = stub.says("/new", Reply(200, b"here"))
    answer = fetch(at)
    assert (answer.url, answer.moved_to, answer.text) == (new, new, "here")
    stub.says("/old", Reply(302, headers={"Location": "/new"}))
    assert fetch(at).moved_to == ""


def test_moved_for_good_and_led_on_for_the_moment_keeps_the_good_part(stub, pauses):
    at = stub.says("/old", Reply(308, headers={"Location": "/new"}))
    new = stub.says("/new", Reply(302, headers={"Location": "/today"}))
    stub.says("/today", Reply(200))
    assert fetch(at).moved_to == new


def test_a_circle_of_redirects_ends_in_a_sentence(stub, pauses):
    at = stub.says("/a", Reply(302, headers={"Location": "/b"}))
    stub.says("/b", Reply(302, headers={"Location": "/a"}))
    with pytest.raises(NoAnswer, match=r"stub\.example leads from one address to the next without end"):
        fetch(at)
    assert len(stub.asked) == 6


def test_a_redirect_to_what_is_no_address_ends_in_a_sentence(stub, pauses):
    with pytest.raises(NoAnswer, match=r"stub\.example leads to what is no web address"):
        fetch(stub.says("/", Reply(302, headers={"Location": "http://[x/"})))


def test_a_redirect_to_what_no_database_holds_is_kept_as_it_is_asked(stub, pauses):
    new = stub.says("/new%00", Reply(200, b"here"))
    assert fetch(stub.says("/", Reply(301, headers={"Location": "/new\0"}))).moved_to == new


def test_an_answer_that_breaks_off_is_none(stub, pauses):
    with pytest.raises(NoAnswer, match=r"stub\.example cannot be reached"):
        fetch(stub.says("/", Reply(200, b'{"message": "whole"}', cut_after=9)))


def test_an_answer_without_end_is_cut_off(stub, pauses, monkeypatch):
    monkeypatch.setattr(fetching, "LARGEST", 1_000_000)
    with pytest.raises(NoAnswer, match="sent more than 1 MB"):
        fetch(stub.says("/", Reply(200, b"x" * 1_100_000)))
    # Small on the way, large when unpacked.
    packed = gzip.compress(b"\0" * 20_000_000)
    with pytest.raises(NoAnswer, match="sent more than 1 MB"):
        fetch(stub.says("/bomb", Reply(200, packed, {"Content-Encoding": "gzip"})))


def test_of_what_is_long_the_beginning_may_be_enough(stub, pauses, monkeypatch):
    monkeypatch.setattr(fetching, "LARGEST", 1_000_000)
    at = stub.says("/", Reply(200, b"ab" * 1_000_000))
    assert fetch(at, enough=3).body == b"aba"
    assert fetch(stub.says("/short", Reply(200, b"a")), enough=3).body == b"a"


def test_nobody_is_waited_for_longer_than_one_is_patient(stub, pauses):
    never = threading.Event()
    with pytest.raises(NoAnswer, match="did not answer in time"):
        fetch(stub.says("/", Reply(wait_for=never)), patience=0.1)
    never.set()


def test_who_is_too_slow_is_not_waited_for(stub, pauses, monkeypatch):
    monkeypatch.setattr(fetching, "READ", 0.05)
    never = threading.Event()
    with pytest.raises(NoAnswer, match=r"stub\.example did not answer in time\. Try again later\."):
        fetch(stub.says("/", Reply(wait_for=never)))
    never.set()


def test_who_answers_drop_by_drop_is_cut_off(stub, pauses, monkeypatch):
    monkeypatch.setattr(fetching, "WHOLE", 0.0)
    with pytest.raises(NoAnswer, match="was too slow"):
        fetch(stub.says("/", Reply(200, b"drop")))


def test_so_is_who_sends_the_head_drop_by_drop(stub, pauses, monkeypatch):
    monkeypatch.setattr(fetching, "READ", 0.3)
    gone = threading.Event()

    def drip(server: socket.socket) -> None:
        with server.accept()[0] as visitor, suppress(OSError):
            visitor.sendall(b"HTTP/1.1 200 OK\r\nX-Drops: ")
            while not gone.wait(0.02):
                visitor.sendall(b"o")

    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=[server])
        dripping.start()
        with pytest.raises(NoAnswer, match=r"stub\.example did not answer in time"):
            fetch(f"http://stub.example:{server.getsockname()[1]}/", patience=5.0)
        gone.set()
        dripping.join()


def test_without_a_network_there_is_a_sentence(pauses, monkeypatch):
    def no_names(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    with pytest.raises(NoAnswer, match=r"^api\.crossref\.org cannot be found\. There is no network"):
        fetch("https://api.crossref.org/works/10.1234/x")


@pytest.mark.parametrize(("error", "kind"), [(socket.EAI_NONAME, NoSuchHost), (socket.EAI_AGAIN, NoAnswer)])
def test_a_name_that_nobody_has_is_told_from_one_that_nobody_could_look_up(pauses, monkeypatch, error, kind):
    def no_names(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(error, "Whatever the system says")

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    with pytest.raises(NoAnswer) as refusal:
        fetch("https://gone.example/")
    assert type(refusal.value) is kind


def test_nobody_at_home_is_a_sentence(stub, pauses):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NoAnswer, match=r"stub\.example cannot be reached"):
            fetch(f"http://stub.example:{taken.getsockname()[1]}/")


@pytest.mark.parametrize(
    "url", ["ftp://example.org/x", "file:///etc/passwd", "example.org", "", "http://", "http://[x/", "javascript:1"]
)
def test_only_web_addresses_are_asked(url):
    with pytest.raises(NotAsked, match="This is not a web address"):
        fetch(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "64:ff9b:1::a00:1", "::127.0.0.1", "::ffff:0:10.0.0.1",
        "fec0::1",
    ],
)  # fmt: skip
def test_the_network_of_the_server_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_these_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433", "127.1", "0"]
)
def test_no_request_leaves_for_the_network_of_the_server(stub, pauses, host):
    port = stub.url.rpartition(":")[2]
    with pytest.raises(NoAnswer, match=r"not on the public network|cannot be found"):
        fetch(f"http://{host}:{port}/")
    assert stub.asked == []


def test_no_redirect_leads_into_the_network_of_the_server(stub, pauses):
    port = stub.url.rpartition(":")[2]
    at = stub.says("/", Reply(302, headers={"Location": f"http://127.0.0.1:{port}/secret"}))
    with pytest.raises(NotAsked, match=r"127\.0\.0\.1 is not on the public network"):
        fetch(at)
    assert [asked.path for asked in stub.asked] == ["/"]


def test_a_name_that_resolves_to_both_is_asked_at_its_public_address(monkeypatch):
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("10.0.0.1", "8.8.8.8")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: both)
    assert fetching.public_address("example.org", 80) == "8.8.8.8"
