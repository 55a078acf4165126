"""The form that asks for help: what each field takes, and what we say when it cannot be used.

It refuses as little as it can. No way to reply, no name, no consent: these stop a request, because nobody could
answer it. An odd phone number is kept and flagged, an unknown choice counts as none. Nothing is cut short.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms

from caseintake.models import ConsentKind, Need
from caseintake.surroundings import Surroundings
from mesoinfo.public_forms import Choice, PlainText

LONGEST_NAME = 100
LONGEST_PHONE = 40
LONGEST_EMAIL = 254
LONGEST_MESSAGE = 4000

# As people read them who came by "Ask for a call".
NEEDS = [(need.value, "A talk, or something else" if need is Need.OTHER else need.label) for need in Need]
WHO = [
    ("me", "Me"),
    ("partner", "My wife, husband or partner"),
    ("parent", "My parent"),
    ("relative_or_friend", "Another relative or friend"),
    ("at_work", "Someone I look after at work"),
]
REPLY_BY = [("call", "Call me"), ("text", "Text me"), ("email", "Email me")]
VOICEMAIL = [("yes", "Yes"), ("no_reason", "Yes, but don’t say why"), ("no", "No")]
BEST_TIME = [
    ("any", "Any time"),
    ("morning", "Morning"),
    ("afternoon", "Afternoon"),
    ("early_evening", "Early evening"),
]
STATES = [
    ("AL", "Alabama"), ("AK", "Alaska"), ("AZ", "Arizona"), ("AR", "Arkansas"), ("CA", "California"),
    ("CO", "Colorado"), ("CT", "Connecticut"), ("DE", "Delaware"), ("DC", "District of Columbia"), ("FL", "Florida"),
    ("GA", "Georgia"), ("HI", "Hawaii"), ("ID", "Idaho"), ("IL", "Illinois"), ("IN", "Indiana"), ("IA", "Iowa"),
    ("KS", "Kansas"), ("KY", "Kentucky"), ("LA", "Louisiana"), ("ME", "Maine"), ("MD", "Maryland"),
    ("MA", "Massachusetts"), ("MI", "Michigan"), ("MN", "Minnesota"), ("MS", "Mississippi"), ("MO", "Missouri"),
    ("MT", "Montana"), ("NE", "Nebraska"), ("NV", "Nevada"), ("NH", "New Hampshire"), ("NJ", "New Jersey"),
    ("NM", "New Mexico"), ("NY", "New York"), ("NC", "North Carolina"), ("ND", "North Dakota"), ("OH", "Ohio"),
    ("OK", "Oklahoma"), ("OR", "Oregon"), ("PA", "Pennsylvania"), ("RI", "Rhode Island"), ("SC", "South Carolina"),
    ("SD", "South Dakota"), ("TN", "Tennessee"), ("TX", "Texas"), ("UT", "Utah"), ("VT", "Vermont"),
    ("VA", "Virginia"), ("WA", "Washington"), ("WV", "West Virginia"), ("WI", "Wisconsin"), ("WY", "Wyoming"),
    ("AS", "American Samoa"), ("GU", "Guam"), ("MP", "Northern Mariana Islands"), ("PR", "Puerto Rico"),
    ("VI", "U.S. Virgin Islands"), ("outside", "Outside the US"), ("unsaid", "I’d rather not say"),
]  # fmt: skip

# What a box sends when its page is older than the words it shows, or was written by hand.
PLAIN_TICKS = {"on", "1", "yes", "true"}


class Choices(forms.Field):
    """Any of a list. What is not in the list is left out."""

    widget = forms.SelectMultiple

    def __init__(self, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.choices = choices

    def to_python(self, value: Any) -> list[str]:
        return [key for key, _ in self.choices if key in (value or [])]


class CaseReviewForm(forms.Form):
    """Everything in one POST. `cleaned_data` holds what is sealed; field order is the order of the page."""

    need = Choice(NEEDS)
    who = Choice(WHO, widget=forms.RadioSelect)
    name = PlainText()
    phone = PlainText()
    email = PlainText()
    reply_by = Choices(REPLY_BY)
    voicemail = Choice(VOICEMAIL)
    best_time = Choice(BEST_TIME)
    state = Choice(STATES)
    message = PlainText(lines=True)
    # The box sends the hash of the words beside it, so that we know which version the person read.
    consent_use = PlainText()
    consent_auto = PlainText()

    def __init__(self, *args: Any, around: Surroundings, **kwargs: Any):
        """`around` has the words of consent."""
        super().__init__(*args, **kwargs)
        self.auto_id = "case-%s"  # other forms may stand on the same page
        self.around = around

    def clean_need(self) -> str:
        # Unsaid counts as what cannot wait, and it is what the page is called.
        return self.cleaned_data["need"] or Need.CASE_REVIEW

    def clean_who(self) -> str:
        who: str = self.cleaned_data["who"]
        if not who:
            raise forms.ValidationError("Choose who needs help.")
        return who

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        # Blanks and marks without a shape are no name: nobody could read it out.
        if all(unicodedata.category(c)[0] in "CZ" for c in name):
            raise forms.ValidationError("Tell us what to call you.")
        if len(name) > LONGEST_NAME:
            raise forms.ValidationError("That name is too long for our box. Use 100 letters or fewer.")
        return name

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        digits = sum(c.isdigit() for c in phone)
        if phone and (digits < 7 or len(phone) > LONGEST_PHONE):
            raise forms.ValidationError("We can’t call that number yet. Check it has 10 digits, like 212 555 0199.")
        return phone

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email and not _looks_like_email(email):
            raise forms.ValidationError("That email looks unfinished. It should look like pat@example.org.")
        return email

    def clean_message(self) -> str:
        message: str = self.cleaned_data["message"]
        over = len(message) - LONGEST_MESSAGE
        if over > 0:
            letters = "1 letter" if over == 1 else f"{over:,} letters"
            raise forms.ValidationError(
                f"Your message is {letters} too long. Shorten it, or send the rest when we reply."
            )
        return message

    def clean_consent_use(self) -> str:
        sent: str = self.cleaned_data["consent_use"]
        if not sent:
            raise forms.ValidationError("Tick the box so we may use your details to reply.")
        if sent.lower() in PLAIN_TICKS:
            sent = self.around.use_to_reply.sha256
        if not self.around.knows(ConsentKind.USE_TO_REPLY, sent):
            raise forms.ValidationError("These words have changed. Please read them, then tick the box.")
        return sent

    def clean_consent_auto(self) -> str:
        sent: str = self.cleaned_data["consent_auto"]
        offered = self.around.auto_call_text
        if offered and sent.lower() in PLAIN_TICKS:
            return offered.sha256
        # Nobody needs it to get help, so what we cannot prove counts as not given, and stops nobody.
        return sent if offered and self.around.knows(ConsentKind.AUTO_CALL_TEXT, sent) else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = {name for name in ("phone", "email") if data.get(name) or name in self.errors}
        if not given:
            self.add_error("phone", "Give us a phone number or an email, so we can reply.")
            return data
        ways = data.get("reply_by", [])
        if "phone" not in given and ("call" in ways or "text" in ways):
            self.add_error("phone", "You asked for a call or text, so we need a phone number.")
        if "email" not in given and "email" in ways:
            self.add_error("email", "You asked for an email, so we need your email address.")
        if data.get("consent_auto") and "phone" not in given:
            self.add_error("consent_auto", "To agree to automatic calls or texts, add a phone number.")
        return data


def digits_of(phone: str) -> str:
    """The digits 0 to 9 of a phone number, in whatever script they are written, without those of an extension."""
    number = re.split(r"(?i)\s*(?:x|ext|#)", phone)[0]
    return "".join(str(unicodedata.decimal(c)) for c in number if c.isdecimal())


def to_check(answers: dict[str, Any]) -> list[str]:
    """Codes for what an advocate should look at twice: `check_phone` for a number we could not read."""
    digits = digits_of(answers["phone"])
    american = len(digits) == 10 or (len(digits) == 11 and digits[0] == "1")
    foreign = answers["phone"].startswith("+") and 8 <= len(digits) <= 15
    return ["check_phone"] if answers["phone"] and not (american or foreign) else []


def holds_an_id_number(message: str) -> bool:
    """Whether the message seems to hold a Social Security or card number, which nobody needs to send us."""
    if re.search(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)", message):
        return True
    runs = (re.sub(r"\D", "", run) for run in re.findall(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)", message))
    return any(_is_card_number(run) for run in runs)


def _is_card_number(digits: str) -> bool:
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _looks_like_email(email: str) -> bool:
    local, at, domain = email.rpartition("@")
    return bool(
        at
        and local
        and "@" not in local
        and " " not in email
        and len(email) <= LONGEST_EMAIL
        and re.fullmatch(r"[^.\s]+(\.[^.\s]+)+", domain)
    )
