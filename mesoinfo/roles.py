"""Who may do what: each role is a group with exactly these permissions, set anew after each migration.

A superuser may configure the desk, but signing, publishing and opening cases ask for the role itself
(`holds`), never for `has_perm`, which says yes to a superuser whatever the question.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet

from mesoinfo import audit
from mesoinfo.models import User

_KEPT = "_permissions_through_roles"


class RoleRefused(Exception):
    """The role cannot be given; the text says why."""


def _all(app: str, models: str, *actions: str) -> set[str]:
    return {f"{app}.{action}_{model}" for model in models.split() for action in actions}


_READ_PAGES = _all(
    "articles",
    "topic person credential interest reviewscope article byline revision reviewrequest signoff"
    " publishedpage redirect offer disclosure story image synonym takedown emergencynotice emergencyedit"
    " reaffirmation earlyreview ruleweight waiver",
    "view",
) | _all("citations", "source quote notice relation", "view")
_WATCH_LINKS = {"articles.view_link", "articles.watch_link"}
_WRITE = (
    _READ_PAGES
    | _all("articles", "image", "add", "change")
    | _all("citations", "source quote relation", "add", "change")
    | {"citations.delete_relation"}
    | {"articles.add_article", "articles.write_revision", "articles.view_feedback"}
    | _WATCH_LINKS
)
_EDIT = (
    _WRITE
    | {"articles.manage_reviews", "articles.weigh_rule", "articles.waive_finding"}
    | _all("articles", "article topic person byline offer disclosure story", "add", "change")
    | _all("articles", "synonym", "add", "change", "delete")
    | {"citations.add_notice", "citations.merge_source"}
)
_REVIEW = _READ_PAGES | {"articles.sign_block", "articles.take_down"}
_QUEUE = _all("caseintake", "submission contactattempt caseevent", "view")

ROLES: dict[str, set[str]] = {
    "writer": _WRITE,
    "editor": _EDIT | {"articles.add_interest", "articles.read_feedback"},
    "medical reviewer": _REVIEW,
    "medical lead": _REVIEW
    | _all("articles", "credential reviewscope", "add", "change")
    | _WATCH_LINKS
    | {
        "articles.add_interest",
        "articles.manage_reviews",
        "articles.weigh_rule",
        "articles.waive_finding",
        "articles.set_risk_class",
        "articles.verify_credential",
        "articles.withdraw_any_signoff",
        "articles.dismiss_earlyreview",
        "articles.hide_block",
        "articles.add_emergencynotice",
        "mesoinfo.view_auditentry",
    },
    "publisher": _READ_PAGES
    | {"articles.publish_revision", "articles.take_down", "articles.withdraw_page", "mesoinfo.view_auditentry"},
    "safety officer": _READ_PAGES
    | {
        "articles.withdraw_any_signoff",
        "articles.take_down",
        "articles.hide_block",
        "articles.add_emergencynotice",
        "mesoinfo.view_auditentry",
    },
    "advocate": _QUEUE | {"caseintake.work_cases"},
    "advocate lead": _QUEUE | {"caseintake.work_cases", "caseintake.lead_cases", "caseintake.answer_for_consent"},
    "privacy officer": _QUEUE
    | {"caseintake.view_accessevent", "caseintake.view_consentevent", "caseintake.answer_for_consent"},
    "auditor": {
        "mesoinfo.view_auditentry",
        "caseintake.view_accessevent",
        "caseintake.view_caseevent",
        "articles.view_signoff",
        "articles.view_publishedpage",
    },
}


def holds(user: Any, permission: str) -> bool:
    """Whether an active member of staff has this permission through a role. Being superuser does not count.

    As with Django's own, what a user may do is read once and kept with the object: a role taken away counts from the
    next request.
    """
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return False
    if not hasattr(user, _KEPT):
        through_roles = Permission.objects.filter(group__user=user)
        setattr(user, _KEPT, set(through_roles.values_list("content_type__app_label", "codename").order_by()))
    app, codename = permission.split(".")
    return (app, codename) in getattr(user, _KEPT)


def holders(*permissions: str) -> QuerySet[User]:
    """Active members of staff who have one of these permissions through a role, by name."""
    wanted = Q()
    for permission in permissions:
        app, codename = permission.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    through_roles = Group.objects.filter(permissions__in=Permission.objects.filter(wanted))
    return User.objects.filter(is_active=True, is_staff=True, groups__in=through_roles).distinct()


def _forget(user: User) -> None:
    user.__dict__.pop(_KEPT, None)


@transaction.atomic
def appoint(user: User, role: str, *, by: User | None, witnesses: tuple[str, ...] = ()) -> None:
    """Give `user` the role, and say so in the audit ledger.

    `by` is the member of staff who does it, or None at the command line, where `witnesses` name the
    people who answer for it. Raises RoleRefused for an unknown role or somebody appointing themselves.
    """
    if role not in ROLES:
        raise RoleRefused(f"There is no role {role!r}. Choose one of: {', '.join(ROLES)}.")
    if by is not None and by == user:
        raise RoleRefused("Nobody gives a role to themselves. Ask a colleague to do it.")
    user.groups.add(Group.objects.get(name=role))
    _forget(user)
    audit.record(by, "role.appointed", user, role=role, witnesses=", ".join(witnesses))


@transaction.atomic
def dismiss(user: User, role: str, *, by: User) -> None:
    """Take the role from `user`, at once, and say so in the audit ledger. Raises RoleRefused if they lack it."""
    if not user.groups.filter(name=role).exists():
        raise RoleRefused(f"{user} does not have the role of {role}.")
    user.groups.remove(Group.objects.get(name=role))
    _forget(user)
    audit.record(by, "role.dismissed", user, role=role)


def synchronise(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After migrating: every group holds exactly its permissions. Runs once all apps have made theirs."""
    from django.apps import apps

    with_models = [app for app in apps.get_app_configs() if app.models_module is not None]
    if sender is not with_models[-1]:
        return
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for name, wanted in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set([known[permission] for permission in wanted if permission in known])
