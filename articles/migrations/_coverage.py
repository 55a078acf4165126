"""Who may sign, which signatures count, what still needs one, and what readers may be led back to.

The triggers and the desk both ask these functions, so that each rule is in force in one place.
"""

COVERAGE = """
-- What readers had last before this revision was published itself; null when there was nothing. Readers may be led back to
-- an earlier revision, so what counts is the order in which pages were frozen, not that of the numbers.
CREATE FUNCTION articles_published_before(of_revision bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT p.revision_id
    FROM articles_revision this JOIN articles_publishedpage p ON p.article_id = this.article_id
    WHERE this.id = of_revision
      AND NOT EXISTS (SELECT 1 FROM articles_publishedpage own WHERE own.revision_id = of_revision AND own.id <= p.id)
    ORDER BY p.id DESC
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

-- Whether somebody may sign with this credential today.
CREATE FUNCTION articles_credential_holds(credential bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM articles_credential c
                   WHERE c.id = credential AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL
                     AND COALESCE(c.valid_until >= (now() AT TIME ZONE 'UTC')::date, true))
$$;

-- What is signed where a revision takes out or moves blocks: this very arrangement of its blocks, as it differs from that
-- revision.
CREATE FUNCTION articles_taken_out_digest(of_revision bigint, since bigint) RETURNS varchar
LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(
        'taken-out:' || of_revision || ':' || since || ':' || COALESCE(string_agg(b.digest, ':' ORDER BY b.position), ''),
        'UTF8'
    )), 'hex')
    FROM articles_block b WHERE b.revision_id = of_revision
$$;

-- Whether the revision takes out or moves blocks of the other without putting others in their place. A block that stands
-- in both counts as itself, any other as one of its kind: nothing is taken out if all that stood there is there still, in
-- its order.
CREATE FUNCTION articles_takes_out(of_revision bigint, since bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    WITH block AS MATERIALIZED (
        SELECT b.revision_id = of_revision AS is_new, b.position, b.digest, md5(b.kind) AS kind
        FROM articles_block b WHERE b.revision_id IN (of_revision, since)
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

-- Whether as many people as the risk class of the page asks for have signed what the revision takes out since the other.
CREATE FUNCTION articles_taken_out_is_signed(of_revision bigint, since bigint) RETURNS boolean
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

-- The revisions by which to tell what this one takes out: what readers had last before it was published itself, and each
-- that they had earlier, as long as something of it is gone since then that nobody answers for.
CREATE FUNCTION articles_bases(of_revision bigint) RETURNS bigint[]
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

-- The reaffirmations that count for this revision, once for each block: of a page of the same article that held the same
-- block, by somebody no byline of it names, where as many such people found that page right as its risk class asks for.
CREATE FUNCTION articles_live_reaffirmations(of_revision bigint)
RETURNS TABLE (id bigint, digest varchar, reviewer_id bigint, at timestamptz, completes boolean)
LANGUAGE sql STABLE AS $$
    WITH this AS MATERIALIZED (
        SELECT r.article_id, a.risk_class = 'high' AS two
        FROM articles_revision r JOIN articles_article a ON a.id = r.article_id WHERE r.id = of_revision
    ),
    held AS MATERIALIZED (SELECT DISTINCT b.digest FROM articles_block b WHERE b.revision_id = of_revision),
    found_right AS MATERIALIZED (
        SELECT r.*
        FROM this JOIN articles_reaffirmation r ON r.article_id = this.article_id
        WHERE r.reviewer_id NOT IN (SELECT articles_named_on(of_revision))
    ),
    completing AS MATERIALIZED (
        SELECT c.*
        FROM this, found_right c
        WHERE c.completes AND (NOT this.two OR EXISTS (
            SELECT 1 FROM found_right other
            WHERE other.page_id = c.page_id AND other.reviewer_id <> c.reviewer_id
              AND other.at <= c.at AND other.at > c.at - interval '30 days'
              AND (other.as_specialist OR c.as_specialist)
        ))
    )
    SELECT DISTINCT r.id, b.digest, r.reviewer_id, r.at, r.id IN (SELECT c.id FROM completing c)
    FROM found_right r
    JOIN articles_publishedpage p ON p.id = r.page_id
    JOIN articles_block b ON b.revision_id = p.revision_id
    WHERE b.digest IN (SELECT digest FROM held)
      AND EXISTS (SELECT 1 FROM completing c
                  WHERE c.page_id = r.page_id AND c.at >= r.at AND c.at < r.at + interval '30 days')
$$;

-- The signatures that count for this revision: on a block it holds or on what it takes out, not withdrawn, and not by a
-- contributor, unless the block already stood on the page that readers had before, when the signer had not yet touched the
-- words. The signatures of whoever a byline names count in no case. For what readers do not have, they rest on credentials
-- that hold, and on a reading no longer ago than the risk class of the page allows: their own, or that of the whole page
-- since. A safety correction does not wait until what it leaves as it was is read again. What counted when a page was frozen
-- goes on counting for what readers have, and nothing else does that grew old. What a safety correction took out is read
-- again before it comes back: what was signed before that correction counts for the blocks that it kept.
CREATE FUNCTION articles_live_signoffs(of_revision bigint)
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
        SELECT l.digest
        FROM this, articles_live_reaffirmations(of_revision) l JOIN articles_reaffirmation r ON r.id = l.id
        WHERE l.completes AND articles_credential_holds(r.credential_id)
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
          (this.waits_for_no_reading AND s.id IN (SELECT id FROM counted))
          OR (s.signed_at AT TIME ZONE 'UTC')::date + this.lasts > this.today
          OR s.digest IN (SELECT digest FROM read_since)
      )
      AND NOT EXISTS (
          SELECT 1 FROM correction c
          WHERE c.number > (SELECT r.number FROM articles_revision r WHERE r.id = s.revision_id)
            AND NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = c.id AND b.digest = s.digest)
      )
$$;

-- The blocks of this revision that fewer people have signed than the risk class of the page asks for, of high risk two, one
-- of them a specialist; and what it takes out or moves, as a block of its own, where fewer have signed that.
CREATE FUNCTION articles_unsigned_blocks(of_revision bigint)
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

-- Whether readers may be led back to this revision: not if it holds what was hidden from them, or stood on a page that was
-- taken from them for something else, or that they were led back from, and was not published again since.
CREATE FUNCTION articles_can_be_shown_again(of_revision bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    WITH page AS MATERIALIZED (
        SELECT p.id, p.revision_id, p.hidden, p.published_at, r.number, lead(r.number) OVER (ORDER BY p.id) AS next_number
        FROM articles_revision this
        JOIN articles_publishedpage p ON p.article_id = this.article_id
        JOIN articles_revision r ON r.id = p.revision_id
        WHERE this.id = of_revision
    ),
    gone AS MATERIALIZED (
        SELECT page.id, digest FROM page, jsonb_array_elements_text(page.hidden) AS digest
        UNION
        SELECT page.id, b.digest
        FROM page JOIN articles_block b ON b.revision_id = page.revision_id
        WHERE page.next_number < page.number
           OR EXISTS (SELECT 1 FROM articles_takedown t
                      WHERE t.page_id = page.id AND t.lifted_at IS NOT NULL AND page.revision_id <> (
                          SELECT q.revision_id FROM page q WHERE q.published_at <= t.lifted_at ORDER BY q.id DESC LIMIT 1
                      ))
    )
    SELECT NOT EXISTS (
        SELECT 1 FROM gone JOIN articles_block b ON b.revision_id = of_revision AND b.digest = gone.digest
        WHERE NOT EXISTS (
            SELECT 1 FROM page later JOIN articles_block again ON again.revision_id = later.revision_id
            WHERE later.id > gone.id AND again.digest = gone.digest AND NOT later.hidden ? gone.digest
        )
    )
$$;
"""

REMOVE = """
DROP FUNCTION articles_can_be_shown_again(bigint);
DROP FUNCTION articles_unsigned_blocks(bigint);
DROP FUNCTION articles_live_signoffs(bigint);
DROP FUNCTION articles_live_reaffirmations(bigint);
DROP FUNCTION articles_took_out(bigint);
DROP FUNCTION articles_taken_out(bigint);
DROP FUNCTION articles_bases(bigint);
DROP FUNCTION articles_taken_out_is_signed(bigint, bigint);
DROP FUNCTION articles_takes_out(bigint, bigint);
DROP FUNCTION articles_taken_out_digest(bigint, bigint);
DROP FUNCTION articles_credential_holds(bigint);
DROP FUNCTION articles_own_words(bigint, bigint);
DROP FUNCTION articles_contributors(bigint);
DROP FUNCTION articles_named_on(bigint);
DROP FUNCTION articles_published_before(bigint);
"""
