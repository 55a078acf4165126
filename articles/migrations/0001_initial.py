import datetime
import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import CreateExtension, TrigramExtension, UnaccentExtension
from django.db import migrations, models

import articles.models.revision
from articles.migrations._coverage import COVERAGE
from articles.migrations._coverage import REMOVE as REMOVE_COVERAGE
from articles.migrations._search import REMOVE as REMOVE_SEARCH
from articles.migrations._search import SEARCH, STORAGE_OF_SEARCH


class Migration(migrations.Migration):
    initial = True

    # What developers' databases were made by, before there was a release.
    replaces = [
        ("articles", "0002_coverage"),
        ("articles", "0003_glossary_terms_and_order"),
        ("articles", "0004_words_advocates_and_no_circles"),
        ("articles", "0005_feedback"),
        ("articles", "0006_redirects"),
        ("articles", "0007_search_functions"),
        ("articles", "0008_search"),
        ("articles", "0009_search_finds_what_is_live"),
        ("articles", "0010_renditions"),
        ("articles", "0011_words_counted"),
        ("articles", "0012_publishedpage_cited_sources"),
        ("articles", "0013_article_glossary_terms"),
        ("articles", "0014_articles_by_kind"),
        ("articles", "0015_terms_keep_their_address"),
        ("articles", "0016_search_by_sound_and_address"),
        ("articles", "0017_live_by_topic"),
        ("articles", "0018_nobody_signs_a_page_that_names_them"),
        ("articles", "0019_whom_a_page_quotes"),
        ("articles", "0020_review_rounds"),
        ("articles", "0021_schedules"),
        ("articles", "0022_taken_from_readers"),
        ("articles", "0023_what_is_said_stays_on_its_words"),
        ("articles", "0024_qualified_by_others_and_reports"),
        ("articles", "0025_freshness"),
        ("articles", "0002_no_way_past_review"),
        ("articles", "0003_what_is_taken_out"),
        ("articles", "0004_why_it_was_given_up"),
        ("articles", "0005_what_counts_once_it_is_published"),
        ("articles", "0006_what_readers_had"),
        ("articles", "0007_readers_see_an_author"),
    ]

    dependencies = [
        ("citations", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        CreateExtension("fuzzystrmatch"),
        migrations.RunSQL(SEARCH, REMOVE_SEARCH),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slug",
                    models.CharField(
                        help_text="In the address: small letters, figures and hyphens.",
                        max_length=60,
                        unique=True,
                        verbose_name="address",
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("summary", models.CharField(help_text="One sentence. Shown in listings.", max_length=240)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="articles.topic",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, help_text="Lower comes first.")),
            ],
            options={
                "ordering": ["position", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*$")), name="a_topic_address_is_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "slug__in",
                                [
                                    "about",
                                    "admin",
                                    "advocates",
                                    "disclaimer",
                                    "disclosures",
                                    "feed",
                                    "feedback",
                                    "free-case-review",
                                    "glossary",
                                    "healthz",
                                    "images",
                                    "media",
                                    "my-request",
                                    "people",
                                    "privacy",
                                    "readyz",
                                    "resources",
                                    "search",
                                    "site-map",
                                    "static",
                                ],
                            ),
                            _negated=True,
                        ),
                        name="a_topic_takes_no_reserved_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("id")), _negated=True),
                        name="a_topic_is_not_its_own_parent",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="topic_addresses_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.slug <> NEW.slug)",
                            func="RAISE EXCEPTION 'the address of a topic does not change, because people have linked to it' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="f7700b08fd42a02ba51f864fc3e73961a423ea83",
                            operation='UPDATE OF "slug"',
                            pgid="pgtrigger_topic_addresses_stay_30b9f",
                            table="articles_topic",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="no_circle_of_topics",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.parent_id <> NEW.id)",
                            func="\n                    -- One move at a time: of two that together close a circle, each looks fine to itself.\n                    PERFORM pg_advisory_xact_lock(hashtext('articles_topic.parent'));\n                    IF EXISTS (\n                        WITH RECURSIVE above(id) AS (\n                            SELECT NEW.parent_id\n                            UNION\n                            SELECT t.parent_id FROM above JOIN articles_topic t ON t.id = above.id\n                            WHERE t.parent_id IS NOT NULL\n                        )\n                        SELECT 1 FROM above WHERE above.id = NEW.id\n                    ) THEN\n                        RAISE EXCEPTION 'a topic cannot stand under one of its own topics' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="e615adb8e1003822a65f4b1188dfca4aae263d37",
                            operation='INSERT OR UPDATE OF "parent_id"',
                            pgid="pgtrigger_no_circle_of_topics_c081f",
                            table="articles_topic",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.CharField(max_length=60, unique=True, verbose_name="address")),
                ("name", models.CharField(max_length=120)),
                ("job_title", models.CharField(help_text="What they do, as readers should see it.", max_length=120)),
                ("employer", models.CharField(help_text="Who pays them. Readers are told.", max_length=120)),
                ("bio", models.TextField(help_text="A short paragraph. No medical statement.")),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        help_text="Their account on the desk, if they have one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="person",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "is_advocate",
                    models.BooleanField(
                        default=False,
                        help_text="Listed under /advocates/: somebody whom readers can talk with.",
                        verbose_name="patient advocate",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False, help_text="A made-up role for trying the software.", verbose_name="sample"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "people",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*$")),
                        name="a_persons_address_is_plain",
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="a_person_has_a_name"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="person_addresses_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.slug <> NEW.slug)",
                            func="RAISE EXCEPTION 'the address of a person does not change, because people have linked to it' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="25a07acd7ab7d2f340e2242d61501841b83ce4c0",
                            operation='UPDATE OF "slug"',
                            pgid="pgtrigger_person_addresses_stay_76548",
                            table="articles_person",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="keeps_its_account",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.user_id IS DISTINCT FROM NEW.user_id)",
                            func="\n                    IF EXISTS (SELECT 1 FROM articles_signoff s WHERE s.reviewer_id = OLD.user_id) THEN\n                        RAISE EXCEPTION 'a person who has signed keeps their account' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_credential c\n                               WHERE c.person_id = NEW.id AND c.verified_at IS NOT NULL) THEN\n                        RAISE EXCEPTION 'a person with a verified credential keeps their account: it was checked for them' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_reviewscope s\n                               WHERE s.person_id = NEW.id AND s.granted_by_id = NEW.user_id) THEN\n                        RAISE EXCEPTION 'nobody takes the account of a person they granted a review scope to' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="98a649598d1df7f8ed61f8d471b2eabb20f561d2",
                            operation="UPDATE",
                            pgid="pgtrigger_keeps_its_account_179f7",
                            table="articles_person",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "articles_personevent" ("bio", "employer", "id", "is_advocate", "is_sample", "job_title", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "user_id") VALUES (NEW."bio", NEW."employer", NEW."id", NEW."is_advocate", NEW."is_sample", NEW."job_title", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug", NEW."user_id"); RETURN NULL;',
                            hash="3c25d8ad0a901fa23a99f89b97b4b509cd418c48",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_a2843",
                            table="articles_person",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "articles_personevent" ("bio", "employer", "id", "is_advocate", "is_sample", "job_title", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "user_id") VALUES (NEW."bio", NEW."employer", NEW."id", NEW."is_advocate", NEW."is_sample", NEW."job_title", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug", NEW."user_id"); RETURN NULL;',
                            hash="462fbc101edf204ba9889a7978c8f22b2581962b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_414fc",
                            table="articles_person",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonEvent",
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
                        to="articles.person",
                    ),
                ),
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
                ("id", models.BigIntegerField()),
                ("slug", models.CharField(max_length=60, verbose_name="address")),
                ("name", models.CharField(max_length=120)),
                ("job_title", models.CharField(help_text="What they do, as readers should see it.", max_length=120)),
                ("employer", models.CharField(help_text="Who pays them. Readers are told.", max_length=120)),
                ("bio", models.TextField(help_text="A short paragraph. No medical statement.")),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Their account on the desk, if they have one.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "is_advocate",
                    models.BooleanField(
                        default=False,
                        help_text="Listed under /advocates/: somebody whom readers can talk with.",
                        verbose_name="patient advocate",
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False, help_text="A made-up role for trying the software.", verbose_name="sample"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="a0526978c0e93079544df078d30b4fff191e5a52",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e5dee",
                            table="articles_personevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="credentials", to="articles.person"
                    ),
                ),
                (
                    "title",
                    models.CharField(help_text="As shown to readers, such as: Licensed physician.", max_length=120),
                ),
                ("issuer", models.CharField(help_text="Who issued it.", max_length=120)),
                ("number", models.CharField(blank=True, help_text="Shown on the desk only.", max_length=60)),
                ("valid_until", models.DateField(blank=True, help_text="Empty when it does not expire.", null=True)),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("verified_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("revoked_because", models.CharField(blank=True, editable=False, max_length=300)),
            ],
            options={
                "ordering": ["person", "title"],
                "permissions": [("verify_credential", "Can verify other people's credentials")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verified_at__isnull", True), ("verified_by__isnull", True)),
                            models.Q(("verified_at__isnull", False), ("verified_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_verification_says_who_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("revoked_at__isnull", True), ("revoked_because", ""), ("revoked_by__isnull", True)
                            ),
                            models.Q(
                                ("revoked_at__isnull", False),
                                ("revoked_by__isnull", False),
                                models.Q(("revoked_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_revocation_says_who_when_and_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="verified_by_another",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.verified_by_id IS NOT NULL)",
                            func="\n                    IF EXISTS (SELECT 1 FROM articles_person p\n                               WHERE p.id = NEW.person_id AND p.user_id = NEW.verified_by_id) THEN\n                        RAISE EXCEPTION 'nobody verifies their own credential' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="690d274541552a77d543e6bd5de98f99c94c0fc0",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_verified_by_another_5aeda",
                            table="articles_credential",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="verified_as_it_stands",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.verified_at IS NOT NULL AND OLD.verified_at IS NOT NULL AND (NEW.person_id, NEW.title, NEW.issuer, NEW.number, NEW.valid_until) IS DISTINCT FROM (OLD.person_id, OLD.title, OLD.issuer, OLD.number, OLD.valid_until))",
                            func="RAISE EXCEPTION 'a credential that changes has to be verified again' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="497406d44f6c86f830db99bda191cc8f9d3c9496",
                            operation="UPDATE",
                            pgid="pgtrigger_verified_as_it_stands_5e9e0",
                            table="articles_credential",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="stays_with_its_person",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.person_id <> NEW.person_id)",
                            func="RAISE EXCEPTION 'a credential stays with the person it was issued to' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="504302f2782fa88be16cbc8648ceee83256daba3",
                            operation="UPDATE",
                            pgid="pgtrigger_stays_with_its_person_d5607",
                            table="articles_credential",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="revoked_by_another",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.revoked_by_id IS NOT NULL)",
                            func="\n                    IF EXISTS (SELECT 1 FROM articles_person p\n                               WHERE p.id = NEW.person_id AND p.user_id = NEW.revoked_by_id) THEN\n                        RAISE EXCEPTION 'nobody revokes their own credential' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="cc8eeef179ec422f7c04566b1dfd33e92b807295",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_revoked_by_another_4201e",
                            table="articles_credential",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="revoked_for_good",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.revoked_at IS NOT NULL)",
                            func="RAISE EXCEPTION 'a credential that was revoked stays so; enter the new one' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="41d8dd98e90410b54f5fc0de3432f872bd1db4fd",
                            operation="UPDATE",
                            pgid="pgtrigger_revoked_for_good_881b2",
                            table="articles_credential",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "articles_credentialevent" ("id", "issuer", "number", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "revoked_because", "revoked_by_id", "title", "valid_until", "verified_at", "verified_by_id") VALUES (NEW."id", NEW."issuer", NEW."number", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."revoked_at", NEW."revoked_because", NEW."revoked_by_id", NEW."title", NEW."valid_until", NEW."verified_at", NEW."verified_by_id"); RETURN NULL;',
                            hash="7c0b8c12718ecb34c4ef2f47ea2a3b7f29998393",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_38f85",
                            table="articles_credential",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "articles_credentialevent" ("id", "issuer", "number", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "revoked_because", "revoked_by_id", "title", "valid_until", "verified_at", "verified_by_id") VALUES (NEW."id", NEW."issuer", NEW."number", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."revoked_at", NEW."revoked_because", NEW."revoked_by_id", NEW."title", NEW."valid_until", NEW."verified_at", NEW."verified_by_id"); RETURN NULL;',
                            hash="9e197cb3810915dd78ccdd689c8c620835e10fcc",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_ae00b",
                            table="articles_credential",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CredentialEvent",
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
                        to="articles.credential",
                    ),
                ),
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
                ("id", models.BigIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="articles.person",
                    ),
                ),
                (
                    "title",
                    models.CharField(help_text="As shown to readers, such as: Licensed physician.", max_length=120),
                ),
                ("issuer", models.CharField(help_text="Who issued it.", max_length=120)),
                ("number", models.CharField(blank=True, help_text="Shown on the desk only.", max_length=60)),
                ("valid_until", models.DateField(blank=True, help_text="Empty when it does not expire.", null=True)),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("verified_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("revoked_because", models.CharField(blank=True, editable=False, max_length=300)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="af097550b8de84cccdbfcb1d84eb5fec6d610063",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5828f",
                            table="articles_credentialevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Interest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="interests", to="articles.person"
                    ),
                ),
                (
                    "statement",
                    models.TextField(help_text="Who pays them for what, shares they hold, or: None to declare."),
                ),
                ("declared_on", models.DateField(default=datetime.date.today)),
                (
                    "declared_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="They themselves, or for somebody without an account whoever wrote down what they said.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-declared_on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("statement", ""), _negated=True), name="an_interest_is_stated"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="declared_by_oneself",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF EXISTS (SELECT 1 FROM articles_person p WHERE p.id = NEW.person_id AND p.user_id IS NOT NULL\n                                 AND p.user_id IS DISTINCT FROM NEW.declared_by_id) THEN\n                        RAISE EXCEPTION 'whoever has an account declares their interests themselves' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.declared_on > (now() AT TIME ZONE 'UTC')::date THEN\n                        RAISE EXCEPTION 'a declaration of interests is not dated ahead' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="01feef5462049764228d04f7e61a1ee5a4956028",
                            operation="INSERT",
                            pgid="pgtrigger_declared_by_oneself_cd2f5",
                            table="articles_interest",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'a declaration of interests is kept as it was made; declare anew' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="03fe44580c00d8143fe87f4e279b829fae1ec632",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_cdb90",
                            table="articles_interest",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewScope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review_scopes", to="articles.person"
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty means every page.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.topic",
                    ),
                ),
                (
                    "is_specialist",
                    models.BooleanField(
                        default=False,
                        help_text="Trained in this very field. One of the two who sign a page of high risk is a specialist.",
                        verbose_name="as a specialist",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("granted_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ends_on", models.DateField(blank=True, help_text="Empty while it lasts.", null=True)),
            ],
            options={
                "ordering": ["person"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "topic"), name="one_scope_per_person_and_topic", nulls_distinct=False
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="granted_by_another",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF EXISTS (SELECT 1 FROM articles_person p\n                               WHERE p.id = NEW.person_id AND p.user_id = NEW.granted_by_id) THEN\n                        RAISE EXCEPTION 'nobody grants a review scope to themselves' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="0bcca005ba9403249454072d698fb80ac1504602",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_granted_by_another_6d6c3",
                            table="articles_reviewscope",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="granted_as_it_stands",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.granted_at IS NOT DISTINCT FROM OLD.granted_at AND (NEW.person_id, NEW.topic_id, NEW.is_specialist, NEW.ends_on, NEW.granted_by_id) IS DISTINCT FROM (OLD.person_id, OLD.topic_id, OLD.is_specialist, OLD.ends_on, OLD.granted_by_id))",
                            func="RAISE EXCEPTION 'a review scope that changes has to be granted again' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="2528357f242415d2937f35aeffdd333d89a5ef19",
                            operation="UPDATE",
                            pgid="pgtrigger_granted_as_it_stands_ad7fa",
                            table="articles_reviewscope",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "address",
                    models.CharField(
                        help_text="Such as mesothelioma/remission. Once published, a publisher can move it.",
                        max_length=140,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("article", "Article"),
                            ("topic_introduction", "Topic introduction"),
                            ("page", "Page of the site, such as about or privacy"),
                            ("glossary_term", "Glossary term"),
                        ],
                        default="article",
                        max_length=20,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="articles",
                        to="articles.topic",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Lower comes first among the pages of its topic."
                    ),
                ),
                (
                    "risk_class",
                    models.CharField(
                        choices=[
                            ("high", "High: doses, drugs, emergencies"),
                            ("medium", "Medium: treatment, outlook"),
                            ("low", "Low: living with illness, about this site"),
                        ],
                        default="medium",
                        max_length=6,
                    ),
                ),
                (
                    "page_state",
                    models.CharField(
                        choices=[
                            ("unpublished", "Not published"),
                            ("live", "Live"),
                            ("withdrawn", "Withdrawn"),
                            ("taken_down", "Taken down"),
                        ],
                        default="unpublished",
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("first_published_at", models.DateTimeField(editable=False, null=True)),
                ("last_reviewed", models.DateField(editable=False, null=True)),
                ("next_due", models.DateField(editable=False, null=True)),
                (
                    "lapses_on",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.ExpressionWrapper(
                            django.db.models.expressions.CombinedExpression(
                                models.F("next_due"),
                                "+",
                                models.Case(
                                    models.When(risk_class="high", then=models.Value(30)),
                                    models.When(risk_class="medium", then=models.Value(90)),
                                    models.When(risk_class="low", then=models.Value(90)),
                                    default=models.Value(0),
                                ),
                            ),
                            output_field=models.DateField(),
                        ),
                        output_field=models.DateField(null=True),
                    ),
                ),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False, help_text="Marked as sample content to visitors.", verbose_name="sample"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["address"],
                "permissions": [("set_risk_class", "Can change the risk class of a page")],
            },
        ),
        migrations.CreateModel(
            name="Byline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="bylines", to="articles.article"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bylines", to="articles.person"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("author", "Written by"), ("editor", "Edited by"), ("quoted", "Quoted on this page")],
                        max_length=8,
                    ),
                ),
                (
                    "agreed_on",
                    models.DateField(
                        blank=True,
                        help_text="The day when whoever is quoted agreed to be quoted here with their name. Empty for the others.",
                        null=True,
                        verbose_name="agreed to be quoted on",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["role", "position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "person", "role"), name="one_byline_per_person_and_role"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["author", "editor", "quoted"])),
                        name="a_byline_has_a_known_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "quoted"), _negated=True), ("agreed_on__isnull", False), _connector="OR"
                        ),
                        name="whoever_is_quoted_has_agreed",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="readers_see_an_author",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.role = 'author')",
                            constraint="CONSTRAINT",
                            func="\n                    -- Two people may each take one of two away: the second waits for the first.\n                    PERFORM 1 FROM articles_article a WHERE a.id = OLD.article_id FOR NO KEY UPDATE;\n                    IF EXISTS (SELECT 1 FROM articles_article a\n                               WHERE a.id = OLD.article_id AND a.page_state IN ('live', 'withdrawn'))\n                       AND NOT EXISTS (SELECT 1 FROM articles_byline b\n                                       WHERE b.article_id = OLD.article_id AND b.role = 'author') THEN\n                        RAISE EXCEPTION 'a page that readers see names its author: name another before this one goes' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NULL;\n                ",
                            hash="7c59bc76835eeae22f4b092417d619f4955b7f18",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_readers_see_an_author_fab4b",
                            table="articles_byline",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="articles.article"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="articles.revision",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("changes_requested", "Changes requested"),
                            ("approved", "Approved"),
                            ("published", "Published"),
                            ("superseded", "Superseded"),
                            ("abandoned", "Abandoned"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="Markdown: # Title, the lede, then sections. The writing guide has every block."
                    ),
                ),
                (
                    "change_note",
                    models.CharField(blank=True, help_text="What changed and why, for the reviewer.", max_length=300),
                ),
                (
                    "significance",
                    models.CharField(
                        choices=[
                            ("minor", "Minor: wording, no change of meaning"),
                            ("normal", "Normal"),
                            ("major", "Major: readers should read it again"),
                            ("safety_correction", "Safety correction: what stood there could do harm"),
                        ],
                        default="normal",
                        max_length=17,
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, help_text="Counts the saves, to notice a second writer."),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("submitted_at", models.DateTimeField(null=True)),
                ("abandoned_because", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["article", "-number"],
                "permissions": [
                    ("write_revision", "Can write and submit drafts"),
                    ("publish_revision", "Can publish approved revisions"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("article", "number"), name="one_revision_per_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")), fields=("article",), name="one_draft_per_article"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["in_review", "approved"])),
                        fields=("article",),
                        name="one_revision_under_review_per_article",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "draft",
                                    "in_review",
                                    "changes_requested",
                                    "approved",
                                    "published",
                                    "superseded",
                                    "abandoned",
                                ],
                            )
                        ),
                        name="a_revision_has_a_known_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("significance__in", ["minor", "normal", "major", "safety_correction"])),
                        name="a_revision_says_how_significant_it_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "abandoned"]),
                            models.Q(
                                models.Q(("change_note", ""), _negated=True),
                                ("submitted_at__isnull", False),
                                ("submitted_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_submitted_revision_says_what_changed_who_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "abandoned"), ("abandoned_because", ""), _connector="XOR"),
                        name="an_abandoned_revision_says_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="starts_as_draft",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.status <> 'draft')",
                            func="RAISE EXCEPTION 'a revision starts as a draft' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="f1fa348a17d9fcea706d45f47c64463feb16e165",
                            operation="INSERT",
                            pgid="pgtrigger_starts_as_draft_92fe8",
                            table="articles_revision",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="starts_now",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    -- Whatever the writer of the row gave: whose copy is older than which words is told by it.\n                    NEW.created_at := clock_timestamp();\n                    RETURN NEW;\n                ",
                            hash="3048e3aa47bf9b3f6bc4c5f7277bfbd067a56ff5",
                            operation="INSERT",
                            pgid="pgtrigger_starts_now_97d9e",
                            table="articles_revision",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="allowed_steps",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.status <> NEW.status)",
                            func="\n                    IF (OLD.status, NEW.status) NOT IN (('draft','abandoned'), ('draft','in_review'), ('in_review','abandoned'), ('in_review','approved'), ('in_review','changes_requested'), ('approved','abandoned'), ('approved','changes_requested'), ('approved','in_review'), ('approved','published'), ('published','superseded'), ('superseded','published')) THEN\n                        RAISE EXCEPTION 'a revision cannot go from % to %', OLD.status, NEW.status\n                            USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.status = 'approved' AND EXISTS (SELECT 1 FROM articles_unsigned_blocks(NEW.id)) THEN\n                        RAISE EXCEPTION 'a revision is approved once every block is signed' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.status = 'approved' AND EXISTS (SELECT 1 FROM articles_comment c\n                            WHERE c.article_id = NEW.article_id AND c.blocking AND c.resolved_at IS NULL) THEN\n                        RAISE EXCEPTION 'a revision is approved once its blocking comments are resolved' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.status = 'published' AND NEW.id IS DISTINCT FROM\n                            (SELECT p.revision_id FROM articles_publishedpage p\n                             WHERE p.article_id = NEW.article_id ORDER BY p.id DESC LIMIT 1) THEN\n                        RAISE EXCEPTION 'a revision is published by freezing its page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="ca8883829c1f03fad1f009e52f65e6e7c732dd7b",
                            operation="UPDATE",
                            pgid="pgtrigger_allowed_steps_85288",
                            table="articles_revision",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="keeps_its_place",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.article_id <> NEW.article_id OR OLD.number <> NEW.number OR OLD.created_by_id <> NEW.created_by_id OR OLD.created_at <> NEW.created_at)",
                            func="RAISE EXCEPTION 'a revision keeps its page, its number, and who started it when' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="f23ee7cf324386be2d858a4368adef32f32a2891",
                            operation="UPDATE",
                            pgid="pgtrigger_keeps_its_place_73527",
                            table="articles_revision",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_drafts_change",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.status <> 'draft')",
                            func="\n                    -- Why it is given up is said when it is.\n                    IF (to_jsonb(OLD) - 'status' - 'abandoned_because')\n                            IS DISTINCT FROM (to_jsonb(NEW) - 'status' - 'abandoned_because')\n                       OR (OLD.status = NEW.status AND OLD.abandoned_because <> NEW.abandoned_because) THEN\n                        RAISE EXCEPTION 'a revision that has left draft does not change; start a new draft' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="c8ac71f623736fab412b1006cddaba06bb393981",
                            operation="UPDATE",
                            pgid="pgtrigger_only_drafts_change_3c4ad",
                            table="articles_revision",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="revisions_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'revisions are kept; abandon the draft instead' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="d466f5b2d7451b34bb035559cdd77b9c8b837a42",
                            operation="DELETE",
                            pgid="pgtrigger_revisions_stay_c8918",
                            table="articles_revision",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="blocks", to="articles.revision"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                (
                    "key",
                    models.CharField(help_text="Names the block on its page, such as symptoms/p-2.", max_length=200),
                ),
                ("kind", models.CharField(max_length=40)),
                ("heading_path", models.JSONField(default=list)),
                ("canonical", models.TextField(help_text="Exactly what is signed, as canonical JSON.")),
                ("digest", models.CharField(max_length=64)),
                (
                    "html",
                    models.TextField(
                        blank=True, help_text="As it was shown when it was saved or submitted, to compare with."
                    ),
                ),
            ],
            options={
                "ordering": ["revision", "position"],
                "indexes": [models.Index(fields=["digest"], name="block_by_digest")],
                "constraints": [
                    models.UniqueConstraint(fields=("revision", "key"), name="one_block_per_key"),
                    models.UniqueConstraint(fields=("revision", "position"), name="one_block_per_position"),
                    models.CheckConstraint(
                        condition=models.Q(("digest", articles.models.revision.SHA256HexOfText(models.F("canonical")))),
                        name="a_block_digest_is_that_of_its_words",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="only_blocks_of_drafts_change",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE its_revision BIGINT;",
                            func="\n                    IF TG_OP = 'DELETE' THEN its_revision := OLD.revision_id;\n                    ELSE its_revision := NEW.revision_id; END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r\n                               WHERE r.id = its_revision AND r.status <> 'draft') THEN\n                        RAISE EXCEPTION 'the blocks of a revision that has left draft do not change' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF TG_OP = 'UPDATE' AND OLD.revision_id <> NEW.revision_id THEN\n                        RAISE EXCEPTION 'a block stays with its revision' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                    RETURN NEW;\n                ",
                            hash="f813b8467db1006c93cb7ed695cfa828620328cf",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_only_blocks_of_drafts_change_52f67",
                            table="articles_block",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contributions",
                        to="articles.revision",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contributions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("edit", "Changed words"), ("submit", "Submitted for review")],
                        default="edit",
                        max_length=8,
                    ),
                ),
                ("block_key", models.CharField(blank=True, max_length=200)),
                ("digest", models.CharField(blank=True, help_text="Of the block added or taken out.", max_length=64)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["at", "id"],
                "indexes": [models.Index(fields=["revision", "user"], name="contribution_by_user")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'who helped write a page is only ever added to' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="fd4d10c3733875432a8bdb89651163d7ebab6204",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_40c1a",
                            table="articles_contribution",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="citations", to="articles.revision"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="citations", to="citations.source"
                    ),
                ),
                ("position", models.PositiveIntegerField(help_text="Order in the text, from 1.")),
                ("number", models.PositiveIntegerField(help_text="As readers see it, by first appearance.")),
                ("block_key", models.CharField(max_length=200)),
                ("locator", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "ordering": ["revision", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("revision", "position"), name="one_citation_per_position")
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="articles.article"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="articles.revision"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="articles.comment",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("text", models.TextField()),
                (
                    "blocking",
                    models.BooleanField(default=False, help_text="The page is not approved before this is resolved."),
                ),
                ("block_key", models.CharField(blank=True, max_length=200)),
                ("digest", models.CharField(blank=True, help_text="Of the block it was made on.", max_length=64)),
                ("quote", models.TextField(blank=True, help_text="The words it is on, as readers see them.")),
                ("prefix", models.CharField(blank=True, max_length=64)),
                ("suffix", models.CharField(blank=True, max_length=64)),
                (
                    "resolved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("resolved_at", models.DateTimeField(null=True)),
                ("mentions", models.ManyToManyField(related_name="mentioned_in", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("parent", None), ("resolved_at", None)),
                        fields=["article"],
                        name="open_comments",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="a_comment_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("digest__regex", "^[0-9a-f]{64}$"),
                                ("parent__isnull", True),
                                models.Q(("quote", ""), _negated=True),
                                models.Q(("block_key", ""), _negated=True),
                            ),
                            models.Q(
                                ("block_key", ""),
                                ("blocking", False),
                                ("digest", ""),
                                ("parent__isnull", False),
                                ("prefix", ""),
                                ("quote", ""),
                                ("suffix", ""),
                            ),
                            _connector="OR",
                        ),
                        name="a_comment_keeps_its_words_or_answers_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolved_at__isnull", True), ("resolved_by__isnull", True)),
                            models.Q(
                                ("parent__isnull", True), ("resolved_at__isnull", False), ("resolved_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="a_resolved_thread_says_who_and_when",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="comments_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF TG_OP = 'DELETE' OR OLD.resolved_at IS NOT NULL\n                       OR (to_jsonb(OLD) - 'resolved_by_id' - 'resolved_at')\n                          IS DISTINCT FROM (to_jsonb(NEW) - 'resolved_by_id' - 'resolved_at') THEN\n                        RAISE EXCEPTION 'comments are kept as they were written; they are resolved once, for good' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="8bad63cb78450a6f59d36747a4c926acdf75e1b3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_comments_stay_f89e4",
                            table="articles_comment",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="comments_are_on_words_that_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id) THEN\n                        RAISE EXCEPTION 'a comment is on a revision of its own page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.parent_id IS NULL AND NOT EXISTS\n                            (SELECT 1 FROM articles_block b JOIN articles_revision r ON r.id = b.revision_id\n                             WHERE r.id = NEW.revision_id AND r.status <> 'draft'\n                               AND b.key = NEW.block_key AND b.digest = NEW.digest) THEN\n                        RAISE EXCEPTION 'a comment is on a block of a revision that has left draft' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.parent_id IS NOT NULL AND NOT EXISTS\n                            (SELECT 1 FROM articles_comment c WHERE c.id = NEW.parent_id\n                             AND c.article_id = NEW.article_id AND c.parent_id IS NULL AND c.resolved_at IS NULL) THEN\n                        RAISE EXCEPTION 'an answer belongs to an open thread of the same page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="212b31c331e69889e18e7c67f81f7b26db42ea06",
                            operation="INSERT",
                            pgid="pgtrigger_comments_are_on_words_that_stay_ca57e",
                            table="articles_comment",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="suggestions", to="articles.article"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="suggestions", to="articles.revision"
                    ),
                ),
                ("block_key", models.CharField(max_length=200)),
                ("digest", models.CharField(help_text="Of the block it would replace.", max_length=64)),
                ("wording", models.TextField(help_text="Markdown of the whole block, as it should be.")),
                ("reason", models.TextField(blank=True)),
                (
                    "suggested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("suggested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("accepted", models.BooleanField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["suggested_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("wording", ""), _negated=True), name="a_suggestion_has_a_wording"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("accepted__isnull", True), ("decided_at__isnull", True), ("decided_by__isnull", True)
                            ),
                            models.Q(
                                ("accepted__isnull", False),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_decided_suggestion_says_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted", True), _negated=True),
                            models.Q(("decided_by", models.F("suggested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="somebody_else_accepts_a_suggestion",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="suggestions_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF TG_OP = 'DELETE' OR OLD.decided_at IS NOT NULL\n                       OR (to_jsonb(OLD) - 'accepted' - 'decided_by_id' - 'decided_at')\n                          IS DISTINCT FROM (to_jsonb(NEW) - 'accepted' - 'decided_by_id' - 'decided_at') THEN\n                        RAISE EXCEPTION 'suggestions are kept as they were made; they are decided once, for good' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="c5442e9fe961d3f313325deea1800e975343339c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_suggestions_stay_d45fa",
                            table="articles_suggestion",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="suggestions_are_for_words_that_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF NOT EXISTS\n                            (SELECT 1 FROM articles_block b JOIN articles_revision r ON r.id = b.revision_id\n                             WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id AND r.status <> 'draft'\n                               AND b.key = NEW.block_key AND b.digest = NEW.digest) THEN\n                        RAISE EXCEPTION 'a suggestion is for a block of a revision of its page that has left draft' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="ed87da8fd12371a4e38cc957dd83113dda920826",
                            operation="INSERT",
                            pgid="pgtrigger_suggestions_are_for_words_that_stay_b5252",
                            table="articles_suggestion",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SuggestedBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "suggestion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="blocks", to="articles.suggestion"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["digest"], name="suggested_block_by_digest")],
                "constraints": [
                    models.UniqueConstraint(fields=("suggestion", "digest"), name="one_suggested_block_per_digest")
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'who suggested which words is only ever added to' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="873f56d44b87a0635ba85b9bc5740b4233b57292",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d1ba8",
                            table="articles_suggestedblock",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_request",
                        to="articles.revision",
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_on", models.DateField(default=datetime.date.today)),
                (
                    "priority",
                    models.CharField(
                        choices=[("normal", "Normal"), ("urgent", "Urgent")], default="normal", max_length=6
                    ),
                ),
                (
                    "assigned_to",
                    models.ForeignKey(
                        help_text="Who is asked first. Empty: any reviewer in scope.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("approved", "Approved"),
                            ("changes_requested", "Changes requested"),
                            ("recalled", "Recalled by its writers"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="What must change, for the writers.")),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["opened_at"],
                "permissions": [("manage_reviews", "Can set due date, priority and reviewer of a review")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "")), fields=["due_on"], name="open_reviews_by_due_date"
                    ),
                    models.Index(condition=models.Q(("outcome", "")), fields=["opened_at"], name="open_reviews_by_age"),
                    models.Index(
                        condition=models.Q(("outcome", ""), _negated=True),
                        fields=["closed_at"],
                        name="closed_reviews_by_date",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("outcome", "")),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("outcome__in", ["approved", "changes_requested", "recalled"]),
                            ),
                            _connector="OR",
                        ),
                        name="a_closed_request_says_how_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["", "approved"]),
                            models.Q(models.Q(("reason", ""), _negated=True), ("closed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_request_sent_back_says_why_and_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__in", ["normal", "urgent"])),
                        name="a_request_has_a_known_priority",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="articles.reviewrequest"
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_claims",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("claimed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lease_until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[("released", "Given back"), ("declined", "Declined"), ("handed_over", "Handed over")],
                        max_length=11,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                (
                    "handed_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["claimed_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("request", "reviewer"),
                        name="one_open_claim_per_reviewer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ending", "")),
                            models.Q(
                                ("ended_at__isnull", False), ("ending__in", ["released", "declined", "handed_over"])
                            ),
                            _connector="OR",
                        ),
                        name="an_ended_claim_says_how_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ending", "declined"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="who_declines_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ending", "handed_over"), ("handed_to__isnull", False)),
                            models.Q(models.Q(("ending", "handed_over"), _negated=True), ("handed_to__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_review_is_handed_over_to_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lease_until__gt", models.F("claimed_at"))),
                        name="a_lease_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                (
                    "stand_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["first_day"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="an_absence_ends_after_it_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stand_in", models.F("user")), _negated=True),
                        name="somebody_else_stands_in",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="looks", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="articles.revision"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-at"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "revision"), name="one_look_per_person_and_revision")
                ],
            },
        ),
        migrations.CreateModel(
            name="SignOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sign_offs", to="articles.article"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sign_offs", to="articles.revision"
                    ),
                ),
                (
                    "digest",
                    models.CharField(help_text="Of the block that was read, or of what was taken out.", max_length=64),
                ),
                (
                    "html_hash",
                    models.CharField(
                        help_text="Of the block as it was shown, citation keys for numbers.", max_length=64
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_offs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sign_offs", to="articles.credential"
                    ),
                ),
                ("credential_then", models.CharField(help_text="The credential as it read that day.", max_length=260)),
                (
                    "as_specialist",
                    models.BooleanField(default=False, help_text="Whether their scope that day was a specialist's."),
                ),
                ("signed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "signature",
                "ordering": ["-signed_at", "-id"],
                "permissions": [("sign_block", "Can sign blocks as a medical reviewer")],
                "indexes": [
                    models.Index(fields=["article", "digest"], name="signoff_by_block"),
                    models.Index(fields=["reviewer", "signed_at"], name="signoff_by_reviewer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="a_signature_is_on_a_digest"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credential_then", ""), _negated=True),
                        name="a_signature_keeps_the_credential",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="fit_to_sign",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('in_review', 'approved')\n                                     AND (EXISTS (SELECT 1 FROM articles_block b\n                                                  WHERE b.revision_id = r.id AND b.digest = NEW.digest)\n                                          OR NEW.digest IN (SELECT articles_taken_out(r.id)))) THEN\n                        RAISE EXCEPTION 'only a block of a revision under review can be signed, or what it takes out' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.reviewer_id IN (SELECT articles_contributors(NEW.revision_id)) THEN\n                        RAISE EXCEPTION 'nobody signs a page they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_block b\n                                   WHERE b.revision_id = NEW.revision_id AND b.digest = NEW.digest)\n                       AND NEW.reviewer_id IN (SELECT articles_took_out(NEW.revision_id)) THEN\n                        RAISE EXCEPTION 'nobody signs what they helped take out or move' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_live_signoffs(NEW.revision_id) l\n                               JOIN articles_signoff s ON s.id = l.id AND s.html_hash = NEW.html_hash\n                               WHERE l.digest = NEW.digest AND l.reviewer_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'this reviewer has already signed this block' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_suggestedblock w\n                               JOIN articles_suggestion g ON g.id = w.suggestion_id\n                               WHERE g.article_id = NEW.article_id AND g.suggested_by_id = NEW.reviewer_id\n                                 AND w.digest = NEW.digest) THEN\n                        RAISE EXCEPTION 'nobody signs words that they suggested' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- However long ago, and also once somebody else's signature on them was withdrawn.\n                    IF EXISTS (SELECT 1 FROM articles_contribution c JOIN articles_revision r ON r.id = c.revision_id\n                               WHERE r.article_id = NEW.article_id AND c.user_id = NEW.reviewer_id\n                                 AND c.digest = NEW.digest AND c.block_key <> '') THEN\n                        RAISE EXCEPTION 'nobody signs words that they wrote' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id\n                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id\n                                     AND i.declared_on > (now() AT TIME ZONE 'UTC')::date - interval '1 year') THEN\n                        RAISE EXCEPTION 'a signature needs interests that the reviewer declared within a year' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist\n                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                        JOIN articles_article a ON a.id = NEW.article_id\n                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                          AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date);\n                    -- Readers are told both: they are what they are now, whatever the writer of the row gave.\n                    NEW.signed_at := clock_timestamp();\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    RETURN NEW;\n                ",
                            hash="fad1bddd45bfe7e3dace88b1751d967e6e160d92",
                            operation="INSERT",
                            pgid="pgtrigger_fit_to_sign_55fba",
                            table="articles_signoff",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'signatures are kept as they were given; withdraw one instead' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="7fb0ac487ddcf52cf20e9dbce8010909a5b1c929",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d716b",
                            table="articles_signoff",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignOffWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sign_off",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="articles.signoff"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("routine", "Routine: it should be checked again"),
                            ("safety", "Safety: readers must not see it any longer"),
                        ],
                        default="routine",
                        max_length=7,
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-at"],
                "permissions": [("withdraw_any_signoff", "Can withdraw anybody's signature")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_withdrawal_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["routine", "safety"])),
                        name="a_withdrawal_says_how_grave_it_is",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'a withdrawal stands; sign again instead' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="c4b2c35c93cd42403a16e0344dd0dbf6533f055d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c8029",
                            table="articles_signoffwithdrawal",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EarlyReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="early_reviews", to="articles.article"
                    ),
                ),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("retraction", "A source it cites was retracted"),
                            ("superseded_source", "A source it cites was superseded"),
                            ("dead_link", "A link to a source it cites is dead"),
                            ("reader_report", "A reader says that it could do harm"),
                            ("reviewer_revoked", "It rests on a credential that was revoked"),
                        ],
                        max_length=20,
                    ),
                ),
                ("subject", models.CharField(help_text="What it is about: a key, an address, an id.", max_length=500)),
                ("detail", models.CharField(blank=True, help_text="In a sentence, for colleagues.", max_length=300)),
                ("due_on", models.DateField(default=django.utils.timezone.localdate)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "noted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settlement",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reaffirmed", "Read again, and found right"),
                            ("published", "Published anew"),
                            ("dismissed", "Dismissed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True, help_text="Why it was dismissed.")),
            ],
            options={
                "ordering": ["at", "id"],
                "permissions": [("dismiss_earlyreview", "Can dismiss what called a page in early")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=("article", "trigger", "subject"),
                        name="a_page_is_called_in_once_for_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "trigger__in",
                                ["retraction", "superseded_source", "dead_link", "reader_report", "reviewer_revoked"],
                            ),
                            models.Q(("subject", ""), _negated=True),
                        ),
                        name="an_early_review_says_what_called_for_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("settled_by__isnull", True), ("settlement", "")),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                ("settlement__in", ["reaffirmed", "published", "dismissed"]),
                            ),
                            _connector="OR",
                        ),
                        name="a_settled_early_review_says_how_when_and_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settlement", "dismissed"), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("settlement", "dismissed"), _negated=True), ("reason", "")),
                            _connector="OR",
                        ),
                        name="a_dismissed_early_review_says_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="called_in_now",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF NOT EXISTS (SELECT 1 FROM articles_article a\n                                   WHERE a.id = NEW.article_id AND a.page_state = 'live') THEN\n                        RAISE EXCEPTION 'only a live page is called in early' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    NEW.at := clock_timestamp();\n                    RETURN NEW;\n                ",
                            hash="b03c69e332f4a35d7df277a4bb8c75333ac77b27",
                            operation="INSERT",
                            pgid="pgtrigger_called_in_now_91249",
                            table="articles_earlyreview",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="makes_its_page_due",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    UPDATE articles_article a SET next_due = GREATEST(NEW.due_on, a.last_reviewed)\n                    WHERE a.id = NEW.article_id AND a.next_due > GREATEST(NEW.due_on, a.last_reviewed);\n                    RETURN NULL;\n                ",
                            hash="8e7036f46e02664a4f5f124986370c5a7d0b2d41",
                            operation="INSERT",
                            pgid="pgtrigger_makes_its_page_due_8744a",
                            table="articles_earlyreview",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="settled_by_what_came_later",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL\n                       OR (to_jsonb(OLD) - '{settlement,settled_by_id,settled_at,reason}'::text[])\n                          IS DISTINCT FROM\n                          (to_jsonb(NEW) - '{settlement,settled_by_id,settled_at,reason}'::text[]) THEN\n                        RAISE EXCEPTION 'an early review stays as it was noted; it is settled once' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.settlement = 'reaffirmed' AND NOT EXISTS (\n                            SELECT 1 FROM articles_reaffirmation r\n                            WHERE r.article_id = NEW.article_id AND r.completes AND r.at > NEW.at)\n                       OR NEW.settlement = 'published' AND NOT EXISTS (\n                            SELECT 1 FROM articles_publishedpage p JOIN articles_revision r ON r.id = p.revision_id\n                            WHERE p.article_id = NEW.article_id AND r.submitted_at > NEW.at) THEN\n                        RAISE EXCEPTION 'an early review is settled by what was read or submitted after it' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="4b709a594849f4d914f2444fe22edd0f2e7c15cc",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_settled_by_what_came_later_229e7",
                            table="articles_earlyreview",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StepTold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.article"
                    ),
                ),
                ("step", models.CharField(max_length=8)),
                ("due_on", models.DateField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="steps_told_together")],
                "constraints": [
                    models.UniqueConstraint(fields=("article", "step", "due_on"), name="one_step_is_told_once"),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["due_soon", "overdue", "lapsed"])), name="a_step_told_is_known"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'what staff were told is kept' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="4fbfc191040b947db4fd2ca2f42d0ca0950cf4d9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_44c75",
                            table="articles_steptold",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60, unique=True)),
                ("text", models.TextField(help_text="Such as: Attorney advertising.")),
                (
                    "responsible_party",
                    models.CharField(help_text="The firm or person who answers for the offer.", max_length=160),
                ),
                ("address", models.CharField(help_text="Where they can be reached.", max_length=240)),
            ],
            options={
                "ordering": ["key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[a-z0-9]+(-[a-z0-9]+)*$")), name="a_disclosure_key_is_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True),
                            models.Q(("responsible_party", ""), _negated=True),
                            models.Q(("address", ""), _negated=True),
                        ),
                        name="a_disclosure_says_what_who_and_where",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Image",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(help_text="How pages name it: ::image this-key", max_length=60, unique=True)),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("extension", models.CharField(editable=False, max_length=4)),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                (
                    "renditions",
                    models.JSONField(
                        default=list,
                        editable=False,
                        help_text="[{extension, width, bytes}], best format first, narrow to wide",
                    ),
                ),
                (
                    "alt",
                    models.CharField(
                        blank=True, help_text="What the picture shows, for people who cannot see it.", max_length=400
                    ),
                ),
                (
                    "decorative",
                    models.BooleanField(
                        default=False, help_text="Adds nothing to the words, so it needs no description."
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=300)),
                ("licence", models.CharField(help_text="Such as: CC BY 4.0, or: own work.", max_length=80)),
                ("credit", models.CharField(help_text="Who made it.", max_length=160)),
                ("is_sample", models.BooleanField(default=False, verbose_name="sample")),
            ],
            options={
                "ordering": ["key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[a-z0-9]+(-[a-z0-9]+)*$")), name="an_image_key_is_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("alt", ""), ("decorative", True)),
                            models.Q(("decorative", False), models.Q(("alt", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_image_is_described_or_decorative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="an_image_is_named_by_its_hash"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("extension__in", ["jpg", "png", "webp"])),
                        name="an_image_has_a_known_format",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__gt", 0), ("width__gt", 0)), name="an_image_has_a_size"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("licence", ""), _negated=True), models.Q(("credit", ""), _negated=True)
                        ),
                        name="an_image_keeps_licence_and_credit",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            models.Func(
                                models.F("renditions"),
                                function="jsonb_array_length",
                                output_field=models.IntegerField(),
                            ),
                            models.Func(
                                models.Func(
                                    models.F("renditions"),
                                    models.Value(
                                        '$[*] ? (@.width >= 1 && @.width <= $most && @.bytes >= 1 && (@.extension == "avif" || @.extension == "webp" || @.extension == "jpg" || @.extension == "png"))'
                                    ),
                                    models.Func(models.Value("most"), models.F("width"), function="jsonb_build_object"),
                                    function="jsonb_path_query_array",
                                ),
                                function="jsonb_array_length",
                                output_field=models.IntegerField(),
                            ),
                        ),
                        name="a_rendition_has_a_known_format_and_is_no_wider_than_its_image",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(help_text="How pages name it: ::offer this-key", max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("legal", "Case review and legal help"),
                            ("guide", "A guide to read"),
                            ("finder", "Finding a specialist"),
                            ("benefits", "Benefits, such as VA claims"),
                            ("payment", "Help paying for treatment"),
                            ("support", "Support group"),
                            ("advocate", "Talking with an advocate"),
                            ("resources", "Further reading and help"),
                        ],
                        max_length=12,
                    ),
                ),
                ("heading", models.CharField(max_length=120)),
                (
                    "points",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        help_text="Short bullet points.",
                        size=None,
                    ),
                ),
                ("action_label", models.CharField(help_text="What the button says.", max_length=60)),
                (
                    "action_address",
                    models.CharField(help_text="Where it leads: /address/, #place or https://…", max_length=240),
                ),
                (
                    "disclosure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="articles.disclosure",
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="articles.image",
                    ),
                ),
                ("is_sample", models.BooleanField(default=False, verbose_name="sample")),
            ],
            options={
                "ordering": ["key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[a-z0-9]+(-[a-z0-9]+)*$")), name="an_offer_key_is_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["legal", "guide", "finder", "benefits", "payment", "support", "advocate", "resources"],
                            )
                        ),
                        name="an_offer_has_a_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "legal"), _negated=True), ("disclosure__isnull", False), _connector="OR"
                        ),
                        name="a_legal_offer_carries_its_disclosure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("action_address__regex", "^(/|#|https://)")),
                        name="an_offer_leads_to_a_page_or_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("heading", ""), _negated=True), models.Q(("action_label", ""), _negated=True)
                        ),
                        name="an_offer_has_a_heading_and_a_label",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "articles_offerevent" ("action_address", "action_label", "disclosure_id", "heading", "id", "image_id", "is_sample", "key", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points") VALUES (NEW."action_address", NEW."action_label", NEW."disclosure_id", NEW."heading", NEW."id", NEW."image_id", NEW."is_sample", NEW."key", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."points"); RETURN NULL;',
                            hash="3c046b32bbe5e92d07337940a9b5748e9ac405af",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_f9c25",
                            table="articles_offer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "articles_offerevent" ("action_address", "action_label", "disclosure_id", "heading", "id", "image_id", "is_sample", "key", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points") VALUES (NEW."action_address", NEW."action_label", NEW."disclosure_id", NEW."heading", NEW."id", NEW."image_id", NEW."is_sample", NEW."key", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."points"); RETURN NULL;',
                            hash="1abe8715bde0fed243554a9d4b5b596d5a72e901",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_37602",
                            table="articles_offer",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferEvent",
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
                        to="articles.offer",
                    ),
                ),
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
                ("id", models.BigIntegerField()),
                ("key", models.CharField(help_text="How pages name it: ::offer this-key", max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("legal", "Case review and legal help"),
                            ("guide", "A guide to read"),
                            ("finder", "Finding a specialist"),
                            ("benefits", "Benefits, such as VA claims"),
                            ("payment", "Help paying for treatment"),
                            ("support", "Support group"),
                            ("advocate", "Talking with an advocate"),
                            ("resources", "Further reading and help"),
                        ],
                        max_length=12,
                    ),
                ),
                ("heading", models.CharField(max_length=120)),
                (
                    "points",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        help_text="Short bullet points.",
                        size=None,
                    ),
                ),
                ("action_label", models.CharField(help_text="What the button says.", max_length=60)),
                (
                    "action_address",
                    models.CharField(help_text="Where it leads: /address/, #place or https://…", max_length=240),
                ),
                (
                    "disclosure",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="articles.disclosure",
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="articles.image",
                    ),
                ),
                ("is_sample", models.BooleanField(default=False, verbose_name="sample")),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c388d07236aa7480072e617f5de579f2bc4c59f2",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_927ec",
                            table="articles_offerevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Story",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(help_text="How pages name it: :::story this-key", max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("case_report", "Published case report"),
                            ("personal", "Personal story, told with consent"),
                        ],
                        max_length=12,
                    ),
                ),
                ("heading", models.CharField(max_length=120)),
                (
                    "typicality",
                    models.CharField(
                        help_text="How this compares with what most people can expect. Always shown.", max_length=300
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stories",
                        to="citations.source",
                    ),
                ),
                (
                    "consent_on",
                    models.DateField(blank=True, help_text="When the person agreed to be told of.", null=True),
                ),
                ("is_sample", models.BooleanField(default=False, verbose_name="sample")),
            ],
            options={
                "verbose_name_plural": "stories",
                "ordering": ["key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[a-z0-9]+(-[a-z0-9]+)*$")), name="a_story_key_is_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("typicality", ""), _negated=True), name="a_story_says_how_typical_it_is"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "case_report"), ("source__isnull", False)),
                            models.Q(("consent_on__isnull", False), ("kind", "personal")),
                            _connector="OR",
                        ),
                        name="a_story_has_a_source_or_consent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Redirect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=140, unique=True)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="redirects", to="articles.article"
                    ),
                ),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "moved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-made_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("address__regex", "^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$")),
                        name="only_pages_below_a_topic_move",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("moved_by__isnull", True), ("reason", "")),
                            models.Q(("moved_by__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_move_says_who_and_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="leads_from_a_free_address",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    -- Whoever makes a redirect and whoever takes its address wait for each other.\n                    PERFORM pg_advisory_xact_lock(hashtext('articles_redirect'), hashtext(NEW.address));\n                    IF EXISTS (SELECT 1 FROM articles_article a WHERE a.address = NEW.address) THEN\n                        RAISE EXCEPTION 'an address where a page stands does not lead elsewhere' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="94e34b8aeeff988fbd7186a223bcf88c14dfc8e0",
                            operation="INSERT",
                            pgid="pgtrigger_leads_from_a_free_address_5cd31",
                            table="articles_redirect",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="leads_on_for_ever",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF TG_OP = 'DELETE' THEN\n                        IF EXISTS (SELECT 1 FROM articles_article a\n                                   WHERE a.id = OLD.article_id AND a.address = OLD.address) THEN\n                            RETURN OLD;\n                        END IF;\n                        RAISE EXCEPTION 'an old address leads to its page for ever' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF OLD.moved_by_id IS NOT NULL\n                            OR (to_jsonb(OLD) - 'moved_by_id' - 'reason')\n                                IS DISTINCT FROM (to_jsonb(NEW) - 'moved_by_id' - 'reason') THEN\n                        RAISE EXCEPTION 'a redirect does not change, once it says who moved the page and why' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="b3f4fbe022462864856d7fd6f3556305f3fbeb97",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_leads_on_for_ever_564a0",
                            table="articles_redirect",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="schedules", to="articles.revision"
                    ),
                ),
                ("publish_at", models.DateTimeField()),
                (
                    "zone",
                    models.CharField(
                        help_text="The time zone it was chosen in, such as America/New_York.", max_length=40
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("published", "Published"),
                            ("stopped", "Stopped: a condition did not hold"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=9,
                    ),
                ),
                ("evidence", models.TextField(blank=True, help_text="Why it was stopped or cancelled.")),
            ],
            options={
                "ordering": ["publish_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)), fields=["publish_at"], name="schedules_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("revision",),
                        name="one_waiting_schedule_per_revision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("publish_at__gt", models.F("made_at"))),
                        name="a_schedule_is_for_a_time_to_come",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("outcome", "")),
                            models.Q(
                                ("ended_at__isnull", False), ("outcome__in", ["published", "stopped", "cancelled"])
                            ),
                            _connector="OR",
                        ),
                        name="an_ended_schedule_says_how_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "stopped"), _negated=True),
                            models.Q(("evidence", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_stopped_schedule_says_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="schedules_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                       WHERE r.id = NEW.revision_id AND r.status = 'approved') THEN\n                            RAISE EXCEPTION 'only an approved revision is scheduled' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                        IF NEW.ended_at IS NOT NULL THEN\n                            RAISE EXCEPTION 'a schedule waits when it is made' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL\n                       OR (to_jsonb(OLD) - 'ended_at' - 'outcome' - 'evidence')\n                          IS DISTINCT FROM (to_jsonb(NEW) - 'ended_at' - 'outcome' - 'evidence') THEN\n                        RAISE EXCEPTION 'a schedule stays as it was made; it ends once, and another is made' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="1d7ac455d5a257fb1c61db85d19a5429ff1c8788",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_schedules_stay_d4fcd",
                            table="articles_schedule",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="articles.article"
                    ),
                ),
                ("address", models.CharField(max_length=160)),
                ("name", models.CharField(max_length=300)),
                ("stems", models.TextField(help_text="The whole name as search knows its words.")),
                (
                    "begins",
                    models.CharField(
                        db_collation="C", help_text="In plain small letters, from one word on.", max_length=100
                    ),
                ),
                ("is_whole", models.BooleanField(help_text="Begins with the first word.")),
                ("is_term", models.BooleanField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["is_term", "begins"], include=("name", "address"), name="search_name_begins"),
                    models.Index(
                        condition=models.Q(("is_term", True), ("is_whole", True)),
                        fields=["stems"],
                        name="search_name_of_a_term",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("begins"), name="gin_trgm_ops"),
                        condition=models.Q(("is_term", True), ("is_whole", True)),
                        name="search_name_like_a_term",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            models.Func(models.F("address"), models.Value("([^/]+)/$"), function="substring"),
                            name="gin_trgm_ops",
                        ),
                        condition=models.Q(("is_whole", True)),
                        name="search_name_like_an_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(db_collation="C", max_length=40, primary_key=True, serialize=False)),
                ("stem", models.TextField(help_text="As search knows it.")),
                ("pages", models.IntegerField(help_text="How many live pages use it.")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["stem"], name="search_word_by_stem"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("word"), name="gin_trgm_ops"),
                        name="search_word_like",
                    ),
                    models.Index(models.Func(models.F("word"), function="dmetaphone"), name="search_word_by_sound"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "lay",
                    models.CharField(
                        help_text="What people say, such as: fluid in the lung.",
                        max_length=80,
                        verbose_name="plain words",
                    ),
                ),
                (
                    "clinical",
                    models.CharField(
                        help_text="What pages say, such as: pleural effusion.",
                        max_length=80,
                        verbose_name="clinical words",
                    ),
                ),
                (
                    "lay_stems",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("lay"), function="articles_key"),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "clinical_stems",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("clinical"), function="articles_key"),
                        output_field=models.TextField(),
                    ),
                ),
            ],
            options={
                "ordering": ["lay", "clinical"],
                "indexes": [
                    models.Index(fields=["lay_stems"], name="synonym_by_plain_words"),
                    models.Index(fields=["clinical_stems"], name="synonym_by_clinical_words"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("clinical__regex", "^[[:alnum:]][[:alnum:]'’/-]*( [[:alnum:]][[:alnum:]'’/-]*)*$"),
                            ("lay__regex", "^[[:alnum:]][[:alnum:]'’/-]*( [[:alnum:]][[:alnum:]'’/-]*)*$"),
                            ("clinical", models.Func(models.F("clinical"), function="lower")),
                            ("lay", models.Func(models.F("lay"), function="lower")),
                        ),
                        name="a_synonym_is_plain_words_in_small_letters",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lay_stems", ""), _negated=True), models.Q(("clinical_stems", ""), _negated=True)
                        ),
                        name="a_synonym_has_words_to_search_for",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lay_stems", models.F("clinical_stems")), _negated=True),
                        name="a_synonym_is_not_its_own",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Least("lay_stems", "clinical_stems"),
                        django.db.models.functions.comparison.Greatest("lay_stems", "clinical_stems"),
                        name="one_synonym_per_pair",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "articles_synonymevent" ("clinical", "id", "lay", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."clinical", NEW."id", NEW."lay", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="689d6d8a8db54d609d393f2348310f01c321527a",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_56aa1",
                            table="articles_synonym",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."clinical" IS DISTINCT FROM (NEW."clinical") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."lay" IS DISTINCT FROM (NEW."lay"))',
                            func='INSERT INTO "articles_synonymevent" ("clinical", "id", "lay", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."clinical", NEW."id", NEW."lay", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="d424d71993fa2af28cec51a6dc46f59b14e54281",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6126f",
                            table="articles_synonym",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "articles_synonymevent" ("clinical", "id", "lay", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."clinical", OLD."id", OLD."lay", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="be49ec7c9616340618d7e5cf01034ade670a8690",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_11915",
                            table="articles_synonym",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SynonymEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="id_lay_clinical_events",
                        to="articles.synonym",
                    ),
                ),
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
                ("id", models.BigIntegerField()),
                (
                    "lay",
                    models.CharField(
                        help_text="What people say, such as: fluid in the lung.",
                        max_length=80,
                        verbose_name="plain words",
                    ),
                ),
                (
                    "clinical",
                    models.CharField(
                        help_text="What pages say, such as: pleural effusion.",
                        max_length=80,
                        verbose_name="clinical words",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="642ba6437003d5c480d30a956f825a5f85db48fa",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_04aef",
                            table="articles_synonymevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EmergencyNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "text",
                    models.CharField(
                        help_text="Readers see it in place of what is hidden.", max_length=300, unique=True
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "credential",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.credential",
                    ),
                ),
                ("signed_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["text"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="an_emergency_notice_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("credential__isnull", True), ("signed_at__isnull", True), ("signed_by__isnull", True)
                            ),
                            models.Q(
                                ("credential__isnull", False),
                                ("signed_at__isnull", False),
                                ("signed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_signed_notice_says_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signed_by", models.F("written_by")), _negated=True),
                        name="somebody_else_signs_a_notice",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="signed_by_the_qualified",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL AND OLD IS DISTINCT FROM NEW THEN\n                        RAISE EXCEPTION 'a signed notice does not change; write another' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.signed_by_id IS NOT NULL AND NOT EXISTS (\n                            SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                            WHERE c.id = NEW.credential_id AND p.user_id = NEW.signed_by_id\n                              AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                              AND (c.valid_until IS NULL OR c.valid_until >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a notice is signed with a credential, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="3d1c9fe6041f9724c113ecf6205498860d2f080f",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_signed_by_the_qualified_33950",
                            table="articles_emergencynotice",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_pages",
                        to="articles.article",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_pages",
                        to="articles.revision",
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                ("lede", models.TextField(help_text="Plain text: listings, search results, description.")),
                ("lede_html", models.TextField()),
                ("hero_html", models.TextField(blank=True)),
                ("body_html", models.TextField()),
                ("contents", models.JSONField(default=list, help_text="[{level, anchor, text}]")),
                ("questions", models.JSONField(default=list, help_text="[{question, answer_html, anchor}]")),
                ("words_html", models.TextField(blank=True, help_text="The glossary terms used, with what they mean.")),
                ("term_keys", models.JSONField(default=list, help_text="Glossary terms used.")),
                ("references_html", models.TextField(blank=True)),
                (
                    "source_keys",
                    models.JSONField(default=list, help_text="Cited sources, in the order of their numbers."),
                ),
                (
                    "cited_sources",
                    models.JSONField(
                        default=list, help_text="Their records as the page cited them (CSL-JSON), in the same order."
                    ),
                ),
                (
                    "research_count",
                    models.PositiveIntegerField(default=0, help_text="Research articles cited, counted."),
                ),
                ("headings_text", models.TextField(blank=True)),
                ("plain_text", models.TextField()),
                (
                    "signatures",
                    models.JSONField(default=list, help_text="Ids of the signatures that counted when it was frozen."),
                ),
                (
                    "hidden",
                    models.JSONField(default=list, help_text="Digests of the blocks that a notice stands in place of."),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        help_text="That notice.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.emergencynotice",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "word_count",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.Func(
                                models.Func(
                                    models.F("plain_text"), models.Value("\\s+"), function="regexp_split_to_array"
                                ),
                                models.Value(""),
                                function="array_remove",
                            ),
                            function="cardinality",
                            output_field=models.IntegerField(),
                        ),
                        output_field=models.IntegerField(),
                    ),
                ),
            ],
            options={
                "ordering": ["-published_at"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["source_keys"], name="published_page_by_source"),
                    django.contrib.postgres.indexes.GinIndex(fields=["term_keys"], name="published_page_by_term"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hidden", []), ("notice__isnull", True)),
                            models.Q(models.Q(("hidden", []), _negated=True), ("notice__isnull", False)),
                            _connector="OR",
                        ),
                        name="hidden_blocks_have_a_notice_in_their_place",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="can_be_frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    -- Two people may publish at once: the second waits for the first.\n                    PERFORM 1 FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    IF NOT EXISTS (SELECT 1 FROM articles_revision r\n                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id\n                                     AND r.status IN ('approved', 'published', 'superseded')) THEN\n                        RAISE EXCEPTION 'only an approved revision of the article can be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = NEW.revision_id) THEN\n                        RAISE EXCEPTION 'a page without blocks cannot be published' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.hidden <> '[]' AND (\n                            NOT EXISTS (SELECT 1 FROM articles_emergencynotice n\n                                        WHERE n.id = NEW.notice_id AND n.signed_at IS NOT NULL)\n                            OR NOT EXISTS (SELECT 1 FROM articles_revision r\n                                           WHERE r.id = NEW.revision_id AND r.status = 'published')) THEN\n                        RAISE EXCEPTION 'blocks of a published page are hidden behind a notice that was signed beforehand' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF (SELECT count(*) <> count(DISTINCT digest) OR bool_or(digest NOT IN (\n                            SELECT b.digest FROM articles_block b WHERE b.revision_id = NEW.revision_id))\n                        FROM jsonb_array_elements_text(NEW.hidden) AS digest) THEN\n                        RAISE EXCEPTION 'only blocks of the page are hidden, each once' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision this JOIN articles_revision later\n                                   ON later.article_id = this.article_id AND later.number > this.number\n                               WHERE this.id = NEW.revision_id AND later.significance = 'safety_correction'\n                                 AND later.status IN ('published', 'superseded')) THEN\n                        RAISE EXCEPTION 'a page never goes back behind a safety correction' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'approved')\n                       AND EXISTS (SELECT 1 FROM articles_comment c WHERE c.article_id = NEW.article_id\n                                     AND c.blocking AND c.resolved_at IS NULL) THEN\n                        RAISE EXCEPTION 'a page is published once its blocking comments are resolved' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- An emergency must not wait for it.\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'approved')\n                       AND NOT EXISTS (SELECT 1 FROM articles_byline b\n                                       WHERE b.article_id = NEW.article_id AND b.role = 'author') THEN\n                        RAISE EXCEPTION 'a published page names its author' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'superseded')\n                       AND NOT EXISTS (SELECT 1 FROM articles_article a\n                                       JOIN articles_publishedpage live ON live.id = a.live_id,\n                                       articles_unsigned_blocks(live.revision_id) u\n                                       WHERE a.id = NEW.article_id) THEN\n                        RAISE EXCEPTION 'an earlier revision is shown again only once the live page has lost a signature' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id\n                                 AND r.status = 'superseded')\n                       AND NOT articles_can_be_shown_again(NEW.revision_id) THEN\n                        RAISE EXCEPTION 'an earlier revision that was taken from readers, or part of it hidden, stays away' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- Whatever the writer of the row gave: who had which words when is told by it.\n                    NEW.published_at := clock_timestamp();\n                    RETURN NEW;\n                ",
                            hash="b63104a28d8eb706ac42f02a9552dceabb071cc5",
                            operation="INSERT",
                            pgid="pgtrigger_can_be_frozen_bf1d0",
                            table="articles_publishedpage",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="every_block_signed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE unsigned TEXT;",
                            func="\n                    SELECT string_agg(key, ', ' ORDER BY key) INTO unsigned\n                        FROM articles_unsigned_blocks(NEW.revision_id) u WHERE NOT NEW.hidden ? u.digest;\n                    -- To hide blocks must not wait for signatures on the others: readers see those already.\n                    IF unsigned IS NOT NULL AND NOT EXISTS (\n                            SELECT 1 FROM articles_article a JOIN articles_publishedpage live ON live.id = a.live_id\n                            WHERE a.id = NEW.article_id AND live.revision_id = NEW.revision_id\n                              AND NEW.hidden @> live.hidden AND NEW.hidden <> live.hidden) THEN\n                        RAISE EXCEPTION 'every block needs a sign-off by somebody who did not write it; missing: %',\n                            unsigned USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- Whatever the writer of the row gave.\n                    SELECT COALESCE(jsonb_agg(id ORDER BY id), '[]') INTO NEW.signatures\n                        FROM articles_live_signoffs(NEW.revision_id) l WHERE NOT NEW.hidden ? l.digest;\n                    RETURN NEW;\n                ",
                            hash="ff38f91cac51ac4dfd73b768d16fd95cf5d41cb9",
                            operation="INSERT",
                            pgid="pgtrigger_every_block_signed_3b7da",
                            table="articles_publishedpage",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="hidden_on_record",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.hidden <> '[]')",
                            constraint="CONSTRAINT",
                            func="\n                    IF NOT EXISTS (SELECT 1 FROM articles_emergencyedit e WHERE e.page_id = NEW.id) THEN\n                        RAISE EXCEPTION 'whoever hides blocks of a page says why, on record' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NULL;\n                ",
                            hash="8ff3ba20ff7f4675925fd3fcb16b680d4362fd71",
                            operation="INSERT",
                            pgid="pgtrigger_hidden_on_record_5c4be",
                            table="articles_publishedpage",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'a published page does not change; publish a new revision' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="f61bec6d39096462b65cdb0ffffed5da156ed617",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_7595a",
                            table="articles_publishedpage",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="articles.publishedpage",
                    ),
                ),
                ("helpful", models.BooleanField()),
                ("day", models.DateField()),
            ],
            options={
                "verbose_name_plural": "what readers say",
                "permissions": [("read_feedback", "Can open what readers wrote")],
                "indexes": [models.Index(fields=["day"], name="feedback_by_day")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="of_a_live_page",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF NOT EXISTS (SELECT FROM articles_publishedpage p JOIN articles_article a ON a.id = p.article_id\n                                   WHERE p.id = NEW.page_id AND a.page_state = 'live') THEN\n                        RAISE EXCEPTION 'only a page that visitors can read is said to help or not' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="38ffa91bff97f91eb6d2de8cc906439762c54c89",
                            operation="INSERT",
                            pgid="pgtrigger_of_a_live_page_3e5e0",
                            table="articles_feedback",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'what a reader answered is kept as it was given' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="e69640ef023aa4000d4046b595fa11475730f649",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_faf28",
                            table="articles_feedback",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedbackMessage",
            fields=[
                (
                    "feedback",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="message",
                        serialize=False,
                        to="articles.feedback",
                    ),
                ),
                ("ciphertext", models.BinaryField()),
                (
                    "wrapped_for_desk",
                    models.BinaryField(help_text="The key that opens it, wrapped to the desk's public key."),
                ),
                ("fingerprint", models.BinaryField(null=True)),
                (
                    "dealt_with_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("dealt_with_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.In(
                                django.db.models.functions.text.Length("ciphertext"), [4141, 16429]
                            )
                        ),
                        name="a_message_of_a_reader_is_stored_sealed_and_padded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.In(
                                django.db.models.functions.text.Length("wrapped_for_desk"), [1185]
                            )
                        ),
                        name="the_key_of_a_message_is_stored_wrapped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fingerprint__isnull", True),
                            django.db.models.lookups.In(django.db.models.functions.text.Length("fingerprint"), [32]),
                            _connector="OR",
                        ),
                        name="the_fingerprint_of_a_message_is_a_hash",
                    ),
                    models.UniqueConstraint(fields=("fingerprint",), name="the_same_words_count_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dealt_with_at__isnull", True), ("dealt_with_by__isnull", True)),
                            models.Q(("dealt_with_at__isnull", False), ("dealt_with_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_message_dealt_with_says_by_whom_and_when",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="stays_sealed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.feedback_id <> NEW.feedback_id OR OLD.ciphertext <> NEW.ciphertext OR OLD.wrapped_for_desk <> NEW.wrapped_for_desk OR (NEW.fingerprint IS NOT NULL AND OLD.fingerprint IS DISTINCT FROM NEW.fingerprint) OR (OLD.dealt_with_at IS NOT NULL AND (OLD.dealt_with_at, OLD.dealt_with_by_id) IS DISTINCT FROM (NEW.dealt_with_at, NEW.dealt_with_by_id)))",
                            func="RAISE EXCEPTION 'a message of a reader is dealt with once or erased, and never changed' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="9cb8d9443fb5a7b2f15e98235daefc6ae3ef17e2",
                            operation="UPDATE",
                            pgid="pgtrigger_stays_sealed_208cb",
                            table="articles_feedbackmessage",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reaffirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reaffirmations",
                        to="articles.article",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reaffirmations",
                        to="articles.publishedpage",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reaffirmations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reaffirmations",
                        to="articles.credential",
                    ),
                ),
                ("credential_then", models.CharField(help_text="The credential as it read that day.", max_length=260)),
                (
                    "as_specialist",
                    models.BooleanField(default=False, help_text="Whether their scope that day was a specialist's."),
                ),
                (
                    "completes",
                    models.BooleanField(default=False, help_text="Whether enough people have read it with this one."),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="fit_to_reaffirm",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE this RECORD;",
                            func="\n                    -- As publishing does: what goes live at that moment goes live before or after.\n                    SELECT a.page_state, a.risk_class INTO this\n                        FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;\n                    -- One that was taken down is read again before it comes back, if its review is due meanwhile.\n                    IF this.page_state NOT IN ('live', 'taken_down') OR NEW.page_id IS DISTINCT FROM (\n                            SELECT max(p.id) FROM articles_publishedpage p WHERE p.article_id = NEW.article_id) THEN\n                        RAISE EXCEPTION 'only the page that readers see, or saw last, is found still right' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p, articles_unsigned_blocks(p.revision_id)\n                               WHERE p.id = NEW.page_id)\n                       OR EXISTS (SELECT 1 FROM articles_publishedpage p\n                                  WHERE p.id = NEW.page_id AND p.hidden <> '[]') THEN\n                        RAISE EXCEPTION 'a page is found still right while every block of it is signed and shown' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN\n                        RAISE EXCEPTION 'only somebody who works here signs' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               WHERE p.id = NEW.page_id\n                                 AND NEW.reviewer_id IN (SELECT articles_contributors(p.revision_id))) THEN\n                        RAISE EXCEPTION 'nobody finds a page right that they helped write or are named on' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               JOIN articles_block b ON b.revision_id = p.revision_id\n                               JOIN articles_suggestedblock w ON w.digest = b.digest\n                               JOIN articles_suggestion g ON g.id = w.suggestion_id\n                               WHERE p.id = NEW.page_id AND g.article_id = NEW.article_id\n                                 AND g.suggested_by_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'nobody finds words right that they suggested' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF EXISTS (SELECT 1 FROM articles_publishedpage p\n                               JOIN articles_block b ON b.revision_id = p.revision_id\n                               JOIN articles_contribution c ON c.digest = b.digest AND c.block_key <> ''\n                               JOIN articles_revision r ON r.id = c.revision_id AND r.article_id = NEW.article_id\n                               WHERE p.id = NEW.page_id AND c.user_id = NEW.reviewer_id) THEN\n                        RAISE EXCEPTION 'nobody finds words right that they wrote' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id\n                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id\n                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL\n                                     AND (c.valid_until IS NULL OR c.valid_until >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a credential of the reviewer, verified and not expired' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                                   JOIN articles_article a ON a.id = NEW.article_id\n                                   WHERE p.user_id = NEW.reviewer_id\n                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                                     AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date)) THEN\n                        RAISE EXCEPTION 'a signature needs a review scope that covers the page' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id\n                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id\n                                     AND i.declared_on > (now() AT TIME ZONE 'UTC')::date - interval '1 year') THEN\n                        RAISE EXCEPTION 'a signature needs interests that the reviewer declared within a year' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist\n                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id\n                        JOIN articles_article a ON a.id = NEW.article_id\n                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)\n                          AND (s.ends_on IS NULL OR s.ends_on >= (now() AT TIME ZONE 'UTC')::date);\n                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then\n                        FROM articles_credential c WHERE c.id = NEW.credential_id;\n                    NEW.at := clock_timestamp();\n                    NEW.completes := this.risk_class <> 'high' OR EXISTS (\n                        SELECT 1 FROM articles_reaffirmation other\n                        WHERE other.page_id = NEW.page_id AND other.reviewer_id <> NEW.reviewer_id\n                          AND other.at > NEW.at - interval '30 days'\n                          AND (other.as_specialist OR NEW.as_specialist)\n                          -- It counts once, and only by somebody who knew what called the page in.\n                          AND NOT EXISTS (SELECT 1 FROM articles_reaffirmation before\n                                          WHERE before.page_id = other.page_id AND before.completes\n                                            AND before.at >= other.at)\n                          AND NOT EXISTS (SELECT 1 FROM articles_earlyreview e\n                                          WHERE e.article_id = NEW.article_id AND e.settled_at IS NULL\n                                            AND e.at > other.at)\n                    );\n                    RETURN NEW;\n                ",
                            hash="1ffdc188566eee2f77c8f24a8b414231dd6efe58",
                            operation="INSERT",
                            pgid="pgtrigger_fit_to_reaffirm_a9400",
                            table="articles_reaffirmation",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'that a page was found still right is kept as it was said' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="15c07c21346ac4850a2809e909aa98b91273f20a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_feaf3",
                            table="articles_reaffirmation",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="articles.article",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="articles.publishedpage",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="articles.topic"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("article", "Article"),
                            ("topic_introduction", "Topic introduction"),
                            ("page", "Page of the site, such as about or privacy"),
                            ("glossary_term", "Glossary term"),
                        ],
                        max_length=20,
                    ),
                ),
                ("lapses_on", models.DateField(help_text="From that day on the page comes last.")),
                (
                    "title_words",
                    models.PositiveSmallIntegerField(help_text="The shorter a title, the more it is about its words."),
                ),
                (
                    "words",
                    django.contrib.postgres.search.SearchVectorField(
                        help_text="Title A, lede B, headings C, everything D."
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "search entries",
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Takedown",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="takedowns", to="articles.article"
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        help_text="What was live.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.publishedpage",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("withdrawn", "Withdrawn: readers still see it, under a notice"),
                            ("taken_down", "Taken down: readers see it no longer"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reason", models.TextField(help_text="For colleagues.")),
                (
                    "reader_note",
                    models.CharField(blank=True, help_text="A plain sentence that readers see.", max_length=300),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-at"],
                "permissions": [
                    ("take_down", "Can take a page down at once, and confirm that others did"),
                    ("withdraw_page", "Can withdraw a page"),
                    ("hide_block", "Can hide blocks of a live page behind a signed notice"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("article",),
                        name="one_takedown_stands_per_article",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["withdrawn", "taken_down"])),
                        name="a_takedown_has_a_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_takedown_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "withdrawn"), _negated=True),
                            models.Q(("reader_note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="readers_are_told_why_a_page_is_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_confirmed_takedown_says_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_lifted_takedown_says_by_whom_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confirmed_by", models.F("by")), _negated=True),
                        name="somebody_else_confirms_a_takedown",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "taken_down"), ("lifted_by", models.F("by")), _negated=True),
                        name="somebody_else_lifts_a_takedown",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="takedowns_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.confirmed_at IS NOT NULL OR NEW.lifted_at IS NOT NULL THEN\n                            RAISE EXCEPTION 'a takedown is neither confirmed nor lifted when it is written' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL\n                       OR (OLD.confirmed_at IS NOT NULL\n                           AND (OLD.confirmed_by_id, OLD.confirmed_at)\n                               IS DISTINCT FROM (NEW.confirmed_by_id, NEW.confirmed_at))\n                       OR (to_jsonb(OLD) - '{confirmed_by_id,confirmed_at,lifted_by_id,lifted_at}'::text[])\n                          IS DISTINCT FROM\n                          (to_jsonb(NEW) - '{confirmed_by_id,confirmed_at,lifted_by_id,lifted_at}'::text[]) THEN\n                        RAISE EXCEPTION 'a takedown stays as it was written; it is confirmed once and lifted once' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    -- By the same clock as what is published: which of the two came first decides what can come back.\n                    IF NEW.lifted_at IS NOT NULL THEN\n                        NEW.lifted_at := clock_timestamp();\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="6ee7d8e0670e682b18a1dbe3944952aae2337430",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_takedowns_stay_1b7bf",
                            table="articles_takedown",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EmergencyEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emergency_edit",
                        to="articles.publishedpage",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reason", models.TextField()),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("finding", models.TextField(blank=True, help_text="What the reviewer found.")),
            ],
            options={
                "ordering": ["-at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="an_emergency_edit_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finding", ""), ("reviewed_at__isnull", True), ("reviewed_by__isnull", True)),
                            models.Q(
                                ("reviewed_at__isnull", False),
                                ("reviewed_by__isnull", False),
                                models.Q(("finding", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_reviewed_edit_says_by_whom_when_and_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reviewed_by", models.F("by")), _negated=True),
                        name="somebody_else_reviews_an_emergency_edit",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="emergency_edits_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF TG_OP = 'DELETE' OR OLD.reviewed_at IS NOT NULL\n                       OR (to_jsonb(OLD) - '{reviewed_by_id,reviewed_at,finding}'::text[])\n                          IS DISTINCT FROM (to_jsonb(NEW) - '{reviewed_by_id,reviewed_at,finding}'::text[]) THEN\n                        RAISE EXCEPTION 'an emergency edit stays as it was written; it is reviewed once' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="eab9edead22aa773e635ede4b5f90bb9cd477995",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_emergency_edits_stay_c2303",
                            table="articles_emergencyedit",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="live",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="live_as",
                to="articles.publishedpage",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["kind"], name="articles_by_kind"),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("page_state", "live")), fields=["topic", "position"], name="articles_live_by_topic"
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("page_state", "live")),
                fields=["next_due", "risk_class"],
                name="articles_live_by_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "article"), ("topic__isnull", False)),
                    models.Q(("kind", "topic_introduction"), ("topic__isnull", False)),
                    models.Q(
                        ("address__in", ["about", "disclaimer", "disclosures", "privacy", "resources"]),
                        ("kind", "page"),
                        ("topic__isnull", True),
                    ),
                    models.Q(
                        ("address__regex", "^glossary/[a-z0-9]+(-[a-z0-9]+)*$"),
                        ("kind", "glossary_term"),
                        ("topic__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="an_article_has_a_topic_and_a_page_its_own_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(("risk_class__in", ["high", "medium", "low"])), name="an_article_has_a_risk_class"
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("live__isnull", True), ("page_state", "unpublished")),
                    models.Q(
                        ("first_published_at__isnull", False), ("live__isnull", True), ("page_state", "taken_down")
                    ),
                    models.Q(
                        ("first_published_at__isnull", False),
                        ("last_reviewed__isnull", False),
                        ("live__isnull", False),
                        ("next_due__gte", models.F("last_reviewed")),
                        ("next_due__isnull", False),
                        ("page_state__in", ["live", "withdrawn"]),
                    ),
                    _connector="OR",
                ),
                name="a_live_article_has_a_page_and_its_dates",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="address_fits_topic",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.topic_id IS NOT NULL)",
                    declare="DECLARE topic_slug TEXT;",
                    func="\n                    SELECT slug INTO topic_slug FROM articles_topic WHERE id = NEW.topic_id;\n                    IF NEW.kind = 'topic_introduction' AND NEW.address <> topic_slug THEN\n                        RAISE EXCEPTION 'the introduction of a topic stands at the address of the topic' USING ERRCODE = 'integrity_constraint_violation';\n                    ELSIF NEW.kind = 'article' AND NEW.address !~\n                            ('^' || topic_slug || '/[a-z0-9]+(-[a-z0-9]+)*$') THEN\n                        RAISE EXCEPTION 'the address of an article is its topic, a slash, and small letters and figures' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="bfae60b566427d5aa857d0d18bf52fc8bb54a950",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_address_fits_topic_edd80",
                    table="articles_article",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="old_addresses_lead_on",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    PERFORM pg_advisory_xact_lock(hashtext('articles_redirect'), hashtext(NEW.address));\n                    DELETE FROM articles_redirect r WHERE r.address = NEW.address AND r.article_id = NEW.id;\n                    IF EXISTS (SELECT 1 FROM articles_redirect r WHERE r.address = NEW.address) THEN\n                        RAISE EXCEPTION 'this address leads to another page, because people have linked to it' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF TG_OP = 'UPDATE' AND OLD.first_published_at IS NOT NULL AND OLD.address <> NEW.address THEN\n                        IF OLD.kind = 'glossary_term' THEN\n                            RAISE EXCEPTION 'a published term keeps its address, because texts mark it by that' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                        INSERT INTO articles_redirect (address, article_id, reason) VALUES (OLD.address, NEW.id, '');\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="ed6cace803574ce1331bdbfc46035a69e61b00d6",
                    operation='INSERT OR UPDATE OF "address"',
                    pgid="pgtrigger_old_addresses_lead_on_75b6b",
                    table="articles_article",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="live_page_is_its_own",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.live_id IS NOT NULL)",
                    func="\n                    IF NOT EXISTS (SELECT 1 FROM articles_publishedpage p\n                                   WHERE p.id = NEW.live_id AND p.article_id = NEW.id) THEN\n                        RAISE EXCEPTION 'an article shows a page of its own' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.live_id IS DISTINCT FROM OLD.live_id THEN\n                        -- What was frozen earlier may hold what was withdrawn, hidden or corrected since.\n                        IF EXISTS (SELECT 1 FROM articles_publishedpage later\n                                   WHERE later.article_id = NEW.id AND later.id > NEW.live_id) THEN\n                            RAISE EXCEPTION 'an article shows the page that was frozen last' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                        -- To hide blocks must not wait for signatures on the others: readers see those already.\n                        IF EXISTS (SELECT 1 FROM articles_publishedpage p, articles_unsigned_blocks(p.revision_id) u\n                                   WHERE p.id = NEW.live_id AND NOT p.hidden ? u.digest\n                                     AND NOT EXISTS (SELECT 1 FROM articles_publishedpage before\n                                                     WHERE before.id = OLD.live_id\n                                                       AND before.revision_id = p.revision_id\n                                                       AND p.hidden @> before.hidden AND p.hidden <> before.hidden)\n                                   ) THEN\n                            RAISE EXCEPTION 'an article shows a page whose every block is signed' USING ERRCODE = 'integrity_constraint_violation';\n                        END IF;\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="a2e2a64e48bf80b122d47fde05f137596e36a5ee",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_live_page_is_its_own_14547",
                    table="articles_article",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="taken_from_readers_by_a_takedown",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE standing TEXT;",
                    func="\n                    SELECT t.kind INTO standing FROM articles_takedown t\n                        WHERE t.article_id = NEW.id AND t.lifted_at IS NULL;\n                    IF NEW.page_state IN ('withdrawn', 'taken_down') AND NEW.page_state IS DISTINCT FROM standing THEN\n                        RAISE EXCEPTION 'a page is withdrawn or taken down by somebody who says why' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF TG_OP = 'UPDATE' AND NEW.page_state = 'unpublished' AND OLD.page_state <> 'unpublished' THEN\n                        RAISE EXCEPTION 'a page that was published is taken from readers by a takedown, on record' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    IF NEW.page_state = 'live' AND standing IS NOT NULL THEN\n                        RAISE EXCEPTION 'a page that was taken from readers is live again once that is lifted' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="e9a1fb2659dafb9c9d31f4cff5f677a2e03acf04",
                    operation='INSERT OR UPDATE OF "page_state", "live_id"',
                    pgid="pgtrigger_taken_from_readers_by_a_takedown_166b7",
                    table="articles_article",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="as_risky_as_it_was_submitted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.risk_class = 'high' AND NEW.risk_class <> 'high')",
                    func="\n                    IF EXISTS (SELECT 1 FROM articles_revision r\n                               WHERE r.article_id = NEW.id AND r.status IN ('in_review', 'approved')) THEN\n                        RAISE EXCEPTION 'a page stays of high risk while a revision of it is under review' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="c775c62d6480bc73563cbd5da2c5011dd8a40c76",
                    operation='UPDATE OF "risk_class"',
                    pgid="pgtrigger_as_risky_as_it_was_submitted_61eb1",
                    table="articles_article",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="due_while_called_in",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.next_due > OLD.next_due)",
                    func="\n                    IF NEW.next_due > NEW.last_reviewed AND EXISTS (\n                            SELECT 1 FROM articles_earlyreview e\n                            WHERE e.article_id = NEW.id AND e.settled_at IS NULL AND e.due_on < NEW.next_due) THEN\n                        RAISE EXCEPTION 'a page that was called in early stays due until that is settled' USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="8f562a55df6cb0364eeafa80e14395087505b9d6",
                    operation='UPDATE OF "next_due"',
                    pgid="pgtrigger_due_while_called_in_a2e9d",
                    table="articles_article",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="found_when_it_goes_live",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM articles_refresh_search(ARRAY[COALESCE(NEW.id, OLD.id)]); RETURN NULL;",
                    hash="0daf4829012606d2b37abcbc689e1f49fd29fbe5",
                    operation="INSERT OR DELETE",
                    pgid="pgtrigger_found_when_it_goes_live_6c394",
                    table="articles_article",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="article",
            trigger=pgtrigger.compiler.Trigger(
                name="found_as_it_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."lapses_on" IS DISTINCT FROM (NEW."lapses_on") OR OLD."live_id" IS DISTINCT FROM (NEW."live_id") OR OLD."page_state" IS DISTINCT FROM (NEW."page_state") OR OLD."topic_id" IS DISTINCT FROM (NEW."topic_id"))',
                    func="PERFORM articles_refresh_search(ARRAY[COALESCE(NEW.id, OLD.id)]); RETURN NULL;",
                    hash="ddce2aee9222c69c72efcb5f5525de1a4ad92798",
                    operation="UPDATE",
                    pgid="pgtrigger_found_as_it_stands_baec8",
                    table="articles_article",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.F("words"),
                    function="articles_terms",
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
                fastupdate=False,
                name="search_entry_terms",
            ),
        ),
        migrations.RunSQL(STORAGE_OF_SEARCH, migrations.RunSQL.noop),
        migrations.RunSQL(COVERAGE, REMOVE_COVERAGE),
    ]
