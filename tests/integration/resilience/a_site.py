"""A hub of its own for a test that treats its database badly: tables, one case, people who are signed in.

``python -m tests.integration.resilience.a_site <word>``, where the word is

``make``   prints ``{"case": key, "sessions": [key, ...]}``
``told``   prints what the case was told, and whether the chain holds
``crash``  ends every process of the database at once, and starts it again
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

WRITERS = 4
PATIENCE = 120.0  # seconds


def make() -> dict[str, Any]:
    from django.core.management import call_command

    from benchmarks.harness import session_of
    from lamplighter.hub.accounts.models import Role
    from tests.integration.access import making

    call_command("migrate", verbosity=0)
    police = [making.somebody(Role.INVESTIGATOR) for _ in range(WRITERS)]
    case = making.a_case(police[0])
    return {"case": str(case.key), "sessions": [session_of(user) for user in police]}


def told() -> dict[str, Any]:
    from lamplighter.hub.audit.integrity import verification
    from lamplighter.hub.audit.models import ChainLink, Event
    from lamplighter.hub.cases.models import Entry, LegalStatus

    return {
        "written": list(LegalStatus.objects.values_list("source", flat=True)),
        # The line of history that belongs to each, and the event.
        "entries": list(Entry.objects.filter(kind="legal_status").values_list("body", flat=True)),
        "events": Event.objects.filter(verb="cases.legal_status").count(),
        "unsealed": Event.objects.count() - ChainLink.objects.count(),
        "broken": verification.verify().first is not None,
    }


def crash() -> dict[str, Any]:
    from lamplighter.hub.site import database
    from lamplighter.hub.site.embedded_server.embedded import postmaster

    folder = database.data_folder().resolve()
    database.place()
    standing = postmaster(folder)
    assert standing is not None
    standing.send_signal(signal.SIGQUIT)
    began = time.monotonic()
    # The site may have started the next one before we look, so wait until it is no longer this one.
    while postmaster(folder) == standing:
        assert time.monotonic() < began + PATIENCE, "the database did not end"
        time.sleep(0.01)
    # Whoever needs it next starts it; here that is the site or us.
    database.forget_place()
    database.place()
    return {"recovered in": time.monotonic() - began}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    import django

    django.setup()
    sys.stdout.write(json.dumps({"make": make, "told": told, "crash": crash}[sys.argv[1]]()) + "\n")
