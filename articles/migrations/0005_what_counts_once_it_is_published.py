"""What counted when a page was published counts for what readers have; what is taken out is told by every revision that
nobody has answered for, and by the live one.
"""

import re
from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


# Of these, articles_bases, articles_took_out and articles_live_signoffs are in force as 0006_what_readers_had.py has them.
FUNCTIONS = """
DROP FUNCTION articles_took_out(bigint);
DROP FUNCTION articles_taken_out(bigint);
DROP FUNCTION articles_measured_against(bigint);

-- Whether somebody may sign with this credential today.
CREATE FUNCTION articles_credential_holds(credential bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM articles_credential c
                   WHERE c.id = credential AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL
                     AND COALESCE(c.valid_until >= (now() AT TIME ZONE 'UTC')::date, true))
$$;

-- Whether as many people as the risk class of the page asks for have signed what the revision takes out since the other.
CREATE OR REPLACE FUNCTION articles_taken_out_is_signed(of_revision bigint, since bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN a.risk_class = 'high'
        THEN count(DISTINCT s.reviewer_id) >= 2 AND COALESCE(bool_or(s.as_specialist), false)
        ELSE count(s.id) >= 1 END
    FROM articles_revision r
    JOIN articles_article a ON a.id = r.article_id
    LEFT JOIN articles_signoff s ON s.revision_id = r.id
        AND s.digest = articles_taken_out_digest(of_revision, since)
        AND NOT EXISTS (SELECT 1 FROM articles_signoffwithdrawal w WHERE w.sign_off_id = s.id)
        AND s.reviewer_id NOT IN (SELECT articles_named_on(of_revision))
        AND (
            articles_credential_holds(s.credential_id)
            OR EXISTS (SELECT 1 FROM articles_publishedpage p
                       WHERE p.revision_id = of_revision AND p.signatures @> to_jsonb(s.id))
        )
    WHERE r.id = of_revision
    GROUP BY a.risk_class
$$;

-- The revisions by which to tell what this one takes out: the one published before it; each that was published earlier,
-- as long as a later one takes something out of it that nobody answers for; and the one that readers have, or had last,
-- where they were led back to it.
CREATE FUNCTION articles_bases(of_revision bigint) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    bases bigint[] := '{}';
    published bigint;
    live bigint;
BEGIN
    FOR published IN
        SELECT r.id
        FROM articles_revision this
        JOIN articles_revision r ON r.article_id = this.article_id AND r.number < this.number
        WHERE this.id = of_revision
          AND EXISTS (SELECT 1 FROM articles_publishedpage p WHERE p.revision_id = r.id)
        ORDER BY r.number
    LOOP
        bases := ARRAY(
            SELECT base FROM unnest(bases) AS base
            WHERE CASE WHEN articles_takes_out(published, base)
                THEN NOT articles_taken_out_is_signed(published, base) ELSE false END
        ) || published;
    END LOOP;
    -- The live page is the one frozen last; so was the one that was taken down.
    SELECT p.revision_id INTO live
    FROM articles_revision this JOIN articles_publishedpage p ON p.article_id = this.article_id
    WHERE this.id = of_revision
    ORDER BY p.id DESC LIMIT 1;
    IF NOT EXISTS (SELECT 1 FROM articles_revision this JOIN articles_revision r ON r.number < this.number
                   WHERE this.id = of_revision AND r.id = live) THEN
        live := NULL;
    END IF;
    RETURN CASE WHEN live IS NULL OR live = ANY(bases) THEN bases ELSE bases || live END;
END
$$;

-- The digests under which what this revision takes out or moves is signed: one for each revision by which it is told.
CREATE FUNCTION articles_taken_out(of_revision bigint) RETURNS SETOF varchar
LANGUAGE sql STABLE AS $$
    SELECT articles_taken_out_digest(of_revision, base)
    FROM unnest(articles_bases(of_revision)) AS base
    WHERE articles_takes_out(of_revision, base)
$$;

-- Everyone who helped write, suggested or started what this revision takes out or moves: they sign it in no revision.
CREATE FUNCTION articles_took_out(of_revision bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    WITH base AS MATERIALIZED (
        SELECT r.number, r.submitted_at,
            (SELECT min(p.published_at) FROM articles_publishedpage p WHERE p.revision_id = r.id) AS published_at
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
    -- Who starts a draft before the other revision is out starts it without what that one brings.
    SELECT created_by_id FROM since JOIN base ON since.number > base.number AND created_at < published_at
    UNION
    SELECT g.suggested_by_id
    FROM articles_revision this
    JOIN articles_suggestion g ON g.article_id = this.article_id AND g.accepted
    WHERE this.id = of_revision AND g.decided_at > (SELECT min(submitted_at) FROM base)
$$;

-- The signatures that count for this revision: on a block it holds or on what it takes out, not withdrawn, and not by a
-- contributor, unless the block already stood on the page published before, when the signer had not yet touched the words.
-- The signatures of whoever a byline names count in no case. They rest on credentials that hold, but for those that
-- counted when a page was frozen: they go on counting for what readers have. What a safety correction took out is read
-- again before it comes back: what was signed before that correction counts for the blocks that it kept.
CREATE OR REPLACE FUNCTION articles_live_signoffs(of_revision bigint)
RETURNS TABLE (id bigint, digest varchar, reviewer_id bigint, signed_at timestamptz)
LANGUAGE sql STABLE AS $$
    -- Each part is worked out once, whatever the planner believes of the tables' sizes: it would else ask who
    -- contributed again for each signature and block.
    WITH this AS MATERIALIZED (
        SELECT r.article_id, r.number, r.status IN ('published', 'superseded') AS was_published
        FROM articles_revision r WHERE r.id = of_revision
    ),
    held AS MATERIALIZED (
        SELECT b.digest FROM articles_block b WHERE b.revision_id = of_revision
        UNION
        SELECT articles_taken_out(of_revision)
    ),
    contributor AS MATERIALIZED (SELECT articles_contributors(of_revision) AS user_id),
    named AS MATERIALIZED (SELECT articles_named_on(of_revision) AS user_id),
    readers_have AS MATERIALIZED (
        SELECT b.digest
        FROM (SELECT p.revision_id, p.hidden FROM articles_publishedpage p
              WHERE p.article_id = (SELECT article_id FROM this) ORDER BY p.id DESC LIMIT 1) AS page
        JOIN articles_block b ON b.revision_id = page.revision_id AND NOT page.hidden ? b.digest
    ),
    counted AS MATERIALIZED (
        SELECT DISTINCT jsonb_array_elements(p.signatures)::bigint AS id
        FROM articles_publishedpage p WHERE p.article_id = (SELECT article_id FROM this)
    ),
    correction AS MATERIALIZED (
        SELECT r.id, r.number FROM articles_revision r JOIN this ON r.article_id = this.article_id
        WHERE r.significance = 'safety_correction' AND r.status IN ('published', 'superseded')
            AND r.number <= this.number
    ),
    on_page_before AS MATERIALIZED (
        SELECT DISTINCT b.digest FROM articles_block b WHERE b.revision_id = articles_published_before(of_revision)
    )
    SELECT s.id, s.digest, s.reviewer_id, s.signed_at
    FROM held
    JOIN articles_signoff s ON s.article_id = (SELECT article_id FROM this) AND s.digest = held.digest
    WHERE NOT EXISTS (SELECT 1 FROM articles_signoffwithdrawal w WHERE w.sign_off_id = s.id)
      AND (
          s.reviewer_id NOT IN (SELECT user_id FROM contributor)
          OR (
              s.digest IN (SELECT digest FROM on_page_before)
              AND s.reviewer_id NOT IN (SELECT user_id FROM named)
          )
      )
      AND (
          (
              s.id IN (SELECT id FROM counted)
              AND ((SELECT was_published FROM this) OR s.digest IN (SELECT digest FROM readers_have))
          )
          OR articles_credential_holds(s.credential_id)
      )
      AND NOT EXISTS (
          SELECT 1 FROM correction c
          WHERE c.number > (SELECT r.number FROM articles_revision r WHERE r.id = s.revision_id)
            AND NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = c.id AND b.digest = s.digest)
      )
$$;

CREATE OR REPLACE FUNCTION articles_unsigned_blocks(of_revision bigint)
RETURNS TABLE (key varchar, digest varchar)
LANGUAGE sql STABLE AS $$
    WITH signed AS MATERIALIZED (
        SELECT l.digest, count(DISTINCT l.reviewer_id) AS people, bool_or(s.as_specialist) AS by_specialist
        FROM articles_live_signoffs(of_revision) l JOIN articles_signoff s ON s.id = l.id GROUP BY l.digest
    ),
    needed AS MATERIALIZED (
        SELECT a.risk_class = 'high' AS two
        FROM articles_revision r JOIN articles_article a ON a.id = r.article_id WHERE r.id = of_revision
    ),
    to_sign AS MATERIALIZED (
        SELECT b.key, b.digest FROM articles_block b WHERE b.revision_id = of_revision
        UNION ALL
        SELECT 'taken-out', digest FROM articles_taken_out(of_revision) AS digest
    )
    SELECT to_sign.key, to_sign.digest
    FROM to_sign
    LEFT JOIN signed ON signed.digest = to_sign.digest
    WHERE NOT COALESCE(
        CASE WHEN (SELECT two FROM needed) THEN signed.people >= 2 AND signed.by_specialist ELSE signed.people >= 1 END,
        false
    )
$$;
"""

