"""No way past the review: not by what was frozen or signed before, not alone, not with one's own words."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


CORRECTED = """
-- The signatures that count for this revision: on a block it holds, not withdrawn, and not by a contributor,
-- unless the block already stood on the page published before, when the signer had not yet touched the words.
-- The signatures of whoever a byline names count in no case. What a safety correction took out is read again before it
-- comes back: what was signed before that correction counts for the blocks that it kept.
CREATE OR REPLACE FUNCTION articles_live_signoffs(of_revision bigint)
RETURNS TABLE (id bigint, digest varchar, reviewer_id bigint, signed_at timestamptz)
LANGUAGE sql STABLE AS $$
    -- Each part is worked out once, whatever the planner believes of the tables' sizes: it would else ask who
    -- contributed again for each signature and block.
    WITH this AS MATERIALIZED (SELECT r.article_id, r.number FROM articles_revision r WHERE r.id = of_revision),
    held AS MATERIALIZED (SELECT DISTINCT b.digest FROM articles_block b WHERE b.revision_id = of_revision),
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
"""

AS_BEFORE = """
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


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0025_freshness'),
    ]

    operations = [
        migrations.RunSQL(CORRECTED, AS_BEFORE),
        pgtrigger.migrations.RemoveTrigger(
            model_name='article',
            name='live_page_is_its_own',
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
            model_name='revision',
            name='allowed_steps',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='schedule',
            name='schedules_stay',
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
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='live_page_is_its_own', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.live_id IS NOT NULL)', func="\n                    IF NOT EXISTS (SELECT 1 FROM articles_publishedpage p\n                                   WHERE p.id = NEW.live_id AND p.article_id = NEW.id) THEN\n                        RAISE EXCEPTION 'an article shows a page of its own' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.live_id IS DISTINCT FROM OLD.live_id THEN\n                        -- What was frozen earlier may hold what was withdrawn, hidden or corrected since.\n                        IF EXISTS (SELECT 1 FROM articles_publishedpage later\n                                   WHERE later.article_id = NEW.id AND later.id > NEW.live_id) THEN\n                            RAISE EXCEPTION 'an article shows the page that was frozen last' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                        IF EXISTS (SELECT 1 FROM articles_publishedpage p, articles_unsigned_blocks(p.revision_id) u\n                                   WHERE p.id = NEW.live_id AND NOT p.hidden ? u.digest) THEN\n                            RAISE EXCEPTION 'an article shows a page whose every block is signed' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                    END IF;\n                    RETURN NEW;\n                ", hash='d1d0ddb424d0d46ef0500db5b1103d8b01e70a8d', operation='INSERT OR UPDATE', pgid='pgtrigger_live_page_is_its_own_14547', table='articles_article', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='as_risky_as_it_was_submitted', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.risk_class = 'high' AND NEW.risk_class <> 'high')", func="\n                    IF EXISTS (SELECT 1 FROM articles_revision r\n                               WHERE r.article_id = NEW.id AND r.status IN ('in_review', 'approved')) THEN\n                        RAISE EXCEPTION 'a page stays of high risk while a revision of it is under review' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='c775c62d6480bc73563cbd5da2c5011dd8a40c76', operation='UPDATE OF "risk_class"', pgid='pgtrigger_as_risky_as_it_was_submitted_61eb1', table='articles_article', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='credential',
            trigger=pgtrigger.compiler.Trigger(name='stays_with_its_person', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.person_id <> NEW.person_id)', func="RAISE EXCEPTION 'a credential stays with the person it was issued to' USING ERRCODE = 'integrity_constraint_violation';", hash='504302f2782fa88be16cbc8648ceee83256daba3', operation='UPDATE', pgid='pgtrigger_stays_with_its_person_d5607', table='articles_credential', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publishedpage',
            trigger=pgtrigger.compiler.Trigger(name='every_block_signed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE unsigned TEXT;', func="\n                    -- Two people may publish at once: the second waits for the first.\n                    PERFORM 1 FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('approved', 'published', 'superseded')) THEN\n                        RAISE EXCEPTION 'only an approved revision of the article can be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = NEW.revision_id) THEN\n                        RAISE EXCEPTION 'a page without blocks cannot be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.hidden <> '[]' AND (\n                            NOT EXISTS (SELECT 1 FROM articles_emergencynotice n\n                                        WHERE n.id = NEW.notice_id AND n.signed_at IS NOT NULL)\n                            OR NOT EXISTS (SELECT 1 FROM articles_revision r\n                                           WHERE r.id = NEW.revision_id AND r.status = 'published')) THEN\n                        RAISE EXCEPTION 'blocks of a published page are hidden behind a notice that was signed beforehand' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT string_agg(key, ', ' ORDER BY key) INTO unsigned\n                        FROM articles_unsigned_blocks(NEW.revision_id) u WHERE NOT NEW.hidden ? u.digest;\n                    IF unsigned IS NOT NULL THEN\n                        RAISE EXCEPTION 'every block needs a sign-off by somebody who did not write it; missing: %',\n                            unsigned USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision this JOIN articles_revision later\n                                   ON later.article_id = this.article_id AND later.number > this.number\n                               WHERE this.id = NEW.revision_id AND later.significance = 'safety_correction'\n                                 AND later.status IN ('published', 'superseded')) THEN\n                        RAISE EXCEPTION 'a page never goes back behind a safety correction' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'approved')\n                       AND EXISTS (SELECT 1 FROM articles_comment c WHERE c.article_id = NEW.article_id\n                                     AND c.blocking AND c.resolved_at IS NULL) THEN\n                        RAISE EXCEPTION 'a page is published once its blocking comments are resolved' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_byline b\n                                   WHERE b.article_id = NEW.article_id AND b.role = 'author') THEN\n                        RAISE EXCEPTION 'a published page names its author' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='ccabc02813fa8ef1010fa0dbebf4af80e0a4c2b5', operation='INSERT', pgid='pgtrigger_every_block_signed_3b7da', table='articles_publishedpage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reaffirmation',
            trigger=pgtrigger.compiler.Trigger(name='fit_to_reaffirm', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE this RECORD;', func="\n                    -- As publishing does: what goes live at that moment goes live before or after.\n                    SELECT a.live_id, a.page_state, a.risk_class INTO this\n                        FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    IF this.page_state <> 'live' OR this.live_id IS DISTINCT FROM NEW.page_id THEN\n                        RAISE EXCEPTION 'only the page that readers see now is found still right' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p, articles_unsigned_blocks(p.revision_id)\n                               WHERE p.id = NEW.page_id)\n                       OR EXISTS (SELECT 1 FROM articles_publishedpage p\n                                  WHERE p.id = NEW.page_id AND p.hidden <> '[]') THEN\n                        RAISE EXCEPTION 'a page is found still right while every block of it is signed and shown' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               WHERE p.id = NEW.page_id\n                                 AND NEW.reviewer_id IN (SELECT articles_contributors(p.revision_id))) THEN\n                        RAISE EXCEPTION 'nobody finds a page right that they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               JOIN articles_block b ON b.revision_id = p.revision_id\n                               JOIN articles_suggestedblock w ON w.digest = b.digest\n                               JOIN articles_suggestion g ON g.id = w.suggestion_id\n                               WHERE p.id = NEW.page_id AND g.article_id = NEW.article_id\n                                 AND g.suggested_by_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'nobody finds words right that they suggested' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               JOIN articles_block b ON b.revision_id = p.revision_id\n                               JOIN articles_contribution c ON c.digest = b.digest AND c.block_key <> ''\n                               JOIN articles_revision r ON r.id = c.revision_id AND r.article_id = NEW.article_id\n                               WHERE p.id = NEW.page_id AND c.user_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'nobody finds words right that they wrote' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id\n                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id\n                                     AND i.declared_on > current_date - interval '1 year') THEN\n                        RAISE EXCEPTION 'a signature needs interests that the reviewer declared within a year' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist\n                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                        JOIN articles_article a ON a.id = NEW.article_id\n                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                          AND (s.ends_on IS NULL OR s.ends_on >= current_date);\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    NEW.at := clock_timestamp();\n                    NEW.completes := this.risk_class <> 'high' OR EXISTS (\n                        SELECT 1 FROM articles_reaffirmation other\n                        WHERE other.page_id = NEW.page_id AND other.reviewer_id <> NEW.reviewer_id\n                          AND other.at > NEW.at - interval '30 days'\n                          AND (other.as_specialist OR NEW.as_specialist)\n                          -- It counts once, and only by somebody who knew what called the page in.\n                          AND NOT EXISTS (SELECT 1 FROM articles_reaffirmation before\n                                          WHERE before.page_id = other.page_id AND before.completes\n                                            AND before.at >= other.at)\n                          AND NOT EXISTS (SELECT 1 FROM articles_earlyreview e\n                                          WHERE e.article_id = NEW.article_id AND e.settled_at IS NULL\n                                            AND e.at > other.at)\n                    );\n                    RETURN NEW;\n                ", hash='b8d0c70e88f22301a30cb840273fe93da42f7ae6', operation='INSERT', pgid='pgtrigger_fit_to_reaffirm_a9400', table='articles_reaffirmation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revision',
            trigger=pgtrigger.compiler.Trigger(name='allowed_steps', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.status <> NEW.status)', func="\n                    IF (OLD.status, NEW.status) NOT IN (('draft','abandoned'), ('draft','in_review'), ('in_review','abandoned'), ('in_review','approved'), ('in_review','changes_requested'), ('approved','abandoned'), ('approved','changes_requested'), ('approved','in_review'), ('approved','published'), ('published','superseded'), ('superseded','published')) THEN\n                        RAISE EXCEPTION 'a revision cannot go from % to %', OLD.status, NEW.status\n                            USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.status = 'approved' AND EXISTS (SELECT 1 FROM articles_unsigned_blocks(NEW.id)) THEN\n                        RAISE EXCEPTION 'a revision is approved once every block is signed' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.status = 'approved' AND EXISTS (SELECT 1 FROM articles_comment c\n                            WHERE c.article_id = NEW.article_id AND c.blocking AND c.resolved_at IS NULL) THEN\n                        RAISE EXCEPTION 'a revision is approved once its blocking comments are resolved' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.status = 'published' AND NEW.id IS DISTINCT FROM\n                            (SELECT p.revision_id FROM articles_publishedpage p\n                             WHERE p.article_id = NEW.article_id ORDER BY p.id DESC LIMIT 1) THEN\n                        RAISE EXCEPTION 'a revision is published by freezing its page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='ca8883829c1f03fad1f009e52f65e6e7c732dd7b', operation='UPDATE', pgid='pgtrigger_allowed_steps_85288', table='articles_revision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='schedule',
            trigger=pgtrigger.compiler.Trigger(name='schedules_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                       WHERE r.id = NEW.revision_id AND r.status = 'approved') THEN\n                            RAISE EXCEPTION 'only an approved revision is scheduled' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                        IF NEW.ended_at IS NOT NULL THEN\n                            RAISE EXCEPTION 'a schedule waits when it is made' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL\n                       OR (to_jsonb(OLD) - 'ended_at' - 'outcome' - 'evidence')\n                          IS DISTINCT FROM (to_jsonb(NEW) - 'ended_at' - 'outcome' - 'evidence') THEN\n                        RAISE EXCEPTION 'a schedule stays as it was made; it ends once, and another is made' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='1d7ac455d5a257fb1c61db85d19a5429ff1c8788', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_schedules_stay_d4fcd', table='articles_schedule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='signoff',
            trigger=pgtrigger.compiler.Trigger(name='fit_to_sign', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r JOIN articles_block b ON b.revision_id = r.id\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('in_review', 'approved') AND b.digest = NEW.digest) THEN\n                        RAISE EXCEPTION 'only a block of a revision under review can be signed' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.reviewer_id IN (SELECT articles_contributors(NEW.revision_id)) THEN\n                        RAISE EXCEPTION 'nobody signs a page they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_live_signoffs(NEW.revision_id) l\n                               WHERE l.digest = NEW.digest AND l.reviewer_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'this reviewer has already signed this block' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_suggestedblock w\n                               JOIN articles_suggestion g ON g.id = w.suggestion_id\n                               WHERE g.article_id = NEW.article_id AND g.suggested_by_id = NEW.reviewer_id\n                                 AND w.digest = NEW.digest) THEN\n                        RAISE EXCEPTION 'nobody signs words that they suggested' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- However long ago, and also once somebody else's signature on them was withdrawn.\n                    IF EXISTS (SELECT 1 FROM articles_contribution c JOIN articles_revision r ON r.id = c.revision_id\n                               WHERE r.article_id = NEW.article_id AND c.user_id = NEW.reviewer_id\n                                 AND c.digest = NEW.digest AND c.block_key <> '') THEN\n                        RAISE EXCEPTION 'nobody signs words that they wrote' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id\n                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id\n                                     AND i.declared_on > current_date - interval '1 year') THEN\n                        RAISE EXCEPTION 'a signature needs interests that the reviewer declared within a year' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist\n                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                        JOIN articles_article a ON a.id = NEW.article_id\n                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                          AND (s.ends_on IS NULL OR s.ends_on >= current_date);\n                    -- Readers are told both: they are what they are now, whatever the writer of the row gave.\n                    NEW.signed_at := clock_timestamp();\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    RETURN NEW;\n                ", hash='60c961e6b2d70d95905bf967b24349aa0cc9853f', operation='INSERT', pgid='pgtrigger_fit_to_sign_55fba', table='articles_signoff', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='takedown',
            trigger=pgtrigger.compiler.Trigger(name='takedowns_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.confirmed_at IS NOT NULL OR NEW.lifted_at IS NOT NULL THEN\n                            RAISE EXCEPTION 'a takedown is neither confirmed nor lifted when it is written' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL\n                       OR (OLD.confirmed_at IS NOT NULL\n                           AND (OLD.confirmed_by_id, OLD.confirmed_at)\n                               IS DISTINCT FROM (NEW.confirmed_by_id, NEW.confirmed_at))\n                       OR (to_jsonb(OLD) - '{confirmed_by_id,confirmed_at,lifted_by_id,lifted_at}'::text[])\n                          IS DISTINCT FROM\n                          (to_jsonb(NEW) - '{confirmed_by_id,confirmed_at,lifted_by_id,lifted_at}'::text[]) THEN\n                        RAISE EXCEPTION 'a takedown stays as it was written; it is confirmed once and lifted once' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='15662bcca08fa5c355d9f4a7897a0830a323a000', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_takedowns_stay_1b7bf', table='articles_takedown', when='BEFORE')),
        ),
    ]
