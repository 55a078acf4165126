"""Who may sign, which signatures count, which blocks still need one.

The one place for these rules: the triggers and the desk both ask these functions.
"""

from django.db import migrations

COVERAGE = """
-- The revision before this one that visitors read last; null when there is none.
CREATE OR REPLACE FUNCTION articles_published_before(of_revision bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT r.id
    FROM articles_revision this
    JOIN articles_revision r ON r.article_id = this.article_id AND r.number < this.number
    WHERE this.id = of_revision
      AND EXISTS (SELECT 1 FROM articles_publishedpage p WHERE p.revision_id = r.id)
    ORDER BY r.number DESC
    LIMIT 1
$$;

-- Everyone who changed, saved or submitted words that stand between the revision published before and this one.
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

-- The signatures that count for this revision: on a block it holds, not withdrawn, and not by a contributor,
-- unless the block already stood on the page published before, when the signer had not yet touched the words.
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

-- The blocks of this revision that fewer people have signed than the risk class of the page asks for.
CREATE OR REPLACE FUNCTION articles_unsigned_blocks(of_revision bigint)
RETURNS TABLE (key varchar, digest varchar)
LANGUAGE sql STABLE AS $$
    WITH signed AS MATERIALIZED (
        SELECT l.digest, count(DISTINCT l.reviewer_id) AS people
        FROM articles_live_signoffs(of_revision) l GROUP BY l.digest
    ),
    needed AS MATERIALIZED (
        SELECT CASE a.risk_class WHEN 'high' THEN 2 ELSE 1 END AS people
        FROM articles_revision r JOIN articles_article a ON a.id = r.article_id WHERE r.id = of_revision
    )
    SELECT b.key, b.digest
    FROM articles_block b
    LEFT JOIN signed ON signed.digest = b.digest
    WHERE b.revision_id = of_revision AND COALESCE(signed.people, 0) < (SELECT people FROM needed)
$$;
"""

REMOVE = """
DROP FUNCTION articles_unsigned_blocks(bigint);
DROP FUNCTION articles_live_signoffs(bigint);
DROP FUNCTION articles_contributors(bigint);
DROP FUNCTION articles_published_before(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]

    operations = [migrations.RunSQL(COVERAGE, REMOVE)]
