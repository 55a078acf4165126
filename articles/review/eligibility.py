"""Who may take a step, and who may sign a page, and if not, why not: as the database asks of each signature."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from articles.models import Article, Credential, Revision, TransitionRefused
from articles.models.revision import UNDER_REVIEW
from articles.review.coverage import contributors
from articles.review.dates import months_after
from mesoinfo import roles
from mesoinfo.models import User

INTERESTS_LAST = 12  # months
HELPED_WRITE = (
    "You helped write this page since it was last published, or are named on it, so somebody else must sign it."
)
NEEDS_CREDENTIAL = "You need a credential that a colleague has verified and that has not expired."
NEEDS_INTERESTS = "Declare your interests first, even if there are none: a declaration lasts a year."
NEEDS_SCOPE = "Your review scope does not cover this page. Ask the medical lead."
# What somebody lacks, rather than what they did: their record on the desk shows it.
UNQUALIFIED = (NEEDS_CREDENTIAL, NEEDS_INTERESTS, NEEDS_SCOPE)


def require(user: User, permission: str, sentence: str) -> None:
    """Raise TransitionRefused with `sentence` unless one of the user's roles gives the permission."""
    if not roles.holds(user, permission):
        raise TransitionRefused(sentence)


def why_not(user: User, revision: Revision) -> str:
    """Why this person may not sign this revision, as a sentence; empty when they may."""
    if not roles.holds(user, "articles.sign_block"):
        return "Signing needs the medical reviewer role."
    if revision.status not in UNDER_REVIEW:
        return f"This revision is not under review: it is {revision.get_status_display().lower()}."
    if user.pk in contributors(revision):
        return HELPED_WRITE
    return not_qualified(user, revision.article)


def not_qualified(user: User, article: Article) -> str:
    """What this person lacks to answer for this page, whoever wrote it, as a sentence; empty when nothing."""
    return lacks(user) or ("" if _in_scope(user, article) else NEEDS_SCOPE)


def lacks(user: User) -> str:
    """What this person lacks to sign any page, as a sentence; empty when nothing."""
    if credential_of(user) is None:
        return NEEDS_CREDENTIAL
    a_year_ago = months_after(timezone.now().date(), -INTERESTS_LAST)
    if not user.person.interests.filter(declared_by=user, declared_on__gt=a_year_ago).exists():
        return NEEDS_INTERESTS
    return ""


def credential_of(user: User) -> Credential | None:
    """The credential that a signature of today would carry."""
    return Credential.objects.filter(person__user=user).valid_on(timezone.now().date()).order_by("pk").first()


def _in_scope(user: User, article: Article) -> bool:
    today = timezone.now().date()
    return any(
        scope.topic_id in (None, article.topic_id) and (scope.ends_on is None or scope.ends_on >= today)
        for scope in user.person.review_scopes.all()
    )


def own_words(user: User, article: Article) -> set[str]:
    """Digests of the blocks whose words this person ever wrote or suggested, and therefore does not sign."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT articles_own_words(%s, %s)", [article.pk, user.pk])
        return {row[0] for row in cursor.fetchall()}
