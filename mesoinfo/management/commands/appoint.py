from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mesoinfo import roles
from mesoinfo.models import User


class Command(BaseCommand):
    help = (
        "Give a role to somebody who has an account. Meant for the first people; after that, colleagues "
        "appoint each other on the desk. Two names answer for it, and the audit ledger keeps both."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="The account's email address.")
        parser.add_argument("role", help="One of: " + ", ".join(roles.ROLES) + ".")
        parser.add_argument("--by", required=True, metavar="NAME", help="Who appoints.")
        parser.add_argument("--and", required=True, metavar="NAME", dest="second", help="Who agrees.")

    def handle(self, *args: Any, email: str, role: str, by: str, second: str, **options: Any) -> None:
        first, second = by.strip(), second.strip()
        if not first or not second or first.casefold() == second.casefold():
            raise CommandError("Two different people answer for an appointment: give their names in --by and --and.")
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody has an account with {email}. Make it first: manage.py createsuperuser.")
        if user.groups.filter(name=role).exists():
            self.stdout.write(f"{user.email} already is {role}.")
            return
        try:
            roles.appoint(user, role, by=None, witnesses=(first, second))
        except roles.RoleRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.email} is now {role}, appointed by {first} and {second}.")
