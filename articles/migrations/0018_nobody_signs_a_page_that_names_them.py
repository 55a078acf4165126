"""Whoever is named on a page cannot sign it: not its authors, not its editors, nobody it quotes.

What they signed before they were named does not count either.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

NAMED = """
-- The accounts of everyone whom a byline of this revision's page names, whatever for.
CREATE OR REPLACE FUNCTION articles_named_on(of_revision bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    SELECT p.user_id
    FROM articles_revision r
    JOIN articles_byline b ON b.article_id = r.article_id
    JOIN articles_person p ON p.id = b.person_id
    WHERE r.id = of_revision AND p.user_id IS NOT NULL
$$;

-- Everyone who changed, saved or submitted words that stand between the revision published before and this one,
-- and everyone whom a byline of the page names.
CREATE OR REPLACE FUNCTION articles_contributors(of_revision bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    WITH this AS MATERIALIZED (
        SELECT r.article_id, r.number,
            COALESCE((SELECT b.number FROM articles_revision b WHERE b.id = articles_published_before(r.id)), 0)
                AS published
        FROM articles_revision r WHERE r.id = of_revision
    ), since AS MATERIALIZED (
        SELECT r.id, r.version, r.saved_by_id, r.submitted_by_id
        FROM this
        JOIN articles_revision r ON r.article_id = this.article_id AND r.number <= this.number
            AND r.number > this.published
    )
    SELECT c.user_id FROM since JOIN articles_contribution c ON c.revision_id = since.id
    UNION
    SELECT saved_by_id FROM since WHERE version > 1  -- the first version is the copy that a draft starts from
    UNION
    SELECT submitted_by_id FROM since WHERE submitted_by_id IS NOT NULL
    UNION
    SELECT articles_named_on(of_revision)
$$;

-- The signatures that count for this revision: on a block it holds, not withdrawn, and not by a contributor,
-- unless the block already stood on the page published before, when the signer had not yet touched the words.
-- The signatures of whoever a byline names count in no case.
CREATE OR REPLACE FUNCTION articles_live_signoffs(of_revision bigint)
RETURNS TABLE (id bigint, digest varchar, reviewer_id bigint, signed_at timestamptz)
LANGUAGE sql STABLE AS $$
    -- Each part is worked out once, whatever the planner believes of the tables' sizes: it would else ask who
    -- contributed again for each signature and block.
    WITH this AS MATERIALIZED (SELECT r.article_id FROM articles_revision r WHERE r.id = of_revision),
    held AS MATERIALIZED (SELECT DISTINCT b.digest FROM articles_block b WHERE b.revision_id = of_revision),
    contributor AS MATERIALIZED (SELECT articles_contributors(of_revision) AS user_id),
    named AS MATERIALIZED (SELECT articles_named_on(of_revision) AS user_id),
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
$$;
"""

AS_BEFORE = """
CREATE OR REPLACE FUNCTION articles_contributors(of_revision bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    WITH this AS MATERIALIZED (
        SELECT r.article_id, r.number,
            COALESCE((SELECT b.number FROM articles_revision b WHERE b.id = articles_published_before(r.id)), 0)
                AS published
        FROM articles_revision r WHERE r.id = of_revision
    ), since AS MATERIALIZED (
        SELECT r.id, r.version, r.saved_by_id, r.submitted_by_id
        FROM this
        JOIN articles_revision r ON r.article_id = this.article_id AND r.number <= this.number
            AND r.number > this.published
    )
    SELECT c.user_id FROM since JOIN articles_contribution c ON c.revision_id = since.id
    UNION
    SELECT saved_by_id FROM since WHERE version > 1  -- the first version is the copy that a draft starts from
    UNION
    SELECT submitted_by_id FROM since WHERE submitted_by_id IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION articles_live_signoffs(of_revision bigint)
RETURNS TABLE (id bigint, digest varchar, reviewer_id bigint, signed_at timestamptz)
LANGUAGE sql STABLE AS $$
    -- Each part is worked out once, whatever the planner believes of the tables' sizes: it would else ask who
    -- contributed again for each signature and block.
    WITH this AS MATERIALIZED (SELECT r.article_id FROM articles_revision r WHERE r.id = of_revision),
    held AS MATERIALIZED (SELECT DISTINCT b.digest FROM articles_block b WHERE b.revision_id = of_revision),
    contributor AS MATERIALIZED (SELECT articles_contributors(of_revision) AS user_id),
    on_page_before AS MATERIALIZED (
        SELECT DISTINCT b.digest FROM articles_block b WHERE b.revision_id = articles_published_before(of_revision)
    )
    SELECT s.id, s.digest, s.reviewer_id, s.signed_at
    FROM held
    JOIN articles_signoff s ON s.article_id = (SELECT article_id FROM this) AND s.digest = held.digest
    WHERE NOT EXISTS (SELECT 1 FROM articles_signoffwithdrawal w WHERE w.sign_off_id = s.id)
      AND (
          s.reviewer_id NOT IN (SELECT user_id FROM contributor)
          OR s.digest IN (SELECT digest FROM on_page_before)
      )
$$;

DROP FUNCTION articles_named_on(bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0017_live_by_topic'),
    ]

    operations = [
        migrations.RunSQL(NAMED, AS_BEFORE),
        pgtrigger.migrations.RemoveTrigger(
            model_name='signoff',
            name='fit_to_sign',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='signoff',
            trigger=pgtrigger.compiler.Trigger(name='fit_to_sign', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r JOIN articles_block b ON b.revision_id = r.id\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('in_review', 'approved') AND b.digest = NEW.digest) THEN\n                        RAISE EXCEPTION 'only a block of a revision under review can be signed' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.reviewer_id IN (SELECT articles_contributors(NEW.revision_id)) THEN\n                        RAISE EXCEPTION 'nobody signs a page they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_live_signoffs(NEW.revision_id) l\n                               WHERE l.digest = NEW.digest AND l.reviewer_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'this reviewer has already signed this block' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- Readers are told both: they are what they are now, whatever the writer of the row gave.\n                    NEW.signed_at := clock_timestamp();\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    RETURN NEW;\n                ", hash='5bb699035a56786489840c5c4f59b148968634ac', operation='INSERT', pgid='pgtrigger_fit_to_sign_55fba', table='articles_signoff', when='BEFORE')),
        ),
    ]
