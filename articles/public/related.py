"""Where a reader may want to go on: pages that rest on the same sources, and pages of the same topic."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL

from articles.models import Kind, PublishedPage
from articles.public.navigation import IN_ORDER

MOST = 6  # at the foot of an article
SHARED = """(SELECT count(*) FROM jsonb_array_elements_text(articles_publishedpage.source_keys) AS cited(source)
             WHERE cited.source = ANY(%s))"""


def related_to(page: PublishedPage) -> list[PublishedPage]:
    """The articles that share most sources with this one, then the others of its topic in their order.

    Two queries, each on an index: which pages share a source is asked of the GIN index on `source_keys`.
    """
    topic = page.article.topic
    others = PublishedPage.objects.live().for_lists().filter(article__kind=Kind.ARTICLE).exclude(pk=page.pk)
    shares = Q(source_keys__has_any_keys=page.source_keys)
    elsewhere = Case(When(article__topic=topic, then=Value(0)), default=Value(1))
    by_source = (
        others.filter(shares)
        .annotate(shared=RawSQL(SHARED, [page.source_keys], output_field=IntegerField()))
        .order_by("-shared", elsewhere, *IN_ORDER)
    )
    of_topic = others.filter(~shares, article__topic=topic).order_by(*IN_ORDER)
    return [*by_source[:MOST], *of_topic[:MOST]][:MOST]
