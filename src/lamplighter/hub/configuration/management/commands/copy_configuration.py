from __future__ import annotations

from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lamplighter.hub.configuration import services


class Command(BaseCommand):
    help = "Copy a shipped part of the configuration into the installation's folder for editing."
    # Somebody who mends one part must be able to copy another out.
    requires_system_checks: ClassVar[list[str]] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", help="Its name, for example cases.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = services.copy_out(options["part"])
        except services.NotCopiedError as problem:
            raise CommandError(str(problem)) from None
        for path in written:
            self.stdout.write(str(path))
