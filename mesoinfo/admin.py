"""Who works here and what the site is called, on the desk; and the ledger of what staff did, to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django_q.models import Failure, OrmQ, Schedule, Success

from mesoinfo import roles
from mesoinfo.desk import Audited, staff
from mesoinfo.models import AuditEntry, SiteSettings, User


def leave_out() -> None:
    """Take from the desk what other apps put there and nobody may do there.

    A role is given by roles.appoint, which writes it down, never by editing a group. A job typed into
    the queue would run with the worker's rights, private key included, whoever typed it.
    """
    for model in (Group, OrmQ, Schedule, Success, Failure):
        if admin.site.is_registered(model):
            admin.site.unregister(model)


class RoleForm(forms.Form):
    """One of the roles in `offered`."""

    role = forms.ChoiceField(
        error_messages={"required": "Choose a role.", "invalid_choice": "Choose a role from the list."},
    )

    def __init__(self, data: Any = None, *, offered: list[str]) -> None:
        super().__init__(data)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose a role"), *((name, name.capitalize()) for name in offered)]


class OneAddressEach(forms.ModelForm):
    """An address to sign in with is one person's alone, in capital letters or small."""

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Somebody already signs in with this address.")
        return email


class NewUserForm(OneAddressEach, AdminUserCreationForm):
    """Somebody who will work on the desk."""

    class Meta:
        model = User
        fields = ["email", "name"]


class KnownUserForm(OneAddressEach, UserChangeForm):
    """Somebody who works on the desk."""


@admin.register(User)
class UserAdmin(Audited, DjangoUserAdmin):
    """Accounts. For superusers alone, who configure the desk and do none of its work by that."""

    add_form = NewUserForm
    form = KnownUserForm
    change_form_template = "admin/mesoinfo/user.html"
    list_display = ["name", "email", "roles_held", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "groups"]
    search_fields = ["name", "email"]
    ordering = ["name"]
    actions = None
    view_on_site = False
    filter_horizontal = []
    readonly_fields = ["roles_held", "last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        ("What they may do", {"fields": ["roles_held", "is_active", "is_staff", "is_superuser"]}),
        ("When", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["email", "name", "usable_password", "password1", "password2"]})
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="roles")
    def roles_held(self, user: User) -> str:
        if not user.pk:
            return ""
        return ", ".join(group.name for group in user.groups.all()) or "none"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _superuser(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff and request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ["is_active", "is_staff", "is_superuser"] if obj is not None and obj == request.user else []
        return [*self.readonly_fields, *own]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "may_appoint": str(request.user.pk) != object_id}
        )

    def get_urls(self) -> list[URLPattern]:
        def role_page(name: str, view: Callable[..., HttpResponse]) -> URLPattern:
            return path(f"<int:user_id>/{name}/", self.admin_site.admin_view(view), name=f"mesoinfo_user_{name}")

        return [role_page("appoint", self.appoint), role_page("dismiss", self.dismiss), *super().get_urls()]

    def appoint(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Give a colleague a role, written down in the audit ledger."""
        user = get_object_or_404(User, pk=user_id)
        held = set(user.groups.values_list("name", flat=True))
        return self._change_role(
            request,
            user,
            title=f"Give {user} a role",
            button="Give this role",
            offered=[name for name in roles.ROLES if name not in held],
            step=lambda role: roles.appoint(user, role, by=staff(request)),
            done="{user} now has the role of {role}.",
        )

    def dismiss(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Take a role from somebody, written down in the audit ledger."""
        user = get_object_or_404(User, pk=user_id)
        return self._change_role(
            request,
            user,
            title=f"Take a role from {user}",
            button="Take this role away",
            offered=list(user.groups.order_by("name").values_list("name", flat=True)),
            step=lambda role: roles.dismiss(user, role, by=staff(request)),
            done="{user} no longer has the role of {role}.",
        )

    def _change_role(
        self,
        request: HttpRequest,
        user: User,
        *,
        title: str,
        button: str,
        offered: list[str],
        step: Callable[[str], None],
        done: str,
    ) -> HttpResponse:
        if not self._superuser(request):
            raise PermissionDenied
        back = reverse("admin:mesoinfo_user_change", args=[user.pk])
        form = RoleForm(request.POST or None, offered=offered)
        if request.method == "POST" and form.is_valid():
            role = form.cleaned_data["role"]
            try:
                step(role)
            except roles.RoleRefused as refusal:
                form.add_error("role", str(refusal))
            else:
                messages.success(request, done.format(user=user, role=role))
                return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "button": button,
            "person": user,
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "admin/mesoinfo/role.html", context, status=400 if form.is_bound else 200)


class SiteSettingsForm(forms.ModelForm):
    class Meta:
        model = SiteSettings
        fields = [
            "site_name",
            "publisher_name",
            "phone",
            "phone_hours",
            "about",
            "emergency_note",
            "advertising_notice",
            "citation_style",
            "makes_automatic_calls",
        ]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("phone") and not self.cleaned_data.get("phone_hours"):
            self.add_error("phone_hours", "Say when somebody answers the telephone.")
        return cleaned


@admin.register(SiteSettings)
class SiteSettingsAdmin(Audited):
    """What the site is called and how it is reached: one row, for superusers."""

    form = SiteSettingsForm
    actions = None
    view_on_site = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not SiteSettings.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            messages.warning(request, "Somebody else made the site settings just now. Look at theirs first.")
            return redirect("admin:mesoinfo_sitesettings_changelist")


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """The ledger of what staff did, newest first. Nobody writes here."""

    list_display = ["sequence", "at", "actor", "action", "target_type", "target_id"]
    list_select_related = ["actor"]
    list_filter = ["action"]
    search_fields = ["action", "target_id"]
    fields = ["sequence", "at", "actor", "action", "target_type", "target_id", "facts", "previous_hash", "hash"]
    actions = None
    view_on_site = False
    show_full_result_count = False
    list_per_page = 100

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
