"""Imports a file into the test's own database, in a process that the test will kill.

``python -m tests.integration.intake.killed <database> <mapping> <batch size> <file>``
"""

from __future__ import annotations

import sys

import django
from django.conf import settings


def main(database: str, mapping: str, batch_reports: int, path: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from lamplighter.hub.intake import services

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    delivery = services.import_files([path], mapping, batch_reports=batch_reports)
    sys.stdout.write(f"{delivery.state}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
