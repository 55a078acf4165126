"""What the desk holds on the person who signed in: what lets them sign, and their own declaration of interests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from articles.admin.access import READ, SIGN, desk_view, refused
from articles.models import Credential, Person
from articles.review.qualifying import NOTHING_TO_DECLARE, declare, lasts_until, own_declaration, running_out
from mesoinfo import roles
from mesoinfo.desk import staff
from mesoinfo.models import User


class DeclarationForm(forms.Form):
    """All of somebody's interests, or one tick that there are none."""

    nothing = forms.BooleanField(label=NOTHING_TO_DECLARE.rstrip("."), required=False)
    statement = forms.CharField(
        label="What could sway your judgement",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="All of it: who pays you for what, shares that you hold, research that a maker pays for. It takes "
        "the place of what you declared before, and readers see it.",
        error_messages={"max_length": "This is longer than 2,000 characters. Make it shorter."},
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        nothing, statement = given.get("nothing"), given.get("statement")
        if nothing and statement:
            raise forms.ValidationError("You ticked that there are none, and wrote some down. Take one of them away.")
        if not (nothing or statement or self.errors):
            raise forms.ValidationError("Write down what your interests are, or tick that there are none.")
        return given | {"declared": NOTHING_TO_DECLARE if nothing else statement}


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(reading=READ)
def own_record(request: HttpRequest) -> HttpResponse:
    """Credentials, scopes and interests of whoever is signed in, and a form to declare interests anew."""
    person = person_of(staff(request))
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    if person is None and request.method == "POST":
        return refused(request, "Your account is not linked with a person, so nothing was declared. Ask an editor.")
    if person is not None and form.is_valid():
        declare(person, form.cleaned_data["declared"], by=staff(request))
        messages.success(request, "Declared. It counts for a year, and takes the place of what you declared before.")
        return redirect("admin:articles_person_record")
    context = {
        **admin.site.each_context(request),
        "title": "Your record",
        "person": person,
        "signs": roles.holds(request.user, SIGN),
        "form": form,
        **(_shown(person) if person else {}),
    }
    status = 400 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/articles/own_record.html", context, status=status)


def person_of(user: User) -> Person | None:
    """The person this account belongs to, with their record; None when nobody has linked them yet."""
    people = Person.objects.filter(user=user)
    return people.prefetch_related(
        "credentials__verified_by", "credentials__revoked_by", "review_scopes__topic", "review_scopes__granted_by",
        "interests__declared_by",
    ).first()  # fmt: skip


def _shown(person: Person) -> dict[str, Any]:
    declared = own_declaration(person)
    return {
        "running_out": running_out(person),
        "credentials": [(credential, state_of(credential)) for credential in person.credentials.all()],
        "scopes": person.review_scopes.all(),
        "today": timezone.now().date(),
        "declared": declared,
        "lasts_until": lasts_until(declared) if declared else None,
        "earlier": [made for made in person.interests.all() if made != declared],
    }


def state_of(credential: Credential) -> str:
    """Whether a credential counts, since when and by whom, as a sentence."""
    if credential.revoked_at:
        return (
            f"Revoked by {credential.revoked_by}, {credential.revoked_at:%-d %B %Y}: {credential.revoked_because} "
            "Nothing new is signed with it."
        )
    if not credential.verified_at:
        return "Not verified yet."
    expired = credential.valid_until is not None and credential.valid_until < timezone.now().date()
    return (
        f"Verified by {credential.verified_by}, {credential.verified_at:%-d %B %Y}."
        f"{' It has expired.' if expired else ''}"
    )
