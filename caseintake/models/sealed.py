"""What people wrote, sealed: the ciphertext stays as it is for ever; only the key that opens it can go."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import In

from caseintake.models.submission import Submission
from mesoinfo import vault
from mesoinfo.ledger import append_only, refusal
from mesoinfo.models import User

SCHEMA = 1  # of the JSON inside
INDEXED = ("phone", "email", "name_and_state")
INDEX_BYTES = 16


class PayloadKind(models.TextChoices):
    ORIGINAL = "original", "The request"
    AMENDMENT = "amendment", "Added by the person"
    NOTE = "note", "Note"


# An erasure and a new text wait for each other: neither misses what the other has not committed yet.
_HOLD_THE_REQUEST = "PERFORM FROM caseintake_submission WHERE id = NEW.submission_id FOR UPDATE;"


class SealedPayload(models.Model):
    """One sealed text of a case: the request, what the person added, or an advocate's note. Only ever added to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="payloads")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=PayloadKind)
    schema = models.PositiveSmallIntegerField(default=SCHEMA)
    ciphertext = models.BinaryField()
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["submission", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "sequence"], name="one_sealed_payload_per_number"),
            models.CheckConstraint(
                condition=Q(kind=PayloadKind.ORIGINAL, sequence=1, author__isnull=True)
                | Q(kind=PayloadKind.AMENDMENT, sequence__gt=1, author__isnull=True)
                | Q(kind=PayloadKind.NOTE, sequence__gt=1, author__isnull=False),
                name="first_the_request_then_additions_and_signed_notes",
            ),
            # Anything readable would have another length than the three padded ones.
            models.CheckConstraint(
                condition=Q(In(Length("ciphertext"), list(vault.ENVELOPE_SIZES))),
                name="a_payload_is_stored_sealed_and_padded",
            ),
        ]
        triggers = [
            append_only(message="a sealed payload never changes"),
            pgtrigger.Trigger(
                name="nothing_is_added_after_erasure",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    {_HOLD_THE_REQUEST}
                    IF EXISTS (SELECT FROM caseintake_erasure WHERE submission_id = NEW.submission_id) THEN
                        {refusal("nothing is added to a request that was erased")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="comes_with_its_key",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=f"""
                    IF NOT EXISTS (SELECT FROM caseintake_datakey WHERE payload_id = NEW.id) THEN
                        {refusal("a sealed payload comes with its data key")}
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"sealed payload {self.sequence} of {self.submission_id}"

    @classmethod
    def seal(
        cls,
        words: bytes,
        *,
        submission_id: uuid.UUID,
        sequence: int,
        kind: PayloadKind,
        key: vault.PublicKey,
        author: User | None = None,
        row: uuid.UUID | None = None,
    ) -> tuple[SealedPayload, DataKey]:
        """The two rows that hold `words` sealed for `key`, not saved yet; `row` is the id, drawn if none is given.

        Raises VaultRefused when the words are too long.
        """
        payload = cls(
            id=row or uuid.uuid4(),
            submission_id=submission_id,
            sequence=sequence,
            kind=kind,
            author=author,
            schema=SCHEMA,
        )
        sealed = vault.seal(words, place=payload.place, key=key)
        payload.ciphertext = sealed.envelope
        return payload, DataKey(payload=payload, desk_key_id=sealed.desk_key_id, wrapped_for_desk=sealed.wrapped_key)

    @property
    def place(self) -> vault.Place:
        """Where this envelope belongs: it opens as this number of this case, nowhere else.

        What the person adds with the private code is sealed before anyone has looked up which case it belongs to, so
        it is bound to its own row.
        """
        if self.kind == PayloadKind.AMENDMENT:
            return vault.Place(table="caseintake_sealedpayload", row=str(self.id), sequence=0, schema=self.schema)
        return vault.Place(
            table="caseintake_sealedpayload",
            row=str(self.submission_id),
            sequence=self.sequence,
            schema=self.schema,
        )

    @property
    def sealed(self) -> vault.Sealed:
        return vault.Sealed(bytes(self.ciphertext), bytes(self.data_key.wrapped_for_desk))


class DataKey(models.Model):
    """The key of one payload, wrapped for the desk. Wrapped anew when that key changes; destroyed by an erasure."""

    payload = models.OneToOneField(SealedPayload, primary_key=True, on_delete=models.PROTECT, related_name="data_key")
    desk_key_id = models.CharField(max_length=32)
    wrapped_for_desk = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["desk_key_id"], name="data_keys_by_desk_key")]
        constraints = [
            models.CheckConstraint(condition=Q(desk_key_id__regex="^[0-9a-f]{32}$"), name="a_desk_key_id_is_a_hash"),
            # Anything readable would have another length.
            models.CheckConstraint(
                condition=Q(In(Length("wrapped_for_desk"), [vault.WRAPPED_KEY_SIZE])),
                name="a_data_key_is_stored_wrapped",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_wrapped_anew",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__payload_id__df=pgtrigger.F("new__payload_id")),
                func=refusal("a data key stays with its payload"),
            ),
            pgtrigger.Trigger(
                name="names_the_key_it_is_wrapped_for",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    IF encode(substring(NEW.wrapped_for_desk from 2 for 16), 'hex') <> NEW.desk_key_id THEN
                        {refusal("a wrapped key names the desk key it is wrapped for")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="data_keys_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=f"""
                    IF EXISTS (
                        SELECT FROM caseintake_erasure
                        JOIN caseintake_sealedpayload USING (submission_id)
                        WHERE caseintake_sealedpayload.id = OLD.payload_id
                    ) THEN
                        RETURN OLD;
                    END IF;
                    {refusal("a data key goes only with an erasure on record")}
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"data key of {self.payload_id}"

    @property
    def place(self) -> vault.Place:
        """Where its payload belongs."""
        return self.payload.place

    @property
    def sealed(self) -> vault.Sealed:
        return self.payload.sealed

    def keep_wrapped(self, wrapped: bytes) -> None:
        """Store the same key, wrapped for another desk key."""
        self.wrapped_for_desk, self.desk_key_id = wrapped, vault.desk_key_id(wrapped)
        self.save(update_fields=["wrapped_for_desk", "desk_key_id"])


class BlindIndex(models.Model):
    """What a request is found by without being opened: keyed hashes of who sent it (`caseintake.finding`).

    It hangs on the data key, so that it cannot outlast it: an erasure has to take both.
    """

    data_key = models.OneToOneField(DataKey, primary_key=True, on_delete=models.PROTECT, related_name="blind_index")
    # The desk key that the key of the hashes is derived from.
    desk_key_id = models.CharField(max_length=32)
    phone = models.BinaryField(null=True)
    email = models.BinaryField(null=True)
    name_and_state = models.BinaryField(null=True)

    class Meta:
        verbose_name_plural = "blind indexes"
        indexes = [
            models.Index(fields=["phone"], name="requests_by_phone"),
            models.Index(fields=["email"], name="requests_by_email"),
            models.Index(fields=["name_and_state"], name="requests_by_name_and_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(*(In(Length(name), [INDEX_BYTES]) for name in INDEXED)),
                name="a_request_is_found_by_keyed_hashes",
            ),
        ]

    def __str__(self) -> str:
        return f"blind index of {self.data_key_id}"


class PersonCopy(models.Model):
    """The person's own copy of one text they sent, locked with their private code. The code alone opens it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="copies")
    # SHA-256 of what the private code is looked up by. A request sent twice has two codes.
    lookup_hash = models.BinaryField(max_length=32)
    schema = models.PositiveSmallIntegerField(default=SCHEMA)
    ciphertext = models.BinaryField()
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "person's own copy"
        verbose_name_plural = "people's own copies"
        ordering = ["submission", "at", "id"]
        indexes = [models.Index(fields=["lookup_hash"], name="copies_by_private_code")]
        constraints = [
            models.CheckConstraint(
                condition=Q(In(Length("lookup_hash"), [32])), name="a_private_code_is_kept_as_a_hash"
            ),
            models.CheckConstraint(
                condition=Q(In(Length("ciphertext"), list(vault.ENVELOPE_SIZES))),
                name="a_copy_is_stored_locked_and_padded",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="one_code_opens_one_request",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    {_HOLD_THE_REQUEST}
                    IF EXISTS (
                        SELECT FROM caseintake_personcopy
                        WHERE lookup_hash = NEW.lookup_hash AND submission_id <> NEW.submission_id
                    ) THEN
                        {refusal("a private code opens one request")}
                    END IF;
                    IF EXISTS (SELECT FROM caseintake_erasure WHERE submission_id = NEW.submission_id) THEN
                        {refusal("no copy is kept of a request that was erased")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="goes_only_by_erasure",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' AND EXISTS (
                        SELECT FROM caseintake_erasure WHERE submission_id = OLD.submission_id
                    ) THEN
                        RETURN OLD;
                    END IF;
                    {refusal("a copy stays as it is until it is erased")}
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"copy for whoever sent {self.submission_id}"

    @property
    def place(self) -> vault.Place:
        """Where this copy belongs. Its code is known before anyone has looked up which request it opens."""
        return vault.Place(table="caseintake_personcopy", row=str(self.id), sequence=0, schema=self.schema)


class ErasureCause(models.TextChoices):
    PERSON = "person", "The person erased it, with the private code"
    RESTORED = "restored", "Erased before, and restored from a backup"


class Erasure(models.Model):
    """What a person sent was made unreadable for ever: its keys are destroyed. Only ever added to.

    `caseintake.erasing` keeps a list of these outside the database too, and erases again after a restore.
    """

    submission = models.OneToOneField(Submission, primary_key=True, on_delete=models.PROTECT, related_name="erasure")
    cause = models.CharField(max_length=20, choices=ErasureCause)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=Q(cause__in=ErasureCause.values), name="an_erasure_has_a_known_cause"),
        ]
        triggers = [
            append_only(message="an erasure stays on record"),
            pgtrigger.Trigger(
                name="leaves_nothing_readable",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=f"""
                    IF EXISTS (
                        SELECT FROM caseintake_datakey
                        JOIN caseintake_sealedpayload ON caseintake_sealedpayload.id = payload_id
                        WHERE submission_id = NEW.submission_id
                    ) OR EXISTS (SELECT FROM caseintake_personcopy WHERE submission_id = NEW.submission_id) THEN
                        {refusal("an erasure destroys every key and every copy")}
                    END IF;
                    IF NOT EXISTS (
                        SELECT FROM caseintake_submission WHERE id = NEW.submission_id AND state = 'disposed'
                    ) THEN
                        {refusal("what is erased is out of work")}
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.submission_id}"
