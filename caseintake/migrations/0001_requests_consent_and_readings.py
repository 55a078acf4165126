import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("ref", models.CharField(editable=False, max_length=14, unique=True, verbose_name="reference")),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "need",
                    models.CharField(
                        choices=[
                            ("case_review", "A free case review"),
                            ("treatment_guide", "The treatment guide"),
                            ("find_specialist", "Help to find a specialist"),
                            ("va_claims", "Help with VA claims"),
                            ("help_paying", "Help with paying for care"),
                            ("support_group", "A support group"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("quarantined", "in quarantine"),
                            ("queued", "in the queue"),
                            ("claimed", "claimed"),
                            ("contacting", "being contacted"),
                            ("talking", "talking"),
                            ("waiting", "waiting"),
                            ("closed", "closed"),
                        ],
                        default="received",
                        max_length=20,
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, help_text="Counts the steps; a stale screen is known by it."
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(help_text="0 is the most urgent.")),
                (
                    "priority_reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "suspicions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(help_text="By when a person should have tried to reach them.", null=True),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("next_action_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("helped_information", "Helped with information"),
                            ("helped_medical_navigation", "Helped to find care"),
                            ("helped_benefits_va", "Helped with benefits or VA"),
                            ("support_group", "Introduced to a support group"),
                            ("already_represented", "Already has a lawyer"),
                            ("not_asbestos", "Not about asbestos"),
                            ("no_contact_after_cadence", "Could not be reached"),
                            ("withdrawn", "The person asked us to stop"),
                            ("spam", "Not from a person"),
                            ("test", "A test"),
                        ],
                        max_length=40,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("fingerprint", models.BinaryField(max_length=32, null=True)),
            ],
            options={
                "verbose_name": "request for help",
                "verbose_name_plural": "requests for help",
                "ordering": ["priority", "due_at", "received_at"],
                "permissions": [
                    ("work_cases", "Can claim cases, and read and work those they hold"),
                    ("lead_cases", "Can reassign cases, and read any case for a recorded purpose"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "claimed", "contacting", "talking", "waiting"])),
                        fields=["priority", "due_at", "received_at"],
                        name="open_cases_by_urgency",
                    ),
                    models.Index(
                        condition=models.Q(("state", "quarantined")), fields=["received_at"], name="quarantine_by_age"
                    ),
                    models.Index(
                        condition=models.Q(("fingerprint__isnull", False)),
                        fields=["fingerprint"],
                        name="recent_fingerprints",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ref__regex", "^CR-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$")),
                        name="a_reference_reads_cr_xxxxx_xxxxx",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "received",
                                    "quarantined",
                                    "queued",
                                    "claimed",
                                    "contacting",
                                    "talking",
                                    "waiting",
                                    "closed",
                                ],
                            )
                        ),
                        name="a_case_is_in_a_known_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "need__in",
                                [
                                    "case_review",
                                    "treatment_guide",
                                    "find_specialist",
                                    "va_claims",
                                    "help_paying",
                                    "support_group",
                                    "other",
                                ],
                            )
                        ),
                        name="a_case_has_a_known_need",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__range", (0, 4))), name="priority_runs_from_0_to_4"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority_reasons__len", 0), _negated=True), name="a_priority_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("assignee__isnull", False),
                                ("state__in", ("claimed", "contacting", "talking", "waiting")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("claimed", "contacting", "talking", "waiting")), _negated=True),
                                ("assignee__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="a_case_in_work_has_an_advocate_and_no_other_has",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False),
                                (
                                    "outcome__in",
                                    [
                                        "helped_information",
                                        "helped_medical_navigation",
                                        "helped_benefits_va",
                                        "support_group",
                                        "already_represented",
                                        "not_asbestos",
                                        "no_contact_after_cadence",
                                        "withdrawn",
                                        "spam",
                                        "test",
                                    ],
                                ),
                                ("state", "closed"),
                            ),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("closed_at__isnull", True),
                                ("outcome", ""),
                            ),
                            _connector="OR",
                        ),
                        name="a_closed_case_has_an_outcome_and_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_action_at__isnull", False), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("next_action_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_waiting_case_says_until_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "quarantined"), _negated=True),
                            models.Q(("suspicions__len", 0), _negated=True),
                            _connector="OR",
                        ),
                        name="a_quarantined_case_says_why",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="starts_as_received",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NOT (NEW."state" = \'received\') OR NOT (NEW."version" = 1))',
                            func="RAISE EXCEPTION 'a new request starts as received' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="b1215952a5c7f70c6f23956d3abc9ca308008f94",
                            operation="INSERT",
                            pgid="pgtrigger_starts_as_received_f13fd",
                            table="caseintake_submission",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="steps_are_in_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
    IF (NEW.id, NEW.ref, NEW.received_at, NEW.need) <> (OLD.id, OLD.ref, OLD.received_at, OLD.need) THEN
        RAISE EXCEPTION 'the reference, time and need of a request never change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.fingerprint IS DISTINCT FROM OLD.fingerprint AND NEW.fingerprint IS NOT NULL THEN
        RAISE EXCEPTION 'a fingerprint can only be forgotten' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ('claimed>closed', 'claimed>contacting', 'claimed>queued', 'closed>queued', 'contacting>closed', 'contacting>queued', 'contacting>talking', 'contacting>waiting', 'quarantined>queued', 'queued>claimed', 'received>quarantined', 'received>queued', 'talking>closed', 'talking>queued', 'talking>waiting', 'waiting>closed', 'waiting>contacting', 'waiting>queued', 'waiting>talking') THEN
        RAISE EXCEPTION 'a request cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state <> OLD.state OR NEW.assignee_id IS DISTINCT FROM OLD.assignee_id THEN
        IF NEW.version <> OLD.version + 1 THEN
            RAISE EXCEPTION 'each step of a request counts its version up by one' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF NEW.version <> OLD.version THEN
        RAISE EXCEPTION 'only a step of a request counts its version up' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.assignee_id IS DISTINCT FROM OLD.assignee_id AND NEW.assignee_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM mesoinfo_user WHERE id = NEW.assignee_id AND is_active
    ) THEN
        RAISE EXCEPTION 'a case is held only by someone who works here' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state IN ('contacting', 'talking') AND NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM caseintake_contactattempt
        WHERE submission_id = NEW.id AND (NEW.state = 'contacting' OR result = 'reached')
    ) THEN
        RAISE EXCEPTION 'this step needs a contact attempt' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
