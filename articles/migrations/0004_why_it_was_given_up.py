"""Why a revision was given up stands beside its change note, no longer in its place."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# Until now the reason stood in the request for its review, or had taken the place of the change note.
SAY_WHY = """
UPDATE articles_revision r
SET abandoned_because = COALESCE(
    (SELECT NULLIF(q.reason, '') FROM articles_reviewrequest q WHERE q.revision_id = r.id),
    NULLIF(r.change_note, ''),
    'Not said.'
)
WHERE r.status = 'abandoned'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0003_what_is_taken_out'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='publishedpage',
            name='every_block_signed',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='revision',
            name='only_drafts_change',
        ),
        migrations.AddField(
            model_name='revision',
            name='abandoned_because',
            field=models.TextField(blank=True),
        ),
        migrations.RunSQL(SAY_WHY, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='publishedpage',
            trigger=pgtrigger.compiler.Trigger(name='can_be_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- Two people may publish at once: the second waits for the first.\n                    PERFORM 1 FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('approved', 'published', 'superseded')) THEN\n                        RAISE EXCEPTION 'only an approved revision of the article can be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = NEW.revision_id) THEN\n                        RAISE EXCEPTION 'a page without blocks cannot be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.hidden <> '[]' AND (\n                            NOT EXISTS (SELECT 1 FROM articles_emergencynotice n\n                                        WHERE n.id = NEW.notice_id AND n.signed_at IS NOT NULL)\n                            OR NOT EXISTS (SELECT 1 FROM articles_revision r\n                                           WHERE r.id = NEW.revision_id AND r.status = 'published')) THEN\n                        RAISE EXCEPTION 'blocks of a published page are hidden behind a notice that was signed beforehand' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF (SELECT count(*) <> count(DISTINCT digest) OR bool_or(digest NOT IN (\n                            SELECT b.digest FROM articles_block b WHERE b.revision_id = NEW.revision_id))\n                        FROM jsonb_array_elements_text(NEW.hidden) AS digest) THEN\n                        RAISE EXCEPTION 'only blocks of the page are hidden, each once' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision this JOIN articles_revision later\n                                   ON later.article_id = this.article_id AND later.number > this.number\n                               WHERE this.id = NEW.revision_id AND later.significance = 'safety_correction'\n                                 AND later.status IN ('published', 'superseded')) THEN\n                        RAISE EXCEPTION 'a page never goes back behind a safety correction' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'approved')\n                       AND EXISTS (SELECT 1 FROM articles_comment c WHERE c.article_id = NEW.article_id\n                                     AND c.blocking AND c.resolved_at IS NULL) THEN\n                        RAISE EXCEPTION 'a page is published once its blocking comments are resolved' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_byline b\n                                   WHERE b.article_id = NEW.article_id AND b.role = 'author') THEN\n                        RAISE EXCEPTION 'a published page names its author' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='ce1661e56839b68b1c42f97488852e03f00c0b97', operation='INSERT', pgid='pgtrigger_can_be_frozen_bf1d0', table='articles_publishedpage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publishedpage',
            trigger=pgtrigger.compiler.Trigger(name='every_block_signed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE unsigned TEXT;', func="\n                    SELECT string_agg(key, ', ' ORDER BY key) INTO unsigned\n                        FROM articles_unsigned_blocks(NEW.revision_id) u WHERE NOT NEW.hidden ? u.digest;\n                    -- To hide blocks must not wait for signatures on the others: readers see those already.\n                    IF unsigned IS NOT NULL AND NOT EXISTS (\n                            SELECT 1 FROM articles_article a JOIN articles_publishedpage live ON live.id = a.live_id\n                            WHERE a.id = NEW.article_id AND live.revision_id = NEW.revision_id\n                              AND NEW.hidden @> live.hidden AND NEW.hidden <> live.hidden) THEN\n                        RAISE EXCEPTION 'every block needs a sign-off by somebody who did not write it; missing: %',\n                            unsigned USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='24473de05aa71c1a105eac6c84cf0bc7763b060e', operation='INSERT', pgid='pgtrigger_every_block_signed_3b7da', table='articles_publishedpage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revision',
            trigger=pgtrigger.compiler.Trigger(name='only_drafts_change', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status <> 'draft')", func="\n                    -- Why it is given up is said when it is.\n                    IF (to_jsonb(OLD) - 'status' - 'abandoned_because')\n                            IS DISTINCT FROM (to_jsonb(NEW) - 'status' - 'abandoned_because')\n                       OR (OLD.status = NEW.status AND OLD.abandoned_because <> NEW.abandoned_because) THEN\n                        RAISE EXCEPTION 'a revision that has left draft does not change; start a new draft' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='c8ac71f623736fab412b1006cddaba06bb393981', operation='UPDATE', pgid='pgtrigger_only_drafts_change_3c4ad', table='articles_revision', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'abandoned'), ('abandoned_because', ''), _connector='XOR'), name='an_abandoned_revision_says_why'),
        ),
    ]
