from django.db import migrations

# A few at a time, so that memory does not grow with the site.
FILL = """
DO $$
DECLARE
    batch bigint[];
BEGIN
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


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_search")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