""",
                            hash="62f453f028c7fbd32bcee2a8c31f1a4d4a180860",
                            operation="UPDATE",
                            pgid="pgtrigger_steps_are_in_the_table_b33a4",
                            table="caseintake_submission",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="requests_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'a request for help is never deleted' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="1831a4f2afedbba1fefc6e8dc50bdca20bbf656d",
                            operation="DELETE",
                            pgid="pgtrigger_requests_stay_4e25c",
                            table="caseintake_submission",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="each_step_has_its_event",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            declare="DECLARE current RECORD; latest RECORD;",
                            func="""
        SELECT version, state, assignee_id INTO current FROM caseintake_submission WHERE id = NEW.id;
        SELECT version, to_state, holder_id INTO latest FROM caseintake_caseevent
            WHERE submission_id = NEW.id ORDER BY version DESC LIMIT 1;
        IF latest IS NULL OR latest.version <> current.version OR latest.to_state <> current.state
            OR latest.holder_id IS DISTINCT FROM current.assignee_id
        THEN
            RAISE EXCEPTION 'each step of a request needs its case event in the same transaction' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    """,
                            hash="007f21d2dba10997737a557bb95286c525de3196",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_each_step_has_its_event_64ac8",
                            table="caseintake_submission",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="comes_with_sealed_words_and_consent",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM caseintake_sealedpayload WHERE submission_id = NEW.id AND kind = 'original'
                    ) THEN
                        RAISE EXCEPTION 'a request comes with what the person wrote, sealed' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    IF NOT EXISTS (
                        SELECT FROM caseintake_consentevent
                        WHERE submission_id = NEW.id AND kind = 'use_to_reply' AND action = 'granted'
                    ) THEN
                        RAISE EXCEPTION 'a request comes with the consent to reply to it' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NULL;
                """,
                            hash="b8ea44dd6d382b1ae8c736b8a2531ca5c5bcd391",
                            operation="INSERT",
                            pgid="pgtrigger_comes_with_sealed_words_and_consent_5e713",
                            table="caseintake_submission",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="caseintake.submission"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("received", "received"),
                            ("quarantined", "in quarantine"),
                            ("queued", "in the queue"),
                            ("claimed", "claimed"),
                            ("contacting", "being contacted"),
                            ("talking", "talking"),
                            ("waiting", "waiting"),
                            ("closed", "closed"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("quarantined", "in quarantine"),
                            ("queued", "in the queue"),
                            ("claimed", "claimed"),
                            ("contacting", "being contacted"),
                            ("talking", "talking"),
                            ("waiting", "waiting"),
                            ("closed", "closed"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "-"),
                            ("accepted", "accepted"),
                            ("suspicious", "may not come from a person"),
                            ("a-person", "a person sent this"),
                            ("end-of-shift", "end of the working day"),
                            ("away", "away or unwell"),
                            ("better-placed", "a colleague is better placed"),
                            ("known-to-me", "the advocate knows the person"),
                            ("mistake", "a mistake"),
                            ("person-asked", "the person asked for it"),
                            ("new-message", "the person wrote again"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("helped_information", "Helped with information"),
                            ("helped_medical_navigation", "Helped to find care"),
                            ("helped_benefits_va", "Helped with benefits or VA"),
                            ("support_group", "Introduced to a support group"),
                            ("already_represented", "Already has a lawyer"),
                            ("not_asbestos", "Not about asbestos"),
                            ("no_contact_after_cadence", "Could not be reached"),
                            ("withdrawn", "The person asked us to stop"),
                            ("spam", "Not from a person"),
                            ("test", "A test"),
                        ],
                        max_length=40,
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                "ordering": ["submission", "version"],
                "constraints": [
                    models.UniqueConstraint(fields=("submission", "version"), name="one_case_event_for_each_step"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "",
                                    "accepted",
                                    "suspicious",
                                    "a-person",
                                    "end-of-shift",
                                    "away",
                                    "better-placed",
                                    "known-to-me",
                                    "mistake",
                                    "person-asked",
                                    "new-message",
                                ],
                            )
                        ),
                        name="a_case_event_has_a_known_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "outcome__in",
                                    [
                                        "helped_information",
                                        "helped_medical_navigation",
                                        "helped_benefits_va",
                                        "support_group",
                                        "already_represented",
                                        "not_asbestos",
                                        "no_contact_after_cadence",
                                        "withdrawn",
                                        "spam",
                                        "test",
                                    ],
                                ),
                                ("to_state", "closed"),
                            ),
                            models.Q(models.Q(("to_state", "closed"), _negated=True), ("outcome", "")),
                            _connector="OR",
                        ),
                        name="a_closing_event_has_an_outcome",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'the record of a case is only ever added to' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="69e175ca15f3ea1f2236ad92ffd93a4d0505c766",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3c0a1",
                            table="caseintake_caseevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="events_follow_one_another",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE latest RECORD;",
                            func="""
                    SELECT version, to_state INTO latest FROM caseintake_caseevent
                        WHERE submission_id = NEW.submission_id ORDER BY version DESC LIMIT 1;
                    IF NEW.version <> COALESCE(latest.version, 0) + 1
                        OR NEW.from_state <> COALESCE(latest.to_state, '')
                    THEN
                        RAISE EXCEPTION 'case events follow one another without a gap' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    NEW.at := clock_timestamp();
                    RETURN NEW;
                """,
                            hash="3b7c2e2aa00b61225baee6bc265eb8bbf835ae33",
                            operation="INSERT",
                            pgid="pgtrigger_events_follow_one_another_d2f7f",
                            table="caseintake_caseevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="each_event_has_its_step",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            declare="DECLARE current RECORD; latest RECORD;",
                            func="""
        SELECT version, state, assignee_id INTO current FROM caseintake_submission WHERE id = NEW.submission_id;
        SELECT version, to_state, holder_id INTO latest FROM caseintake_caseevent
            WHERE submission_id = NEW.submission_id ORDER BY version DESC LIMIT 1;
        IF latest IS NULL OR latest.version <> current.version OR latest.to_state <> current.state
            OR latest.holder_id IS DISTINCT FROM current.assignee_id
        THEN
            RAISE EXCEPTION 'each step of a request needs its case event in the same transaction' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    """,
                            hash="4ced4deb3fd4688ecd0629bf1b9415d218b75348",
                            operation="INSERT",
                            pgid="pgtrigger_each_event_has_its_step_0ddfa",
                            table="caseintake_caseevent",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_attempts",
                        to="caseintake.submission",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("call", "Call"), ("text", "Text message"), ("email", "Email"), ("letter", "Letter")],
                        max_length=10,
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("reached", "Reached them"),
                            ("no_answer", "No answer"),
                            ("left_message", "Left a message"),
                            ("sent", "Sent, no reply yet"),
                            ("wrong_number", "Wrong number or address"),
                        ],
                        max_length=20,
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["call", "text", "email", "letter"])),
                        name="an_attempt_has_a_known_channel",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("result__in", ["reached", "no_answer", "left_message", "sent", "wrong_number"])
                        ),
                        name="an_attempt_has_a_known_result",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'contact attempts are only ever added to' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="112bf8de8338d5d7c72e58bc3d69b66bfe35eda8",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_722fd",
                            table="caseintake_contactattempt",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="only_a_case_in_work",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM caseintake_submission
                        WHERE id = NEW.submission_id AND assignee_id IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'people are contacted only while an advocate has the case' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
                            hash="89edaccf6b5bc44ec16ed765785d890fb8408c21",
                            operation="INSERT",
                            pgid="pgtrigger_only_a_case_in_work_b0e7d",
                            table="caseintake_contactattempt",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessEvent",
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
                (
                    "actor_kind",
                    models.CharField(choices=[("staff", "a member of staff"), ("system", "the system")], max_length=10),
                ),
                ("role", models.CharField(help_text="The role they read it in.", max_length=40)),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="readings", to="caseintake.submission"
                    ),
                ),
                (
                    "payloads",
                    models.PositiveIntegerField(help_text="How many sealed texts: the request and its notes."),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("working", "Working on the case"),
                            ("covering", "Covering for a colleague"),
                            ("review", "Checking how the case was handled"),
                            ("quarantine", "Checking the quarantine"),
                            ("person-asked", "The person asked"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("opened", "opened"),
                            ("refused", "refused: not theirs to read"),
                            ("failed", "could not be opened"),
                        ],
                        max_length=10,
                    ),
                ),
                ("cause", models.CharField(blank=True, help_text="Why it could not be opened.", max_length=40)),
                ("previous_hash", models.CharField(db_default="", editable=False, max_length=64)),
                ("hash", models.CharField(db_default="", editable=False, max_length=64, unique=True)),
            ],
            options={
                "verbose_name": "reading",
                "ordering": ["-sequence"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("actor__isnull", False), ("actor_kind", "staff")),
                            models.Q(("actor__isnull", True), ("actor_kind", "system")),
                            _connector="OR",
                        ),
                        name="a_reading_by_staff_names_them",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purpose__in", ["working", "covering", "review", "quarantine", "person-asked"])
                        ),
                        name="a_reading_has_a_known_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("result__in", ["opened", "refused", "failed"])),
                        name="a_reading_has_a_known_result",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="hash_chain",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE head RECORD;",
                            func="""
            PERFORM pg_advisory_xact_lock(hashtext('caseintake_accessevent'));
            SELECT sequence, hash INTO head FROM caseintake_accessevent ORDER BY sequence DESC LIMIT 1;
            NEW.sequence := COALESCE(head.sequence, 0) + 1;
            NEW.previous_hash := COALESCE(head.hash, repeat('0', 64));
            NEW.at := clock_timestamp();
            NEW.hash := encode(sha256(convert_to(
                NEW.previous_hash || jsonb_build_array(
                    NEW.sequence,
                    to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
                    NEW."actor_id", NEW."actor_kind", NEW."role", NEW."submission_id", NEW."payloads", NEW."purpose", NEW."result", NEW."cause"
                )::text,
                'UTF8')), 'hex');
            RETURN NEW;
        """,
                            hash="fd4dccf24c914f6cbad367a4a70bc20c7d77f8d3",
                            operation="INSERT",
                            pgid="pgtrigger_hash_chain_bc464",
                            table="caseintake_accessevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'the record of readings is only ever added to' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="1fd36379dbb3037783bbcab114ae60d9efa35dad",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_7c17e",
                            table="caseintake_accessevent",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("use_to_reply", "to keep and use what was sent, to reply")], max_length=20
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("body", models.TextField()),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["kind", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "version"), name="one_consent_text_per_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("kind",),
                        name="one_consent_text_in_force_per_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["use_to_reply"])), name="a_consent_text_has_a_known_kind"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="published_words_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF TG_OP = 'UPDATE' THEN
                        IF OLD.retired_at IS NULL
                            AND (NEW.id, NEW.kind, NEW.version, NEW.body, NEW.sha256, NEW.published_at)
                              = (OLD.id, OLD.kind, OLD.version, OLD.body, OLD.sha256, OLD.published_at)
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a published consent text never changes; it can only be retired' USING ERRCODE = 'integrity_constraint_violation';
                """,
                            hash="75b2e8dbceb03ac39c724b3fdc8145566e7ba7c4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_published_words_stay_b1a77",
                            table="caseintake_consenttext",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="hash_is_of_the_words",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NEW.sha256 <> encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex') THEN
                        RAISE EXCEPTION 'the hash of a consent text is that of its words' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
                            hash="42a2451f892d11ab3b9fd0494d0f47f995cbf016",
                            operation="INSERT",
                            pgid="pgtrigger_hash_is_of_the_words_f761a",
                            table="caseintake_consenttext",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="caseintake.submission"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("use_to_reply", "to keep and use what was sent, to reply")], max_length=20
                    ),
                ),
                ("action", models.CharField(choices=[("granted", "Granted")], max_length=10)),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="caseintake.consenttext"
                    ),
                ),
                ("shown_sha256", models.CharField(max_length=64)),
                ("unticked_when_shown", models.BooleanField(default=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                "ordering": ["submission", "at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["use_to_reply"])), name="a_consent_has_a_known_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["granted"])), name="a_consent_has_a_known_action"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", "granted"), _negated=True),
                            ("unticked_when_shown", True),
                            _connector="OR",
                        ),
                        name="consent_is_given_by_ticking_an_empty_box",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'the record of consent is only ever added to' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="d2148ca16e5f700030163deac17701bd87461c81",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5f354",
                            table="caseintake_consentevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="is_to_words_that_were_published",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF NOT EXISTS (
                        SELECT FROM caseintake_consenttext
                        WHERE id = NEW.text_id AND kind = NEW.kind AND sha256 = NEW.shown_sha256
                    ) THEN
                        RAISE EXCEPTION 'consent is to the very words that were shown' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
                            hash="fe4570d2ea287f520a2d0e46ff3e5728292ccf00",
                            operation="INSERT",
                            pgid="pgtrigger_is_to_words_that_were_published_9681f",
                            table="caseintake_consentevent",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedPayload",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payloads", to="caseintake.submission"
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                ("kind", models.CharField(choices=[("original", "The request"), ("note", "Note")], max_length=10)),
                ("schema", models.PositiveSmallIntegerField(default=1)),
                ("ciphertext", models.BinaryField()),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                "ordering": ["submission", "sequence"],
                "constraints": [
                    models.UniqueConstraint(fields=("submission", "sequence"), name="one_sealed_payload_per_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("author__isnull", True), ("kind", "original"), ("sequence", 1)),
                            models.Q(("author__isnull", False), ("kind", "note"), ("sequence__gt", 1)),
                            _connector="OR",
                        ),
                        name="first_the_request_then_signed_notes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.In(
                                django.db.models.functions.text.Length("ciphertext"), [4141, 16429, 65581]
                            )
                        ),
                        name="a_payload_is_stored_sealed_and_padded",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'a sealed payload never changes' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="0dd2afc7428b3792283942ae99a6b2c5c60b24b6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_744c3",
                            table="caseintake_sealedpayload",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="comes_with_its_key",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="""
                    IF NOT EXISTS (SELECT FROM caseintake_datakey WHERE payload_id = NEW.id) THEN
                        RAISE EXCEPTION 'a sealed payload comes with its data key' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NULL;
                """,
                            hash="36e963c36c389bf8e8d0bc1f0aefac151e9c9759",
                            operation="INSERT",
                            pgid="pgtrigger_comes_with_its_key_63502",
                            table="caseintake_sealedpayload",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DataKey",
            fields=[
                (
                    "payload",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="data_key",
                        serialize=False,
                        to="caseintake.sealedpayload",
                    ),
                ),
                ("desk_key_id", models.CharField(max_length=32)),
                ("wrapped_for_desk", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["desk_key_id"], name="data_keys_by_desk_key")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("desk_key_id__regex", "^[0-9a-f]{32}$")), name="a_desk_key_id_is_a_hash"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="only_wrapped_anew",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."payload_id" IS DISTINCT FROM (NEW."payload_id"))',
                            func="RAISE EXCEPTION 'a data key stays with its payload' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="ccb7d02a8f7fea0d94f15e90cca1d4a2e128d8f5",
                            operation="UPDATE",
                            pgid="pgtrigger_only_wrapped_anew_151db",
                            table="caseintake_datakey",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="names_the_key_it_is_wrapped_for",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="""
                    IF encode(substring(NEW.wrapped_for_desk from 2 for 16), 'hex') <> NEW.desk_key_id THEN
                        RAISE EXCEPTION 'a wrapped key names the desk key it is wrapped for' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
                            hash="dfc139b6d9e7e114347d36d5f6524e410604b6a1",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_names_the_key_it_is_wrapped_for_eae53",
                            table="caseintake_datakey",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="data_keys_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'a data key is not deleted: its payload would be lost for ever' USING ERRCODE = 'integrity_constraint_violation';",
                            hash="c28c421693a20308b4aecf500d70eb415ce44677",
                            operation="DELETE",
                            pgid="pgtrigger_data_keys_stay_a9a3c",
                            table="caseintake_datakey",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
