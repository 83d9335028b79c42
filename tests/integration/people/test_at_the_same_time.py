"""Several writers at the same moment, threads with a connection each: nobody is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.services import ensure_agency, ensure_user
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.people import services
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import Decision, Membership, PreparedRecord
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_server]
PROCESSES, EACH = 4, 5


def persons() -> dict[str, str]:
    return dict(Membership.objects.filter(current=True).values_list("record_id", "person_id"))


def report(number: int) -> dict[str, Any]:
    """One more about the two of the story; every third is about the same man and another victim."""
    another = {"role": "victim", "forenames": "Tess", "surname": "Quillfeather", "sex": "female"}
    victim = another if number % 3 == 2 else story.VICTIM_A
    at = story.FOURTH["at"] + dt.timedelta(days=number)
    return story.FOURTH | {
        "report_id": f"force_a:4A/0006{number:02d}/26",
        "at": at,
        "people": (victim, story.DAN_FULL | {"handles": ["instagram:danthemarsh"]}),
    }


def test_reports_of_several_processes_come_to_what_they_come_to_one_by_one() -> None:
    story.receive([*story.background(), *story.STORY])
    relinking.relink_all()
    patterns.refresh_all()
    officer = ensure_user(
        "officer",
        password="a-long-password-1",
        display_name="A",
        role=Role.INVESTIGATOR,
        agency=ensure_agency("force-a", "Force A", "police"),
    )
    strangers = sorted(r for r in persons() if r.startswith("force_a:4A/9"))
    begin = Barrier(PROCESSES)

    def saves(own: Sequence[int]) -> None:
        try:
            begin.wait(60)
            for number in own:
                story.receive([report(number)])
                with transaction.atomic():
                    patterns.report_saved(report(number)["report_id"], officer)
            # Each joins two strangers of its own, and corrects what it sent last.
            pair = strangers[2 * own[0]], strangers[2 * own[0] + 1]
            services.decide(officer, Decision.Kind.SAME, [pair], "One custody photo.")
            story.receive([report(own[-1]) | {"summary": "IP states Dan waited outside her work all day."}])
            with transaction.atomic():
                patterns.report_saved(report(own[-1])["report_id"], officer)
        finally:
            connection.close()

    shares = [range(n, PROCESSES * EACH, PROCESSES) for n in range(PROCESSES)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        list(pool.map(saves, shares))

    came = [report(n) for n in range(PROCESSES * EACH)]
    who = persons()
    suspects = {who[f"{r['report_id']}#2"] for r in came}
    assert suspects == {who[f"{story.STORY[0]['report_id']}#2"]}
    assert len({who[f"{r['report_id']}#1"] for r in came if r["people"][0] is story.VICTIM_A}) == 1
    for own in shares:
        assert who[strangers[2 * own[0]]] == who[strangers[2 * own[0] + 1]]
    assert PreparedRecord.objects.filter(report_id__in=[r["report_id"] for r in came]).count() == 2 * len(
        came
    )
    now = Course.objects.get(superseded_at=None, report_ids__contains=[story.STORY[0]["report_id"]])
    assert {r["report_id"] for r in came if r["people"][0] is story.VICTIM_A} <= set(now.report_ids)
    # Linked anew under the same model, everybody is who they were.
    relinking.relink_all(fit=False)
    assert persons() == who
