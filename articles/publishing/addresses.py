"""Moving a published page to another address. The old one leads to it for ever: PostgreSQL sees to that."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction

from articles.models import Article, Kind, Redirect, Topic, TransitionRefused
from articles.models.topic import SLUG
from articles.review.eligibility import require
from mesoinfo import audit
from mesoinfo.models import User


class MoveRefused(TransitionRefused):
    """The page cannot stand at that address. The text says why and what to do."""


def can_move(article: Article) -> bool:
    """Whether it is a page that readers may have linked to, and whose kind leaves it a choice of address.

    A term of the glossary keeps its address, as a source keeps its key: texts mark it by that.
    """
    return article.first_published_at is not None and article.kind == Kind.ARTICLE


@transaction.atomic
def move(article: Article, *, topic: Topic, name: str, reason: str, by: User) -> Redirect:
    """Give a published article another address, made of its topic and `name`.

    Returns the redirect that leads readers from the old address. Raises MoveRefused with a sentence.
    """
    require(by, "articles.publish_revision", "Moving a page needs the publisher role.")
    moving = Article.objects.locked(article.pk)
    if not can_move(moving):
        raise MoveRefused(
            "This page keeps its address: it is the site's own, opens a topic, or is a term that texts mark by it."
            if moving.first_published_at
            else "This page was never published, so nobody has linked to it. Change its address on its own page."
        )
    if not re.search(SLUG, name):
        raise MoveRefused("Use small letters, figures and single hyphens only, such as stage-4.")
    old, new = moving.address, f"{topic.slug}/{name}"
    _refuse_what_is_taken(moving, new)
    moving.address, moving.topic = new, topic
    try:
        with transaction.atomic():
            moving.save(update_fields=["address", "topic"])
    except IntegrityError as error:
        raise MoveRefused(f"Somebody took /{new}/ just now. Choose another address.") from error
    redirect = Redirect.objects.get(address=old)
    redirect.moved_by, redirect.reason = by, reason
    redirect.save(update_fields=["moved_by", "reason"])
    article.address, article.topic = new, topic
    audit.record(by, "article.moved", article, left=old, now_at=new)
    return redirect


def _refuse_what_is_taken(moving: Article, new: str) -> None:
    if new == moving.address:
        raise MoveRefused(f"The page stands at /{new}/ already.")
    if len(new) > (longest := Article._meta.get_field("address").max_length or 0):
        raise MoveRefused(f"The address is longer than {longest} characters. Make it shorter.")
    if Article.objects.filter(address=new).exists():
        raise MoveRefused(f"Another page stands at /{new}/. Choose another address.")
    taken = Redirect.objects.filter(address=new).exclude(article=moving).select_related("article").first()
    if taken:
        raise MoveRefused(
            f"/{new}/ leads to /{taken.article.address}/, because people have linked to it. Choose another address."
        )
