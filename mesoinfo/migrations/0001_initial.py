import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # What developers' databases were made by, before there was a release.
    replaces = [
        ("mesoinfo", "0002_advertising_notice"),
        ("mesoinfo", "0003_messages_to_one_person"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                (
                    "name",
                    models.CharField(help_text="As colleagues know them. Shown on the desk only.", max_length=150),
                ),
                ("is_staff", models.BooleanField(default=True, help_text="May sign in to the desk.")),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="Untick when they leave. Nobody is deleted."),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "email"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="one_user_per_email_in_any_case"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="users_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'users are deactivated, never deleted' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="dbb03207f0cacdf2c2cae3d1823ca33bfe5ef95d",
                            operation="DELETE",
                            pgid="pgtrigger_users_stay_97210",
                            table="mesoinfo_user",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteSettings",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("site_name", models.CharField(default="mesoinfo", max_length=80)),
                ("publisher_name", models.CharField(help_text="Who answers for these pages.", max_length=120)),
                (
                    "phone",
                    models.CharField(
                        blank=True, help_text="As it should be read, such as 1-800-555-0100.", max_length=30
                    ),
                ),
                (
                    "phone_hours",
                    models.CharField(blank=True, help_text="Such as: Monday to Friday, 8 to 8 Eastern.", max_length=80),
                ),
                (
                    "about",
                    models.TextField(help_text="One paragraph on the publisher, shown at the foot of each page."),
                ),
                (
                    "emergency_note",
                    models.CharField(default="Breathing trouble or chest pain right now? Call 911.", max_length=160),
                ),
                (
                    "advertising_notice",
                    models.TextField(
                        default="Attorney advertising. Past results do not tell you what will happen in your case.",
                        help_text="Stands in the form wherever it offers a case review. Names the law firm that pays, and its address.",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "site settings",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="there_is_one_row_of_site_settings"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("phone", ""), models.Q(("phone_hours", ""), _negated=True), _connector="OR"
                        ),
                        name="a_phone_number_says_its_hours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("advertising_notice", ""), _negated=True),
                        name="a_case_review_is_marked_as_advertising",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.BigIntegerField(db_default=0, editable=False, unique=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("action", models.CharField(max_length=60)),
                ("target_type", models.CharField(blank=True, max_length=60)),
                ("target_id", models.CharField(blank=True, max_length=60)),
                ("facts", models.JSONField(default=dict)),
                ("previous_hash", models.CharField(db_default="", editable=False, max_length=64)),
                ("hash", models.CharField(db_default="", editable=False, max_length=64, unique=True)),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "ordering": ["-sequence"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action", ""), _negated=True), name="an_audit_entry_names_its_action"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="hash_chain",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE head RECORD;",
                            func="""
            PERFORM pg_advisory_xact_lock(hashtext('mesoinfo_auditentry'));
            SELECT sequence, hash INTO head FROM mesoinfo_auditentry ORDER BY sequence DESC LIMIT 1;
            NEW.sequence := COALESCE(head.sequence, 0) + 1;
            NEW.previous_hash := COALESCE(head.hash, repeat('0', 64));
            NEW.at := clock_timestamp();
            NEW.hash := encode(sha256(convert_to(
                NEW.previous_hash || jsonb_build_array(
                    NEW.sequence,
                    to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
                    NEW."actor_id", NEW."action", NEW."target_type", NEW."target_id", NEW."facts"
                )::text,
                'UTF8')), 'hex');
            RETURN NEW;
        """,
                            hash="fe08e1e9ff55a31844c68ab352af91ea71c993b8",
                            operation="INSERT",
                            pgid="pgtrigger_hash_chain_3e203",
                            table="mesoinfo_auditentry",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'the audit ledger is only ever added to' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="14860a75d970cc7b885856ada8cedbd786af3758",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_aa2a0",
                            table="mesoinfo_auditentry",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(help_text="Names the template mail/<kind>.txt.", max_length=60)),
                ("dedupe_key", models.CharField(max_length=120, unique=True)),
                (
                    "role",
                    models.CharField(blank=True, help_text="Everyone active in this role gets it.", max_length=40),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        help_text="Or this one person.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("available_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "ordering": ["available_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("sent_at__isnull", True)), fields=["available_at"], name="outbox_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("dedupe_key", ""), _negated=True), name="a_message_has_a_key_of_its_own"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recipient__isnull", False), ("role", "")),
                            models.Q(models.Q(("role", ""), _negated=True), ("recipient__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_message_is_for_a_role_or_for_one_person",
                    ),
                ],
            },
        ),
    ]
