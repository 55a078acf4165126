"""Pages are read again in time: when each lapses, who found it still right, what called it in early."""

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


SEARCH_KNOWS_WHEN_A_PAGE_LAPSES = r"""
-- Makes the tables of search say what is live of these articles, whatever they said before.
CREATE OR REPLACE FUNCTION articles_refresh_search(changed bigint[]) RETURNS void
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
"""

SEARCH_AS_BEFORE = r"""
-- Makes the tables of search say what is live of these articles, whatever they said before.
CREATE OR REPLACE FUNCTION articles_refresh_search(changed bigint[]) RETURNS void
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
    UPDATE articles_searchentry e SET topic_id = a.topic_id, kind = a.kind, next_due = a.next_due
    FROM articles_article a
    WHERE e.article_id = ANY(changed) AND a.id = e.article_id AND a.live_id = e.page_id;
    INSERT INTO articles_searchentry (article_id, page_id, topic_id, kind, next_due, title_words, words)
    SELECT a.id, p.id, a.topic_id, a.kind, a.next_due, cardinality(articles_stems(p.title)),
           setweight(articles_vector(p.title), 'A') || setweight(articles_vector(p.lede), 'B')
           || setweight(articles_vector(p.headings_text), 'C') || setweight(articles_vector(p.plain_text), 'D')
    FROM articles_article a
    JOIN articles_publishedpage p ON p.id = a.live_id
    LEFT JOIN articles_searchentry e ON e.article_id = a.id
    WHERE a.id = ANY(changed) AND a.page_state = 'live' AND e.page_id IS DISTINCT FROM p.id
    ON CONFLICT (article_id) DO UPDATE SET
        page_id = excluded.page_id, topic_id = excluded.topic_id, kind = excluded.kind, next_due = excluded.next_due,
        title_words = excluded.title_words, words = excluded.words;
END
$$;
"""

