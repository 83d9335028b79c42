"""Typology, relationship, formulation: judgements that stand beside each other and are never overwritten."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.perpetrator_side import presenters, selectors, services
from lamplighter.hub.perpetrator_side.models import Statement, TypologyJudgement
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.access import making
from tests.integration.perpetrator_side import telling

pytestmark = pytest.mark.django_db


def test_judgements_are_kept_and_disagreement_is_said() -> None:
    case, one, other = telling.a_case(), telling.clinician(), telling.clinician()
    with as_person(one):
        with moment.at(telling.days_ago(20)):
            services.judge_type(one, case, "resentful", "low", "Letters about a debt")
        with moment.at(telling.days_ago(10)):
            services.judge_type(one, case, "rejected", "moderate", "It began when she left")
    with as_person(other):
        services.judge_type(other, case, "undetermined", "", "Two readings fit as well")
        found = selectors.judgements(case)
        assert [r.type for r in found] == ["undetermined", "rejected", "resentful"]
        assert [r.type for r in selectors.standing(found)] == ["undetermined", "rejected"]
        assert selectors.disagree(found)
        assert "Assessors disagree" in presenters.typology_line(found)
        then = selectors.judgements(case, telling.days_ago(15))
        assert [r.type for r in then] == ["resentful"]
        assert not selectors.disagree(then)


@pytest.mark.parametrize(
    ("type_", "confidence", "basis", "told"),
    [
        ("rejected", "", "b", "how sure"),
        ("undetermined", "low", "b", "no confidence"),
        ("dangerous", "low", "b", "Choose a type"),
        ("rejected", "low", " ", "what you base"),
    ],
)
def test_a_judgement_says_how_sure_and_on_what(type_: str, confidence: str, basis: str, told: str) -> None:
    case, user = telling.a_case(), telling.clinician()
    with as_person(user), pytest.raises(NotPossibleError, match=told):
        services.judge_type(user, case, type_, confidence, basis)


def test_rows_are_never_changed() -> None:
    case, user = telling.a_case(), telling.clinician()
    with as_person(user):
        services.judge_type(user, case, "rejected", "low", "b")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            TypologyJudgement.objects.update(type="predatory")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        TypologyJudgement.objects.update(type="predatory")


def test_the_relationship_is_a_fact_apart_from_the_type() -> None:
    case, user = telling.a_case(), telling.clinician()
    with as_person(user):
        services.record_relationship(user, case, "ex_intimate", "The referral")
        assert selectors.judgements(case) == []
        with pytest.raises(NotPossibleError, match="who says so"):
            services.record_relationship(user, case, "ex_intimate", "")


def test_a_statement_points_to_entries_that_its_writer_can_see() -> None:
    case, user = telling.a_case(), telling.clinician()
    advocate = making.somebody("advocate", "helpline")
    with as_person(advocate):
        secret = cases.enter(advocate, case, "note", "In confidence", partition="advocacy")
    with as_person(user):
        shown = selectors.evidence(case)
        assert secret.key not in {e.key for e in shown}
        services.state(user, case, "presenting", "He waits at her work", [shown[0].key])
        services.state(user, case, "function", "It keeps a bond alive")
        with pytest.raises(NotPossibleError, match="evidence from the list"):
            services.state(user, case, "presenting", "x", [secret.key])
        sections = {code: rows for code, _, rows in presenters.formulation(case, user, None)}
    assert sections["presenting"][0].supported
    assert not sections["function"][0].supported


def test_what_we_judged_ourselves_is_no_evidence() -> None:
    case, user = telling.a_case(), telling.clinician()
    with as_person(user):
        services.judge_type(user, case, "rejected", "low", "b")
        judged = Entry.objects.get(case=case, kind="intervention.typology")
        assert judged.key not in {e.key for e in selectors.evidence(case)}
        with pytest.raises(NotPossibleError, match="evidence from the list"):
            services.state(user, case, "presenting", "x", [judged.key])


def test_versions_and_what_stood_then() -> None:
    case, user = telling.a_case(), telling.clinician()
    with as_person(user):
        with moment.at(telling.days_ago(9)):
            first = services.state(user, case, "presenting", "He writes to her")
        with moment.at(telling.days_ago(6)):
            second = services.restate(user, case, first, "He writes and waits", [], "A new report")
        with moment.at(telling.days_ago(3)):
            services.withdraw(user, case, second, "It was somebody else")
        stood = [[s.text for s in selectors.formulation(case, telling.days_ago(d))] for d in (10, 8, 5, 1)]
        assert stood == [[], ["He writes to her"], ["He writes and waits"], []]
        assert [presenters.change_of(v) for v in selectors.versions(case)] == [
            "withdrawn",
            "changed",
            "added",
        ]


def test_the_second_of_two_writers_is_given_what_stands_and_nothing_is_lost() -> None:
    case, one, other = telling.a_case(), telling.clinician(), telling.clinician()
    with as_person(one):
        first = services.state(one, case, "presenting", "He writes to her")
        services.restate(one, case, first, "He writes and waits", [], "A new report")
    with as_person(other), pytest.raises(ConflictError) as stale:
        services.restate(other, case, first, "He writes daily", [], "Counted")
    assert stale.value.newest.text == "He writes and waits"
    assert Statement.objects.filter(line=first.line).count() == 2


def test_another_agencys_statement_is_read_and_not_changed() -> None:
    case, officer, clinician = telling.a_case(), telling.officer(), telling.clinician()
    with as_person(officer):
        first = services.state(officer, case, "presenting", "Seen at the office")
    with as_person(clinician), pytest.raises(NotPossibleError, match="only they change it"):
        services.restate(clinician, case, first, "x", [], "y")


def test_what_is_published_holds_fixed_sentences_only() -> None:
    case, user = telling.a_case(), telling.clinician()
    key = telling.allocated(user, case).enrolment.key
    telling.held(user, case, key, 1)
    advocate = making.somebody("advocate", "helpline")
    with as_person(user):
        services.judge_type(user, case, "rejected", "high", "SAID-IN-THERAPY")
    with as_person(advocate):
        assert selectors.summaries(case) == []
    with as_person(user):
        services.publish(user, case)
    with as_person(advocate):
        (entry,) = selectors.summaries(case)
    assert "1 session attended of 1 offered" in entry.body
    assert "not a finding about how dangerous" in entry.body
    for hidden in ("FACT", "rejected", "SAID-IN-THERAPY", "formulation"):
        assert hidden.lower() not in entry.body.lower()
