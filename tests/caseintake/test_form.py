"""The form, field by field: what it takes, and the sentence when it cannot."""

import json
import unicodedata

import pytest
from django.http import QueryDict

from caseintake.doors import ConsentWords
from caseintake.form import CaseReviewForm, holds_an_id_number, to_check
from caseintake.surroundings import Surroundings
from mesoinfo.models import SiteSettings

from .conftest import REQUEST

WORDS = "a" * 64
AUTO = "c" * 64


def filled(*, automatic=False, **changes):
    data = QueryDict(mutable=True)
    for name, value in (REQUEST | changes).items():
        if isinstance(value, list):
            data.setlist(name, value)
        elif value is not None:
            data[name] = value
    published = (
        ConsentWords("use_to_reply", "The words of today.", WORDS, in_force=True),
        ConsentWords("use_to_reply", "Older words.", "b" * 64, in_force=False),
        ConsentWords("auto_call_text", "Automatic calls.", AUTO, in_force=True),
    )
    site = SiteSettings(makes_automatic_calls=automatic)
    return CaseReviewForm(data, around=Surroundings(site, published))


def errors(**changes):
    return {name: list(found) for name, found in filled(**changes).errors.items()}


def cleaned(**changes):
    form = filled(**changes)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def test_a_whole_request_is_taken_as_it_is():
    assert cleaned() == REQUEST | {"consent_use": WORDS, "consent_auto": ""}


def test_the_least_that_lets_somebody_reply_is_enough():
    least = dict.fromkeys(REQUEST, "") | {"who": "me", "name": "Pat", "phone": "2125550199", "consent_use": "on"}
    answers = cleaned(**least)
    assert answers["need"] == "case_review"
    assert answers["reply_by"] == []


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"who": None}, "who", "Choose who needs help."),
        ({"who": "my dog"}, "who", "Choose who needs help."),
        ({"name": ""}, "name", "Tell us what to call you."),
        ({"name": " \u200b\u202e\x00"}, "name", "Tell us what to call you."),
        ({"name": "x" * 101}, "name", "That name is too long for our box. Use 100 letters or fewer."),
        (
            {"phone": "12345"},
            "phone",
            "We can’t call that number yet. Check it has 10 digits, like 212 555 0199.",
        ),
        (
            {"phone": "please call my daughter"},
            "phone",
            "We can’t call that number yet. Check it has 10 digits, like 212 555 0199.",
        ),
        ({"email": "pat"}, "email", "That email looks unfinished. It should look like pat@example.org."),
        ({"email": "pat@example"}, "email", "That email looks unfinished. It should look like pat@example.org."),
        ({"email": "p@t@example.org"}, "email", "That email looks unfinished. It should look like pat@example.org."),
        ({"email": "pat @example.org"}, "email", "That email looks unfinished. It should look like pat@example.org."),
        ({"email": "@example.org"}, "email", "That email looks unfinished. It should look like pat@example.org."),
        ({"email": "pat@example..org"}, "email", "That email looks unfinished. It should look like pat@example.org."),
        (
            {"phone": "", "email": "", "reply_by": []},
            "phone",
            "Give us a phone number or an email, so we can reply.",
        ),
        ({"phone": ""}, "phone", "You asked for a call or text, so we need a phone number."),
        (
            {"phone": "", "reply_by": ["text"]},
            "phone",
            "You asked for a call or text, so we need a phone number.",
        ),
        ({"email": ""}, "email", "You asked for an email, so we need your email address."),
        (
            {"message": "x" * 4001},
            "message",
            "Your message is 1 letter too long. Shorten it, or send the rest when we reply.",
        ),
        (
            {"message": "x" * 5500},
            "message",
            "Your message is 1,500 letters too long. Shorten it, or send the rest when we reply.",
        ),
        ({"consent_use": None}, "consent_use", "Tick the box so we may use your details to reply."),
        (
            {"consent_use": "f" * 64},
            "consent_use",
            "These words have changed. Please read them, then tick the box.",
        ),
    ],
)
def test_each_problem_has_one_plain_sentence_beside_its_field(changes, field, sentence):
    assert errors(**changes) == {field: [sentence]}


def test_nobody_is_refused_over_how_a_number_is_written():
    for phone in ("(212) 555-0199", "+49 30 123456", "212.555.0199 x 12", "555 0199", "٢١٢٥٥٥٠١٩٩"):
        assert cleaned(phone=phone)["phone"] == phone


def test_odd_numbers_are_kept_and_flagged():
    assert to_check({"phone": "555 0199"}) == ["check_phone"]
    for fine in ("", "(212) 555-0199", "1 212 555 0199", "+49 30 123456", "212.555.0199 ext 12"):
        assert to_check({"phone": fine}) == []


def test_addresses_in_other_scripts_are_taken():
    for email in ("pat@bücher.example", "用户@例子.example", "o'neill+tag@sub.example.org"):
        assert cleaned(email=email)["email"] == email


def test_any_script_round_trips_after_normalisation():
    for name in ("Þóra Ægisdóttir", "李小龍", "محمد", "Zoe\u0308", "👩\u200d🦳", "O’Brien <b>", "'; DROP TABLE--"):
        assert cleaned(name=name)["name"] == unicodedata.normalize("NFC", name)


def test_control_characters_and_overrides_of_direction_are_removed_not_refused():
    assert cleaned(name="Pat\x00\x07\u202eevil\u2066")["name"] == "Patevil"
    assert cleaned(message="one\r\ntwo\x00\u202e\tthree")["message"] == "one\ntwo\tthree"


def test_length_is_counted_as_the_person_sees_it():
    assert cleaned(message="x\r\n" * 2000)["message"].count("\n") == 1999
    assert cleaned(name="👵" * 100)


def test_an_unknown_choice_counts_as_none():
    answers = cleaned(voicemail="maybe", best_time="3 a.m.", state="Narnia", need="gold", reply_by=["fax", "call"])
    assert (answers["voicemail"], answers["best_time"], answers["state"]) == ("", "", "")
    assert answers["reply_by"] == ["call"]
    assert answers["need"] == "case_review"


def test_consent_names_the_words_that_were_shown():
    assert cleaned(consent_use="b" * 64)["consent_use"] == "b" * 64
    assert cleaned(consent_use="on")["consent_use"] == WORDS


def test_what_is_sealed_is_plain_json():
    assert json.loads(json.dumps(cleaned())) == cleaned()


@pytest.mark.parametrize("message", ["my SSN is 078-05-1120", "card 4111 1111 1111 1111", "4111-1111-1111-1111"])
def test_id_and_card_numbers_are_noticed(message):
    assert holds_an_id_number(message)


@pytest.mark.parametrize("message", ["call 212-555-0199", "1965-1987, 20 years", "ref 4111 1111 1111 1112", ""])
def test_other_numbers_are_not_taken_for_them(message):
    assert not holds_an_id_number(message)
