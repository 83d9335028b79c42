from __future__ import annotations

import getpass
import secrets
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lamplighter.hub.accounts import services
from lamplighter.hub.accounts.models import Agency, Role


class Command(BaseCommand):
    help = "Add somebody who may sign in, or change their role, agency and password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--agency", help="Code of the agency, for example force-a.")
        parser.add_argument(
            "--kind",
            choices=Agency.Kind.values,
            help="Kind of an agency that is new. It decides what its people may read.",
        )
        parser.add_argument("--make-password", action="store_true", help="Make a password and print it once.")

    def handle(self, *args: Any, **options: Any) -> None:
        password = secrets.token_urlsafe(15) if options["make_password"] else getpass.getpass("Password: ")
        try:
            validate_password(password)
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        try:
            kind = options["kind"]
            agency = services.ensure_agency(options["agency"], kind=kind) if options["agency"] else None
        except services.UnknownAgencyError as problem:
            raise CommandError(f"{problem} Or give --kind.") from None
        if agency and kind and agency.kind != kind:
            raise CommandError(f"The agency {agency.code} is of the kind {agency.kind}, not {kind}.")
        services.ensure_user(
            options["username"],
            password=password,
            display_name=options["name"],
            role=options["role"],
            agency=agency,
        )
        self.stdout.write("Saved.")
        if options["make_password"]:
            self.stdout.write(f"Password: {password}")
