"""manage.py seal_keygen: make the desk's key pair, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mesoinfo import durable, vault

BACKUP = """\
Made the desk key {id}.

  {public}    seals new requests. Not secret. Every public site process needs it.
  {private}   opens them. Secret. Only the desk needs it.

Back up {name} today:
  1. Print it, or copy it to two encrypted USB sticks. It is one short text file.
  2. Keep the copies in two locked places, away from the database backups.
     Someone who has both the database and this key can read every request.
  3. Read one copy back and check that its second line is: id {id}

If this key is lost, every request sealed with it is lost for ever. Nobody can make it again.
"""

NO_PAIR = (
    "{public} and {private} are not a pair: what the site seals, the desk could not open. "
    "Put the right pair back from its backup."
)
NEXT = """
The key before it stays beside it, since requests are still sealed with it. Now:
  1. Back up the new key, as above.
  2. Copy {public} to every machine of the site.
  3. manage.py rotate_keys
"""


class Command(BaseCommand):
    help = "Write the desk's key pair: desk.public seals requests for help, desk.private opens them. Never overwrites."
    # Keys come before everything else, so that the checks for them can pass.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anew",
            action="store_true",
            help="Make another pair for a desk that has one. The old private key stays beside the new one; then copy "
            "desk.public to the site's machines and run rotate_keys.",
        )
        parser.add_argument("--if-missing", action="store_true", help="Do nothing when both files are already there.")

    def handle(self, *args: Any, **options: Any) -> None:
        public: Path = settings.DESK_PUBLIC_KEY
        private: Path = settings.DESK_PRIVATE_KEY
        if private.exists():
            if options["anew"]:
                self._replace(public, private)
            else:
                self._keep(public, private, quiet=options["if_missing"])
            return
        if public.exists():
            raise CommandError(
                f"There is a public key at {public} but no private key at {private}. Requests may already be sealed "
                "with it, so nothing was written. Put the private key back from its backup."
            )
        key = vault.generate()
        try:
            for path in (private, public):
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The private half first: a public key alone would seal what nobody could open.
            durable.write_new(private, vault.key_text(key).encode(), 0o600)
            durable.write_new(public, vault.key_text(key.public).encode(), 0o644)
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be written: {error.strerror}.") from error
        self.stdout.write(BACKUP.format(id=key.public.id, public=public, private=private, name=private.name))

    def _replace(self, public: Path, private: Path) -> None:
        """Another pair in place of the one that is there. Killed at any moment, what is left opens all that was sealed,
        and run again it goes on.
        """
        try:
            key = vault.read_private_key(private)
            sealing = vault.read_public_key(public) if public.exists() else key.public
            if sealing == key.public:
                kept = vault.retired(private, key.public.id)
                if not kept.exists():
                    durable.write_new(kept, vault.key_text(key).encode(), 0o600)
                key = vault.generate()
                durable.write_over(private, vault.key_text(key).encode(), 0o600)
            elif not vault.retired(private, sealing.id).exists():
                raise CommandError(NO_PAIR.format(public=public, private=private))
            durable.write_over(public, vault.key_text(key.public).encode(), 0o644)
        except vault.VaultRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be written: {error.strerror}.") from error
        self.stdout.write(BACKUP.format(id=key.public.id, public=public, private=private, name=private.name))
        self.stdout.write(NEXT.format(public=public))

    def _keep(self, public: Path, private: Path, *, quiet: bool) -> None:
        """A private key is there: never touch it. Write its public half if that is missing, and check they match."""
        try:
            key = vault.read_private_key(private)
            if not public.exists():
                durable.write_new(public, vault.key_text(key.public).encode(), 0o644)
                self.stdout.write(f"Wrote {public}, the public half of the key {key.public.id} that was already there.")
                return
            matches = vault.read_public_key(public) == key.public
        except vault.VaultRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        if not matches:
            raise CommandError(NO_PAIR.format(public=public, private=private))
        if not quiet:
            raise CommandError(f"There is already a desk key at {private} (id {key.public.id}). Nothing was written.")
