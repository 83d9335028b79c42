"""The demonstration's releases are told without a refusal, and stand where they should."""

from __future__ import annotations

import pytest

from lamplighter.hub.access.wall import identity
from lamplighter.hub.demo.story import sharing as story_sharing
from lamplighter.hub.sharing.models import Disclosure, Release
from tests.integration.sharing.making import Team

pytestmark = pytest.mark.django_db


def test_what_each_side_reads_of_the_story() -> None:
    team = Team()
    story_sharing.tell({"advocate": team.advocate, "investigator": team.other_force}, team.case)
    read = {}
    for name in ("investigator", "advocate", "clinician", "probation", "coordinator"):
        with identity.as_person(getattr(team, name)):
            read[name] = (Release.objects.count(), Disclosure.objects.count())
    assert read == {
        "investigator": (3, 3),
        "advocate": (1, 1),
        "clinician": (0, 1),
        "probation": (1, 1),
        "coordinator": (0, 0),
    }
