"""The check on the victim's side: asked, signed, answered in one of two words; required work; every end."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.access.wall.identity import as_person, job
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.case_page import timeline
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.perpetrator_side import library, selectors
from lamplighter.hub.perpetrator_side.programmes import delivery
from lamplighter.hub.safeguarding import policies, services
from lamplighter.hub.safeguarding import selectors as safety
from lamplighter.hub.safeguarding.models import Check, CheckAnswer, CheckAsk, CheckNews, WithoutCheck
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side.services import standing_by
from tests.integration.access import making
from tests.integration.cases import telling as browsing
from tests.integration.perpetrator_side import telling

pytestmark = pytest.mark.django_db
SECRET = "She now sleeps at her sister's, and takes the 47 bus."


def the_advocate(case: Case) -> User:
    """An advocate who stands by the victim."""
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with as_person(advocate):
        standing_by.appoint(advocate, case, advocate, timezone.localdate())
    return advocate


def asked(case: Case, *, required: bool = False) -> tuple[User, CheckAsk]:
    user = telling.clinician()
    with as_person(user):
        return user, services.ask(user, case, required=required)


def signed(user: User, case: Case, *, answer: str = "go_on", **rest: str) -> CheckAnswer:
    with as_person(user):
        (check,) = safety.checks(case)[:1]
        return services.sign(user, case, check, **telling.SAFE | {"answer": answer} | rest)


def running(case: Case, kind: str) -> list[Clock]:
    return list(Clock.objects.filter(case=case, kind=kind, state=Clock.State.RUNNING))


def test_voluntary_work_is_refused_until_the_check_says_go_on() -> None:
    case, user = telling.a_case(), telling.clinician()
    with pytest.raises(NotPossibleError, match="No check on the victim’s side has been asked for"):
        telling.enrolled(user, case, check=False)
    with as_person(user):
        services.ask(user, case, required=False)
    with pytest.raises(NotPossibleError, match="not signed yet"):
        telling.enrolled(user, case, check=False)
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    signed(advocate, case, answer="not_yet")
    with pytest.raises(NotPossibleError, match="Speak to the case’s coordinator"):
        telling.enrolled(user, case, check=False)
    newest = CheckAnswer.objects.latest("pk")
    signed(advocate, case, seen=str(newest.key))
    assert telling.enrolled(user, case, check=False).ground == "volunteer"


def test_a_check_counts_for_its_agency_and_its_days() -> None:
    case, user = telling.a_case(), telling.clinician()
    telling.checked(user, case)
    officer = telling.officer()
    with pytest.raises(NotPossibleError, match="has been asked for"):
        telling.enrolled(officer, case, check=False)
    with moment.at(timezone.now() + dt.timedelta(days=29)), pytest.raises(NotPossibleError, match="too old"):
        telling.enrolled(user, case, check=False)


def test_it_is_a_task_of_the_advocate_of_the_case_with_a_clock() -> None:
    case = telling.a_case()
    advocate = the_advocate(case)
    before = timezone.now()
    asked(case)
    (clock,) = running(case, services.CHECK)
    assert (clock.assigned_to, clock.owner_id, clock.partition) == (advocate, "helpline", "advocacy")
    assert clock.by_id is None, "who asked does not cross"
    hours = (clock.due_at - before).total_seconds() / 3600
    assert 71.9 < hours < 72.1
    later = making.somebody(Role.ADVOCATE, "helpline")
    with as_person(later):
        standing_by.appoint(later, case, later, timezone.localdate(), seen=None)
    assert [c.assigned_to for c in running(case, services.CHECK)] == [later]
    signed(later, case)
    assert not running(case, services.CHECK)


def test_somebody_who_is_kept_off_the_case_is_not_given_it() -> None:
    case = telling.a_case()
    advocate = the_advocate(case)
    Exclusion.objects.create(case=case, user=advocate, reason="A cousin of the suspect")
    asked(case)
    assert [c.assigned_to for c in running(case, services.CHECK)] == [None]


def test_nothing_but_the_answer_crosses() -> None:
    case = telling.a_case()
    user, ask = asked(case)
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    signed(advocate, case, answer="not_yet", words=SECRET, told="no", told_why="not_safe", exposed="yes")
    with as_person(user):
        assert not Check.objects.exists()
        assert not CheckAnswer.objects.exists()
        assert [n.what for n in CheckNews.objects.order_by("pk")] == ["sent", "not_yet"]
        assert all(n.by_id is None and n.owner_id == user.agency_id for n in CheckNews.objects.all())
    with as_person(advocate):
        assert not CheckAsk.objects.exists()
        assert CheckAnswer.objects.get().words == SECRET
    for who in (
        user,
        telling.officer(),
        making.somebody(Role.INVESTIGATOR),
        making.somebody(Role.COORDINATOR),
    ):
        with as_person(who):
            told = " ".join(f"{e.title} {e.body}" for e in Entry.objects.filter(case=case))
        assert "sister" not in told
        assert "not safe" not in told
    client = browsing.browser(user)
    page = client.get(f"/cases/{case.key}/intervention/victim-safety", secure=True).content.decode()
    assert "Not yet: speak to the case’s coordinator" in page
    assert "sister" not in page
    seen = CheckAsk.objects.get(key=ask.key)
    assert {f.name for f in CheckNews._meta.concrete_fields} == {
        *("id", "key", "case", "owner", "by", "at", "ask", "what")
    }, "a new column of what crosses is decided on here"
    assert seen.enrolment is None


def test_go_on_is_not_said_where_it_may_show_where_the_victim_is() -> None:
    case = telling.a_case()
    asked(case)
    with pytest.raises(NotPossibleError, match="their routine"):
        signed(making.somebody(Role.ADVOCATE, "helpline"), case, exposed="yes")
    with pytest.raises(NotPossibleError, match="why the victim has not been told"):
        signed(making.somebody(Role.ADVOCATE, "helpline"), case, told="no")


def test_two_who_sign_it_at_once_are_told() -> None:
    case = telling.a_case()
    asked(case)
    signed(making.somebody(Role.ADVOCATE, "helpline"), case)
    with pytest.raises(ConflictError):
        signed(making.somebody(Role.ADVOCATE, "helpline"), case, answer="not_yet")


def test_required_work_goes_on_for_a_reason_and_the_advocate_is_told_at_once() -> None:
    case, user = telling.a_case("convicted"), telling.officer()
    advocate = the_advocate(case)
    with pytest.raises(NotPossibleError, match="enter why"):
        telling.enrolled(user, case, "cobi", "probation", check=False)
    programme = library.programmes(timezone.localdate())["cobi"]
    answers = dict.fromkeys(programme.criteria, "yes")
    why = "The order names Friday."
    with as_person(user):
        made = delivery.enrol(user, case, programme, "probation", answers, "The order.", without_check=why)
        assert WithoutCheck.objects.get().why == why
        assert WithoutCheck.objects.get().enrolment == made.key
    (clock,) = running(case, services.CHECK)
    assert clock.assigned_to == advocate
    assert "has started" in clock.text
    with as_person(advocate):
        assert not WithoutCheck.objects.exists()
        assert safety.checks(case)[0].begun
    assert Event.objects.filter(verb="safeguarding.went_on", reason=why).exists()


def test_a_check_that_waits_is_put_anew_when_required_work_starts_before_it() -> None:
    case, user = telling.a_case("convicted"), telling.officer()
    with as_person(user):
        services.ask(user, case, required=True)
        services.started(user, case, case.key, without="The order names Friday.")
    assert len(running(case, services.CHECK)) == 1
    signed(making.somebody(Role.ADVOCATE, "helpline"), case)
    assert not running(case, services.CHECK)
    with as_person(user):
        assert safety.standing(case, user.agency_id).answer == "go_on"  # type: ignore[union-attr]


@pytest.mark.parametrize("how", ["person", "practitioner", "service", "gate"])
def test_at_every_end_the_advocate_learns_that_and_neither_how_nor_why(how: str) -> None:
    case, user = telling.a_case(), telling.clinician()
    made = telling.enrolled(user, case)
    before = timezone.now()
    with as_person(user):
        delivery.end(user, case, selectors.course(case, made.key), how, "He said that he hates all of it.")
    (clock,) = running(case, services.CHECK)
    assert "has ended" in clock.text
    assert clock.at - before < dt.timedelta(minutes=5)
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with as_person(advocate):
        told = " ".join(f"{e.title} {e.body}" for e in Entry.objects.filter(case=case))
        assert "direct work with the suspect has ended" in told
        assert "hates" not in told
        assert "Stopped" not in told
    with pytest.raises(NotPossibleError, match="Ask for a new one"):
        telling.enrolled(user, case, check=False)


def test_without_an_advocate_the_coordinator_finds_one_and_the_check_waits_for_them() -> None:
    user, police = telling.clinician(), making.somebody(Role.INVESTIGATOR)
    making.somebody(Role.COORDINATOR, "hub")
    case = making.a_case(police, "health")
    with as_person(user):
        services.ask(user, case, required=False)
        assert CheckNews.objects.get().what == "no_advocate"
    (clock,) = running(case, services.FIND)
    assert (clock.owner_id, clock.partition) == ("hub", "shared")
    with as_person(police):
        cases.add_agency(police, case, making.agency("helpline"), "The victim needs an advocate")
    assert not running(case, services.FIND)
    assert [c.owner_id for c in running(case, services.CHECK)] == ["helpline"]
    with as_person(police):
        cases.end_participation(police, case, making.agency("helpline"), "They have no capacity")
    assert not running(case, services.CHECK)
    assert running(case, services.FIND)
    with as_person(user):
        assert [n.what for n in CheckNews.objects.order_by("pk")] == ["no_advocate", "sent", "no_advocate"]


def test_what_is_overdue_goes_to_the_coordinator_and_is_said_to_who_asked() -> None:
    making.somebody(Role.COORDINATOR, "hub")
    case = telling.a_case()
    user, _ = asked(case)
    later = timezone.now() + dt.timedelta(hours=73)
    with job("run clocks"):
        assert services.escalate(timezone.now()) == 0
        assert services.escalate(later) == 1
        assert services.escalate(later) == 0, "once"
    (clock,) = running(case, services.LATE)
    assert (clock.owner_id, clock.partition) == ("hub", "shared")
    with as_person(user), moment.at(later):
        assert "Nobody has answered" in policies.needs_check(safety.standing(case, user.agency_id), later)
    signed(making.somebody(Role.ADVOCATE, "helpline"), case)
    assert not running(case, services.LATE)


def test_each_side_has_it_on_its_own_timeline() -> None:
    case = telling.a_case()
    user, _ = asked(case)
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    signed(advocate, case)

    def there(who: User) -> set[str]:
        with as_person(who):
            shown = timeline.items(who, case, None)
            return {str(line.get("title", "")) for line in timeline.lines(shown, case, who)}

    his, hers, police = (there(who) for who in (user, advocate, making.somebody(Role.INVESTIGATOR)))
    assert any(t.startswith("Check on the victim’s side answered") for t in his)
    assert any(t.startswith("Check on the victim’s side signed") for t in hers)
    assert not any("victim’s side" in t for t in police)
    assert not {t for t in his & hers if "Check" in t or "check" in t}
