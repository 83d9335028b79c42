"""The leak test: marked words in every partition, every address asked as everybody, nobody finds another's.

Run with the application's own checks, and again with every one of them taken
off the views: the database holds alone.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from lamplighter.hub.access.wall import identity, staging_tables
from lamplighter.hub.access.wall.declared_tables import declared
from lamplighter.hub.access.wall.partitions import PARTITIONS
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.audit.words import VERBS
from lamplighter.hub.cases.case_page.frame import NAMES
from lamplighter.hub.notices import services
from tests.integration.access import making
from tests.integration.notices import servers
from tests.integration.notices.conftest import certificate as certificate
from tests.integration.notices.conftest import post as post
from tests.integration.notices.making import a_mailbox, a_minute, address_of
from tests.integration.printed import Lines
from tests.integration.printed import lines as lines
from tests.integration.wall import walking
from tests.integration.wall.inline_code import LEAST_PAGES, Code
from tests.integration.wall.scene import WALKERS, Scene, allowed
from tests.integration.wall.traced import EXCEPTIONS, Traced

# The walk asks tens of thousands of addresses, and grows with every page.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(1_800)]

MOST_TOLD = 60
# The spine of a case: a reference, and no word of anybody's.
OF_NO_WORD = {"cases.Case"}
BACKEND = "django.contrib.auth.backends.ModelBackend"


def walk_as_everybody(
    scene: Scene, capsys: Any, title: str, traced: Traced | None = None, code_in: Code | None = None
) -> tuple[list[str], list[str]]:
    """Walk as each person; print the summary; return findings and pages that broke.

    With ``traced``, with the application's checks, names on every screen, and each look is held against the
    audit trail. With ``code_in``, every answer is read for code too.
    """
    findings: list[str] = []
    broken: list[str] = []
    requests = 0
    reached: set[str] = set()
    canaries = scene.planted.canaries
    for role, code in WALKERS:
        client = Client(raise_request_exception=False)
        user = making.somebody(role, code) if role is not None else None
        if user is not None:
            client.force_login(user, backend=BACKEND)
        told: dict[str, Any] = {}
        if traced is not None or user is None:
            # Whoever is not signed in is led to the sign-in whatever is taken off the views.
            told["shut"] = partial(walking.refuses, user=user)
        if traced is not None:
            told["after_each"] = traced
            if user is not None:
                session = client.session
                session[NAMES] = True
                session.save()
        if code_in is not None:
            told["each_answer"] = partial(code_in.read, role)
        seen = walking.walk(client, scene.known(), scene.forms(), **told)
        requests += seen.requests
        broken += [f"{role}: {b}" for b in seen.broken]
        for address, words in seen.words.items():
            for word in words & set(canaries):
                canary = canaries[word]
                reached.add(word)
                if not allowed(canary, role, code, scene):
                    findings.append(
                        f"{role} of {code} found {canary.place} ({canary.partition}) at {address}"
                    )
        for where, words in seen.outside.items():
            findings += [f"{role} of {code}: {canaries[w].place} in the {where}" for w in words]
    roles = {role for role, _ in WALKERS if role}
    lines = [
        f"Leak test, {title}",
        f"  Pages asked (URLs)                {len(walking.pages()):>7,}",
        f"  People who ask                    {len(WALKERS):>7,}  in {len(roles)} roles, one not signed in",
        f"  Requests, with their forms        {requests:>7,}",
        f"  Tables with planted rows          {len(scene.planted.models):>7,}",
        f"  Marked words in them (canaries)   {len(canaries):>7,}  of {len(partitions(scene))} partitions",
        f"  Read by somebody who may          {len(reached):>7,}",
        f"  Findings: read by who may not     {len(findings):>7,}",
    ]
    if traced is not None:
        lines += [
            f"  Pages that showed a case or report{traced.looks:>7,}",
            f"  Of those without a trace          {len(traced.missing):>7,}",
        ]
    with capsys.disabled():
        print("\n" + "\n".join([*lines, *(f"    {f}" for f in sorted(set(findings))[:MOST_TOLD])]))
    return findings, broken


def partitions(scene: Scene) -> set[str]:
    return {canary.partition for canary in scene.planted.canaries.values()}


def every_table_is_planted(scene: Scene) -> None:
    """A table that is not open to all has a row, and every partition a marked word."""
    assert scene.planted.skipped == []
    walled = {t.model._meta.label for t in declared() if t.partition != "open"}
    assert walled - scene.planted.models == OF_NO_WORD
    twins = {f"{staging_tables.SCHEMA}.{t.table}" for t in staging_tables.tables(declared())}
    assert twins
    assert twins <= scene.planted.models
    assert {p for p in PARTITIONS if p != "open"} - {"release"} <= partitions(scene)
    marked = {".".join(c.place.split(".")[:2]) for c in scene.planted.canaries.values()}
    assert {"people.PreparedRecord", "people.KeyPage", "people.RecentKey", "people.CrowdedKey"} <= marked


def emails_to_everybody(post: servers.Post) -> str:
    """Everything that a mail server is given for one person of each role: an invitation, and what is new."""
    people = [making.somebody(role, code) for role, code in WALKERS if role is not None]
    for user in people:
        a_mailbox(user)
    with identity.as_person(people[0]):
        file = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
        assert services.send_with_calendar(people[0], people, file) == []
    a_minute((timezone.now() + dt.timedelta(days=1)).replace(hour=12))
    assert {to for to, _ in post.took} == {address_of(user) for user in people}
    assert any("new thing" in letter.as_string() for _, letter in post.took)
    return "\n".join(letter.as_string() for _, letter in post.took)


def test_nobody_finds_anothers_words(capsys: Any, lines: Lines, post: servers.Post) -> None:
    scene = Scene()
    scene.plant_elsewhere(mapping=True)
    every_table_is_planted(scene)
    traced = Traced(scene.planted.canaries)
    code = Code()
    findings, broken = walk_as_everybody(scene, capsys, "with the application's own checks", traced, code)
    assert findings == []
    assert broken == []
    assert code.found == []
    assert len(code.pages) >= LEAST_PAGES, sorted(code.pages)
    # No look without a trace, and every exception is one that was met.
    assert sorted(set(traced.missing)) == []
    assert traced.looks > 1000
    assert traced.excepted == set(EXCEPTIONS)
    assert traced.verbs - set(VERBS) == set()
    outside = {
        "the log": "\n".join(lines.printed),
        "arguments of jobs": json.dumps([job.args for job in ProcrastinateJob.objects.all()]),
        "the audit trail": json.dumps(list(Event.objects.values_list("verb", "subject", "detail", "fields"))),
        "email of Django": " ".join(f"{m.subject} {m.body}" for m in mail.outbox),
        "email": emails_to_everybody(post),
    }
    assert {where: walking.words_in(text) for where, text in outside.items() if walking.words_in(text)} == {}


def test_the_database_holds_alone(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    scene.plant_elsewhere()
    assert walking.without_checks(monkeypatch) > 20
    from lamplighter.hub.cases import panels

    monkeypatch.setattr(
        panels.Panel, "may", property(lambda self: lambda user: True, lambda self, value: None), raising=False
    )
    findings, _ = walk_as_everybody(scene, capsys, "with every check of the application taken off")
    assert findings == []


def test_the_walk_finds_what_it_looks_for(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the owner of the tables, without row security, the same walk finds plenty: it is not blind."""
    from contextlib import contextmanager

    from lamplighter.hub.web import person as middleware

    @contextmanager
    def nobody_in_particular(user: User) -> Iterator[None]:
        with transaction.atomic():
            yield

    scene = Scene()
    monkeypatch.setattr(middleware.identity, "as_person", nobody_in_particular)
    client = Client(raise_request_exception=False)
    client.force_login(making.somebody(Role.CLINICIAN, "health"), backend=BACKEND)
    answer = client.get(f"/cases/{scene.far.key}", secure=True)
    assert answer.status_code == 200
    assert walking.words_in(walking.readable(answer)) & set(scene.planted.canaries)
