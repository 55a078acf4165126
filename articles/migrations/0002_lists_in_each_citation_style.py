from django.db import migrations, models

# What was frozen so far was set in the one style there was.
ONE_STYLE = "jsonb_build_object('apa-numeric-superscript', references_html)"
AS_JSON = f"""
ALTER TABLE articles_publishedpage
    ALTER COLUMN references_html TYPE jsonb
    USING CASE references_html WHEN '' THEN '{{}}'::jsonb ELSE {ONE_STYLE} END
"""
AS_TEXT = """
ALTER TABLE articles_publishedpage
    ALTER COLUMN references_html TYPE text
    USING coalesce(references_html ->> 'apa-numeric-superscript', '')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(AS_JSON, AS_TEXT)],
            [
                migrations.AlterField(
                    model_name="publishedpage",
                    name="references_html",
                    field=models.JSONField(default=dict, help_text="The list in each citation style: {style: HTML}."),
                ),
            ],
        ),
    ]
