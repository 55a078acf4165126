"""What a revision takes out or moves is read by somebody, too: where no block is left to sign, it is signed by itself."""

from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from articles.migrations._coverage import UNSIGNED_BLOCKS

FUNCTIONS = """
-- The revision by which to tell what this one takes out: the one published before; where nobody answers for what that one
-- took out, the one before it, and so on. Null when there is none.
CREATE FUNCTION articles_measured_against(of_revision bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN published.before IS NULL THEN NULL
        WHEN EXISTS (SELECT 1 FROM articles_unsigned_blocks(published.before) u WHERE u.key = 'taken-out')
            THEN articles_measured_against(published.before)
        ELSE published.before
    END
    FROM (SELECT articles_published_before(of_revision)) AS published (before)
$$;

-- Whether the revision takes out or moves blocks without putting others in their place. A block that stands in both counts
-- as itself, any other as one of its kind: nothing is taken out if all that stood there is there still, in its order.
CREATE FUNCTION articles_takes_out(of_revision bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    WITH against AS MATERIALIZED (SELECT articles_measured_against(of_revision) AS id),
    block AS MATERIALIZED (
        SELECT b.revision_id = of_revision AS is_new, b.position, b.digest, md5(b.kind) AS kind
        FROM articles_block b WHERE b.revision_id IN (of_revision, (SELECT id FROM against))
    ),
    named AS MATERIALIZED (
        SELECT is_new, position,
            '|' || CASE WHEN bool_or(is_new) OVER same AND bool_or(NOT is_new) OVER same THEN digest ELSE kind END || '|'
                AS name
        FROM block WINDOW same AS (PARTITION BY digest)
    )
    SELECT NOT COALESCE(
        COALESCE((SELECT string_agg(name, '' ORDER BY position) FROM named WHERE is_new), '')
            LIKE (SELECT '%' || string_agg(name, '%' ORDER BY position) || '%' FROM named WHERE NOT is_new),
        true  -- nothing stood there
    )
$$;

-- What is signed where a revision takes out or moves blocks: this very arrangement of its blocks.
CREATE FUNCTION articles_taken_out_digest(of_revision bigint) RETURNS varchar
LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(
        'taken-out:' || of_revision || ':' || COALESCE(string_agg(b.digest, ':' ORDER BY b.position), ''), 'UTF8'
    )), 'hex')
    FROM articles_block b WHERE b.revision_id = of_revision
$$;

-- The signatures that count for this revision: on a block it holds or on what it takes out, not withdrawn, and not by a
-- contributor, unless the block already stood on the page published before, when the signer had not yet touched the words.
-- The signatures of whoever a byline names count in no case. What a safety correction took out is read again before it
-- comes back: what was signed before that correction counts for the blocks that it kept.
CREATE OR REPLACE FUNCTION articles_live_signoffs(of_revision bigint)
RETURNS TABLE (id bigint, digest varchar, reviewer_id bigint, signed_at timestamptz)
LANGUAGE sql STABLE AS $$
    -- Each part is worked out once, whatever the planner believes of the tables' sizes: it would else ask who
    -- contributed again for each signature and block.
    WITH this AS MATERIALIZED (SELECT r.article_id, r.number FROM articles_revision r WHERE r.id = of_revision),
    held AS MATERIALIZED (
        SELECT b.digest FROM articles_block b WHERE b.revision_id = of_revision
        UNION
        SELECT articles_taken_out_digest(of_revision)
    ),
    contributor AS MATERIALIZED (SELECT articles_contributors(of_revision) AS user_id),
    named AS MATERIALIZED (SELECT articles_named_on(of_revision) AS user_id),
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
      AND NOT EXISTS (
          SELECT 1 FROM correction c
          WHERE c.number > (SELECT r.number FROM articles_revision r WHERE r.id = s.revision_id)
            AND NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = c.id AND b.digest = s.digest)
      )
$$;

-- The blocks of this revision that fewer people have signed than the risk class of the page asks for: of high risk two,
-- one of them a specialist. Where none is left, 'taken-out': if the revision takes out or moves blocks, and fewer people
-- than that have signed something of this very revision.
CREATE OR REPLACE FUNCTION articles_unsigned_blocks(of_revision bigint)
RETURNS TABLE (key varchar, digest varchar)
LANGUAGE sql STABLE AS $$
    WITH live AS MATERIALIZED (
        SELECT l.digest, l.reviewer_id, s.as_specialist, s.revision_id
        FROM articles_live_signoffs(of_revision) l JOIN articles_signoff s ON s.id = l.id
    ),
    signed AS MATERIALIZED (
        SELECT digest, count(DISTINCT reviewer_id) AS people, bool_or(as_specialist) AS by_specialist
        FROM live GROUP BY digest
    ),
    here AS MATERIALIZED (
        SELECT count(DISTINCT reviewer_id) AS people, bool_or(as_specialist) AS by_specialist
        FROM live WHERE revision_id = of_revision
    ),
    needed AS MATERIALIZED (
        SELECT a.risk_class = 'high' AS two
        FROM articles_revision r JOIN articles_article a ON a.id = r.article_id WHERE r.id = of_revision
    ),
    unsigned AS MATERIALIZED (
        SELECT b.key, b.digest
        FROM articles_block b
        LEFT JOIN signed ON signed.digest = b.digest
        WHERE b.revision_id = of_revision AND NOT COALESCE(
            CASE WHEN (SELECT two FROM needed) THEN signed.people >= 2 AND signed.by_specialist
                ELSE signed.people >= 1 END,
            false
        )
    )
    SELECT key, digest FROM unsigned
    UNION ALL
    SELECT 'taken-out', articles_taken_out_digest(of_revision)
    FROM here, needed
    -- In this order: most revisions need no comparison of their blocks.
    WHERE CASE
        WHEN EXISTS (SELECT 1 FROM unsigned) THEN false
        WHEN CASE WHEN two THEN people >= 2 AND by_specialist ELSE people >= 1 END THEN false
        ELSE articles_takes_out(of_revision)
    END
$$;
"""

