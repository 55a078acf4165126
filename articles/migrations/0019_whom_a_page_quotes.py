"""Whoever is quoted has agreed to it, on a day.

Bylines that name somebody as quoted already are left as they are, since nobody can know the day: the constraint
holds for every byline that is added or changed, and a text can quote only whoever has the day.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0018_nobody_signs_a_page_that_names_them'),
    ]

    operations = [
        migrations.AddField(
            model_name='byline',
            name='agreed_on',
            field=models.DateField(blank=True, help_text='The day when whoever is quoted agreed to be quoted here with their name. Empty for the others.', null=True, verbose_name='agreed to be quoted on'),
        ),
        AddConstraintNotValid(
            model_name='byline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', 'quoted'), _negated=True), ('agreed_on__isnull', False), _connector='OR'), name='whoever_is_quoted_has_agreed'),
        ),
    ]
