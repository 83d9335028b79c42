from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lamplighter.hub.accounts import services
from lamplighter.hub.accounts.models import Agency


class Command(BaseCommand):
    help = "Make a token for an agency's feed. It is shown once and not stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("agency", help="Code of the agency, for example force-a.")
        parser.add_argument(
            "--kind", choices=Agency.Kind.values, help="What kind of agency it is, where it is new."
        )
        parser.add_argument("--agency-name", help="What a new agency is called.")
        parser.add_argument("label", help="Which system will use it.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            agency = services.ensure_agency(options["agency"], options["agency_name"], options["kind"])
        except services.UnknownAgencyError as problem:
            raise CommandError(f"{problem} Give --kind, and --agency-name.") from None
        _, text = services.issue_feed_token(agency, options["label"])
        self.stdout.write(text)
