"""The police keep what they hold by person: any new matter begins the time of every case of theirs anew."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.models import Case, LegalStatus, MappaStatus, Party
from lamplighter.hub.cases.participants import corrections
from lamplighter.hub.cases.status import mappa
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.rights.models import RetentionDecision
from lamplighter.hub.rights.retention import last_notice, schedule
from lamplighter.hub.rights.rules import periods
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.patterns import story
from tests.integration.patterns.conftest import the_story as the_story
from tests.integration.rights.test_erasing import closed_long_ago
from tests.integration.sharing.making import Team, signed_in

pytestmark = pytest.mark.django_db
ERASE = {"kind": RetentionDecision.Kind.ERASE, "period": "police_g3", "reason": "Its time is over."}


def suspect(case: Case) -> Party:
    return Party.objects.get(case=case, side=Party.Side.SUSPECT, replaced_at=None)


def the_same_suspect(one: Team, other: Case) -> None:
    by = making.somebody(Role.COORDINATOR, "hub")
    with identity.as_person(by):
        corrections.same_person(by, one.case, suspect(one.case), suspect(other), "somebody")


def test_an_open_case_about_the_same_person_means_that_no_time_has_begun() -> None:
    old = closed_long_ago(11)
    with identity.as_person(old.investigator):
        assert schedule.over(old.investigator, old.case, "police_g3")
    elsewhere = making.a_case(making.somebody(Role.INVESTIGATOR, "force-b"))
    the_same_suspect(old, elsewhere)
    with identity.as_person(old.investigator):
        assert schedule.over(old.investigator, old.case, "police_g3") is None
        assert [d.case for d in schedule.due_list(old.investigator)] == []
        with pytest.raises(NotPossibleError, match="another matter"):
            schedule.decide(old.investigator, old.case, **ERASE)
    page = signed_in(old.investigator).get(f"/cases/{old.case.key}/retention", secure=True).content.decode()
    assert "has not begun" in page
    assert elsewhere.reference not in page
    # A charity's time counts from the end of the case: what the person does elsewhere is not for it.
    with identity.as_person(old.advocate):
        assert schedule.over(old.advocate, old.case, "advocacy") is not None


def test_the_time_counts_from_the_last_case_and_the_last_matter() -> None:
    old, later = closed_long_ago(11), closed_long_ago(3)
    the_same_suspect(old, later.case)
    with identity.as_person(old.investigator):
        ends = schedule.over(old.investigator, old.case, "police_g3")
    assert ends is not None
    assert ends > timezone.localdate()
    convicted = timezone.localdate() - dt.timedelta(days=366)
    with identity.as_person(later.investigator):
        row = {"name": LegalStatus.Name.CONVICTED, "since": convicted, "source": "The court"}
        LegalStatus.objects.create(**owned(later.investigator, later.case, **row))
    with identity.as_person(old.investigator):
        now = schedule.over(old.investigator, old.case, "police_g3")
    assert now is not None
    assert now > ends


def test_whoever_was_managed_under_mappa_is_kept_as_group_1_whatever_the_case() -> None:
    old, later = closed_long_ago(11), closed_long_ago(10)
    the_same_suspect(old, later.case)
    today = timezone.localdate()
    assert len(schedule.to_choose(old.case, "police")) == len(periods("police", today)) > 1
    probation = later.probation
    with identity.as_person(probation):
        long_ago = today - dt.timedelta(days=3000)
        known = {"category": "category_2", "level": 2}
        mappa.record(probation, later.case, MappaStatus.State.MANAGED, long_ago, "ViSOR", **known)
        ended = today - dt.timedelta(days=2000)
        mappa.record(probation, later.case, MappaStatus.State.ENDED, ended, "ViSOR")
    assert last_notice.noticed(old.case).mappa
    assert list(schedule.to_choose(old.case, "police")) == ["police_g1"]
    with identity.as_person(old.investigator), pytest.raises(NotPossibleError, match="MAPPA"):
        schedule.decide(old.investigator, old.case, **ERASE | {"early": "court"})
    # The charity has no rule of MAPPA.
    assert list(schedule.to_choose(old.case, "advocacy")) == ["advocacy"]


def test_group_1_is_what_the_police_have_until_they_choose() -> None:
    assert next(iter(periods("police", timezone.localdate()))) == "police_g1"
    assert min(row.extra["years"] for row in periods("police", dt.date(2026, 11, 28)).values()) == 6


def test_a_report_about_the_person_begins_the_time_anew(the_story: None) -> None:
    """Nobody made a case of it: that it was reported is enough."""
    three = Course.objects.get(superseded_at=None, report_ids__contains=[story.STORY[0]["report_id"]])
    old = closed_long_ago(20)
    by = making.somebody(Role.COORDINATOR, "hub")
    with identity.as_person(by):
        corrections.correct(by, old.case, suspect(old.case), "By the report", person_id=three.suspect_person)
    last = max(row["at"] for row in story.STORY) + dt.timedelta(hours=2)
    found = last_notice.noticed(old.case).last
    assert found is not None
    assert timezone.localtime(found).date() == last.date()
    assert signed_in(old.investigator).get(f"/cases/{old.case.key}/retention", secure=True).status_code == 200
