from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lamplighter.hub.accounts import services


class Command(BaseCommand):
    help = "Make a token for an agency's feed. It is shown once and not stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("agency", help="Code of the agency, for example force-a.")
        parser.add_argument("label", help="Which system will use it.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            agency = services.ensure_agency(options["agency"])
        except services.UnknownAgencyError as problem:
            raise CommandError(str(problem)) from None
        _, text = services.issue_feed_token(agency, options["label"])
        self.stdout.write(text)
