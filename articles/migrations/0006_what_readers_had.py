"""What readers had is told in the order in which they had it; signatures last as long as reviews do, until a revision is
published; a page that was taken down is read again before it comes back, and not led back to.
"""

import re
from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


FUNCTIONS = """
-- What readers had last before this revision was published itself; null when there was nothing. Readers may be led back to
-- an earlier revision, so what counts is the order in which pages were frozen, not that of the numbers.
CREATE OR REPLACE FUNCTION articles_published_before(of_revision bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT p.revision_id
    FROM articles_revision this JOIN articles_publishedpage p ON p.article_id = this.article_id
    WHERE this.id = of_revision
      AND NOT EXISTS (SELECT 1 FROM articles_publishedpage own WHERE own.revision_id = of_revision AND own.id <= p.id)
    ORDER BY p.id DESC
    LIMIT 1
$$;

-- The revisions by which to tell what this one takes out: what readers had last before it was published itself, and each
-- that they had earlier, as long as something of it is gone since then that nobody answers for.
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
    WITH frozen AS MATERIALIZED (
        SELECT p.revision_id, p.published_at, lag(p.revision_id) OVER (ORDER BY p.id) AS before
        FROM articles_revision this JOIN articles_publishedpage p ON p.article_id = this.article_id
        WHERE this.id = of_revision
    ),
    base AS MATERIALIZED (
        SELECT r.number, r.submitted_at,
            -- To hide a block, or to put the page back, is to give them nothing new.
            (SELECT max(f.published_at) FROM frozen f
             WHERE f.revision_id = r.id AND f.before IS DISTINCT FROM r.id) AS readers_got_it_at
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
    WHERE this.id = of_revision
      AND g.decided_at > (SELECT min(submitted_at) FROM base)
      AND (this.submitted_at IS NULL OR g.decided_at <= this.submitted_at)
$$;

-- The signatures that count for this revision: on a block it holds or on what it takes out, not withdrawn, and not by a
-- contributor, unless the block already stood on the page that readers had before, when the signer had not yet touched the
-- words. The signatures of whoever a byline names count in no case. For what readers do not have, they rest on credentials
-- that hold, and on a reading no longer ago than the risk class of the page allows: their own, or that of the whole page
-- since. A safety correction does not wait for what it leaves as it was to be read again. What counted when a page was frozen
-- goes on counting for what readers have. What a safety correction took out is read again before it comes back: what was
-- signed before that correction counts for the blocks that it kept.
CREATE OR REPLACE FUNCTION articles_live_signoffs(of_revision bigint)
RETURNS TABLE (id bigint, digest varchar, reviewer_id bigint, signed_at timestamptz)
LANGUAGE sql STABLE AS $$
    -- Each part is worked out once, whatever the planner believes of the tables' sizes: it would else ask who
    -- contributed again for each signature and block.
    WITH this AS MATERIALIZED (
        SELECT r.article_id, r.number,
            r.status IN ('published', 'superseded') AS was_published,
            r.status IN ('published', 'superseded') OR r.significance = 'safety_correction' AS waits_for_no_reading,
            make_interval(months => CASE a.risk_class WHEN 'high' THEN 12 WHEN 'medium' THEN 24 ELSE 36 END) AS lasts,
            (now() AT TIME ZONE 'UTC')::date AS today
        FROM articles_revision r JOIN articles_article a ON a.id = r.article_id WHERE r.id = of_revision
    ),
    held AS MATERIALIZED (
        SELECT b.digest FROM articles_block b WHERE b.revision_id = of_revision
        UNION
        SELECT articles_taken_out(of_revision)
    ),
    contributor AS MATERIALIZED (SELECT articles_contributors(of_revision) AS user_id),
    named AS MATERIALIZED (SELECT articles_named_on(of_revision) AS user_id),
    counted AS MATERIALIZED (
        SELECT DISTINCT jsonb_array_elements(p.signatures)::bigint AS id
        FROM this JOIN articles_publishedpage p ON p.article_id = this.article_id
        WHERE CASE WHEN this.was_published THEN p.revision_id = of_revision
            -- What readers have: its signatures are none on what is hidden from them.
            ELSE p.id = (SELECT max(q.id) FROM articles_publishedpage q WHERE q.article_id = this.article_id) END
    ),
    correction AS MATERIALIZED (
        SELECT r.id, r.number FROM articles_revision r JOIN this ON r.article_id = this.article_id
        WHERE r.significance = 'safety_correction' AND r.status IN ('published', 'superseded')
            AND r.number <= this.number
    ),
    on_page_before AS MATERIALIZED (
        SELECT DISTINCT b.digest FROM articles_block b WHERE b.revision_id = articles_published_before(of_revision)
    ),
    read_since AS MATERIALIZED (
        SELECT l.digest FROM this, articles_live_reaffirmations(of_revision) l
        WHERE l.completes AND NOT this.waits_for_no_reading
          AND (l.at AT TIME ZONE 'UTC')::date + this.lasts > this.today
    )
    SELECT s.id, s.digest, s.reviewer_id, s.signed_at
    FROM this CROSS JOIN held
    JOIN articles_signoff s ON s.article_id = this.article_id AND s.digest = held.digest
    WHERE NOT EXISTS (SELECT 1 FROM articles_signoffwithdrawal w WHERE w.sign_off_id = s.id)
      AND (
          s.reviewer_id NOT IN (SELECT user_id FROM contributor)
          OR (
              s.digest IN (SELECT digest FROM on_page_before)
              AND s.reviewer_id NOT IN (SELECT user_id FROM named)
          )
      )
      AND (s.id IN (SELECT id FROM counted) OR articles_credential_holds(s.credential_id))
      AND (
          this.waits_for_no_reading
          OR (s.signed_at AT TIME ZONE 'UTC')::date + this.lasts > this.today
          OR s.digest IN (SELECT digest FROM read_since)
      )
      AND NOT EXISTS (
          SELECT 1 FROM correction c
          WHERE c.number > (SELECT r.number FROM articles_revision r WHERE r.id = s.revision_id)
            AND NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = c.id AND b.digest = s.digest)
      )
$$;

-- Whether readers may be led back to this revision: not if it was taken from them and something else put in its place,
-- nor if it holds what was hidden from them and not published again since.
CREATE FUNCTION articles_can_be_shown_again(of_revision bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT 1 FROM articles_takedown t JOIN articles_publishedpage p ON p.id = t.page_id
        WHERE p.revision_id = of_revision
          AND (t.lifted_at IS NULL OR of_revision <> (
              SELECT q.revision_id FROM articles_publishedpage q
              WHERE q.article_id = p.article_id AND q.published_at <= t.lifted_at ORDER BY q.id DESC LIMIT 1
          ))
    ) AND NOT EXISTS (
        SELECT 1
        FROM articles_revision this
        JOIN articles_block b ON b.revision_id = this.id
        JOIN articles_publishedpage h ON h.article_id = this.article_id AND h.hidden ? b.digest
        WHERE this.id = of_revision AND NOT EXISTS (
            SELECT 1 FROM articles_publishedpage later
            JOIN articles_block again ON again.revision_id = later.revision_id AND again.digest = b.digest
            WHERE later.article_id = this.article_id AND later.id > h.id AND NOT later.hidden ? b.digest
        )
    )
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

_MADE = (
    import_module("articles.migrations.0005_what_counts_once_it_is_published").FUNCTIONS
    + import_module("articles.migrations._coverage").COVERAGE
)


def _made(name: str) -> str:
    """How an earlier migration made this function, the newest first."""
    made = re.search(rf"CREATE (?:OR REPLACE )?FUNCTION {name}\(.*?\n\$\$;\n", _MADE, re.DOTALL)
    assert made is not None
    return made[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


BACK = f"""
DROP FUNCTION articles_can_be_shown_again(bigint);
DROP FUNCTION articles_own_words(bigint, bigint);
{_made("articles_live_signoffs")}
{_made("articles_took_out")}
{_made("articles_bases")}
{_made("articles_published_before")}
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
        pgtrigger.migrations.RemoveTrigger(
            model_name='publishedpage',
            name='can_be_frozen',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='signoff',
            name='fit_to_sign',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='takedown',
            name='takedowns_stay',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publishedpage',
            trigger=pgtrigger.compiler.Trigger(name='can_be_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- Two people may publish at once: the second waits for the first.\n                    PERFORM 1 FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('approved', 'published', 'superseded')) THEN\n                        RAISE EXCEPTION 'only an approved revision of the article can be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = NEW.revision_id) THEN\n                        RAISE EXCEPTION 'a page without blocks cannot be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.hidden <> '[]' AND (\n                            NOT EXISTS (SELECT 1 FROM articles_emergencynotice n\n                                        WHERE n.id = NEW.notice_id AND n.signed_at IS NOT NULL)\n                            OR NOT EXISTS (SELECT 1 FROM articles_revision r\n                                           WHERE r.id = NEW.revision_id AND r.status = 'published')) THEN\n                        RAISE EXCEPTION 'blocks of a published page are hidden behind a notice that was signed beforehand' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF (SELECT count(*) <> count(DISTINCT digest) OR bool_or(digest NOT IN (\n                            SELECT b.digest FROM articles_block b WHERE b.revision_id = NEW.revision_id))\n                        FROM jsonb_array_elements_text(NEW.hidden) AS digest) THEN\n                        RAISE EXCEPTION 'only blocks of the page are hidden, each once' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision this JOIN articles_revision later\n                                   ON later.article_id = this.article_id AND later.number > this.number\n                               WHERE this.id = NEW.revision_id AND later.significance = 'safety_correction'\n                                 AND later.status IN ('published', 'superseded')) THEN\n                        RAISE EXCEPTION 'a page never goes back behind a safety correction' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'approved')\n                       AND EXISTS (SELECT 1 FROM articles_comment c WHERE c.article_id = NEW.article_id\n                                     AND c.blocking AND c.resolved_at IS NULL) THEN\n                        RAISE EXCEPTION 'a page is published once its blocking comments are resolved' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- An emergency must not wait for it.\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'approved')\n                       AND NOT EXISTS (SELECT 1 FROM articles_byline b\n                                       WHERE b.article_id = NEW.article_id AND b.role = 'author') THEN\n                        RAISE EXCEPTION 'a published page names its author' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'superseded')\n                       AND NOT EXISTS (SELECT 1 FROM articles_article a\n                                       JOIN articles_publishedpage live ON live.id = a.live_id,\n                                       articles_unsigned_blocks(live.revision_id) u\n                                       WHERE a.id = NEW.article_id) THEN\n                        RAISE EXCEPTION 'an earlier revision is shown again only once the live page has lost a signature' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'superseded')\n                       AND NOT articles_can_be_shown_again(NEW.revision_id) THEN\n                        RAISE EXCEPTION 'an earlier revision that was taken from readers, or part of it hidden, stays away' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- Whatever the writer of the row gave: who had which words when is told by it.\n                    NEW.published_at := clock_timestamp();\n                    RETURN NEW;\n                ", hash='b63104a28d8eb706ac42f02a9552dceabb071cc5', operation='INSERT', pgid='pgtrigger_can_be_frozen_bf1d0', table='articles_publishedpage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revision',
            trigger=pgtrigger.compiler.Trigger(name='starts_now', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    -- Whatever the writer of the row gave: whose copy is older than which words is told by it.\n                    NEW.created_at := clock_timestamp();\n                    RETURN NEW;\n                ', hash='3048e3aa47bf9b3f6bc4c5f7277bfbd067a56ff5', operation='INSERT', pgid='pgtrigger_starts_now_97d9e', table='articles_revision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='signoff',
            trigger=pgtrigger.compiler.Trigger(name='fit_to_sign', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('in_review', 'approved')\n                                     AND (EXISTS (SELECT 1 FROM articles_block b\n                                                  WHERE b.revision_id = r.id AND b.digest = NEW.digest)\n                                          OR NEW.digest IN (SELECT articles_taken_out(r.id)))) THEN\n                        RAISE EXCEPTION 'only a block of a revision under review can be signed, or what it takes out' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.reviewer_id IN (SELECT articles_contributors(NEW.revision_id)) THEN\n                        RAISE EXCEPTION 'nobody signs a page they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_block b\n                                   WHERE b.revision_id = NEW.revision_id AND b.digest = NEW.digest)\n                       AND NEW.reviewer_id IN (SELECT articles_took_out(NEW.revision_id)) THEN\n                        RAISE EXCEPTION 'nobody signs what they helped take out or move' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_live_signoffs(NEW.revision_id) l\n                               JOIN articles_signoff s ON s.id = l.id AND s.html_hash = NEW.html_hash\n                               WHERE l.digest = NEW.digest AND l.reviewer_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'this reviewer has already signed this block' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_suggestedblock w\n                               JOIN articles_suggestion g ON g.id = w.suggestion_id\n                               WHERE g.article_id = NEW.article_id AND g.suggested_by_id = NEW.reviewer_id\n                                 AND w.digest = NEW.digest) THEN\n                        RAISE EXCEPTION 'nobody signs words that they suggested' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- However long ago, and also once somebody else's signature on them was withdrawn.\n                    IF EXISTS (SELECT 1 FROM articles_contribution c JOIN articles_revision r ON r.id = c.revision_id\n                               WHERE r.article_id = NEW.article_id AND c.user_id = NEW.reviewer_id\n                                 AND c.digest = NEW.digest AND c.block_key <> '') THEN\n                        RAISE EXCEPTION 'nobody signs words that they wrote' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id\n                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id\n                                     AND i.declared_on > (now() AT TIME ZONE 'UTC')::date - interval '1 year') THEN\n                        RAISE EXCEPTION 'a signature needs interests that the reviewer declared within a year' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist\n                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                        JOIN articles_article a ON a.id = NEW.article_id\n                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                          AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date);\n                    -- Readers are told both: they are what they are now, whatever the writer of the row gave.\n                    NEW.signed_at := clock_timestamp();\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    RETURN NEW;\n                ", hash='fad1bddd45bfe7e3dace88b1751d967e6e160d92', operation='INSERT', pgid='pgtrigger_fit_to_sign_55fba', table='articles_signoff', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='takedown',
            trigger=pgtrigger.compiler.Trigger(name='takedowns_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.confirmed_at IS NOT NULL OR NEW.lifted_at IS NOT NULL THEN\n                            RAISE EXCEPTION 'a takedown is neither confirmed nor lifted when it is written' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL\n                       OR (OLD.confirmed_at IS NOT NULL\n                           AND (OLD.confirmed_by_id, OLD.confirmed_at)\n                               IS DISTINCT FROM (NEW.confirmed_by_id, NEW.confirmed_at))\n                       OR (to_jsonb(OLD) - '{confirmed_by_id,confirmed_at,lifted_by_id,lifted_at}'::text[])\n                          IS DISTINCT FROM\n                          (to_jsonb(NEW) - '{confirmed_by_id,confirmed_at,lifted_by_id,lifted_at}'::text[]) THEN\n                        RAISE EXCEPTION 'a takedown stays as it was written; it is confirmed once and lifted once' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- By the same clock as what is published: which of the two came first decides what can come back.\n                    IF NEW.lifted_at IS NOT NULL THEN\n                        NEW.lifted_at := clock_timestamp();\n                    END IF;\n                    RETURN NEW;\n                ", hash='6ee7d8e0670e682b18a1dbe3944952aae2337430', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_takedowns_stay_1b7bf', table='articles_takedown', when='BEFORE')),
        ),
    ]
