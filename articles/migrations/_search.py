"""How search knows words, and how its tables are kept.

The one place for these rules: the trigger that keeps the tables, the search itself and the bench all ask these functions.
"""

WORDS = """
-- English, with accents put aside: whoever types cafe finds café.
CREATE TEXT SEARCH CONFIGURATION public.articles_english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION public.articles_english
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.english_stem;

-- The words of a text as search knows them. a hyphen or a slash parts words: "stage-4" is found by stage 4, where the
-- parser would read the number -4. No more than the first 100,000 characters: a vector has its limit, and a page that
-- broke it could not be published.
CREATE FUNCTION articles_parted(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(replace(replace(replace(replace(replace(
    left(written, 100000), '-', ' '), '‑', ' '), '–', ' '), '—', ' '), '/', ' '), '+', ' ');

CREATE FUNCTION articles_vector(written text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN to_tsvector('public.articles_english'::regconfig, articles_parted(written));

-- The same words as a query: side by side, as far apart as they were written.
CREATE FUNCTION articles_phrase(written text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN phraseto_tsquery('public.articles_english'::regconfig, articles_parted(written));

-- The same words in their order.
CREATE FUNCTION articles_stems(written text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
    SELECT u.lexeme FROM unnest(articles_vector(written)) AS u, unnest(u.positions) AS place ORDER BY place
);

-- The same as one text, by which a name is known whatever its endings and small words.
CREATE FUNCTION articles_key(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN array_to_string(articles_stems(written), ' ');

-- Small letters without accents and signs: how names are compared with what somebody is typing.
CREATE FUNCTION articles_plain(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN trim(regexp_replace(
    lower(public.unaccent('public.unaccent'::regdictionary, left(written, 100000))), '[^[:alnum:]]+', ' ', 'g'
));

-- Two neighbouring words as one of a million marks. Pairs written out would make the index several times as large; and
-- two pairs that share a mark hardly ever share a page as well.
CREATE FUNCTION articles_pair(first text, second text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN 'p:' || to_hex(hashtextextended(first || ' ' || second, 0) & 1048575);

-- The marks of a phrase: of each word with the one behind it.
CREATE FUNCTION articles_pairs(stems text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
    SELECT articles_pair(stems[place], stems[place + 1]) FROM generate_series(1, cardinality(stems) - 1) AS place
);

CREATE FUNCTION articles_marked_terms(mark text, words tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000
RETURN (
    SELECT array_to_tsvector(
        array_agg(mark || w.lexeme) || array_agg(mark || articles_pair(w.lexeme, w.next)) FILTER (WHERE w.next <> '')
    )
    FROM (
        SELECT u.lexeme, lead(u.lexeme) OVER (ORDER BY place) AS next
        FROM unnest(words) AS u, unnest(u.positions) AS place
    ) AS w
);

-- What the index of search holds for a page: its words and pairs of words; those of title, lede and headings once more
-- with o: before them, those of the title with t:. So a phrase is found as fast as a word, and the pages that have
-- what was asked for in their title before all others, without reading the words of any other page.
CREATE FUNCTION articles_terms(words tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000
RETURN articles_marked_terms('', words)
    || coalesce(articles_marked_terms('o:', ts_filter(words, '{a,b,c}')), '')
    || coalesce(articles_marked_terms('t:', ts_filter(words, '{a}')), '');
"""

