from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from articles.models.article import Article
from mesoinfo.ledger import refusal
from mesoinfo.models import User

OLD_ADDRESS = r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$"


class Redirect(models.Model):
    """An address where a published page once stood. It leads to the page, wherever that stands now.

    To the page and not to its next address, so there are neither chains nor circles. PostgreSQL makes the row
    in the statement that changes the address (`Article.Meta.triggers`); `publishing.addresses.move` adds who and why.
    """

    address = models.CharField(max_length=140, unique=True)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="redirects")
    made_at = models.DateTimeField(db_default=Now())
    moved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(address__regex=OLD_ADDRESS), name="only_pages_below_a_topic_move"),
            models.CheckConstraint(
                condition=Q(moved_by__isnull=True, reason="") | (Q(moved_by__isnull=False) & ~Q(reason="")),
                name="a_move_says_who_and_why",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="leads_from_a_free_address",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    -- Whoever makes a redirect and whoever takes its address wait for each other.
                    PERFORM pg_advisory_xact_lock(hashtext('articles_redirect'), hashtext(NEW.address));
                    IF EXISTS (SELECT 1 FROM articles_article a WHERE a.address = NEW.address) THEN
                        {refusal("an address where a page stands does not lead elsewhere")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="leads_on_for_ever",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' THEN
                        IF EXISTS (SELECT 1 FROM articles_article a
                                   WHERE a.id = OLD.article_id AND a.address = OLD.address) THEN
                            RETURN OLD;
                        END IF;
                        {refusal("an old address leads to its page for ever")}
                    END IF;
                    IF OLD.moved_by_id IS NOT NULL
                            OR (to_jsonb(OLD) - 'moved_by_id' - 'reason')
                                IS DISTINCT FROM (to_jsonb(NEW) - 'moved_by_id' - 'reason') THEN
                        {refusal("a redirect does not change, once it says who moved the page and why")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}, now {self.article.address}"
