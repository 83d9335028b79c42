"""A second rater judges blind: the first assessment is hidden from them, and the draw from its author."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case, Participation
from lamplighter.hub.risk import selectors
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.models import Assessment, BlindAsk, BlindDecline, SecondRating, Trigger
from lamplighter.hub.risk.second_opinion import agreement, second_rater
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.risk import telling

pytestmark = pytest.mark.django_db
MODERATE = dict.fromkeys(JUDGEMENTS, "moderate")


@pytest.fixture(autouse=True)
def everything_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: True)


def drawn() -> tuple[User, User, Case, Assessment]:
    """An author, the one person who can be asked, their case and what was judged."""
    author = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(author, "health")
    rater = making.somebody(Role.CLINICIAN, "health")
    return author, rater, case, telling.assess(author, case, telling.draft())


def test_neither_knows_of_the_other_until_both_are_in() -> None:
    author, rater, case, first = drawn()
    with identity.as_person(author):
        assert not BlindAsk.objects.exists()
        assert selectors.current(case).newest == first
    with identity.as_person(rater):
        assert selectors.asked_to_rate(rater, case)
        assert not Assessment.objects.exists()
        assert not selectors.current(case).rows
    client = cases.browser(rater)
    for path in ("", "/risk", "/timeline", "/history"):
        page = client.get(f"/cases/{case.key}{path}", secure=True).content.decode()
        assert "Why violence." not in page
        assert "Risk: moderate" not in page
    assert client.get(f"/cases/{case.key}/risk/assessments/{first.key}", secure=True).status_code == 404
    assert "Judge the risk of a case as a second rater" in client.get("/work/", secure=True).content.decode()
    assert "second rater" not in cases.browser(author).get("/work/", secure=True).content.decode()
    sent = MODERATE | {"words": "By the reports alone."}
    assert client.post(f"/cases/{case.key}/risk/second-rating", sent, secure=True).status_code == 302
    with identity.as_person(rater):
        assert selectors.current(case).newest == first
        assert not selectors.asked_to_rate(rater, case)
    with identity.as_person(author):
        assert BlindAsk.objects.count() == SecondRating.objects.count() == 1


def test_the_author_and_others_cannot_give_the_second_rating_and_nobody_gives_two() -> None:
    author, rater, case, _ = drawn()
    with making.as_the_owner():
        ask = BlindAsk.objects.get(case=case)
    with identity.as_person(author):
        with pytest.raises(NotPossibleError, match="who was asked"):
            second_rater.rate(author, case, ask, MODERATE, "The same.")
        with pytest.raises(DatabaseError), transaction.atomic():
            SecondRating.objects.create(
                case=case, by=author, owner_id=author.agency_id, ask=ask, words="x", **MODERATE
            )
    with identity.as_person(rater):
        second_rater.rate(rater, case, ask, MODERATE, "By the reports.")
        with pytest.raises(ConflictError):
            second_rater.rate(rater, case, ask, MODERATE, "By the reports.")


def test_who_is_asked_does_not_assess_the_case_first() -> None:
    _, rater, case, _ = drawn()
    with pytest.raises(NotPossibleError, match="as a second rater"):
        telling.assess(rater, case, telling.draft())


def test_a_higher_second_judgement_is_told_to_everybody_and_moves_no_level() -> None:
    author, rater, case, _ = drawn()
    with identity.as_person(rater):
        ask = selectors.asked_to_rate(rater, case)[0]
        second_rater.rate(rater, case, ask, MODERATE | {"violence": "high"}, "He bought a knife.")
    assert telling.level(author, case) == "moderate"
    with identity.as_person(author):
        assert [row.kind for row in selectors.triggers_open(case)] == ["second_rater"]
    assert {c.owner_id for c in telling.running(case, "risk.again")} == {"force-a", "health"}


def test_a_second_judgement_that_is_lower_or_not_known_raises_nothing() -> None:
    for level in ("low", "not_known"):
        _, rater, case, _ = drawn()
        with making.as_the_owner():
            rater = BlindAsk.objects.get(case=case).rater
        with identity.as_person(rater):
            ask = selectors.asked_to_rate(rater, case)[0]
            second_rater.rate(rater, case, ask, MODERATE | {"violence": level}, "By the reports.")
            assert not Trigger.objects.filter(case=case).exists()


def test_who_works_on_the_case_is_not_drawn() -> None:
    author, worker = making.somebody(Role.INVESTIGATOR), making.somebody(Role.CLINICIAN, "health")
    case = telling.a_case(author, "health")
    telling.assess(author, case, telling.a_high(worker))
    with making.as_the_owner():
        assert not BlindAsk.objects.filter(rater=worker).exists()
        assert not BlindAsk.objects.filter(rater=author).exists()


def test_who_declines_is_followed_by_another_and_then_reads_what_everybody_reads() -> None:
    author, one = making.somebody(Role.INVESTIGATOR), making.somebody(Role.CLINICIAN, "health")
    case = telling.a_case(author, "health", "helpline")
    two = making.somebody(Role.ADVOCATE, "helpline")
    first = telling.assess(author, case, telling.draft())
    with making.as_the_owner():
        was = BlindAsk.objects.get(case=case).rater
    other = two if was == one else one
    client = cases.browser(was)
    address = f"/cases/{case.key}/risk/second-rating"
    assert f"{address}/decline" in client.get(address, secure=True).content.decode()
    assert client.post(f"{address}/decline", {"words": "x"}, secure=True).status_code == 422
    assert client.post(f"{address}/decline", {"why": "other", "words": " "}, secure=True).status_code == 422
    known = {"why": "knows", "words": "We were at school."}
    assert client.post(f"{address}/decline", known, secure=True).status_code == 302
    with identity.as_person(was):
        assert selectors.current(case).newest == first
        assert not selectors.asked_to_rate(was, case)
    assert client.get(address, secure=True).status_code == 404
    with identity.as_person(other):
        ask = selectors.asked_to_rate(other, case)[0]
        assert not selectors.current(case).rows
        assert not BlindDecline.objects.exists()
    with identity.as_person(author):
        assert not BlindAsk.objects.exists()
    coordinator = cases.browser(making.somebody(Role.COORDINATOR, "hub"))
    page = coordinator.get("/risk/agreement", secure=True).content.decode()
    assert "I know somebody in this case. We were at school." in page
    work = coordinator.get("/work/", secure=True).content.decode()
    assert "1 person who can open a case declined to judge it: they know somebody in it." in work
    with identity.as_person(other):
        second_rater.rate(other, case, ask, MODERATE, "By the reports.")
    assert "at school" not in coordinator.get("/risk/agreement", secure=True).content.decode()
    with identity.as_person(author):
        assert not BlindDecline.objects.exists()


def test_the_coordinator_sees_that_nobody_could_be_asked_unless_it_is_about_their_own() -> None:
    author, rater, case, first = drawn()
    # Coordinators read every case, and those of the hub itself could be asked too.
    hub = making.somebody(Role.COORDINATOR, "force-b")
    with identity.as_person(rater):
        second_rater.decline(rater, case, selectors.asked_to_rate(rater, case)[0], "leave")
        with pytest.raises(NotPossibleError, match="who was asked"):
            second_rater.decline(author, case, BlindAsk.objects.filter(rater=rater)[0], "leave")
        with pytest.raises(ConflictError):
            second_rater.rate(rater, case, BlindAsk.objects.filter(rater=rater)[0], MODERATE, "Late.")
    client = cases.browser(hub)
    assert (
        "Nobody could be asked to judge 1 assessment of risk"
        in client.get("/work/", secure=True).content.decode()
    )
    assert case.reference in client.get("/risk/agreement", secure=True).content.decode()
    assert "Nobody could be asked" not in cases.browser(author).get("/work/", secure=True).content.decode()
    with identity.job(second_rater.PURPOSE):
        assert second_rater.look_again() == 0
    # Somebody of another agency joins.
    with making.as_the_owner():
        Participation.objects.create(case=case, owner_id=case.owner_id, agency=making.agency("helpline"))
    joined = making.somebody(Role.ADVOCATE, "helpline")
    with identity.job(second_rater.PURPOSE):
        assert second_rater.look_again() == 1
        assert second_rater.look_again() == 0
    with identity.as_person(joined):
        assert [ask.assessment_id for ask in selectors.asked_to_rate(joined, case)] == [first.pk]
    assert "Nobody could be asked" not in client.get("/work/", secure=True).content.decode()
    own = telling.a_case(hub, "force-a")
    made = telling.assess(hub, own, telling.draft(), drawn=False)
    with making.as_the_owner():
        row = {"case": own, "owner_id": own.owner_id, "author": hub, "assessment": made}
        BlindAsk.objects.create(**row, rater=None, due_at=made.at)
    with identity.as_person(hub):
        assert not selectors.nobody_found()
    with identity.as_person(making.somebody(Role.COORDINATOR, "hub")):
        assert [ask.author for ask in selectors.nobody_found()] == [hub]


def test_the_database_takes_no_refusal_of_somebody_else() -> None:
    author, _, case, _ = drawn()
    with making.as_the_owner():
        ask = BlindAsk.objects.get(case=case)
    for somebody in (author, making.somebody(Role.COORDINATOR, "hub")):
        with identity.as_person(somebody), pytest.raises(DatabaseError), transaction.atomic():
            BlindDecline.objects.create(
                case=case, by=somebody, owner_id=somebody.agency_id, ask=ask, why="leave"
            )


def test_the_page_of_agreement_says_how_many_and_what_it_is_not_for() -> None:
    author, rater, case, _ = drawn()
    coordinator = cases.browser(making.somebody(Role.COORDINATOR, "hub"))
    page = coordinator.get("/risk/agreement", secure=True).content.decode()
    assert "No assessment of a case that you can open has been judged a second time yet." in page
    with identity.as_person(rater):
        second_rater.rate(rater, case, selectors.asked_to_rate(rater, case)[0], MODERATE, "By the reports.")
    page = coordinator.get("/risk/agreement", secure=True).content.decode()
    assert "1 assessment of cases that you can open was judged a second time" in page
    assert "read them as “not known yet”" in page
    assert "must not be used for" in page
    assert author.display_name not in page.split("<main")[1]
    assert cases.browser(rater).get("/risk/agreement", secure=True).status_code == 403
    with identity.as_person(author):
        found = agreement.of(agreement.ratings())
    assert [(one.n, one.same, one.kappa.why_not) for one in found] == [(1, 1, "Too few pairs")] * 4
