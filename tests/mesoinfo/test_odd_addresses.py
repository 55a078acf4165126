"""An address on the desk that somebody made up is answered, never with an error page; as is any other odd request."""

from __future__ import annotations

import pytest

from tests.conftest import a_user


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "address",
    [
        "/admin/articles/article/?kind__exact=%00",
        "/admin/articles/article/?address%00=x",
        "/admin/articles/article/?address__regex=[",
        "/admin/articles/publishedpage/?published_at__year=99999999999",
        "/admin/articles/publishedpage/?published_at__year=2026&published_at__month=13&published_at__day=99999999999",
    ],
)
def test_a_filter_that_cannot_be_looked_up_is_left_out(client, address):
    client.force_login(a_user("editor"))
    answer = client.get(address, follow=True)
    assert answer.status_code == 200


def test_a_reference_that_cannot_be_one_is_not_found(client, db):
    client.force_login(a_user("advocate"))
    assert client.get("/admin/caseintake/submission/%00/").status_code == 404
    assert client.post("/admin/caseintake/submission/CR-%00/open/").status_code == 404


@pytest.mark.parametrize("key", ['"\\000aaaaaaaaaa"', '"\\012aaaaaaaaaa"', "\xff\xfe" * 8, "A" * 41])
def test_a_cookie_that_holds_no_key_of_ours_is_nobodys(client, db, key):
    assert client.get("/admin/login/", HTTP_COOKIE=f"sessionid={key}").status_code == 200
    assert client.get("/admin/", HTTP_COOKIE=f"sessionid={key}").status_code == 302


@pytest.mark.parametrize("address", ["/admin/login/", "/admin/caseintake/submission/find/"])
def test_a_form_that_cannot_be_taken_apart_is_a_slip_of_who_sent_it(client, db, address):
    body = b"--x\r\nContent-Disposition: form-data; name*=a; name*0=b\r\n\r\nwords\r\n--x--\r\n"
    assert client.post(address, body, "multipart/form-data; boundary=x").status_code == 400
