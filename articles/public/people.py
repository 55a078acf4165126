"""The people behind the pages: who writes, edits and reviews, who is quoted, and who can be talked with."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from django.core.paginator import Paginator
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from articles.models import Byline, BylineRole, PageState, Person, PublishedPage, Reaffirmation, SignOff
from articles.public.navigation import HOME, Link
from articles.public.paging import PER_PAGE, page_number
from articles.public.trust import with_record

PEOPLE = Link("/people/", "People")
# Readers look for reviewers first. Whoever does several things stands where they would be looked for.
GROUPS = ["Who reviews our pages", "Who writes and edits them", "Who is quoted on them"]
CHECKED_BY = """%s IN (SELECT reviewer_id FROM articles_live_signoffs(articles_publishedpage.revision_id)
                       UNION ALL
                       SELECT reviewer_id FROM articles_live_reaffirmations(articles_publishedpage.revision_id))"""
NAMED = Q(reviews=True) | Q(writes=True) | Q(edits=True) | Q(quoted=True)
# The pages somebody never checked need not be looked through: UNION keeps that list apart.
REVIEWS = """EXISTS (
    SELECT 1 FROM (SELECT s.article_id FROM articles_signoff s WHERE s.reviewer_id = articles_person.user_id
                   UNION
                   SELECT r.article_id FROM articles_reaffirmation r WHERE r.reviewer_id = articles_person.user_id) ever
    JOIN articles_article a ON a.id = ever.article_id AND a.page_state = 'live'
    JOIN articles_publishedpage p ON p.id = a.live_id
    WHERE articles_person.user_id IN (SELECT reviewer_id FROM articles_live_signoffs(p.revision_id)
                                      UNION ALL
                                      SELECT reviewer_id FROM articles_live_reaffirmations(p.revision_id)))"""


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everyone whom a page names, by what they do."""
    listed = Paginator(_named_on_pages(), PER_PAGE).get_page(page_number(request))
    groups = [(GROUPS[group], list(named)) for group, named in groupby(listed, key=attrgetter("group"))]
    context = {
        "listed": listed,
        "groups": groups,
        "is_sample": any(person.is_sample for person in listed),
        "trail": [HOME],
    }
    return TemplateResponse(request, "articles/people.html", context)


def everyone() -> QuerySet[Person]:
    """Whoever a list of ours leads to, by name: those whom pages name, and the advocates."""
    return _with_parts().filter(NAMED | Q(is_advocate=True)).order_by("name", "pk")


def _with_parts() -> QuerySet[Person]:
    named = Byline.objects.filter(person=OuterRef("pk"), article__page_state=PageState.LIVE)
    # Asked by itself, once: within a query below each of its places would read all signatures.
    reviewers = list(
        Person.objects.filter(RawSQL(REVIEWS, [], output_field=BooleanField())).values_list("pk", flat=True).order_by()
    )
    return Person.objects.annotate(
        reviews=ExpressionWrapper(Q(pk__in=reviewers), output_field=BooleanField()),
        writes=Exists(named.filter(role=BylineRole.AUTHOR)),
        edits=Exists(named.filter(role=BylineRole.EDITOR)),
        quoted=Exists(named.filter(role=BylineRole.QUOTED)),
    )


def _named_on_pages() -> QuerySet[Person]:
    return (
        with_record(_with_parts())
        .filter(NAMED)
        .annotate(
            group=Case(
                When(reviews=True, then=Value(0)), When(Q(writes=True) | Q(edits=True), then=Value(1)), default=Value(2)
            )
        )
        .order_by("group", "name", "pk")
    )


@require_safe
def advocates(request: HttpRequest) -> HttpResponse:
    """Whom readers can talk with, what those can do and cannot, and how to reach them."""
    listed = Paginator(with_record(Person.objects.filter(is_advocate=True)).order_by("name", "pk"), PER_PAGE).get_page(
        page_number(request)
    )
    context = {"listed": listed, "is_sample": any(person.is_sample for person in listed), "trail": [HOME]}
    return TemplateResponse(request, "articles/advocates.html", context)


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody the pages name: what qualifies them, who pays them, what they wrote and reviewed."""
    someone = get_object_or_404(with_record(Person.objects.all()), slug=slug)
    named = Byline.objects.filter(article=OuterRef("article"), person=someone)
    by_them = {"article": OuterRef("article"), "reviewer": someone.user_id}
    ever = Exists(SignOff.objects.filter(**by_them)) | Exists(Reaffirmation.objects.filter(**by_them))
    # The signatures of articles this person never checked need not be looked through.
    reviewed = Case(
        When(ever, then=RawSQL(CHECKED_BY, [someone.user_id], output_field=BooleanField())),
        default=False,
        output_field=BooleanField(),
    )
    works = (
        PublishedPage.objects.live()
        .for_lists()
        .annotate(
            wrote=Exists(named.filter(role=BylineRole.AUTHOR)),
            edited=Exists(named.filter(role=BylineRole.EDITOR)),
            quoted=Exists(named.filter(role=BylineRole.QUOTED)),
            reviewed=reviewed,
        )
        .filter(Q(wrote=True) | Q(edited=True) | Q(quoted=True) | Q(reviewed=True))
        .order_by("title", "pk")
    )
    listed = Paginator(works, PER_PAGE).get_page(page_number(request))
    if not (listed or someone.is_advocate):
        raise Http404("No page names them, so they are nobody's business yet.")
    return TemplateResponse(
        request, "articles/person.html", {"person": someone, "listed": listed, "trail": [HOME, PEOPLE]}
    )