BACK = f"""
{import_module("articles.migrations.0002_no_way_past_review").CORRECTED}
{UNSIGNED_BLOCKS}
DROP FUNCTION articles_taken_out_digest(bigint);
DROP FUNCTION articles_takes_out(bigint);
DROP FUNCTION articles_measured_against(bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0002_no_way_past_review'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, BACK),
        pgtrigger.migrations.RemoveTrigger(
            model_name='signoff',
            name='fit_to_sign',
        ),
        migrations.AlterField(
            model_name='signoff',
            name='digest',
            field=models.CharField(help_text='Of the block that was read, or of what was taken out.', max_length=64),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='signoff',
            trigger=pgtrigger.compiler.Trigger(name='fit_to_sign', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('in_review', 'approved')\n                                     AND (EXISTS (SELECT 1 FROM articles_block b\n                                                  WHERE b.revision_id = r.id AND b.digest = NEW.digest)\n                                          OR (NEW.digest = articles_taken_out_digest(r.id)\n                                              AND articles_takes_out(r.id)))) THEN\n                        RAISE EXCEPTION 'only a block of a revision under review can be signed, or what it takes out' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.reviewer_id IN (SELECT articles_contributors(NEW.revision_id)) THEN\n                        RAISE EXCEPTION 'nobody signs a page they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_live_signoffs(NEW.revision_id) l\n                               WHERE l.digest = NEW.digest AND l.reviewer_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'this reviewer has already signed this block' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_suggestedblock w\n                               JOIN articles_suggestion g ON g.id = w.suggestion_id\n                               WHERE g.article_id = NEW.article_id AND g.suggested_by_id = NEW.reviewer_id\n                                 AND w.digest = NEW.digest) THEN\n                        RAISE EXCEPTION 'nobody signs words that they suggested' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- However long ago, and also once somebody else's signature on them was withdrawn.\n                    IF EXISTS (SELECT 1 FROM articles_contribution c JOIN articles_revision r ON r.id = c.revision_id\n                               WHERE r.article_id = NEW.article_id AND c.user_id = NEW.reviewer_id\n                                 AND c.digest = NEW.digest AND c.block_key <> '') THEN\n                        RAISE EXCEPTION 'nobody signs words that they wrote' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id\n                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id\n                                     AND i.declared_on > current_date - interval '1 year') THEN\n                        RAISE EXCEPTION 'a signature needs interests that the reviewer declared within a year' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist\n                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                        JOIN articles_article a ON a.id = NEW.article_id\n                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                          AND (s.ends_on IS NULL OR s.ends_on >= current_date);\n                    -- Readers are told both: they are what they are now, whatever the writer of the row gave.\n                    NEW.signed_at := clock_timestamp();\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    RETURN NEW;\n                ", hash='a80bc37094a6767e3344b9c75451f324003f0859', operation='INSERT', pgid='pgtrigger_fit_to_sign_55fba', table='articles_signoff', when='BEFORE')),
        ),
    ]
