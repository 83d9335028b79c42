"""What a page costs the database with hidden rows there, and with them set aside.

    python -m benchmarks.hub_load_processor --home FOLDER [--role clinician --cases 12 --asked 2]

As ``hub_load_hidden``, on a hub that ``hub_load --home`` has built, with the
processor time of the database's own process in place of the time of an answer.
It does not grow when others compute on the machine, so differences of a tenth
of a millisecond are seen that nobody sees from outside. Linux only.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--role", default="clinician")
    parser.add_argument("--cases", type=int, default=12, help="of each kind in each half")
    parser.add_argument("--asked", type=int, default=2)
    options = parser.parse_args()
    os.environ["LAMPLIGHTER_HOME"] = str(options.home.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    os.environ |= {"LAMPLIGHTER_LOG_LEVEL": "ERROR", "LAMPLIGHTER_HTTPS": "0"}
    import django

    django.setup()
    # Pages that are not there are asked for on purpose.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    from lamplighter.hub.site import database

    try:
        _measure(options.role, options.cases, options.asked)
    finally:
        database.stop(only_if_idle=True)
    return 0


def _measure(role: str, cases: int, asked: int) -> None:
    from django.db import connection
    from django.test import Client

    from benchmarks import hub_load_hidden as hidden
    from lamplighter.hub.accounts.models import User

    hidden.CASES = cases
    user = User.objects.filter(role=role).order_by("pk").first()
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["factor"] = "app"
    session.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        used = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def processor() -> float:
        return int(used.read_text().split()[0]) / 1e9

    def ask(subject: hidden.Subject) -> tuple[float, int]:
        began = processor()
        answer = client.post(subject.address, subject.form) if subject.form else client.get(subject.address)
        took = processor() - began
        if answer.status_code != subject.status:
            raise SystemExit(f"{subject.page} answers {answer.status_code} instead of {subject.status}")
        return took, len(answer.content)

    hidden.compare_for(user, ask, 1, asked, _say)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
