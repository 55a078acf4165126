"""What a person may add after they have their reference: ten questions, each of which may be left out.

The questions are those of Part B in the field notes on intake. What is answered helps an advocate to prepare; nothing
here is needed to be called back.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.forms import BoundField
from django.utils import timezone

from caseintake.form import LONGEST_MESSAGE, WHO, Choices
from caseintake.private_code import CodeRefused, PrivateCode, read_code
from mesoinfo.public_forms import Choice, PlainText

LONGEST_LINE = 200
# Nobody who is alive or mourned today fell ill or worked before.
EARLIEST_YEAR = 1930

MONTHS = [("", "Month"), *((str(number), calendar.month_name[number]) for number in range(1, 13))]
YES_NO_UNSURE = [("yes", "Yes"), ("no", "No"), ("not_sure", "Not sure")]
LIVING = [("yes", "Yes"), ("no", "No, they have died"), ("unsaid", "I’d rather not say")]
ILLNESSES = [
    ("mesothelioma", "Mesothelioma"),
    ("lung_cancer", "Lung cancer"),
    ("asbestosis", "Asbestosis or scarring"),
    ("another_cancer", "Another cancer"),
    ("tests", "Tests are under way"),
    ("nothing_yet", "Nothing yet"),
    ("not_sure", "Not sure"),
]
PLACES = [
    ("chest", "In the chest"),
    ("belly", "In the belly"),
    ("heart", "Around the heart"),
    ("testicle", "Around a testicle"),
    ("not_sure", "Not sure"),
]
STOPPED_WORK = [("no", "No"), ("yes", "Yes"), ("retired", "Retired before"), ("not_sure", "Not sure")]
CONTACT = [
    ("work", "At work"),
    ("service", "In the Navy or another service"),
    ("home", "At home"),
    ("clothes", "From a relative’s clothes"),
    ("not_sure", "Not sure"),
]
BRANCHES = [
    ("", "Choose a branch"),
    ("navy", "Navy"),
    ("army", "Army"),
    ("marines", "Marine Corps"),
    ("air_force", "Air Force"),
    ("coast_guard", "Coast Guard"),
    ("merchant_marine", "Merchant Marine"),
    ("other", "Another"),
]
URGENT = [
    ("very_ill", "Someone is very ill or in hospice"),
    ("court_date", "A court or claim date is near"),
    ("money", "We need money for treatment"),
]
EASIER = [
    ("interpreter", "An interpreter"),
    ("relay", "A relay service for calls"),
    ("large_print", "Large print"),
    ("family", "Talk to someone in my family"),
]


@dataclass(frozen=True)
class Question:
    """One heading of the page, with the names of its fields."""

    legend: str
    fields: tuple[str, ...]
    hint: str = ""


QUESTIONS = (
    Question(
        "Is the person who is ill still living?",
        ("living", "died_month", "died_year"),
        "If they have died, we are sorry.",
    ),
    Question("What have doctors said?", ("illness", "place")),
    Question(
        "When did a doctor first say so?",
        ("told_month", "told_year", "told_more"),
        "Month and year are enough. A rough year helps too.",
    ),
    Question("Did the illness make someone stop working?", ("stopped_work", "stopped_month", "stopped_year")),
    Question("Where might the person have been near asbestos?", ("contact", "contact_work", "contact_states")),
    Question("In which years was that?", ("first_year", "last_year")),
    Question("Did the person who is ill serve in the armed forces?", ("served", "branch")),
    Question("Is a lawyer helping you now?", ("lawyer",)),
    Question("Is there something we should know right away?", ("urgent", "court_date")),
    Question("How can we make this easier?", ("easier", "language", "family")),
    Question("What else would you like to add?", ("message",)),
)

# What is asked right under an answer, of those who gave it.
ASKED_UNDER = {
    ("living", "no"): ("died_month", "died_year"),
    ("illness", "mesothelioma"): ("place",),
    ("stopped_work", "yes"): ("stopped_month", "stopped_year"),
    ("contact", "work"): ("contact_work",),
    ("served", "yes"): ("branch",),
    ("urgent", "court_date"): ("court_date",),
    ("easier", "interpreter"): ("language",),
    ("easier", "family"): ("family",),
}


@dataclass(frozen=True)
class Shown:
    """A field as its page shows it: each of its choices with what is asked under it."""

    field: BoundField
    choices: list[tuple[str, str, list[Shown]]]


_Field = TypeVar("_Field", bound=forms.Field)


def _line(label: str) -> PlainText:
    return _shown(PlainText(label=label), "line")


def _year(label: str) -> PlainText:
    return _shown(PlainText(label=label), "year")


def _one(label: str, choices: list[tuple[str, str]], shown_as: str = "radios") -> Choice:
    return _shown(Choice(choices, label=label), shown_as)


def _some(label: str, choices: list[tuple[str, str]]) -> Choices:
    return _shown(Choices(choices, label=label), "boxes")


def _shown(field: _Field, shown_as: str) -> _Field:
    """The field with how the template shows it: a line, lines, a year, radios, boxes or a list."""
    field.shown_as = shown_as  # type: ignore[attr-defined]  # a field has no place for it
    return field


def _answered(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value and name not in ("code", "about")}


class MoreForm(forms.Form):
    """Part B in one POST. `cleaned_data` holds what was answered, under the names of the fields, the `code`, and
    whom it is `about`, if that came along.
    """

    code = PlainText(lines=True)
    about = Choice(WHO)
    living = _one("", LIVING)
    died_month = _one("Month they died", MONTHS, "list")
    died_year = _year("Year they died")
    illness = _some("", ILLNESSES)
    place = _some("If it is mesothelioma, where is it?", PLACES)
    told_month = _one("Month they said so", MONTHS, "list")
    told_year = _year("Year they said so")
    told_more = _line("If there were more illnesses, when was each found?")
    stopped_work = _one("", STOPPED_WORK)
    stopped_month = _one("Month they stopped", MONTHS, "list")
    stopped_year = _year("Year they stopped")
    contact = _some("", CONTACT)
    contact_work = _line("What kind of work was it?")
    contact_states = _line("In which states?")
    first_year = _year("First year near asbestos")
    last_year = _year("Last year near asbestos")
    served = _one("", YES_NO_UNSURE)
    branch = _one("Which branch?", BRANCHES, "list")
    lawyer = _one("", YES_NO_UNSURE)
    urgent = _some("", URGENT)
    court_date = _line("If there is a court or claim date, when is it?")
    easier = _some("", EASIER)
    language = _line("Which language do you speak best?")
    family = _line("Whom in your family should we talk to, and how?")
    message = _shown(PlainText(lines=True, label="Your words"), "lines")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "more-%s"

    def clean_code(self) -> PrivateCode:
        try:
            return read_code(self.cleaned_data["code"])
        except CodeRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        today = timezone.now().date()
        for name in ("died_year", "told_year", "stopped_year", "first_year", "last_year"):
            self._check_year(name, data, today)
        for what in ("died", "told", "stopped"):
            self._check_not_ahead(f"{what}_month", f"{what}_year", data, today)
        first, last = data.get("first_year", ""), data.get("last_year", "")
        if first.isdigit() and last.isdigit() and int(last) < int(first) and not self.errors.keys() & {"last_year"}:
            self.add_error("last_year", "The last year is before the first. Please check.")
        for name, field in self.fields.items():
            if isinstance(field, PlainText) and name not in ("code", "message"):
                self._check_length(name, data, LONGEST_LINE)
        self._check_length("message", data, LONGEST_MESSAGE)
        if not _answered(data) and not self.errors:
            self.add_error("message", "You have not added anything yet. Answer one question, or leave this page.")
        return data

    @property
    def questions(self) -> list[tuple[Question, list[Shown]]]:
        """Each question with its fields, without those that are asked under an answer. Who asked for help for
        themselves is not asked whether they are still living.
        """
        under = {name for names in ASKED_UNDER.values() for name in names}
        asked = QUESTIONS[1:] if self["about"].value() == "me" else QUESTIONS
        return [(one, [self._shown(name) for name in one.fields if name not in under]) for one in asked]

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered, by the names of the fields; needs a valid form."""
        return _answered(self.cleaned_data)

    def _shown(self, name: str) -> Shown:
        choices = getattr(self.fields[name], "choices", [])
        return Shown(
            self[name],
            [
                (value, label, [self._shown(under) for under in ASKED_UNDER.get((name, value), ())])
                for value, label in choices
            ],
        )

    def _check_year(self, name: str, data: dict[str, Any], today: date) -> None:
        typed = data.get(name, "")
        if not typed:
            return
        year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else 0
        if not EARLIEST_YEAR <= year <= today.year:
            which = str(self.fields[name].label).lower()
            self.add_error(name, f"Please check the {which}. We read it as {typed[:20]}.")

    def _check_not_ahead(self, month: str, year: str, data: dict[str, Any], today: date) -> None:
        in_month, in_year = data.get(month, ""), data.get(year, "")
        if (
            year not in self.errors
            and in_month
            and in_year
            and (int(in_year), int(in_month)) > (today.year, today.month)
        ):
            self.add_error(month, "That date is in the future. Please check it.")

    def _check_length(self, name: str, data: dict[str, Any], longest: int) -> None:
        over = len(data.get(name, "")) - longest
        if over > 0:
            self.add_error(name, f"This is {over:,} letters too long. Shorten it, or tell us when we call.")