# What counted when a page was frozen, as far as can be told: what had been signed by then and was not withdrawn since.
# Frozen pages do not change; this once they do.
KEEP_SIGNATURES = """
ALTER TABLE articles_publishedpage DISABLE TRIGGER USER;
UPDATE articles_publishedpage p SET signatures = COALESCE(
    (SELECT jsonb_agg(l.id ORDER BY l.id)
     FROM articles_live_signoffs(p.revision_id) l
     JOIN articles_signoff s ON s.id = l.id
     JOIN articles_credential c ON c.id = s.credential_id
     WHERE l.signed_at <= p.published_at AND NOT p.hidden ? l.digest
       AND COALESCE(c.revoked_at > p.published_at, true)
       AND COALESCE(c.valid_until >= (p.published_at AT TIME ZONE 'UTC')::date, true)),
    '[]'
);
ALTER TABLE articles_publishedpage ENABLE TRIGGER USER;
"""

_BEFORE = import_module("articles.migrations.0003_what_is_taken_out").FUNCTIONS


def _made(name: str) -> str:
    """How the migration before made this function."""
    made = re.search(rf"CREATE (?:OR REPLACE )?FUNCTION {name}\(.*?\n\$\$;\n", _BEFORE, re.DOTALL)
    assert made is not None
    return made[0]