READ_AGAIN = """
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


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0024_qualified_by_others_and_reports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EarlyReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trigger', models.CharField(choices=[('retraction', 'A source it cites was retracted'), ('superseded_source', 'A source it cites was superseded'), ('dead_link', 'A link to a source it cites is dead'), ('reader_report', 'A reader says that it could do harm'), ('reviewer_revoked', 'It rests on a credential that was revoked')], max_length=20)),
                ('subject', models.CharField(help_text='What it is about: a key, an address, an id.', max_length=500)),
                ('detail', models.CharField(blank=True, help_text='In a sentence, for colleagues.', max_length=300)),
                ('due_on', models.DateField(default=django.utils.timezone.localdate)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('settlement', models.CharField(blank=True, choices=[('reaffirmed', 'Read again, and found right'), ('published', 'Published anew'), ('dismissed', 'Dismissed')], max_length=10)),
                ('settled_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True, help_text='Why it was dismissed.')),
            ],
            options={
                'ordering': ['at', 'id'],
                'permissions': [('dismiss_earlyreview', 'Can dismiss what called a page in early')],
            },
        ),
        migrations.CreateModel(
            name='Reaffirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('credential_then', models.CharField(help_text='The credential as it read that day.', max_length=260)),
                ('as_specialist', models.BooleanField(default=False, help_text="Whether their scope that day was a specialist's.")),
                ('completes', models.BooleanField(default=False, help_text='Whether enough people have read it with this one.')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='StepTold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=8)),
                ('due_on', models.DateField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='article',
            name='found_as_it_stands',
        ),
        migrations.RemoveConstraint(
            model_name='article',
            name='a_live_article_has_a_page_and_its_dates',
        ),
        migrations.RenameField(
            model_name='searchentry',
            old_name='next_due',
            new_name='lapses_on',
        ),
        migrations.AddField(
            model_name='article',
            name='lapses_on',
            field=models.GeneratedField(db_persist=True, expression=models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('next_due'), '+', models.Case(models.When(risk_class='high', then=models.Value(30)), models.When(risk_class='medium', then=models.Value(90)), models.When(risk_class='low', then=models.Value(90)), default=models.Value(0))), output_field=models.DateField()), output_field=models.DateField(null=True)),
        ),
        migrations.AlterField(
            model_name='searchentry',
            name='lapses_on',
            field=models.DateField(help_text='From that day on the page comes last.'),
        ),
        migrations.RunSQL(SEARCH_KNOWS_WHEN_A_PAGE_LAPSES, SEARCH_AS_BEFORE),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='due_while_called_in', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.next_due > OLD.next_due)', func="\n                    IF NEW.next_due > NEW.last_reviewed AND EXISTS (\n                            SELECT 1 FROM articles_earlyreview e\n                            WHERE e.article_id = NEW.id AND e.settled_at IS NULL AND e.due_on < NEW.next_due) THEN\n                        RAISE EXCEPTION 'a page that was called in early stays due until that is settled' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='8f562a55df6cb0364eeafa80e14395087505b9d6', operation='UPDATE OF "next_due"', pgid='pgtrigger_due_while_called_in_a2e9d', table='articles_article', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='found_as_it_stands', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."lapses_on" IS DISTINCT FROM (NEW."lapses_on") OR OLD."live_id" IS DISTINCT FROM (NEW."live_id") OR OLD."page_state" IS DISTINCT FROM (NEW."page_state") OR OLD."topic_id" IS DISTINCT FROM (NEW."topic_id"))', func='PERFORM articles_refresh_search(ARRAY[COALESCE(NEW.id, OLD.id)]); RETURN NULL;', hash='ddce2aee9222c69c72efcb5f5525de1a4ad92798', operation='UPDATE', pgid='pgtrigger_found_as_it_stands_baec8', table='articles_article', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('live__isnull', True), ('page_state', 'unpublished')), models.Q(('first_published_at__isnull', False), ('live__isnull', True), ('page_state', 'taken_down')), models.Q(('first_published_at__isnull', False), ('last_reviewed__isnull', False), ('live__isnull', False), ('next_due__gte', models.F('last_reviewed')), ('next_due__isnull', False), ('page_state__in', ['live', 'withdrawn'])), _connector='OR'), name='a_live_article_has_a_page_and_its_dates'),
        ),
        migrations.AddField(
            model_name='earlyreview',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='early_reviews', to='articles.article'),
        ),
        migrations.AddField(
            model_name='earlyreview',
            name='noted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='earlyreview',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reaffirmation',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reaffirmations', to='articles.article'),
        ),
        migrations.AddField(
            model_name='reaffirmation',
            name='credential',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reaffirmations', to='articles.credential'),
        ),
        migrations.AddField(
            model_name='reaffirmation',
            name='page',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reaffirmations', to='articles.publishedpage'),
        ),
        migrations.AddField(
            model_name='reaffirmation',
            name='reviewer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reaffirmations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='steptold',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='articles.article'),
        ),
        migrations.AddConstraint(
            model_name='earlyreview',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('article', 'trigger', 'subject'), name='a_page_is_called_in_once_for_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='earlyreview',
            constraint=models.CheckConstraint(condition=models.Q(('trigger__in', ['retraction', 'superseded_source', 'dead_link', 'reader_report', 'reviewer_revoked']), models.Q(('subject', ''), _negated=True)), name='an_early_review_says_what_called_for_it'),
        ),
        migrations.AddConstraint(
            model_name='earlyreview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('settled_by__isnull', True), ('settlement', '')), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False), ('settlement__in', ['reaffirmed', 'published', 'dismissed'])), _connector='OR'), name='a_settled_early_review_says_how_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='earlyreview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settlement', 'dismissed'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('settlement', 'dismissed'), _negated=True), ('reason', '')), _connector='OR'), name='a_dismissed_early_review_says_why'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='earlyreview',
            trigger=pgtrigger.compiler.Trigger(name='called_in_now', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM articles_article a\n                                   WHERE a.id = NEW.article_id AND a.page_state = 'live') THEN\n                        RAISE EXCEPTION 'only a live page is called in early' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    NEW.at := clock_timestamp();\n                    RETURN NEW;\n                ", hash='b03c69e332f4a35d7df277a4bb8c75333ac77b27', operation='INSERT', pgid='pgtrigger_called_in_now_91249', table='articles_earlyreview', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='earlyreview',
            trigger=pgtrigger.compiler.Trigger(name='makes_its_page_due', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    UPDATE articles_article a SET next_due = GREATEST(NEW.due_on, a.last_reviewed)\n                    WHERE a.id = NEW.article_id AND a.next_due > GREATEST(NEW.due_on, a.last_reviewed);\n                    RETURN NULL;\n                ', hash='8e7036f46e02664a4f5f124986370c5a7d0b2d41', operation='INSERT', pgid='pgtrigger_makes_its_page_due_8744a', table='articles_earlyreview', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='earlyreview',
            trigger=pgtrigger.compiler.Trigger(name='settled_by_what_came_later', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL\n                       OR (to_jsonb(OLD) - '{settlement,settled_by_id,settled_at,reason}'::text[])\n                          IS DISTINCT FROM\n                          (to_jsonb(NEW) - '{settlement,settled_by_id,settled_at,reason}'::text[]) THEN\n                        RAISE EXCEPTION 'an early review stays as it was noted; it is settled once' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.settlement = 'reaffirmed' AND NOT EXISTS (\n                            SELECT 1 FROM articles_reaffirmation r\n                            WHERE r.article_id = NEW.article_id AND r.completes AND r.at > NEW.at)\n                       OR NEW.settlement = 'published' AND NOT EXISTS (\n                            SELECT 1 FROM articles_publishedpage p JOIN articles_revision r ON r.id = p.revision_id\n                            WHERE p.article_id = NEW.article_id AND r.submitted_at > NEW.at) THEN\n                        RAISE EXCEPTION 'an early review is settled by what was read or submitted after it' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='4b709a594849f4d914f2444fe22edd0f2e7c15cc', operation='UPDATE OR DELETE', pgid='pgtrigger_settled_by_what_came_later_229e7', table='articles_earlyreview', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reaffirmation',
            trigger=pgtrigger.compiler.Trigger(name='fit_to_reaffirm', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE this RECORD;', func="\n                    -- As publishing does: what goes live at that moment goes live before or after.\n                    SELECT a.live_id, a.page_state, a.risk_class INTO this\n                        FROM articles_article a WHERE a.id = NEW.article_id FOR UPDATE;\n                    IF this.page_state <> 'live' OR this.live_id IS DISTINCT FROM NEW.page_id THEN\n                        RAISE EXCEPTION 'only the page that readers see now is found still right' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p, articles_unsigned_blocks(p.revision_id)\n                               WHERE p.id = NEW.page_id)\n                       OR EXISTS (SELECT 1 FROM articles_publishedpage p\n                                  WHERE p.id = NEW.page_id AND p.hidden <> '[]') THEN\n                        RAISE EXCEPTION 'a page is found still right while every block of it is signed and shown' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               WHERE p.id = NEW.page_id\n                                 AND NEW.reviewer_id IN (SELECT articles_contributors(p.revision_id))) THEN\n                        RAISE EXCEPTION 'nobody finds a page right that they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               JOIN articles_block b ON b.revision_id = p.revision_id\n                               JOIN articles_suggestedblock w ON w.digest = b.digest\n                               JOIN articles_suggestion g ON g.id = w.suggestion_id\n                               WHERE p.id = NEW.page_id AND g.article_id = NEW.article_id\n                                 AND g.suggested_by_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'nobody finds words right that they suggested' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= current_date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id\n                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id\n                                     AND i.declared_on > current_date - interval '1 year') THEN\n                        RAISE EXCEPTION 'a signature needs interests that the reviewer declared within a year' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist\n                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                        JOIN articles_article a ON a.id = NEW.article_id\n                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                          AND (s.ends_on IS NULL OR s.ends_on >= current_date);\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    NEW.at := clock_timestamp();\n                    NEW.completes := this.risk_class <> 'high' OR EXISTS (\n                        SELECT 1 FROM articles_reaffirmation other\n                        WHERE other.page_id = NEW.page_id AND other.reviewer_id <> NEW.reviewer_id\n                          AND other.at > NEW.at - interval '30 days'\n                          AND (other.as_specialist OR NEW.as_specialist)\n                          -- It counts once, and only by somebody who knew what called the page in.\n                          AND NOT EXISTS (SELECT 1 FROM articles_reaffirmation before\n                                          WHERE before.page_id = other.page_id AND before.completes\n                                            AND before.at >= other.at)\n                          AND NOT EXISTS (SELECT 1 FROM articles_earlyreview e\n                                          WHERE e.article_id = NEW.article_id AND e.settled_at IS NULL\n                                            AND e.at > other.at)\n                    );\n                    RETURN NEW;\n                ", hash='a98aecc9b79eeedce27c6dd5f3634236c0d8de00', operation='INSERT', pgid='pgtrigger_fit_to_reaffirm_a9400', table='articles_reaffirmation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reaffirmation',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'that a page was found still right is kept as it was said' USING ERRCODE = 'integrity_constraint_violation';", hash='15c07c21346ac4850a2809e909aa98b91273f20a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_feaf3', table='articles_reaffirmation', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='steptold',
            index=models.Index(fields=['at'], name='steps_told_together'),
        ),
        migrations.AddConstraint(
            model_name='steptold',
            constraint=models.UniqueConstraint(fields=('article', 'step', 'due_on'), name='one_step_is_told_once'),
        ),
        migrations.AddConstraint(
            model_name='steptold',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ['due_soon', 'overdue', 'lapsed'])), name='a_step_told_is_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='steptold',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'what staff were told is kept' USING ERRCODE = 'integrity_constraint_violation';", hash='4fbfc191040b947db4fd2ca2f42d0ca0950cf4d9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_44c75', table='articles_steptold', when='BEFORE')),
        ),
        migrations.RunSQL(READ_AGAIN, "DROP FUNCTION articles_live_reaffirmations(bigint)"),
        migrations.RunSQL(
            "UPDATE articles_searchentry e SET lapses_on = a.lapses_on"
            " FROM articles_article a WHERE a.id = e.article_id",
            migrations.RunSQL.noop,
        ),
    ]
