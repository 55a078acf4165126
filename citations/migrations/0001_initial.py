import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.comparison
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # What developers' databases were made by, before there was a release.
    replaces = [
        ("citations", "0002_quotes_and_notices"),
    ]

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="How pages cite it, such as fennell2021mist1. It never changes.",
                        max_length=120,
                        unique=True,
                    ),
                ),
                ("csl", models.JSONField(verbose_name="record (CSL-JSON)")),
                (
                    "study_design",
                    models.CharField(
                        blank=True,
                        help_text="Such as: phase 2 trial, case report, narrative review, organisation page.",
                        max_length=120,
                    ),
                ),
                (
                    "population_size",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many people were studied. Empty when it does not apply or is not known.",
                        null=True,
                    ),
                ),
                (
                    "peer_reviewed",
                    models.BooleanField(
                        blank=True, help_text="Leave at unknown until somebody has checked.", null=True
                    ),
                ),
                (
                    "unverified",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        help_text="Fields of the record that nobody has compared with the original, such as: DOI, PMID.",
                        size=None,
                    ),
                ),
                ("provenance", models.JSONField(blank=True, default=dict, editable=False)),
                ("entry", models.TextField(blank=True, editable=False)),
                ("entry_stamp", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "title",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            django.db.models.fields.json.KeyTextTransform("title", "csl"),
                            models.Value(""),
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "csl_type",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            django.db.models.fields.json.KeyTextTransform("type", "csl"),
                            models.Value(""),
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "year",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast(
                            models.Func(
                                django.db.models.fields.json.KeyTextTransform(
                                    "0",
                                    django.db.models.fields.json.KeyTextTransform(
                                        "0",
                                        django.db.models.fields.json.KeyTextTransform(
                                            "date-parts", django.db.models.fields.json.KeyTextTransform("issued", "csl")
                                        ),
                                    ),
                                ),
                                models.Value("^[0-9]{1,4}$"),
                                function="substring",
                                output_field=models.TextField(),
                            ),
                            models.IntegerField(),
                        ),
                        output_field=models.IntegerField(null=True),
                    ),
                ),
                (
                    "doi",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            django.db.models.fields.json.KeyTextTransform("DOI", "csl")
                        ),
                        output_field=models.TextField(null=True),
                    ),
                ),
                (
                    "pmid",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.fields.json.KeyTextTransform("PMID", "csl"),
                        output_field=models.TextField(null=True),
                    ),
                ),
                (
                    "pmcid",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.fields.json.KeyTextTransform("PMCID", "csl"),
                        output_field=models.TextField(null=True),
                    ),
                ),
                (
                    "url",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            django.db.models.fields.json.KeyTextTransform("URL", "csl"),
                            models.Value(""),
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "people",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Concat(
                            django.db.models.functions.comparison.Cast(
                                models.Func(
                                    models.F("csl"),
                                    models.Value("$.*[*].family"),
                                    function="jsonb_path_query_array",
                                    output_field=models.JSONField(),
                                ),
                                models.TextField(),
                            ),
                            django.db.models.functions.comparison.Cast(
                                models.Func(
                                    models.F("csl"),
                                    models.Value("$.*[*].literal"),
                                    function="jsonb_path_query_array",
                                    output_field=models.JSONField(),
                                ),
                                models.TextField(),
                            ),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
            ],
            options={
                "ordering": ["key"],
                "indexes": [models.Index(fields=["-year", "key"], name="sources_by_year")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[a-z][a-z0-9_]*([-:.][a-z0-9_]+)*$")),
                        name="a_key_can_be_cited",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "key",
                                django.db.models.functions.comparison.Coalesce(
                                    django.db.models.fields.json.KeyTextTransform("id", "csl"),
                                    models.Value(""),
                                    output_field=models.TextField(),
                                ),
                            )
                        ),
                        name="the_record_and_the_source_share_a_key",
                    ),
                    models.CheckConstraint(condition=models.Q(("title__regex", "\\S")), name="a_source_has_a_title"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "csl_type__in",
                                [
                                    "article",
                                    "article-journal",
                                    "article-magazine",
                                    "article-newspaper",
                                    "bill",
                                    "book",
                                    "broadcast",
                                    "chapter",
                                    "classic",
                                    "collection",
                                    "dataset",
                                    "document",
                                    "entry",
                                    "entry-dictionary",
                                    "entry-encyclopedia",
                                    "event",
                                    "figure",
                                    "graphic",
                                    "hearing",
                                    "interview",
                                    "legal_case",
                                    "legislation",
                                    "manuscript",
                                    "map",
                                    "motion_picture",
                                    "musical_score",
                                    "pamphlet",
                                    "paper-conference",
                                    "patent",
                                    "performance",
                                    "periodical",
                                    "personal_communication",
                                    "post",
                                    "post-weblog",
                                    "regulation",
                                    "report",
                                    "review",
                                    "review-book",
                                    "software",
                                    "song",
                                    "speech",
                                    "standard",
                                    "thesis",
                                    "treaty",
                                    "webpage",
                                ],
                            )
                        ),
                        name="a_source_has_a_type_csl_knows",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Func(
                                models.F("csl"),
                                models.Value(
                                    '$.*[*] ? (@.family like_regex "(^|[\\\\s,;(])et(\\\\.\\\\s*|\\\\s+)al\\\\.?($|[\\\\s,;)])" flag "i" || @.given like_regex "(^|[\\\\s,;(])et(\\\\.\\\\s*|\\\\s+)al\\\\.?($|[\\\\s,;)])" flag "i" || @.literal like_regex "(^|[\\\\s,;(])et(\\\\.\\\\s*|\\\\s+)al\\\\.?($|[\\\\s,;)])" flag "i")'
                                ),
                                function="jsonb_path_exists",
                                output_field=models.BooleanField(),
                            ),
                            _negated=True,
                        ),
                        name="nobody_is_named_et_al",
                    ),
                    models.UniqueConstraint(fields=("doi",), name="one_source_per_doi"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("doi__isnull", True), ("doi__regex", "^10\\.\\d{4,9}/\\S+$"), _connector="OR"
                        ),
                        name="a_doi_looks_like_one",
                    ),
                    models.UniqueConstraint(fields=("pmid",), name="one_source_per_pmid"),
                    models.CheckConstraint(
                        condition=models.Q(("pmid__isnull", True), ("pmid__regex", "^[1-9]\\d{0,8}$"), _connector="OR"),
                        name="a_pmid_looks_like_one",
                    ),
                    models.UniqueConstraint(fields=("pmcid",), name="one_source_per_pmcid"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pmcid__isnull", True), ("pmcid__regex", "^PMC[1-9]\\d{0,8}$"), _connector="OR"
                        ),
                        name="a_pmcid_looks_like_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("url", ""), ("url__iregex", "^https?://[^\\s/]\\S*$"), _connector="OR"),
                        name="a_url_is_a_web_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("csl__has_key", "accessed"), _negated=True),
                            models.Q(("url", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="an_access_date_has_a_url",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("population_size__isnull", True), ("population_size__gt", 0), _connector="OR"
                        ),
                        name="a_population_is_of_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unverified__contains", [""]), _negated=True),
                        name="an_unverified_field_is_named",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="keys_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."key" IS DISTINCT FROM (NEW."key"))',
                            func="RAISE EXCEPTION 'the key of a source never changes: pages cite it by that key' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="54fc162bb419ddf67e7b72a31a850e7ab2c9d683",
                            operation='UPDATE OF "key"',
                            pgid="pgtrigger_keys_stay_fd730",
                            table="citations_source",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "citations_sourceevent" ("csl", "key", "peer_reviewed", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "population_size", "provenance", "study_design", "unverified") VALUES (NEW."csl", NEW."key", NEW."peer_reviewed", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."population_size", NEW."provenance", NEW."study_design", NEW."unverified"); RETURN NULL;',
                            hash="5f7eb5dec2020011777abfbee080bfcc88756a2d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_ad0df",
                            table="citations_source",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."csl" IS DISTINCT FROM (NEW."csl") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."peer_reviewed" IS DISTINCT FROM (NEW."peer_reviewed") OR OLD."population_size" IS DISTINCT FROM (NEW."population_size") OR OLD."provenance" IS DISTINCT FROM (NEW."provenance") OR OLD."study_design" IS DISTINCT FROM (NEW."study_design") OR OLD."unverified" IS DISTINCT FROM (NEW."unverified"))',
                            func='INSERT INTO "citations_sourceevent" ("csl", "key", "peer_reviewed", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "population_size", "provenance", "study_design", "unverified") VALUES (NEW."csl", NEW."key", NEW."peer_reviewed", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."population_size", NEW."provenance", NEW."study_design", NEW."unverified"); RETURN NULL;',
                            hash="f3c856c6a7d67d69cecf040d2d35ae810273fd49",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_3a022",
                            table="citations_source",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "citations_sourceevent" ("csl", "key", "peer_reviewed", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "population_size", "provenance", "study_design", "unverified") VALUES (OLD."csl", OLD."key", OLD."peer_reviewed", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."population_size", OLD."provenance", OLD."study_design", OLD."unverified"); RETURN NULL;',
                            hash="45dc8629fc88932aba86201007db8d74b8cd3b1e",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_7557d",
                            table="citations_source",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SourceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="citations.source",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "key",
                    models.CharField(
                        help_text="How pages cite it, such as fennell2021mist1. It never changes.", max_length=120
                    ),
                ),
                ("csl", models.JSONField(verbose_name="record (CSL-JSON)")),
                (
                    "study_design",
                    models.CharField(
                        blank=True,
                        help_text="Such as: phase 2 trial, case report, narrative review, organisation page.",
                        max_length=120,
                    ),
                ),
                (
                    "population_size",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many people were studied. Empty when it does not apply or is not known.",
                        null=True,
                    ),
                ),
                (
                    "peer_reviewed",
                    models.BooleanField(
                        blank=True, help_text="Leave at unknown until somebody has checked.", null=True
                    ),
                ),
                (
                    "unverified",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        help_text="Fields of the record that nobody has compared with the original, such as: DOI, PMID.",
                        size=None,
                    ),
                ),
                ("provenance", models.JSONField(blank=True, default=dict, editable=False)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="73a51753818cb7614a3e0d4c56811250ab01d04c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c0f6e",
                            table="citations_sourceevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quotes", to="citations.source"
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        help_text="Verbatim words of the source that a page rests on. Reviewers see them beside the sentence.",
                        max_length=600,
                    ),
                ),
                ("locator", models.CharField(blank=True, help_text="Where they stand, such as: p. 3.", max_length=60)),
                (
                    "added_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "retired_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("retired_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text__regex", "\\S")), name="a_quote_has_words"),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("source", "text"),
                        name="one_quote_per_source_and_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_at__isnull", True), ("retired_by__isnull", True)),
                            models.Q(("retired_at__isnull", False), ("retired_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_retirement_says_who_and_when",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="words_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."locator" IS DISTINCT FROM (NEW."locator") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."text" IS DISTINCT FROM (NEW."text"))',
                            func="RAISE EXCEPTION 'the words of a quote never change; retire it and pin another' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="fb2c1db282ed76d94d45f8ee75c82deedf8b3d2f",
                            operation="UPDATE",
                            pgid="pgtrigger_words_stay_b7e84",
                            table="citations_quote",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="quotes_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'a quote is kept, because signatures rest on it; retire it instead' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="2c0214c7926069c710d76cea4e9dfda874a6db01",
                            operation="DELETE",
                            pgid="pgtrigger_quotes_stay_29c1f",
                            table="citations_quote",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="citations.source"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("retracted", "retracted"),
                            ("concern", "expression of concern"),
                            ("corrected", "corrected"),
                            ("reinstated", "reinstated"),
                            ("superseded", "superseded"),
                        ],
                        max_length=12,
                    ),
                ),
                ("on", models.DateField(verbose_name="date of the notice")),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="A DOI, such as 10.1234/abc, or a web address.",
                        max_length=400,
                        verbose_name="where it is announced",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supersedes",
                        to="citations.source",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, help_text="In a few words, for readers and staff.", max_length=300),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["retracted", "concern", "corrected", "reinstated", "superseded"])
                        ),
                        name="a_notice_has_a_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reference", ""),
                            ("reference__regex", "^10\\.\\d{4,9}/\\S+$"),
                            ("reference__iregex", "^https?://[^\\s/]\\S*$"),
                            _connector="OR",
                        ),
                        name="a_notice_is_announced_at_a_doi_or_a_web_address",
                        violation_error_message="Say where it is announced by a DOI, such as 10.1234/abc, or by an address that starts with https:// or http://.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "superseded"), ("successor__isnull", False)),
                            models.Q(models.Q(("kind", "superseded"), _negated=True), ("successor__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_notice_names_a_successor_exactly_when_there_is_one",
                        violation_error_message="A source that was superseded has a successor: give its key. Of any other notice leave it empty.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("successor", models.F("source")), _negated=True),
                        name="no_source_supersedes_itself",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'a notice stands as it was recorded; record what was said later' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="5196f2ab5929a0822e921a6ab3e744a2a5848320",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b3d7e",
                            table="citations_notice",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
