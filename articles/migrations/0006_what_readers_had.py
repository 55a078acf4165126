"""What a revision takes out is told since what readers had, in the order in which they had it; a page that was taken down is
read again before it comes back.
"""

import re
from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


FUNCTIONS = """
-- The revisions by which to tell what this one takes out: what readers had last before it was published itself, and each
-- that they had earlier, as long as something of it is gone since then that nobody answers for. Readers may be led back to
-- an earlier one, so what counts is the order in which pages were frozen.
CREATE OR REPLACE FUNCTION articles_bases(of_revision bigint) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    bases bigint[] := '{}';
    shown bigint;
BEGIN
    FOR shown IN
        SELECT p.revision_id
        FROM articles_revision this JOIN articles_publishedpage p ON p.article_id = this.article_id
        WHERE this.id = of_revision
          AND NOT EXISTS (SELECT 1 FROM articles_publishedpage own
                          WHERE own.revision_id = of_revision AND own.id <= p.id)
        ORDER BY p.id
    LOOP
        bases := ARRAY(
            SELECT base FROM unnest(bases) AS base
            WHERE base <> shown AND CASE WHEN articles_takes_out(shown, base)
                THEN NOT articles_taken_out_is_signed(shown, base) ELSE false END
        ) || shown;
    END LOOP;
    RETURN bases;
END
$$;

-- Everyone who helped write, suggested or started what this revision takes out or moves: they sign it in no revision.
CREATE OR REPLACE FUNCTION articles_took_out(of_revision bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    WITH base AS MATERIALIZED (
        SELECT r.number, r.submitted_at,
            (SELECT max(p.published_at) FROM articles_publishedpage p WHERE p.revision_id = r.id) AS readers_got_it_at
        FROM unnest(articles_bases(of_revision)) AS b JOIN articles_revision r ON r.id = b
        WHERE articles_takes_out(of_revision, b)
    ),
    since AS MATERIALIZED (
        SELECT r.id, r.number, r.created_by_id, r.created_at
        FROM articles_revision this
        JOIN articles_revision r ON r.article_id = this.article_id AND r.number <= this.number
            AND r.number > (SELECT min(number) FROM base)
        WHERE this.id = of_revision
    )
    SELECT contributor FROM since, LATERAL articles_contributors(since.id) AS contributor
    UNION
    -- Who starts a draft before readers get the other revision, or get it back, starts it without what that one brings.
    SELECT created_by_id FROM since JOIN base ON since.number > base.number AND created_at < readers_got_it_at
    UNION
    SELECT g.suggested_by_id
    FROM articles_revision this
    JOIN articles_suggestion g ON g.article_id = this.article_id AND g.accepted
    WHERE this.id = of_revision AND g.decided_at > (SELECT min(submitted_at) FROM base)
$$;

-- The digests of the blocks of a page whose words somebody ever wrote or suggested, and therefore does not sign.
CREATE FUNCTION articles_own_words(of_article bigint, by_user bigint) RETURNS SETOF varchar
LANGUAGE sql STABLE AS $$
    SELECT c.digest
    FROM articles_contribution c JOIN articles_revision r ON r.id = c.revision_id
    WHERE r.article_id = of_article AND c.user_id = by_user AND c.block_key <> ''
    UNION
    SELECT w.digest
    FROM articles_suggestedblock w JOIN articles_suggestion g ON g.id = w.suggestion_id
    WHERE g.article_id = of_article AND g.suggested_by_id = by_user
$$;
"""

_BEFORE = import_module("articles.migrations.0005_what_counts_once_it_is_published").FUNCTIONS


def _made(name: str) -> str:
    """How the migration before made this function."""
    made = re.search(rf"CREATE FUNCTION {name}\(.*?\n\$\$;\n", _BEFORE, re.DOTALL)
    assert made is not None
    return made[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


BACK = f"""
DROP FUNCTION articles_own_words(bigint, bigint);
{_made("articles_took_out")}
{_made("articles_bases")}
"""


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0005_what_counts_once_it_is_published"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, BACK),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reaffirmation',
            name='fit_to_reaffirm',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reaffirmation',
            trigger=pgtrigger.compiler.Trigger(name='fit_to_reaffirm', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE this RECORD;', func="\n                    -- As publishing does: what goes live at that moment goes live before or after.\n                    SELECT a.page_state, a.risk_class INTO this\n                        FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    -- One that was taken down is read again before it comes back, if its review is due meanwhile.\n                    IF this.page_state NOT IN ('live', 'taken_down') OR NEW.page_id IS DISTINCT FROM (\n                            SELECT max(p.id) FROM articles_publishedpage p WHERE p.article_id = NEW.article_id) THEN\n                        RAISE EXCEPTION 'only the page that readers see, or saw last, is found still right' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p, articles_unsigned_blocks(p.revision_id)\n                               WHERE p.id = NEW.page_id)\n                       OR EXISTS (SELECT 1 FROM articles_publishedpage p\n                                  WHERE p.id = NEW.page_id AND p.hidden <> '[]') THEN\n                        RAISE EXCEPTION 'a page is found still right while every block of it is signed and shown' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               WHERE p.id = NEW.page_id\n                                 AND NEW.reviewer_id IN (SELECT articles_contributors(p.revision_id))) THEN\n                        RAISE EXCEPTION 'nobody finds a page right that they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               JOIN articles_block b ON b.revision_id = p.revision_id\n                               JOIN articles_suggestedblock w ON w.digest = b.digest\n                               JOIN articles_suggestion g ON g.id = w.suggestion_id\n                               WHERE p.id = NEW.page_id AND g.article_id = NEW.article_id\n                                 AND g.suggested_by_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'nobody finds words right that they suggested' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               JOIN articles_block b ON b.revision_id = p.revision_id\n                               JOIN articles_contribution c ON c.digest = b.digest AND c.block_key <> ''\n                               JOIN articles_revision r ON r.id = c.revision_id AND r.article_id = NEW.article_id\n                               WHERE p.id = NEW.page_id AND c.user_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'nobody finds words right that they wrote' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id\n                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id\n                                     AND i.declared_on > (now() AT TIME ZONE 'UTC')::date - interval '1 year') THEN\n                        RAISE EXCEPTION 'a signature needs interests that the reviewer declared within a year' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist\n                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                        JOIN articles_article a ON a.id = NEW.article_id\n                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                          AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date);\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    NEW.at := clock_timestamp();\n                    NEW.completes := this.risk_class <> 'high' OR EXISTS (\n                        SELECT 1 FROM articles_reaffirmation other\n                        WHERE other.page_id = NEW.page_id AND other.reviewer_id <> NEW.reviewer_id\n                          AND other.at > NEW.at - interval '30 days'\n                          AND (other.as_specialist OR NEW.as_specialist)\n                          -- It counts once, and only by somebody who knew what called the page in.\n                          AND NOT EXISTS (SELECT 1 FROM articles_reaffirmation before\n                                          WHERE before.page_id = other.page_id AND before.completes\n                                            AND before.at >= other.at)\n                          AND NOT EXISTS (SELECT 1 FROM articles_earlyreview e\n                                          WHERE e.article_id = NEW.article_id AND e.settled_at IS NULL\n                                            AND e.at > other.at)\n                    );\n                    RETURN NEW;\n                ", hash='1ffdc188566eee2f77c8f24a8b414231dd6efe58', operation='INSERT', pgid='pgtrigger_fit_to_reaffirm_a9400', table='articles_reaffirmation', when='BEFORE')),
        ),
    ]
