"""Two people who decide on one case in the same second: the second waits, and is told what the first did."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from lamplighter.hub.access.wall import identity
from lamplighter.hub.cases.models import Status, Triage
from lamplighter.hub.cases.status import changes
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling


@pytest.mark.django_db(transaction=True)
def test_one_referral_is_decided_on_once_even_at_the_same_moment() -> None:
    users = [telling.coordinator(), telling.coordinator("force-b")]
    case = making.a_case(users[0])
    together = threading.Barrier(2, timeout=30)
    ended: list[str] = []

    def decides(user: object, decision: str) -> None:
        try:
            with identity.as_person(user):
                together.wait()
                changes.triage(user, case, decision, **telling.TRIAGE)  # type: ignore[arg-type]
            ended.append("kept")
        except NotPossibleError as refused:
            ended.append(str(refused))
        finally:
            connection.close()

    tasks = [
        threading.Thread(target=decides, args=(u, d))
        for u, d in zip(users, ("direct", "consultation"), strict=True)
    ]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join(timeout=60)
    assert len(ended) == 2
    assert ended.count("kept") == 1
    assert any("decided on already" in text for text in ended)
    assert Triage.objects.count() == 1
    assert Status.objects.filter(case=case).count() == 2
