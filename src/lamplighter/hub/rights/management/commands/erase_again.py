"""Erase in a copy that came back what had been erased since it was made: for ``lamplighter restore``."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from lamplighter.hub.rights.erasure import erasing, ledger


class Command(BaseCommand):
    help = "Reads lines of the ledger of erasures, a JSON list, from the standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        # A copy from before may have the tables of before.
        call_command("migrate", verbosity=0)
        for text in json.load(sys.stdin):
            erasing.apply_again(ledger.from_text(text, "What was read"))