BACK = f"""
{_made("articles_live_signoffs")}
{_made("articles_unsigned_blocks")}
{_made("articles_taken_out_is_signed").replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")}
DROP FUNCTION articles_took_out(bigint);
DROP FUNCTION articles_taken_out(bigint);
DROP FUNCTION articles_bases(bigint);
DROP FUNCTION articles_credential_holds(bigint);
{_made("articles_measured_against")}
{_made("articles_taken_out")}
{_made("articles_took_out")}
"""


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0004_why_it_was_given_up'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='credential',
            name='verified_as_it_stands',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='emergencynotice',
            name='signed_by_the_qualified',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='interest',
            name='declared_by_oneself',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='publishedpage',
            name='can_be_frozen',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='publishedpage',
            name='every_block_signed',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reaffirmation',
            name='fit_to_reaffirm',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='signoff',
            name='fit_to_sign',
        ),
        migrations.AddField(
            model_name='publishedpage',
            name='signatures',
            field=models.JSONField(default=list, help_text='Ids of the signatures that counted when it was frozen.'),
        ),
        migrations.RunSQL(KEEP_SIGNATURES, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, BACK),
        pgtrigger.migrations.AddTrigger(
            model_name='credential',
            trigger=pgtrigger.compiler.Trigger(name='verified_as_it_stands', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.verified_at IS NOT NULL AND OLD.verified_at IS NOT NULL AND (NEW.person_id, NEW.title, NEW.issuer, NEW.number, NEW.valid_until) IS DISTINCT FROM (OLD.person_id, OLD.title, OLD.issuer, OLD.number, OLD.valid_until))', func="RAISE EXCEPTION 'a credential that changes has to be verified again' USING ERRCODE = 'integrity_constraint_violation';", hash='497406d44f6c86f830db99bda191cc8f9d3c9496', operation='UPDATE', pgid='pgtrigger_verified_as_it_stands_5e9e0', table='articles_credential', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='emergencynotice',
            trigger=pgtrigger.compiler.Trigger(name='signed_by_the_qualified', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL AND OLD IS DISTINCT FROM NEW THEN\n                        RAISE EXCEPTION 'a signed notice does not change; write another' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.signed_by_id IS NOT NULL AND NOT EXISTS (\n                            SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                            WHERE c.id = NEW.credential_id AND p.user_id = NEW.signed_by_id\n                              AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                              AND (c.valid_until IS NULL OR c.valid_until >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a notice is signed with a credential, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='3d1c9fe6041f9724c113ecf6205498860d2f080f', operation='INSERT OR UPDATE', pgid='pgtrigger_signed_by_the_qualified_33950', table='articles_emergencynotice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interest',
            trigger=pgtrigger.compiler.Trigger(name='declared_by_oneself', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT 1 FROM articles_person p WHERE p.id = NEW.person_id AND p.user_id IS NOT NULL\n                                 AND p.user_id IS DISTINCT FROM NEW.declared_by_id) THEN\n                        RAISE EXCEPTION 'whoever has an account declares their interests themselves' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.declared_on > (now() AT TIME ZONE 'UTC')::date THEN\n                        RAISE EXCEPTION 'a declaration of interests is not dated ahead' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='01feef5462049764228d04f7e61a1ee5a4956028', operation='INSERT', pgid='pgtrigger_declared_by_oneself_cd2f5', table='articles_interest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publishedpage',
            trigger=pgtrigger.compiler.Trigger(name='can_be_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- Two people may publish at once: the second waits for the first.\n                    PERFORM 1 FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('approved', 'published', 'superseded')) THEN\n                        RAISE EXCEPTION 'only an approved revision of the article can be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = NEW.revision_id) THEN\n                        RAISE EXCEPTION 'a page without blocks cannot be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.hidden <> '[]' AND (\n                            NOT EXISTS (SELECT 1 FROM articles_emergencynotice n\n                                        WHERE n.id = NEW.notice_id AND n.signed_at IS NOT NULL)\n                            OR NOT EXISTS (SELECT 1 FROM articles_revision r\n                                           WHERE r.id = NEW.revision_id AND r.status = 'published')) THEN\n                        RAISE EXCEPTION 'blocks of a published page are hidden behind a notice that was signed beforehand' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF (SELECT count(*) <> count(DISTINCT digest) OR bool_or(digest NOT IN (\n                            SELECT b.digest FROM articles_block b WHERE b.revision_id = NEW.revision_id))\n                        FROM jsonb_array_elements_text(NEW.hidden) AS digest) THEN\n                        RAISE EXCEPTION 'only blocks of the page are hidden, each once' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision this JOIN articles_revision later\n                                   ON later.article_id = this.article_id AND later.number > this.number\n                               WHERE this.id = NEW.revision_id AND later.significance = 'safety_correction'\n                                 AND later.status IN ('published', 'superseded')) THEN\n                        RAISE EXCEPTION 'a page never goes back behind a safety correction' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'approved')\n                       AND EXISTS (SELECT 1 FROM articles_comment c WHERE c.article_id = NEW.article_id\n                                     AND c.blocking AND c.resolved_at IS NULL) THEN\n                        RAISE EXCEPTION 'a page is published once its blocking comments are resolved' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- An emergency must not wait for it.\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'approved')\n                       AND NOT EXISTS (SELECT 1 FROM articles_byline b\n                                       WHERE b.article_id = NEW.article_id AND b.role = 'author') THEN\n                        RAISE EXCEPTION 'a published page names its author' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'superseded')\n                       AND NOT EXISTS (SELECT 1 FROM articles_article a\n                                       JOIN articles_publishedpage live ON live.id = a.live_id,\n                                       articles_unsigned_blocks(live.revision_id) u\n                                       WHERE a.id = NEW.article_id) THEN\n                        RAISE EXCEPTION 'an earlier revision is shown again only once the live page has lost a signature' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='a5fd275fad4e39d90d75c512fe16315abb925897', operation='INSERT', pgid='pgtrigger_can_be_frozen_bf1d0', table='articles_publishedpage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publishedpage',
            trigger=pgtrigger.compiler.Trigger(name='every_block_signed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE unsigned TEXT;', func="\n                    SELECT string_agg(key, ', ' ORDER BY key) INTO unsigned\n                        FROM articles_unsigned_blocks(NEW.revision_id) u WHERE NOT NEW.hidden ? u.digest;\n                    -- To hide blocks must not wait for signatures on the others: readers see those already.\n                    IF unsigned IS NOT NULL AND NOT EXISTS (\n                            SELECT 1 FROM articles_article a JOIN articles_publishedpage live ON live.id = a.live_id\n                            WHERE a.id = NEW.article_id AND live.revision_id = NEW.revision_id\n                              AND NEW.hidden @> live.hidden AND NEW.hidden <> live.hidden) THEN\n                        RAISE EXCEPTION 'every block needs a sign-off by somebody who did not write it; missing: %',\n                            unsigned USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- Whatever the writer of the row gave.\n                    SELECT COALESCE(jsonb_agg(id ORDER BY id), '[]') INTO NEW.signatures\n                        FROM articles_live_signoffs(NEW.revision_id) l WHERE NOT NEW.hidden ? l.digest;\n                    RETURN NEW;\n                ", hash='ff38f91cac51ac4dfd73b768d16fd95cf5d41cb9', operation='INSERT', pgid='pgtrigger_every_block_signed_3b7da', table='articles_publishedpage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reaffirmation',
            trigger=pgtrigger.compiler.Trigger(name='fit_to_reaffirm', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE this RECORD;', func="\n                    -- As publishing does: what goes live at that moment goes live before or after.\n                    SELECT a.live_id, a.page_state, a.risk_class INTO this\n                        FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    IF this.page_state <> 'live' OR this.live_id IS DISTINCT FROM NEW.page_id THEN\n                        RAISE EXCEPTION 'only the page that readers see now is found still right' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p, articles_unsigned_blocks(p.revision_id)\n                               WHERE p.id = NEW.page_id)\n                       OR EXISTS (SELECT 1 FROM articles_publishedpage p\n                                  WHERE p.id = NEW.page_id AND p.hidden <> '[]') THEN\n                        RAISE EXCEPTION 'a page is found still right while every block of it is signed and shown' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               WHERE p.id = NEW.page_id\n                                 AND NEW.reviewer_id IN (SELECT articles_contributors(p.revision_id))) THEN\n                        RAISE EXCEPTION 'nobody finds a page right that they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               JOIN articles_block b ON b.revision_id = p.revision_id\n                               JOIN articles_suggestedblock w ON w.digest = b.digest\n                               JOIN articles_suggestion g ON g.id = w.suggestion_id\n                               WHERE p.id = NEW.page_id AND g.article_id = NEW.article_id\n                                 AND g.suggested_by_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'nobody finds words right that they suggested' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               JOIN articles_block b ON b.revision_id = p.revision_id\n                               JOIN articles_contribution c ON c.digest = b.digest AND c.block_key <> ''\n                               JOIN articles_revision r ON r.id = c.revision_id AND r.article_id = NEW.article_id\n                               WHERE p.id = NEW.page_id AND c.user_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'nobody finds words right that they wrote' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id\n                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id\n                                     AND i.declared_on > (now() AT TIME ZONE 'UTC')::date - interval '1 year') THEN\n                        RAISE EXCEPTION 'a signature needs interests that the reviewer declared within a year' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist\n                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                        JOIN articles_article a ON a.id = NEW.article_id\n                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                          AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date);\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    NEW.at := clock_timestamp();\n                    NEW.completes := this.risk_class <> 'high' OR EXISTS (\n                        SELECT 1 FROM articles_reaffirmation other\n                        WHERE other.page_id = NEW.page_id AND other.reviewer_id <> NEW.reviewer_id\n                          AND other.at > NEW.at - interval '30 days'\n                          AND (other.as_specialist OR NEW.as_specialist)\n                          -- It counts once, and only by somebody who knew what called the page in.\n                          AND NOT EXISTS (SELECT 1 FROM articles_reaffirmation before\n                                          WHERE before.page_id = other.page_id AND before.completes\n                                            AND before.at >= other.at)\n                          AND NOT EXISTS (SELECT 1 FROM articles_earlyreview e\n                                          WHERE e.article_id = NEW.article_id AND e.settled_at IS NULL\n                                            AND e.at > other.at)\n                    );\n                    RETURN NEW;\n                ", hash='4fb3bf5f8122ad01134e96025b344ca882da438a', operation='INSERT', pgid='pgtrigger_fit_to_reaffirm_a9400', table='articles_reaffirmation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revision',
            trigger=pgtrigger.compiler.Trigger(name='keeps_its_place', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.article_id <> NEW.article_id OR OLD.number <> NEW.number OR OLD.created_by_id <> NEW.created_by_id OR OLD.created_at <> NEW.created_at)', func="RAISE EXCEPTION 'a revision keeps its page, its number, and who started it when' USING ERRCODE = 'integrity_constraint_violation';", hash='f23ee7cf324386be2d858a4368adef32f32a2891', operation='UPDATE', pgid='pgtrigger_keeps_its_place_73527', table='articles_revision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='signoff',
            trigger=pgtrigger.compiler.Trigger(name='fit_to_sign', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('in_review', 'approved')\n                                     AND (EXISTS (SELECT 1 FROM articles_block b\n                                                  WHERE b.revision_id = r.id AND b.digest = NEW.digest)\n                                          OR NEW.digest IN (SELECT articles_taken_out(r.id)))) THEN\n                        RAISE EXCEPTION 'only a block of a revision under review can be signed, or what it takes out' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.reviewer_id IN (SELECT articles_contributors(NEW.revision_id)) THEN\n                        RAISE EXCEPTION 'nobody signs a page they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_block b\n                                   WHERE b.revision_id = NEW.revision_id AND b.digest = NEW.digest)\n                       AND NEW.reviewer_id IN (SELECT articles_took_out(NEW.revision_id)) THEN\n                        RAISE EXCEPTION 'nobody signs what they helped take out or move' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_live_signoffs(NEW.revision_id) l\n                               WHERE l.digest = NEW.digest AND l.reviewer_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'this reviewer has already signed this block' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_suggestedblock w\n                               JOIN articles_suggestion g ON g.id = w.suggestion_id\n                               WHERE g.article_id = NEW.article_id AND g.suggested_by_id = NEW.reviewer_id\n                                 AND w.digest = NEW.digest) THEN\n                        RAISE EXCEPTION 'nobody signs words that they suggested' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- However long ago, and also once somebody else's signature on them was withdrawn.\n                    IF EXISTS (SELECT 1 FROM articles_contribution c JOIN articles_revision r ON r.id = c.revision_id\n                               WHERE r.article_id = NEW.article_id AND c.user_id = NEW.reviewer_id\n                                 AND c.digest = NEW.digest AND c.block_key <> '') THEN\n                        RAISE EXCEPTION 'nobody signs words that they wrote' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id\n                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id\n                                     AND i.declared_on > (now() AT TIME ZONE 'UTC')::date - interval '1 year') THEN\n                        RAISE EXCEPTION 'a signature needs interests that the reviewer declared within a year' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist\n                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                        JOIN articles_article a ON a.id = NEW.article_id\n                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                          AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date);\n                    -- Readers are told both: they are what they are now, whatever the writer of the row gave.\n                    NEW.signed_at := clock_timestamp();\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    RETURN NEW;\n                ", hash='7a75954dd4f8267f6b8072008a40b91c0a6c59f0', operation='INSERT', pgid='pgtrigger_fit_to_sign_55fba', table='articles_signoff', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publishedpage',
            trigger=pgtrigger.compiler.Trigger(name='hidden_on_record', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.hidden <> '[]')", constraint='CONSTRAINT', func="\n                    IF NOT EXISTS (SELECT 1 FROM articles_emergencyedit e WHERE e.page_id = NEW.id) THEN\n                        RAISE EXCEPTION 'whoever hides blocks of a page says why, on record' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NULL;\n                ", hash='8ff3ba20ff7f4675925fd3fcb16b680d4362fd71', operation='INSERT', pgid='pgtrigger_hidden_on_record_5c4be', table='articles_publishedpage', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
    ]
