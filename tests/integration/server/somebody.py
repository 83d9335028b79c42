"""Somebody who is signed in on a hub of a test's own: ``python -m tests.integration.server.somebody ROLE
AGENCY``.

Prints the session's key. Run as the owner of the tables.
"""

from __future__ import annotations

import os
import sys


def main(role: str, agency: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    import django

    django.setup()
    from benchmarks.harness import session_of
    from lamplighter.hub.accounts.models import Agency, User

    user = User.objects.create_user(
        f"{role}-{agency}",
        "not used here",
        display_name=role.title(),
        role=role,
        agency=Agency.objects.get(pk=agency),
    )
    sys.stdout.write(session_of(user) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
