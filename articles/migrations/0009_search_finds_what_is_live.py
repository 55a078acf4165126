from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_search")]

    operations = [migrations.RunSQL("SELECT articles_rebuild_search()", migrations.RunSQL.noop)]
