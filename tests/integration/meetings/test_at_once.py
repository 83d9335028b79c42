"""Twelve people of ten agencies write the minutes of forty cases at once: nothing is lost."""

from __future__ import annotations

import statistics
import threading
import time
from typing import Any

import pytest
from django.db import connection

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.meetings import services
from lamplighter.hub.meetings.minutes import services as minutes
from lamplighter.hub.meetings.models import Line, Meeting
from tests.integration.access import making
from tests.integration.meetings.making import plan

PEOPLE, CASES, LINES = 12, 40, 20
KINDS = (
    *("police", "advocacy", "health", "police", "probation"),
    *("advocacy", "health", "police", "police", "hub"),
)
ROLES = {
    "police": Role.INVESTIGATOR,
    "advocacy": Role.ADVOCATE,
    "health": Role.CLINICIAN,
    "probation": Role.PROBATION,
    "hub": Role.COORDINATOR,
}
OWN_SIDE = {"police": "police", "advocacy": "advocacy", "health": "health", "probation": "health"}


def everybody() -> tuple[list[User], list[Agency]]:
    with making.as_the_owner():
        agencies = [accounts.ensure_agency(f"agency-{n}", kind=kind) for n, kind in enumerate(KINDS)]
        of = [*agencies, *agencies[: PEOPLE - len(agencies)]]
        people = [
            User.objects.create(
                username=f"writer-{number}",
                display_name=f"Writer {number}",
                role=ROLES[agency.kind],
                agency=agency,
                password="!",
            )
            for number, agency in enumerate(of)
        ]
    return people, agencies


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twelve_people_write_forty_cases_at_once_and_nothing_is_lost(capsys: Any) -> None:
    people, agencies = everybody()
    chair = next(user for user in people if user.role == Role.COORDINATOR)
    with identity.as_person(chair):
        given = {"suspect": {"name": "Not known"}, "why": "Follows her.", "agencies": agencies}
        found = [cases.refer(chair, victim={"name": f"Ida Moss {n}"}, **given) for n in range(CASES)]
    meeting = plan(chair, agencies=agencies)
    times: list[float] = []
    problems: list[BaseException] = []
    together = threading.Barrier(PEOPLE, timeout=60)
    agreed = threading.Event()

    def writes(number: int, user: User) -> None:
        try:
            together.wait()
            for n in range(LINES):
                side = OWN_SIDE.get(user.agency.kind, "shared") if n % 2 else "shared"
                began = time.monotonic()
                with identity.as_person(user):
                    case = found[(number + 2 * n) % CASES]
                    minutes.write(user, case, meeting, "note", side, f"word-{number}-{n}-end")
                times.append(time.monotonic() - began)
                if user == chair and n == LINES // 2:
                    # In the middle of it all: what comes afterwards is late, and is not lost either.
                    with identity.as_person(user):
                        services.agree(user, Meeting.objects.get(pk=meeting.pk))
                    agreed.set()
        except BaseException as problem:  # noqa: BLE001  told by the thread that waits for it
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=writes, args=each) for each in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=500)
    assert problems == []
    assert agreed.is_set()
    rows = Line.objects.filter(meeting=meeting)
    assert sorted(rows.values_list("words", flat=True)) == sorted(
        f"word-{number}-{n}-end" for number in range(PEOPLE) for n in range(LINES)
    )
    for number, user in enumerate(people):
        own = rows.filter(by=user).order_by("pk").values_list("words", flat=True)
        assert list(own) == [f"word-{number}-{n}-end" for n in range(LINES)]
    assert Entry.objects.filter(kind="meeting").count() == PEOPLE * LINES
    # Of each writer: first those that the chair agreed, then those that came afterwards.
    for user in people:
        late = list(rows.filter(by=user).order_by("pk").values_list("late", flat=True))
        assert late == sorted(late)
    assert list(rows.filter(by=chair).order_by("pk").values_list("late", flat=True)) == [
        n > LINES // 2 for n in range(LINES)
    ]
    with capsys.disabled():
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"\n{len(times)} lines by {PEOPLE} at once: p95 of a save {1000 * p95:.0f} ms, in process")
