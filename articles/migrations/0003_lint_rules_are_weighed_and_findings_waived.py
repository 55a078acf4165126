import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_lists_in_each_citation_style"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleWeight",
            fields=[
                ("rule", models.CharField(max_length=40, primary_key=True, serialize=False)),
                (
                    "weight",
                    models.CharField(
                        choices=[
                            ("own", "As the rule has it"),
                            ("error", "Error: it has to be mended before a page goes to the reviewers"),
                            ("warning", "Advice: it is told, and stops nobody"),
                            ("off", "Off: it is not looked for"),
                        ],
                        max_length=7,
                    ),
                ),
                ("reason", models.TextField()),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "lint rule",
                "ordering": ["rule"],
                "permissions": [("weigh_rule", "Can say how much a lint rule weighs on this site")],
            },
        ),
        migrations.CreateModel(
            name="RuleWeightEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("rule", models.CharField(max_length=40, serialize=False)),
                (
                    "weight",
                    models.CharField(
                        choices=[
                            ("own", "As the rule has it"),
                            ("error", "Error: it has to be mended before a page goes to the reviewers"),
                            ("warning", "Advice: it is told, and stops nobody"),
                            ("off", "Off: it is not looked for"),
                        ],
                        max_length=7,
                    ),
                ),
                ("reason", models.TextField()),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="articles.ruleweight",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=40)),
                ("words", models.TextField(blank=True, help_text="What was found, as the finding has it.")),
                (
                    "digest",
                    models.CharField(blank=True, help_text="Of the block it was found in, if in one.", max_length=64),
                ),
                ("reason", models.TextField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_on", models.DateField(help_text="From this day on it no longer holds.")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="waivers", to="articles.article"
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        help_text="Where it was found.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.revision",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-id"],
                "permissions": [("waive_finding", "Can waive what a lint rule finds, and end waivers")],
            },
        ),
        migrations.AddConstraint(
            model_name="ruleweight",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rule__in",
                        [
                            "abbreviation-undefined",
                            "brand-without-generic",
                            "case-report-percentage",
                            "conflicting-figures",
                            "dated-wording",
                            "duration-mismatch",
                            "efficacy-without-source",
                            "empty-byline",
                            "long-sentence",
                            "moved-link",
                            "name-spelling",
                            "not-live-link",
                            "orphan-source",
                            "promise-wording",
                            "quote-contradicts",
                            "quote-missing",
                            "reading-grade",
                            "story-as-typical",
                            "typed-count",
                            "uncited-statistic",
                            "year-mismatch",
                        ],
                    )
                ),
                name="a_rule_weighed_is_one_about_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleweight",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__in", ["own", "error", "warning", "off"])), name="a_rule_has_a_known_weight"
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleweight",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__regex", "\\S")), name="a_rule_is_weighed_for_a_reason"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ruleweight",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "articles_ruleweightevent" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "rule", "set_at", "set_by_id", "weight") VALUES (_pgh_attach_context(), NOW(), \'insert\', NEW."rule", NEW."reason", NEW."rule", NEW."set_at", NEW."set_by_id", NEW."weight"); RETURN NULL;',
                    hash="adbcaaa9ae22a043c81cdb8815a43e1d3021c108",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1c557",
                    table="articles_ruleweight",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ruleweight",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "articles_ruleweightevent" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "rule", "set_at", "set_by_id", "weight") VALUES (_pgh_attach_context(), NOW(), \'update\', NEW."rule", NEW."reason", NEW."rule", NEW."set_at", NEW."set_by_id", NEW."weight"); RETURN NULL;',
                    hash="8708411c6f96a9a1620187b578df2f1aa709ba62",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3f91c",
                    table="articles_ruleweight",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ruleweightevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c86fc388bcfdf29b5c1068689171fbd2340c7e10",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f9fdb",
                    table="articles_ruleweightevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="waiver",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["expires_on"], name="waivers_by_their_last_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rule__in",
                        [
                            "abbreviation-undefined",
                            "brand-without-generic",
                            "case-report-percentage",
                            "conflicting-figures",
                            "dated-wording",
                            "duration-mismatch",
                            "efficacy-without-source",
                            "empty-byline",
                            "long-sentence",
                            "moved-link",
                            "name-spelling",
                            "not-live-link",
                            "orphan-source",
                            "promise-wording",
                            "quote-contradicts",
                            "quote-missing",
                            "reading-grade",
                            "story-as-typical",
                            "typed-count",
                            "uncited-statistic",
                            "year-mismatch",
                        ],
                    )
                ),
                name="a_waived_rule_is_one_about_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(condition=models.Q(("reason__regex", "\\S")), name="a_waiver_says_why"),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="an_ended_waiver_says_by_whom_and_when",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waiver",
            trigger=pgtrigger.compiler.Trigger(
                name="waived_by_somebody_else",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    -- One at a time for a page: two people may waive the same finding at the same moment.\n                    PERFORM 1 FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id) THEN\n                        RAISE EXCEPTION 'a waiver is of what was found in a revision of its own page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.made_by_id IN (SELECT articles_contributors(NEW.revision_id))\n                       OR NEW.digest IN (SELECT articles_own_words(NEW.article_id, NEW.made_by_id)) THEN\n                        RAISE EXCEPTION 'nobody waives what is found in words that they helped write' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.expires_on <= (now() AT TIME ZONE 'UTC')::date OR NEW.expires_on > (now() AT TIME ZONE 'UTC')::date + interval '12 months' THEN\n                        RAISE EXCEPTION 'a waiver holds at least until tomorrow and at most 12 months' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.ended_at IS NOT NULL THEN\n                        RAISE EXCEPTION 'a waiver runs when it is made' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_waiver w\n                               WHERE w.article_id = NEW.article_id AND w.rule = NEW.rule AND w.words = NEW.words\n                                 AND w.ended_at IS NULL AND w.expires_on > (now() AT TIME ZONE 'UTC')::date) THEN\n                        RAISE EXCEPTION 'this finding is waived already' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    NEW.made_at := clock_timestamp();\n                    RETURN NEW;\n                ",
                    hash="b26cde80c14a6a2e823b701134593f78cdcbf5f9",
                    operation="INSERT",
                    pgid="pgtrigger_waived_by_somebody_else_e4c56",
                    table="articles_waiver",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waiver",
            trigger=pgtrigger.compiler.Trigger(
                name="waivers_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL\n                       OR (to_jsonb(OLD) - 'ended_by_id' - 'ended_at')\n                          IS DISTINCT FROM (to_jsonb(NEW) - 'ended_by_id' - 'ended_at') THEN\n                        RAISE EXCEPTION 'a waiver stays as it was made; it is ended once, and another is made' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.ended_at IS NOT NULL THEN\n                        NEW.ended_at := clock_timestamp();\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="f7db31858e467ed56856e50aafca97997188503b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_waivers_stay_46c69",
                    table="articles_waiver",
                    when="BEFORE",
                ),
            ),
        ),
    ]
