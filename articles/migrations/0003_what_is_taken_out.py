"""What a revision takes out or moves is signed by itself; what is new is published on credentials that hold; a published page
is taken from readers by a takedown alone, and hiding blocks of it waits for no signature on what stays.
"""

from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from articles.migrations._coverage import UNSIGNED_BLOCKS

# Of these, articles_taken_out_digest and articles_takes_out are in force as they stand here; the others are as
# 0005_what_counts_once_it_is_published.py and 0006_what_readers_had.py have them.
FUNCTIONS = """
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
    WHERE r.id = of_revision
    GROUP BY a.risk_class
$$;

-- The revision by which to tell what this one takes out: of those published before it the last one of which somebody
-- answers for all that it took out itself. Null when none was published.
CREATE FUNCTION articles_measured_against(of_revision bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    since bigint;
    published bigint;
BEGIN
    FOR published IN
        SELECT r.id
        FROM articles_revision this
        JOIN articles_revision r ON r.article_id = this.article_id AND r.number < this.number
        WHERE this.id = of_revision
          AND EXISTS (SELECT 1 FROM articles_publishedpage p WHERE p.revision_id = r.id)
        ORDER BY r.number
    LOOP
        IF since IS NULL OR articles_taken_out_is_signed(published, since) OR NOT articles_takes_out(published, since) THEN
            since := published;
        END IF;
    END LOOP;
    RETURN since;
END
$$;

-- The digest under which what this revision takes out or moves is signed; null when there is nothing to sign.
CREATE FUNCTION articles_taken_out(of_revision bigint) RETURNS varchar
LANGUAGE plpgsql STABLE AS $$
DECLARE
    since bigint := articles_measured_against(of_revision);
BEGIN
    IF since IS NOT NULL AND articles_takes_out(of_revision, since) THEN
        RETURN articles_taken_out_digest(of_revision, since);
    END IF;
    RETURN NULL;
END
$$;

-- Everyone who helped write what this revision takes out or moves: they sign it in no revision.
CREATE FUNCTION articles_took_out(of_revision bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT contributor
    FROM articles_revision this
    JOIN articles_revision since ON since.id = articles_measured_against(this.id)
    JOIN articles_revision r ON r.article_id = this.article_id AND r.number > since.number AND r.number <= this.number,
    LATERAL articles_contributors(r.id) AS contributor
    WHERE this.id = of_revision
$$;

-- The signatures that count for this revision: on a block it holds or on what it takes out, not withdrawn, and not by a
-- contributor, unless the block already stood on the page published before, when the signer had not yet touched the words.
-- The signatures of whoever a byline names count in no case. Until the revision is published they rest on credentials that
-- hold, but those that were given before on what readers have already. What a safety correction took out is read again before it
-- comes back: what was signed before that correction counts for the blocks that it kept.
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
          (SELECT was_published FROM this)
          OR (s.revision_id <> of_revision AND s.digest IN (SELECT digest FROM on_page_before))
          OR EXISTS (SELECT 1 FROM articles_credential c
                     WHERE c.id = s.credential_id AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL
                       AND COALESCE(c.valid_until >= (now() AT TIME ZONE 'UTC')::date, true))
      )
      AND NOT EXISTS (
          SELECT 1 FROM correction c
          WHERE c.number > (SELECT r.number FROM articles_revision r WHERE r.id = s.revision_id)
            AND NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = c.id AND b.digest = s.digest)
      )
$$;

-- What fewer people have signed than the risk class of the page asks for, of high risk two, one of them a specialist: the
-- blocks of this revision, and as 'taken-out' what it takes out or moves.
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
        SELECT 'taken-out', digest FROM articles_taken_out(of_revision) AS digest WHERE digest IS NOT NULL
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

BACK = f"""
{import_module("articles.migrations.0002_no_way_past_review").CORRECTED}
{UNSIGNED_BLOCKS}
DROP FUNCTION articles_took_out(bigint);
DROP FUNCTION articles_taken_out(bigint);
DROP FUNCTION articles_measured_against(bigint);
DROP FUNCTION articles_taken_out_is_signed(bigint, bigint);
DROP FUNCTION articles_takes_out(bigint, bigint);
DROP FUNCTION articles_taken_out_digest(bigint, bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0002_no_way_past_review'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, BACK),
        migrations.AlterModelOptions(
            name='signoff',
            options={'ordering': ['-signed_at', '-id'], 'permissions': [('sign_block', 'Can sign blocks as a medical reviewer')], 'verbose_name': 'signature'},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='article',
            name='taken_from_readers_by_a_takedown',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='article',
            name='live_page_is_its_own',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='publishedpage',
            name='every_block_signed',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='signoff',
            name='fit_to_sign',
        ),
        migrations.AlterField(
            model_name='article',
            name='is_sample',
            field=models.BooleanField(default=False, help_text='Marked as sample content to visitors.', verbose_name='sample'),
        ),
        migrations.AlterField(
            model_name='image',
            name='is_sample',
            field=models.BooleanField(default=False, verbose_name='sample'),
        ),
        migrations.AlterField(
            model_name='offer',
            name='is_sample',
            field=models.BooleanField(default=False, verbose_name='sample'),
        ),
        migrations.AlterField(
            model_name='offerevent',
            name='is_sample',
            field=models.BooleanField(default=False, verbose_name='sample'),
        ),
        migrations.AlterField(
            model_name='person',
            name='is_sample',
            field=models.BooleanField(default=False, help_text='A made-up role for trying the software.', verbose_name='sample'),
        ),
        migrations.AlterField(
            model_name='person',
            name='slug',
            field=models.CharField(max_length=60, unique=True, verbose_name='address'),
        ),
        migrations.AlterField(
            model_name='personevent',
            name='is_sample',
            field=models.BooleanField(default=False, help_text='A made-up role for trying the software.', verbose_name='sample'),
        ),
        migrations.AlterField(
            model_name='personevent',
            name='slug',
            field=models.CharField(max_length=60, verbose_name='address'),
        ),
        migrations.AlterField(
            model_name='signoff',
            name='digest',
            field=models.CharField(help_text='Of the block that was read, or of what was taken out.', max_length=64),
        ),
        migrations.AlterField(
            model_name='story',
            name='is_sample',
            field=models.BooleanField(default=False, verbose_name='sample'),
        ),
        migrations.AlterField(
            model_name='topic',
            name='slug',
            field=models.CharField(help_text='In the address: small letters, figures and hyphens.', max_length=60, unique=True, verbose_name='address'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='live_page_is_its_own', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.live_id IS NOT NULL)', func="\n                    IF NOT EXISTS (SELECT 1 FROM articles_publishedpage p\n                                   WHERE p.id = NEW.live_id AND p.article_id = NEW.id) THEN\n                        RAISE EXCEPTION 'an article shows a page of its own' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.live_id IS DISTINCT FROM OLD.live_id THEN\n                        -- What was frozen earlier may hold what was withdrawn, hidden or corrected since.\n                        IF EXISTS (SELECT 1 FROM articles_publishedpage later\n                                   WHERE later.article_id = NEW.id AND later.id > NEW.live_id) THEN\n                            RAISE EXCEPTION 'an article shows the page that was frozen last' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                        -- To hide blocks must not wait for signatures on the others: readers see those already.\n                        IF EXISTS (SELECT 1 FROM articles_publishedpage p, articles_unsigned_blocks(p.revision_id) u\n                                   WHERE p.id = NEW.live_id AND NOT p.hidden ? u.digest\n                                     AND NOT EXISTS (SELECT 1 FROM articles_publishedpage before\n                                                     WHERE before.id = OLD.live_id\n                                                       AND before.revision_id = p.revision_id\n                                                       AND p.hidden @> before.hidden AND p.hidden <> before.hidden)\n                                   ) THEN\n                            RAISE EXCEPTION 'an article shows a page whose every block is signed' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                    END IF;\n                    RETURN NEW;\n                ", hash='a2e2a64e48bf80b122d47fde05f137596e36a5ee', operation='INSERT OR UPDATE', pgid='pgtrigger_live_page_is_its_own_14547', table='articles_article', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='taken_from_readers_by_a_takedown', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE standing TEXT;', func="\n                    SELECT t.kind INTO standing FROM articles_takedown t\n                        WHERE t.article_id = NEW.id AND t.lifted_at IS NULL;\n                    IF NEW.page_state IN ('withdrawn', 'taken_down') AND NEW.page_state IS DISTINCT FROM standing THEN\n                        RAISE EXCEPTION 'a page is withdrawn or taken down by somebody who says why' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF TG_OP = 'UPDATE' AND NEW.page_state = 'unpublished' AND OLD.page_state <> 'unpublished' THEN\n                        RAISE EXCEPTION 'a page that was published is taken from readers by a takedown, on record' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.page_state = 'live' AND standing IS NOT NULL THEN\n                        RAISE EXCEPTION 'a page that was taken from readers is live again once that is lifted' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='e9a1fb2659dafb9c9d31f4cff5f677a2e03acf04', operation='INSERT OR UPDATE OF "page_state", "live_id"', pgid='pgtrigger_taken_from_readers_by_a_takedown_166b7', table='articles_article', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publishedpage',
            trigger=pgtrigger.compiler.Trigger(name='every_block_signed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE unsigned TEXT;', func="\n                    -- Two people may publish at once: the second waits for the first.\n                    PERFORM 1 FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('approved', 'published', 'superseded')) THEN\n                        RAISE EXCEPTION 'only an approved revision of the article can be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = NEW.revision_id) THEN\n                        RAISE EXCEPTION 'a page without blocks cannot be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.hidden <> '[]' AND (\n                            NOT EXISTS (SELECT 1 FROM articles_emergencynotice n\n                                        WHERE n.id = NEW.notice_id AND n.signed_at IS NOT NULL)\n                            OR NOT EXISTS (SELECT 1 FROM articles_revision r\n                                           WHERE r.id = NEW.revision_id AND r.status = 'published')) THEN\n                        RAISE EXCEPTION 'blocks of a published page are hidden behind a notice that was signed beforehand' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF (SELECT count(*) <> count(DISTINCT digest) OR bool_or(digest NOT IN (\n                            SELECT b.digest FROM articles_block b WHERE b.revision_id = NEW.revision_id))\n                        FROM jsonb_array_elements_text(NEW.hidden) AS digest) THEN\n                        RAISE EXCEPTION 'only blocks of the page are hidden, each once' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT string_agg(key, ', ' ORDER BY key) INTO unsigned\n                        FROM articles_unsigned_blocks(NEW.revision_id) u WHERE NOT NEW.hidden ? u.digest;\n                    -- To hide blocks must not wait for signatures on the others: readers see those already.\n                    IF unsigned IS NOT NULL AND NOT EXISTS (\n                            SELECT 1 FROM articles_article a JOIN articles_publishedpage live ON live.id = a.live_id\n                            WHERE a.id = NEW.article_id AND live.revision_id = NEW.revision_id\n                              AND NEW.hidden @> live.hidden AND NEW.hidden <> live.hidden) THEN\n                        RAISE EXCEPTION 'every block needs a sign-off by somebody who did not write it; missing: %',\n                            unsigned USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision this JOIN articles_revision later\n                                   ON later.article_id = this.article_id AND later.number > this.number\n                               WHERE this.id = NEW.revision_id AND later.significance = 'safety_correction'\n                                 AND later.status IN ('published', 'superseded')) THEN\n                        RAISE EXCEPTION 'a page never goes back behind a safety correction' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'approved')\n                       AND EXISTS (SELECT 1 FROM articles_comment c WHERE c.article_id = NEW.article_id\n                                     AND c.blocking AND c.resolved_at IS NULL) THEN\n                        RAISE EXCEPTION 'a page is published once its blocking comments are resolved' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_byline b\n                                   WHERE b.article_id = NEW.article_id AND b.role = 'author') THEN\n                        RAISE EXCEPTION 'a published page names its author' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='3255ecc85f73bc1fe5588ec6485a7b539af8d54b', operation='INSERT', pgid='pgtrigger_every_block_signed_3b7da', table='articles_publishedpage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='signoff',
            trigger=pgtrigger.compiler.Trigger(name='fit_to_sign', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('in_review', 'approved')\n                                     AND (EXISTS (SELECT 1 FROM articles_block b\n                                                  WHERE b.revision_id = r.id AND b.digest = NEW.digest)\n                                          OR NEW.digest = articles_taken_out(r.id))) THEN\n                        RAISE EXCEPTION 'only a block of a revision under review can be signed, or what it takes out' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.reviewer_id IN (SELECT articles_contributors(NEW.revision_id)) THEN\n                        RAISE EXCEPTION 'nobody signs a page they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_block b\n                                   WHERE b.revision_id = NEW.revision_id AND b.digest = NEW.digest)\n                       AND NEW.reviewer_id IN (SELECT articles_took_out(NEW.revision_id)) THEN\n                        RAISE EXCEPTION 'nobody signs what they helped take out or move' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_live_signoffs(NEW.revision_id) l\n                               WHERE l.digest = NEW.digest AND l.reviewer_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'this reviewer has already signed this block' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_suggestedblock w\n                               JOIN articles_suggestion g ON g.id = w.suggestion_id\n                               WHERE g.article_id = NEW.article_id AND g.suggested_by_id = NEW.reviewer_id\n                                 AND w.digest = NEW.digest) THEN\n                        RAISE EXCEPTION 'nobody signs words that they suggested' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- However long ago, and also once somebody else's signature on them was withdrawn.\n                    IF EXISTS (SELECT 1 FROM articles_contribution c JOIN articles_revision r ON r.id = c.revision_id\n                               WHERE r.article_id = NEW.article_id AND c.user_id = NEW.reviewer_id\n                                 AND c.digest = NEW.digest AND c.block_key <> '') THEN\n                        RAISE EXCEPTION 'nobody signs words that they wrote' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id\n                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id\n                                     AND i.declared_on > current_date - interval '1 year') THEN\n                        RAISE EXCEPTION 'a signature needs interests that the reviewer declared within a year' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist\n                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                        JOIN articles_article a ON a.id = NEW.article_id\n                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                          AND (s.ends_on IS NULL OR s.ends_on >= current_date);\n                    -- Readers are told both: they are what they are now, whatever the writer of the row gave.\n                    NEW.signed_at := clock_timestamp();\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    RETURN NEW;\n                ", hash='a915e426007df5ec9bb9fed03753fc9f201d8717', operation='INSERT', pgid='pgtrigger_fit_to_sign_55fba', table='articles_signoff', when='BEFORE')),
        ),
    ]
