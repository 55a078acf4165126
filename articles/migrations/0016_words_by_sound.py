from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0015_terms_keep_their_address")]

    operations = [
        CreateExtension("fuzzystrmatch"),
        migrations.AddIndex(
            model_name="searchword",
            index=models.Index(models.Func(models.F("word"), function="dmetaphone"), name="search_word_by_sound"),
        ),
    ]
