"""People: who is named on pages, what qualifies them, and what they may review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError, transaction
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from articles.admin import own_record
from articles.admin.access import desk_view, refused
from articles.admin.asking import ask, done
from articles.admin.own_record import state_of
from articles.admin.records import KeptRecords
from articles.admin.sentences import PlainForm, plain
from articles.models import Credential, Interest, Person, ReviewScope, Topic, TransitionRefused
from mesoinfo import audit
from mesoinfo.desk import staff
from mesoinfo.models import User

VERIFY = "articles.verify_credential"


class PersonForm(PlainForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "user" in self.fields:
            self.fields["user"].label = "Account"

    editing_user: User | None = None  # who fills in the form

    def clean_user(self) -> User | None:
        user: User | None = self.cleaned_data["user"]
        if user is not None and user == self.editing_user and user.pk != self.initial.get("user"):
            raise forms.ValidationError("Ask a colleague to link your own account: credentials go with it.")
        return user


class CredentialInline(admin.TabularInline):
    model = Credential
    form = PlainForm
    extra = 1
    fields = ["title", "issuer", "number", "valid_until", "verification"]
    readonly_fields = ["verification"]
    can_delete = False

    @admin.display(description="checked with the issuer")
    def verification(self, credential: Credential) -> SafeString | str:
        if not credential.pk:
            return "After saving. Nobody checks their own."
        state = state_of(credential)
        if credential.revoked_at:
            return state
        step = "revoke" if credential.verified_at else "verify"
        address = reverse(f"admin:articles_person_{step}", args=[credential.pk])
        return format_html('{} <a href="{}">{}…</a>', state, address, step.capitalize())


class InterestInline(admin.StackedInline):
    """What was declared, to read. Somebody without an account tells an editor, who writes it down."""

    model = Interest
    form = PlainForm
    extra = 1
    fields = ["statement", "declared_on"]
    can_delete = False
    classes = ["desk-compact"]
    formfield_overrides = {Interest._meta.get_field("statement").__class__: {"widget": forms.Textarea({"rows": 2})}}
    verbose_name_plural = "Interests: who has an account declares them under “Your record”. The newest counts"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and (obj is None or obj.user_id is None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReviewScopeForm(PlainForm):
    """What is covered is chosen, every page too: a row left empty is no scope."""

    covers = forms.ChoiceField(
        choices=lambda: [("", "---------"), ("every", "Every page"), *Topic.objects.values_list("pk", "name")]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["covers"] = self.instance.topic_id or "every"

    def clean_covers(self) -> str:
        covers = str(self.cleaned_data["covers"])
        self.instance.topic_id = None if covers == "every" else int(covers)
        return covers


class ReviewScopeInline(admin.TabularInline):
    model = ReviewScope
    form = ReviewScopeForm
    extra = 1
    fields = ["covers", "is_specialist", "ends_on", "granted"]
    readonly_fields = ["granted"]
    can_delete = False
    verbose_name_plural = "Review scopes: which pages this person may sign"

    @admin.display(description="granted by")
    def granted(self, scope: ReviewScope) -> str:
        return f"{scope.granted_by}, {scope.granted_at:%-d %B %Y}" if scope.pk else ""


@admin.register(Person)
class PersonAdmin(KeptRecords):
    form = PersonForm
    list_display = ["name", "job_title", "employer", "account", "is_advocate", "is_sample"]
    list_filter = ["is_advocate"]
    list_select_related = ["user"]
    search_fields = ["name", "slug"]
    fields = ["name", "slug", "job_title", "employer", "bio", "user", "is_advocate", "is_sample"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [CredentialInline, InterestInline, ReviewScopeInline]

    @admin.display(description="account", ordering="user")
    def account(self, person: Person) -> User | None:
        return person.user

    def _lists_only(self, request: HttpRequest) -> bool:
        """Whether this is somebody who keeps credentials or scopes of people, and not the people themselves."""
        return not super().has_change_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        keeps_lists = any(
            request.user.has_perm(f"articles.{name}")
            for name in ("change_credential", "add_interest", "change_reviewscope")
        )
        return super().has_change_permission(request, obj) or (obj is not None and keeps_lists)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and self._lists_only(request):
            return self.fields
        return super().get_readonly_fields(request, obj)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # A person's address stays when their name changes.
        return {} if obj is not None else super().get_prepopulated_fields(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"editing_user": request.user})

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else []

    def response_add(self, request: HttpRequest, obj: Person, post_url_continue: str | None = None) -> HttpResponse:
        if "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        self.message_user(request, f"{obj} is there. Credentials, interests and review scopes follow below.")
        return redirect("admin:articles_person_change", obj.pk)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseInlineFormSet[Any, Any, Any], change: bool
    ) -> None:
        for record in formset.save(commit=False):
            step = "added" if record.pk is None else "changed"
            if isinstance(record, ReviewScope):
                record.granted_by, record.granted_at = staff(request), timezone.now()
            if isinstance(record, Interest):
                record.declared_by = staff(request)
            if isinstance(record, Credential):
                # What a colleague checked was the old entry.
                record.verified_by = record.verified_at = None
            record.save()
            audit.record(staff(request), f"{record._meta.model_name}.{step}", record)
        formset.save_m2m()

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("your-record/", own_record.own_record, name="articles_person_record"),
            path("credential/<int:credential_id>/verify/", verify, name="articles_person_verify"),
            path("credential/<int:credential_id>/revoke/", revoke, name="articles_person_revoke"),
        ]
        return own + super().get_urls()


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=VERIFY)
def verify(request: HttpRequest, credential_id: int) -> HttpResponse:
    """Record that this person checked a colleague's credential with its issuer."""
    credential = _credential(credential_id)
    back = reverse("admin:articles_person_change", args=[credential.person_id])
    if credential.revoked_at:
        return refused(request, f"{credential.revoked_by} has revoked this credential.", back=back)
    if credential.verified_at:
        return refused(request, f"{credential.verified_by} has already verified this credential.", back=back)
    if request.method == "POST":
        try:
            with transaction.atomic():
                credential.verify(by=staff(request))
                audit.record(staff(request), "credential.verified", credential)
        except IntegrityError as error:
            return refused(request, plain(error)[1], back=back, back_label=f"Back to {credential.person}")
        messages.success(request, f"Verified: {credential}.")
        return redirect(back)
    context = {
        **admin.site.each_context(request),
        "title": "Verify a credential",
        "credential": credential,
        "own": credential.person.user_id == request.user.pk,
        "back": back,
    }
    return TemplateResponse(request, "admin/articles/verify.html", context)


class RevocationForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why, in a sentence.", "max_length": "Say it in 300 characters."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=VERIFY)
def revoke(request: HttpRequest, credential_id: int) -> HttpResponse:
    """Record, with the reason, that a colleague's credential no longer stands."""
    credential = _credential(credential_id)
    back = reverse("admin:articles_person_change", args=[credential.person_id])
    if credential.revoked_at:
        return refused(request, f"{credential.revoked_by} has already revoked this credential.", back=back)

    def step(given: dict[str, Any]) -> HttpResponse:
        try:
            with transaction.atomic():
                credential.revoke(because=given["reason"], by=staff(request))
                audit.record(staff(request), "credential.revoked", credential)
        except IntegrityError as error:
            raise TransitionRefused(plain(error)[1]) from error
        return done(request, f"Revoked: {credential}. Nothing new is signed with it.", back)

    return ask(
        request,
        RevocationForm(request.POST or None),
        step,
        title=f"Revoke: {credential}",
        explanation=f"From now on {credential.person} signs nothing new with it. What was signed keeps it as it then "
        "was; the publishing checklist of what is not live yet names it. This cannot be taken back.",
        button="Revoke",
        back=back,
        template="admin/articles/revoke.html",
        credential=credential,
    )


def _credential(pk: int) -> Credential:
    return get_object_or_404(Credential.objects.select_related("person__user", "verified_by", "revoked_by"), pk=pk)