TABLES = r"""
-- The different words of a text that somebody may misspell, as they are written.
CREATE FUNCTION articles_spellings(written text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT word
    FROM unnest(tsvector_to_array(to_tsvector(
        'simple'::regconfig, public.unaccent('public.unaccent'::regdictionary, articles_parted(written))
    ))) AS word
    WHERE length(word) BETWEEN 3 AND 40 AND word !~ '[^a-z]';
END;

-- A term of the glossary has one name or two: "Fluid around the lung (pleural effusion)".
CREATE FUNCTION articles_names(kind text, title text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT upper(left(name, 1)) || substr(name, 2)
    FROM unnest(
        CASE WHEN kind = 'glossary_term' AND title ~ '\S\s*\([^()]+\)$'
             THEN regexp_match(title, '^(.*\S)\s*\(([^()]+)\)$') ELSE ARRAY[title] END
    ) AS name;
END;

-- Makes the tables of search say what is live of these articles, whatever they said before.
CREATE FUNCTION articles_refresh_search(changed bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    unused text[];
BEGIN
    WITH shown AS (
        SELECT e.article_id, e.page_id FROM articles_searchentry e WHERE e.article_id = ANY(changed)
    ), live AS (
        SELECT a.id AS article_id, a.live_id AS page_id FROM articles_article a
        WHERE a.id = ANY(changed) AND a.page_state = 'live'
    ), moved AS (
        (SELECT page_id, 1 AS step FROM live EXCEPT SELECT page_id, 1 FROM shown)
        UNION ALL
        (SELECT page_id, -1 AS step FROM shown EXCEPT SELECT page_id, -1 FROM live)
    ), counted AS (
        SELECT word, sum(step)::int AS step
        FROM moved
        JOIN articles_publishedpage p ON p.id = moved.page_id
        CROSS JOIN LATERAL articles_spellings(p.plain_text) AS word
        GROUP BY word
        HAVING sum(step) <> 0
    ), kept AS (
        INSERT INTO articles_searchword AS known (word, stem, pages)
        SELECT word, stem, step FROM counted, unnest(ts_lexize('english_stem', word)) AS stem  -- none for small words
        ORDER BY word  -- two people may publish at once, and neither may wait for the other in a circle
        ON CONFLICT (word) DO UPDATE SET pages = known.pages + excluded.pages
        RETURNING word, pages
    )
    SELECT array_agg(word) INTO unused FROM kept WHERE pages <= 0;
    DELETE FROM articles_searchword WHERE word = ANY(unused);

    DELETE FROM articles_searchname WHERE article_id = ANY(changed);
    INSERT INTO articles_searchname (article_id, address, name, stems, begins, is_whole, is_term)
    SELECT a.id, '/' || a.address || '/', name, articles_key(name),
           left(array_to_string(words[place:], ' '), 100), place = 1, a.kind = 'glossary_term'
    FROM articles_article a
    JOIN articles_publishedpage p ON p.id = a.live_id
    CROSS JOIN LATERAL articles_names(a.kind, p.title) AS name
    CROSS JOIN LATERAL string_to_array(articles_plain(name), ' ') AS words
    CROSS JOIN LATERAL generate_subscripts(words, 1) AS place
    WHERE a.id = ANY(changed) AND a.page_state = 'live' AND (place = 1 OR articles_key(words[place]) <> '');

    DELETE FROM articles_searchentry e
    WHERE e.article_id = ANY(changed)
      AND NOT EXISTS (SELECT 1 FROM articles_article a WHERE a.id = e.article_id AND a.page_state = 'live');
    UPDATE articles_searchentry e SET topic_id = a.topic_id, kind = a.kind, lapses_on = a.lapses_on
    FROM articles_article a
    WHERE e.article_id = ANY(changed) AND a.id = e.article_id AND a.live_id = e.page_id;
    INSERT INTO articles_searchentry (article_id, page_id, topic_id, kind, lapses_on, title_words, words)
    SELECT a.id, p.id, a.topic_id, a.kind, a.lapses_on, cardinality(articles_stems(p.title)),
           setweight(articles_vector(p.title), 'A') || setweight(articles_vector(p.lede), 'B')
           || setweight(articles_vector(p.headings_text), 'C') || setweight(articles_vector(p.plain_text), 'D')
    FROM articles_article a
    JOIN articles_publishedpage p ON p.id = a.live_id
    LEFT JOIN articles_searchentry e ON e.article_id = a.id
    WHERE a.id = ANY(changed) AND a.page_state = 'live' AND e.page_id IS DISTINCT FROM p.id
    ON CONFLICT (article_id) DO UPDATE SET
        page_id = excluded.page_id, topic_id = excluded.topic_id, kind = excluded.kind, lapses_on = excluded.lapses_on,
        title_words = excluded.title_words, words = excluded.words;
END
$$;

-- Makes the tables of search anew, whatever they said before: after a change to how search knows words, or in doubt.
CREATE FUNCTION articles_rebuild_search() RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    batch bigint[];
BEGIN
    DELETE FROM articles_searchentry;
    DELETE FROM articles_searchname;
    DELETE FROM articles_searchword;
    -- A few at a time, so that memory does not grow with the site.
    FOR batch IN
        SELECT array_agg(id) FROM (
            SELECT id, row_number() OVER (ORDER BY id) / 500 AS part FROM articles_article WHERE page_state = 'live'
        ) AS live GROUP BY part ORDER BY part
    LOOP
        PERFORM articles_refresh_search(batch);
    END LOOP;
END
$$;
"""

SEARCH = WORDS + TABLES

STORAGE_OF_SEARCH = """
-- Words beside the table and not compressed: a row is small, and the words of the few that are ranked are read at once.
ALTER TABLE articles_searchentry SET (toast_tuple_target = 128);
ALTER TABLE articles_searchentry ALTER COLUMN words SET STORAGE EXTERNAL;
-- ANALYZE would work out the terms of 30,000 pages anew, and the plan is the same whatever it learns.
ALTER INDEX search_entry_terms ALTER COLUMN 1 SET STATISTICS 0;
"""

REMOVE = """
DROP FUNCTION articles_rebuild_search();
DROP FUNCTION articles_refresh_search(bigint[]);
DROP FUNCTION articles_names(text, text);
DROP FUNCTION articles_spellings(text);
DROP FUNCTION articles_terms(tsvector);
DROP FUNCTION articles_marked_terms(text, tsvector);
DROP FUNCTION articles_pairs(text[]);
DROP FUNCTION articles_pair(text, text);
DROP FUNCTION articles_plain(text);
DROP FUNCTION articles_key(text);
DROP FUNCTION articles_stems(text);
DROP FUNCTION articles_phrase(text);
DROP FUNCTION articles_vector(text);
DROP FUNCTION articles_parted(text);
DROP TEXT SEARCH CONFIGURATION public.articles_english;
"""
