"""manage.py rotate_keys: after `seal_keygen --anew`, wrap what was sealed for the old key for the new one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mesoinfo import rotation, vault


class Command(BaseCommand):
    help = (
        "Wrap every data key for the desk key in use. Requests are accepted and read meanwhile; it may be interrupted, "
        "and run again goes on. Run it where the desk's private keys are."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.DESK_PRIVATE_KEY
        try:
            done = rotation.rotate(path, progress=lambda wrapped: self.stdout.write(f"  {wrapped} keys wrapped anew"))
            left = rotation.left(path)
        except vault.VaultRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except KeyboardInterrupt:
            self.stderr.write("Interrupted. What was wrapped stays wrapped; run it again to go on.")
            raise SystemExit(130) from None
        self.stdout.write(f"{done.wrapped} keys were wrapped for the key in use, {left} are left under another.")
        if left:
            raise CommandError(_why(done.refused))
        self.stdout.write(
            "No record in this database needs a retired key any more. Backups from before today do: destroy the "
            "retired key when the last of them is gone."
        )


def _why(refused: dict[str, int]) -> str:
    if not refused:
        return (
            "They came in meanwhile, sealed for the old key. Give every machine of the site the new desk.public, then "
            "run this again."
        )
    told = ", ".join(f"{code} ({count})" for code, count in sorted(refused.items()))
    return f"Some open with no key that is here: {told}. Put their key back from its backup, then run this again."
