from django.db import migrations, models

# Pages that were published before get the records as they read on that day: the history of the bibliography has them.
# Where clocks disagree and it has none as old as the page, the first one it has.
FILL = """
ALTER TABLE articles_publishedpage DISABLE TRIGGER USER;
UPDATE articles_publishedpage p SET cited_sources = (
    SELECT jsonb_agg(then_read.csl - ARRAY[
            'abstract', 'annote', 'archive', 'archive-place', 'archive_collection', 'archive_location',
            'call-number', 'citation-label', 'citation-number', 'first-reference-note-number', 'keyword',
            'locator', 'note', 'references', 'source', 'status', 'year-suffix'
        ] ORDER BY cited.place)
    FROM jsonb_array_elements_text(p.source_keys) WITH ORDINALITY AS cited (key, place)
    CROSS JOIN LATERAL (
        SELECT e.csl FROM citations_sourceevent e
        WHERE e.key = cited.key
        ORDER BY e.pgh_created_at <= p.published_at DESC,
                 CASE WHEN e.pgh_created_at <= p.published_at THEN -e.pgh_id ELSE e.pgh_id END LIMIT 1
    ) then_read
)
WHERE p.cited_sources = '[]' AND p.source_keys <> '[]';
ALTER TABLE articles_publishedpage ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0011_words_counted'),
        ('citations', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='publishedpage',
            name='cited_sources',
            field=models.JSONField(default=list, help_text='Their records as the page cited them (CSL-JSON), in the same order.'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
