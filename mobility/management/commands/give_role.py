"""Give a person a role: how the first people of an empty portal come in."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mobility.models import Department, Programme, Role
from mobility.services.roles import give_role


class Command(BaseCommand):
    help = "Give the person with that e-mail address a role from today on; an account is made where there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("role", choices=Role.values, metavar="ROLE", help=", ".join(Role.values))
        parser.add_argument("--name", default="", help="for a new account")
        parser.add_argument("--programme", help="code of the master programme, for a coordinator")
        parser.add_argument("--department", help="code of the department, for the role of that name")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["programme"]
        if bool(code) != (options["role"] == Role.COORDINATOR):
            raise CommandError("A coordinator's role, and no other, is of a programme: --programme CODE.")
        programme = Programme.objects.filter(code=code).first()
        if code and programme is None:
            raise CommandError(f"There is no programme {code}: import it first (manage.py import_data programmes).")
        department = Department.objects.filter(code=options["department"]).first()
        needed = options["role"] == Role.DEPARTMENT
        if bool(options["department"]) != needed or (needed and department is None):
            raise CommandError("A department's role, and no other, is of a department: --department CODE.")
        try:
            membership = give_role(
                email=options["email"],
                name=options["name"],
                role=options["role"],
                programme=programme,
                department=department,
                by=None,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{membership.user.email}: {membership.role} since {membership.starts_on}.")
        if not membership.user.has_usable_password():
            self.stdout.write("The account has no password yet: set one by “forgotten password” on the sign-in page.")
