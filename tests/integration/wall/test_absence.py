"""No page says "nobody" or "nothing" of rows that its reader may not see.

Each page is asked twice as the same person: as the wall lets them read, and with every row there is. A
sentence of absence that only the first says is about rows that are hidden from them: it must say that it is
about what they can see.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from lamplighter.hub.access.wall import identity
from lamplighter.hub.access.wall.declared_tables import declared
from lamplighter.hub.access.wall.partitions import BY_ROW, CASE_PARTITIONS, RELEASE, SHARED
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.perpetrator_side import presenters
from lamplighter.hub.web import person as middleware
from tests.integration.access import making
from tests.integration.wall import aside, walking
from tests.integration.wall.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BACKEND = "django.contrib.auth.backends.ModelBackend"
LOOKING = [
    (Role.COORDINATOR, "hub"),
    (Role.INVESTIGATOR, "force-a"),
    (Role.ADVOCATE, "helpline"),
    (Role.CLINICIAN, "health"),
    (Role.PROBATION, "probation"),
    (Role.AUDITOR, "hub"),
]
MOST = 2  # addresses of one page
INLINE = re.compile(r"</?(?:a|strong|b|em|i|span|abbr)\b[^>]*>")
TAG = re.compile(r"<[^>]*>")
ABSENCE = re.compile(
    r"^(?:nobody|no one|no|none|nothing|never|nowhere|not yet|not recorded|not known)\b"
    r"|\b(?:nobody|nothing|no one|none)\b|\b(?:is|are|has|have|had|was|were) (?:no|not|never)\b",
    re.IGNORECASE,
)
# What says whom it speaks for.
SAYS_WHOSE = re.compile(
    r"\byou (?:can|may) (?:see|read|open)\b|\byour (?:agency|side|team|own)\b|\b(?:for|by|to) you\b",
    re.IGNORECASE,
)


def sentences(page: str) -> set[str]:
    """The sentences of the content of a page."""
    page = page.split("<main", 1)[-1].split("</main>", 1)[0]
    plain = html.unescape(TAG.sub("\n", INLINE.sub("", page)))
    blocks = (" ".join(block.split()) for block in plain.split("\n"))
    return {s for block in blocks for s in re.split(r"(?<=[.!?])\s+", block) if s}


def absences(page: str) -> set[str]:
    """Those that say that something is not there, and not whose."""
    return {s for s in sentences(page) if ABSENCE.search(s) and not SAYS_WHOSE.search(s)}


@contextmanager
def every_row(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages are asked with the rights of the owner of the tables, from whom no row is hidden."""
    as_person = middleware.identity.as_person

    @contextmanager
    def with_everything(user: Any) -> Iterator[None]:
        with as_person(user), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")
            yield

    with monkeypatch.context() as patched:
        patched.setattr(middleware.identity, "as_person", with_everything)
        yield


def looked_at(scene: Scene) -> list[str]:
    """Pages about cases, patterns, people and reports."""
    found = []
    for page in walking.pages():
        shows = set(getattr(page.pattern.callback, "shows", ()))
        if shows - {"own", "operations", "published", "law", "instruments"}:
            found += walking.addresses(page, scene.known())[:MOST]
    return found


def asked(client: Client, address: str) -> tuple[int, str]:
    """The answer, and nothing of what asking it may have written."""
    with transaction.atomic():
        answer = client.get(address, secure=True)
        transaction.set_rollback(True)
    kind = answer.headers.get("Content-Type", "")
    return answer.status_code, answer.content.decode("utf-8", "replace") if kind.startswith(
        "text/html"
    ) else ""


def of_their_side(user: User) -> dict[str, list[Any]]:
    """Rows behind the wall that they may see: without these, all that a side has is hidden from them."""
    found: dict[str, list[Any]] = {}
    for table in declared():
        if table.partition not in {BY_ROW, RELEASE.name, *CASE_PARTITIONS} - {SHARED.name}:
            continue
        rows = table.model._default_manager
        if table.partition == BY_ROW:
            rows = rows.exclude(partition=SHARED.name)
        with identity.as_person(user), identity.for_reason(aside.REASON):
            if seen := list(rows.values_list("pk", flat=True)):
                found[table.table] = seen
    return found


def falsely_absent(
    scene: Scene, user: User, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, dict[str, set[str]]]:
    """How many pages say that something is not there, and what they say of rows that are hidden from this
    person, by address."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    found: dict[str, set[str]] = {}
    pages = 0
    for address in looked_at(scene):
        status, page = asked(client, address)
        told = absences(page)
        if status != 200 or not told:
            continue
        pages += 1
        with every_row(monkeypatch):
            status, whole = asked(client, address)
        if status == 200 and (wrong := told - sentences(whole)):
            found[address] = wrong
    return pages, found


@pytest.mark.parametrize(("role", "code"), LOOKING)
def test_no_page_says_nobody_of_rows_that_its_reader_may_not_see(
    scene: Scene, role: str, code: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    scene.plant_elsewhere()
    user = making.somebody(role, code)
    with aside.set_aside(of_their_side(user)):
        pages, found = falsely_absent(scene, user, monkeypatch)
    with capsys.disabled():
        print(f"\n{role} of {code}: {pages} pages say that something is not there")
    assert pages
    assert found == {}


def test_the_comparison_finds_a_page_that_speaks_for_everybody(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was: probation is told that nobody is enrolled, and the clinician has the man there."""
    monkeypatch.setattr(presenters, "unseen", lambda user, case: "")
    user = making.somebody(Role.PROBATION, "probation")
    with aside.set_aside(of_their_side(user)):
        _, found = falsely_absent(scene, user, monkeypatch)
    said = set().union(*found.values())
    assert "Nobody is enrolled." in said
