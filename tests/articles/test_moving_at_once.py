"""A published page moves while somebody else takes its address."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from articles.models import Article, PublishedPage, Topic

from .test_promises import raw


@pytest.mark.django_db(transaction=True)
def test_a_page_leaves_while_another_takes_its_address(published: PublishedPage, topic: Topic) -> None:
    both = Barrier(2)

    def leave() -> None:
        with transaction.atomic():
            raw("UPDATE articles_article SET address = 'mesothelioma/a' WHERE id = %s", published.article_id)
            both.wait()
        connection.close()

    def take() -> str:
        both.wait()
        try:
            Article.objects.create(address="mesothelioma/stage-4", topic_id=published.article.topic_id)
        except IntegrityError as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor() as pool:
        left, took = pool.submit(leave), pool.submit(take)
        left.result()
        assert "this address leads to another page" in took.result()
