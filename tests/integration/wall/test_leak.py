"""The leak test: marked words in every partition, every address asked as everybody, nobody finds another's.

Run with the application's own checks, and again with every one of them taken
off the views: the database holds alone.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake import documents as intake
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.people import services as people
from lamplighter.hub.people.models import Link, Membership
from lamplighter.hub.site.logs import Discreet, Line
from tests.integration.access import making
from tests.integration.access.test_policy_table import is_reader
from tests.integration.intake import making as documents
from tests.integration.wall import planting, walking

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ON_THE_CASE = ("force-a", "helpline", "health", "probation")
OWNERS = {
    "shared": ON_THE_CASE,
    "police": ("force-a",),
    "health": ("health", "probation"),
    "advocacy": ("helpline",),
    "vault": ("helpline",),
}
ROLE_OF = {
    "force-a": Role.INVESTIGATOR,
    "helpline": Role.ADVOCATE,
    "health": Role.CLINICIAN,
    "probation": Role.PROBATION,
}
WALKERS = [
    *((role, "force-a") for role in (Role.COORDINATOR, Role.INVESTIGATOR, Role.STALKING_LEAD)),
    (Role.ADVOCATE, "helpline"),
    (Role.CLINICIAN, "health"),
    (Role.PROBATION, "probation"),
    (Role.INVESTIGATOR, "force-b"),
    (Role.ANALYST, "hub"),
    (Role.AUDITOR, "hub"),
    (Role.ADMINISTRATOR, "hub"),
    (None, ""),
]
RECORDS_READERS = {Role.COORDINATOR, Role.INVESTIGATOR, Role.STALKING_LEAD, Role.ADVOCATE}
MOST_TOLD = 60
BACKEND = "django.contrib.auth.backends.ModelBackend"
REASON = "A look that is needed for this test, with a reason."


class Lines(logging.Handler):
    """Every record of every logger, as the console handler would print it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.printed: list[str] = []
        self.addFilter(Discreet())
        self.setFormatter(Line())

    def emit(self, record: logging.LogRecord) -> None:
        self.printed.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root = Lines(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


class Scene:
    """Two cases with marked words, one that most agencies work on and one of force-b; and a pattern."""

    def __init__(self) -> None:
        self.staff = {code: making.somebody(role, code) for code, role in ROLE_OF.items()}
        self.other = making.somebody(Role.INVESTIGATOR, "force-b")
        self.case = making.a_case(self.staff["force-a"], "helpline", "health", "probation")
        self.far = making.a_case(self.other)
        owners = {p: [making.agency(c) for c in codes] for p, codes in OWNERS.items()}
        self.planted = planting.Planted()
        planting.plant(self.planted, self.case, owners, self.staff)
        far = {p: [making.agency("force-b")] if p in {"shared", "police"} else [] for p in OWNERS}
        planting.plant(self.planted, self.far, far, {"force-b": self.other})
        self._reports()

    def _reports(self) -> None:
        agency = making.agency("force-a")
        plant = lambda partition, place: self.planted.add(partition, "force-a", None, place)  # noqa: E731
        document = documents.document(
            source_ref="leak/1",
            summary=f"She found {plant('records', 'summary')} on her door",
            people=[
                {
                    "role": "victim",
                    "forenames": "Zoe",
                    "surname": plant("records", "surname"),
                    "phones": ["07195101777"],
                    "address_text": f"4 {plant('records', 'address')} Lane",
                    "safe_contact": {"note": plant("closed", "safe contact")},
                },
                {"role": "suspect", "forenames": "Dan", "surname": plant("records", "suspect")},
            ],
        )
        self.report = intake.receive_document(document, agency, self.staff["force-a"])
        second = document | {"source_ref": "leak/2"}
        intake.receive_document(second, agency, self.staff["force-a"])
        people.relink_all()
        patterns.refresh_all()

    def known(self) -> dict[str, list[str]]:
        course = Course.objects.filter(superseded_at=None).values_list("course_id", flat=True).first()
        link = Link.objects.values_list("key", flat=True).first()
        person = Membership.objects.filter(current=True).values_list("person_id", flat=True).first()
        delivery = Delivery.objects.values_list("key", flat=True).first()
        return {
            "key": [str(self.case.key), str(self.far.key), str(self.report.key), str(delivery)],
            "course_id": [str(course)],
            "person_id": [str(person)],
            "place": ["1"],
            "step": ["people", "who", "what"],
            "*": [str(self.case.key), str(link), *planting.CODES, "1"],
        } | self._rows()

    def _rows(self) -> dict[str, list[str]]:
        """Keys of planted rows by application: one of each table on the first case, then one on the other."""
        found: dict[str, list[str]] = {}
        for number in (0, -1):
            for label, keys in self.planted.keys.items():
                found.setdefault(f"rows of {label.split('.')[0]}", []).append(keys[number])
        return found

    def forms(self) -> list[dict[str, str]]:
        word = next(iter(self.planted.canaries))
        return [
            {},
            {
                "reason": REASON,
                "why": REASON,
                "words": REASON,
                "q": word[:6],
                "search": word[:6],
                "name": word[:6],
                "partition": "vault",
                "minutes": "15",
            },
        ]


def allowed(canary: planting.Canary, role: str | None, code: str, scene: Scene) -> bool:
    """May this person ever read this word? The written rules said again, not asked of the software."""
    if role is None or canary.partition == "closed":
        return False
    if canary.partition == "records":
        return role in RECORDS_READERS
    on = ON_THE_CASE if canary.case == scene.case.pk else ("force-b",)
    if canary.partition == "shared" and role == Role.COORDINATOR:
        return True
    return code in on and is_reader(role, code, canary.partition, canary.owner)


def walk_as_everybody(scene: Scene, capsys: Any, title: str) -> tuple[list[str], list[str]]:
    """Walk as each person; print the summary; return findings and pages that broke."""
    findings: list[str] = []
    broken: list[str] = []
    requests = 0
    reached: set[str] = set()
    for role, code in WALKERS:
        client = Client(raise_request_exception=False)
        if role is not None:
            client.force_login(
                making.somebody(role, code), backend="django.contrib.auth.backends.ModelBackend"
            )
        seen = walking.walk(client, scene.known(), scene.forms())
        requests += seen.requests
        broken += [f"{role}: {b}" for b in seen.broken]
        for address, words in seen.words.items():
            for word in words & set(scene.planted.canaries):
                canary = scene.planted.canaries[word]
                reached.add(word)
                if not allowed(canary, role, code, scene):
                    findings.append(
                        f"{role} of {code} found {canary.place} ({canary.partition}) at {address}"
                    )
        for where, words in seen.outside.items():
            findings += [f"{role} of {code}: {scene.planted.canaries[w].place} in the {where}" for w in words]
    with capsys.disabled():
        print(
            f"\nLeak test, {title}: {len(walking.pages())} pages, {len(WALKERS)} people, {requests} requests,"
            f" {len(scene.planted.canaries)} marked words ({len(reached)} read by those who may), "
            f"{len(findings)} findings"
        )
        for finding in sorted(set(findings))[:MOST_TOLD]:
            print(f"  {finding}")
    return findings, broken


def test_nobody_finds_anothers_words(capsys: Any, lines: Lines) -> None:
    scene = Scene()
    assert scene.planted.skipped == []
    assert {m._meta.label for m in planting.case_models()} - scene.planted.models == set()
    findings, broken = walk_as_everybody(scene, capsys, "with the application's checks")
    assert findings == []
    assert broken == []
    outside = {
        "the log": "\n".join(lines.printed),
        "arguments of jobs": json.dumps([job.args for job in ProcrastinateJob.objects.all()]),
        "the audit trail": json.dumps(list(Event.objects.values_list("verb", "subject", "detail", "fields"))),
        "e-mail": " ".join(f"{m.subject} {m.body}" for m in mail.outbox),
    }
    assert {where: walking.words_in(text) for where, text in outside.items() if walking.words_in(text)} == {}


def test_the_database_holds_alone(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    assert walking.without_checks(monkeypatch) > 20
    from lamplighter.hub.cases import panels

    monkeypatch.setattr(
        panels.Panel, "may", property(lambda self: lambda user: True, lambda self, value: None), raising=False
    )
    findings, _ = walk_as_everybody(scene, capsys, "with the application's checks taken off")
    assert findings == []


def test_the_walk_finds_what_it_looks_for(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the owner of the tables, without row security, the same walk finds plenty: it is not blind."""
    from contextlib import contextmanager

    from lamplighter.hub.access import middleware

    @contextmanager
    def nobody_in_particular(user: User) -> Iterator[None]:
        with transaction.atomic():
            yield

    monkeypatch.setattr(middleware.identity, "as_person", nobody_in_particular)
    scene = Scene()
    client = Client(raise_request_exception=False)
    client.force_login(making.somebody(Role.CLINICIAN, "health"), backend=BACKEND)
    answer = client.get(f"/cases/{scene.far.key}", secure=True)
    assert answer.status_code == 200
    assert walking.words_in(walking.readable(answer)) & set(scene.planted.canaries)
