"""Marked words in every table; every page of sharing and rights asked as each side, without checks."""

from __future__ import annotations

import pytest
from django.test import Client

from lamplighter.hub.accounts.models import Role
from tests.integration.access import making
from tests.integration.wall import walking
from tests.integration.wall.test_leak import BACKEND, Scene, allowed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OURS = ("sharing:", "rights:")
WALKERS = (
    (Role.INVESTIGATOR, "force-a"),
    (Role.ADVOCATE, "helpline"),
    (Role.CLINICIAN, "health"),
    (Role.PROBATION, "probation"),
    (Role.INVESTIGATOR, "force-b"),
    (Role.AUDITOR, "hub"),
)
ROWS = ("sharing.Disclosure", "rights.SubjectItem", "rights.Hold", "rights.SubjectDecision")


def test_no_page_of_ours_shows_anothers_words(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    assert not [line for line in scene.planted.skipped if line.startswith(("sharing", "rights"))]
    walking.without_checks(monkeypatch)
    ours = [page for page in walking.pages() if page.name.startswith(OURS)]
    assert len(ours) == 23
    monkeypatch.setattr(walking, "pages", lambda: ours)
    keys = scene.planted.keys
    rows = [key for name in ROWS for key in dict.fromkeys([keys[name][0], keys[name][2], keys[name][-1]])]
    known = {"key": [str(scene.case.key), str(scene.far.key)], "row": rows, "*": rows}
    findings, read = [], set()
    for role, code in WALKERS:
        client = Client(raise_request_exception=False)
        client.force_login(making.somebody(role, code), backend=BACKEND)
        seen = walking.walk(client, known, [{"reason": "A look that is needed for this test."}])
        for where, words in {**seen.words, **seen.outside}.items():
            for word in words & set(scene.planted.canaries):
                canary = scene.planted.canaries[word]
                read.add(canary.place)
                if where in seen.outside or not allowed(canary, role, code, scene):
                    findings.append(f"{role} of {code}: {canary.place} ({canary.partition}) at {where}")
    assert findings == []
    # The walk is not blind: those who may have read the words of a release and of a hold.
    assert {"sharing.Release.title", "rights.Hold.reason"} <= read
