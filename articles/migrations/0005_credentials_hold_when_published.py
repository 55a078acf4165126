"""What is new on a page is published on credentials that hold that day; fields are called what people call them."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0004_hiding_waits_for_no_signature'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='signoff',
            options={'ordering': ['-signed_at', '-id'], 'permissions': [('sign_block', 'Can sign blocks as a medical reviewer')], 'verbose_name': 'signature'},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='publishedpage',
            name='every_block_signed',
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
            model_name='publishedpage',
            trigger=pgtrigger.compiler.Trigger(name='every_block_signed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE unsigned TEXT;', func="\n                    -- Two people may publish at once: the second waits for the first.\n                    PERFORM 1 FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('approved', 'published', 'superseded')) THEN\n                        RAISE EXCEPTION 'only an approved revision of the article can be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = NEW.revision_id) THEN\n                        RAISE EXCEPTION 'a page without blocks cannot be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.hidden <> '[]' AND (\n                            NOT EXISTS (SELECT 1 FROM articles_emergencynotice n\n                                        WHERE n.id = NEW.notice_id AND n.signed_at IS NOT NULL)\n                            OR NOT EXISTS (SELECT 1 FROM articles_revision r\n                                           WHERE r.id = NEW.revision_id AND r.status = 'published')) THEN\n                        RAISE EXCEPTION 'blocks of a published page are hidden behind a notice that was signed beforehand' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT string_agg(key, ', ' ORDER BY key) INTO unsigned\n                        FROM articles_unsigned_blocks(NEW.revision_id) u WHERE NOT NEW.hidden ? u.digest;\n                    -- To hide blocks must not wait for signatures on the others: readers see those already.\n                    IF unsigned IS NOT NULL AND NOT EXISTS (\n                            SELECT 1 FROM articles_article a JOIN articles_publishedpage live ON live.id = a.live_id\n                            WHERE a.id = NEW.article_id AND live.revision_id = NEW.revision_id\n                              AND NEW.hidden @> live.hidden AND NEW.hidden <> live.hidden) THEN\n                        RAISE EXCEPTION 'every block needs a sign-off by somebody who did not write it; missing: %',\n                            unsigned USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- As the gate: what is live already stays signed.\n                    IF EXISTS (SELECT 1 FROM articles_revision r\n                               WHERE r.id = NEW.revision_id AND r.status = 'approved')\n                       AND EXISTS (\n                            SELECT 1\n                            FROM articles_live_signoffs(NEW.revision_id) l\n                            JOIN articles_signoff s ON s.id = l.id\n                            JOIN articles_article a ON a.id = s.article_id\n                            LEFT JOIN articles_credential c ON c.id = s.credential_id AND c.verified_at IS NOT NULL\n                                AND c.revoked_at IS NULL\n                                AND COALESCE(c.valid_until >= (now() AT TIME ZONE 'UTC')::date, true)\n                            WHERE l.digest NOT IN (SELECT b.digest FROM articles_publishedpage p\n                                                   JOIN articles_block b ON b.revision_id = p.revision_id\n                                                   WHERE p.id = a.live_id)\n                            GROUP BY l.digest, a.risk_class\n                            HAVING NOT CASE WHEN a.risk_class = 'high'\n                                THEN count(DISTINCT l.reviewer_id) FILTER (WHERE c.id IS NOT NULL) >= 2\n                                    AND COALESCE(bool_or(s.as_specialist) FILTER (WHERE c.id IS NOT NULL), false)\n                                ELSE count(c.id) >= 1 END) THEN\n                        RAISE EXCEPTION 'what is new on a page was signed with credentials that hold today' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision this JOIN articles_revision later\n                                   ON later.article_id = this.article_id AND later.number > this.number\n                               WHERE this.id = NEW.revision_id AND later.significance = 'safety_correction'\n                                 AND later.status IN ('published', 'superseded')) THEN\n                        RAISE EXCEPTION 'a page never goes back behind a safety correction' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'approved')\n                       AND EXISTS (SELECT 1 FROM articles_comment c WHERE c.article_id = NEW.article_id\n                                     AND c.blocking AND c.resolved_at IS NULL) THEN\n                        RAISE EXCEPTION 'a page is published once its blocking comments are resolved' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_byline b\n                                   WHERE b.article_id = NEW.article_id AND b.role = 'author') THEN\n                        RAISE EXCEPTION 'a published page names its author' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='ce1727c931b0d8268255c9fedc1bdc2dbf07e219', operation='INSERT', pgid='pgtrigger_every_block_signed_3b7da', table='articles_publishedpage', when='BEFORE')),
        ),
    ]
