"""Who may sign, which signatures count, which blocks still need one.

The triggers and the desk both ask these functions, so that each rule is in force in one place. Three of them were replaced
since: articles_unsigned_blocks is in force as 0005_what_counts_once_it_is_published.py has it, articles_live_signoffs and
articles_published_before as 0006_what_readers_had.py has them. What stands here of these is what the first migration
made, and what going back to it makes again.
"""

# Replaced. The one in force is in 0006_what_readers_had.py.
LIVE_SIGNOFFS = """
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

# Replaced. The one in force is in 0005_what_counts_once_it_is_published.py.
UNSIGNED_BLOCKS = """
-- The blocks of this revision that fewer people have signed than the risk class of the page asks for: of high risk two,
-- one of them a specialist.
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
    )
    SELECT b.key, b.digest
    FROM articles_block b
    LEFT JOIN signed ON signed.digest = b.digest
    WHERE b.revision_id = of_revision AND NOT COALESCE(
        CASE WHEN (SELECT two FROM needed) THEN signed.people >= 2 AND signed.by_specialist ELSE signed.people >= 1 END,
        false
    )
$$;

"""

COVERAGE = (
    """
-- The revision before this one that visitors read last; null when there is none. Replaced by 0006_what_readers_had.py.
CREATE FUNCTION articles_published_before(of_revision bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT r.id
    FROM articles_revision this
    JOIN articles_revision r ON r.article_id = this.article_id AND r.number < this.number
    WHERE this.id = of_revision
      AND EXISTS (SELECT 1 FROM articles_publishedpage p WHERE p.revision_id = r.id)
    ORDER BY r.number DESC
    LIMIT 1
$$;

-- The accounts of everyone whom a byline of this revision's page names, whatever for.
CREATE FUNCTION articles_named_on(of_revision bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    SELECT p.user_id
    FROM articles_revision r
    JOIN articles_byline b ON b.article_id = r.article_id
    JOIN articles_person p ON p.id = b.person_id
    WHERE r.id = of_revision AND p.user_id IS NOT NULL
$$;

-- Everyone who changed, saved or submitted words that stand between the revision published before and this one,
-- and everyone whom a byline of the page names.
CREATE FUNCTION articles_contributors(of_revision bigint) RETURNS SETOF bigint
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

"""
+ LIVE_SIGNOFFS
+ UNSIGNED_BLOCKS
+ """
-- The reaffirmations that count for this revision, once for each block: of a page of the same article that held the same
-- block, by somebody no byline of it names, where as many people found that page right as its risk class asked for.
CREATE FUNCTION articles_live_reaffirmations(of_revision bigint)
RETURNS TABLE (id bigint, digest varchar, reviewer_id bigint, at timestamptz, completes boolean)
LANGUAGE sql STABLE AS $$
    WITH this AS MATERIALIZED (SELECT r.article_id FROM articles_revision r WHERE r.id = of_revision),
    held AS MATERIALIZED (SELECT DISTINCT b.digest FROM articles_block b WHERE b.revision_id = of_revision),
    named AS MATERIALIZED (SELECT articles_named_on(of_revision) AS user_id)
    SELECT DISTINCT r.id, b.digest, r.reviewer_id, r.at, r.completes
    FROM articles_reaffirmation r
    JOIN articles_publishedpage p ON p.id = r.page_id
    JOIN articles_block b ON b.revision_id = p.revision_id
    WHERE r.article_id = (SELECT article_id FROM this)
      AND b.digest IN (SELECT digest FROM held)
      AND r.reviewer_id NOT IN (SELECT user_id FROM named)
      AND EXISTS (SELECT 1 FROM articles_reaffirmation c
                  WHERE c.page_id = r.page_id AND c.completes AND c.at >= r.at AND c.at < r.at + interval '30 days')
$$;
"""
)

REMOVE = """
DROP FUNCTION articles_live_reaffirmations(bigint);
DROP FUNCTION articles_unsigned_blocks(bigint);
DROP FUNCTION articles_live_signoffs(bigint);
DROP FUNCTION articles_contributors(bigint);
DROP FUNCTION articles_named_on(bigint);
DROP FUNCTION articles_published_before(bigint);
"""
