"""What somebody who asks gets, and that nobody can learn from an answer what was withheld."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit.models import Event, Operation
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.rights import selectors, services
from lamplighter.hub.rights.models import SubjectDecision, SubjectItem, SubjectRequest
from lamplighter.hub.rights.subject_access.letter import letter
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access.making import agency
from tests.integration.sharing.making import Team, draft, signed_in
from tests.integration.wall import planting

pytestmark = pytest.mark.django_db
GIVE, WITHHOLD = SubjectDecision.Kind.GIVE, SubjectDecision.Kind.WITHHOLD
CANARY = "zqvictimcanary"


@pytest.fixture
def team() -> Team:
    """A case with marked words on every side."""
    made = Team()
    made.confide(f"{CANARY} told the advocate")
    made.confide(f"{CANARY} told the police", by=made.investigator, partition="police")
    made.confide(f"{CANARY} told everybody", by=made.investigator, partition="shared")
    made.confide(f"{CANARY} told the clinic", by=made.clinician, partition="health")
    return made


def ask(user: User, name: str, *, days_ago: int = 5, born: dt.date | None = None) -> SubjectRequest:
    with identity.as_person(user):
        return services.take_in(
            user,
            name=name,
            birth_date=born,
            received_on=timezone.localdate() - dt.timedelta(days=days_ago),
            identity_how="Passport seen",
        )


def collected(user: User, name: str, **rest: Any) -> SubjectRequest:
    made = ask(user, name, **rest)
    with identity.job("answer a subject"):
        services.collect_waiting()
    return made


def over(request: SubjectRequest) -> SubjectRequest:
    """The time to decide has passed."""
    SubjectRequest.objects.filter(pk=request.pk).update(decide_by=timezone.localdate() - dt.timedelta(days=1))
    request.refresh_from_db()
    return request


def answered(user: User, request: SubjectRequest) -> bytes:
    with identity.as_person(user):
        return services.answer(user, over(request))


def files(pack: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def item_of(user: User, text: str) -> SubjectItem:
    """The item about the entry with this text, as its owner finds it."""
    with identity.as_person(user):
        entry = Entry.objects.get(body__contains=text)
        return SubjectItem.objects.get(row_key=entry.key)


def give(user: User, item: SubjectItem, **values: Any) -> SubjectDecision:
    words = {
        "kind": GIVE,
        "reason": "It is about them alone.",
        "title": "Your interview",
        "text": "You were interviewed on 3 March.",
    }
    with identity.as_person(user):
        return services.decide(user, item, **(words | values))


def test_withheld_and_never_known_get_the_same_answer(team: Team) -> None:
    """One is in a case with marked words on every side; the other was never heard of."""
    handler = team.investigator
    known = collected(handler, "Daniel Hollinshaw")
    unknown = collected(handler, "Damian Hollinshed")
    assert len("Daniel Hollinshaw") == len("Damian Hollinshed")
    assert SubjectItem.objects.filter(request_key=known.key).exists()
    assert not SubjectItem.objects.filter(request_key=unknown.key).exists()
    first, second = answered(handler, known), answered(handler, unknown)
    assert CANARY not in "".join(files(first).values())
    for name in ("Priya", "Nair", "helpline", "advoca", "Case", "LL-"):
        assert name not in "".join(files(first).values())
    assert len(first) == len(second)
    said = {n: t.replace("Daniel Hollinshaw", "X") for n, t in files(first).items()}
    assert said == {n: t.replace("Damian Hollinshed", "X") for n, t in files(second).items()}


def test_the_letter_is_the_same_when_something_is_given(team: Team) -> None:
    request = collected(team.investigator, "Daniel Hollinshaw")
    item = item_of(team.investigator, "told the police")
    give(team.investigator, item, disclosed=True, disclosed_how="In interview, by DC Reed, on 3 March.")
    pack = files(answered(team.investigator, request))
    nothing = files(answered(team.investigator, collected(team.investigator, "Ana Maria Lopes")))
    assert "<p>Nothing.</p>" in nothing["items.html"]
    assert pack["letter.html"] == nothing["letter.html"].replace("Ana Maria Lopes", "Daniel Hollinshaw")
    assert pack["letter.html"] == letter("Daniel Hollinshaw", agency("force-a").name, timezone.localdate())
    assert "You were interviewed on 3 March." in pack["items.html"]
    assert "Your interview" in pack["items.csv"]
    assert CANARY not in "".join(pack.values())


def test_the_pages_of_a_request_say_the_same(team: Team) -> None:
    handler = team.investigator
    pages = []
    for name in ("Daniel Hollinshaw", "Damian Hollinshed"):
        request = collected(handler, name)
        client = signed_in(handler)
        page = client.get(f"/rights/requests/{request.key}", secure=True).content.decode()
        early = client.post(f"/rights/requests/{request.key}", secure=True)
        assert early.status_code == 422
        for text in (name, str(request.key)):
            page = page.replace(text, "X")
        pages.append([line for line in page.splitlines() if "csrfmiddlewaretoken" not in line])
    assert pages[0] == pages[1]


def test_each_owner_sees_its_own_items_and_nobody_elses(team: Team) -> None:
    collected(team.investigator, "Daniel Hollinshaw")
    for user in (team.investigator, team.advocate, team.clinician):
        with identity.as_person(user):
            owners = {i.owner_id for i in selectors.items()}
        assert owners == {user.agency_id}
    for user in (team.other_force, team.coordinator, team.outsider):
        with identity.as_person(user):
            assert selectors.items() == []
    with identity.as_person(team.advocate):
        assert SubjectRequest.objects.count() == 0


def test_the_vault_is_in_no_pack(team: Team) -> None:
    from tests.integration.sharing.test_services import vault_entry

    vault_entry(team, "14 Orchard Rise", "07700 900123", "p.nair@example.org")
    request = collected(team.advocate, "Priya Nair")
    found = SubjectItem.objects.filter(request_key=request.key)
    assert found.exists()
    assert not found.filter(partition="vault").exists()
    assert not found.filter(model__endswith="SafeContact").exists()


def test_the_person_reported_gets_only_what_they_were_told(team: Team) -> None:
    collected(team.investigator, "Daniel Hollinshaw")
    item = item_of(team.investigator, "told the police")
    with pytest.raises(NotPossibleError, match="disclosed to them already"):
        give(team.investigator, item)
    with pytest.raises(NotPossibleError, match="who disclosed it"):
        give(team.investigator, item, disclosed=True)
    values = {"item": item, "side": "suspect", "kind": GIVE, "reason": "So.", "title": "T", "text": "T"}
    with identity.as_person(team.investigator), pytest.raises(IntegrityError), transaction.atomic():
        SubjectDecision.objects.create(
            **owned(team.investigator, team.case, partition=item.partition, **values)
        )
    # And saying that she is the one who asks does not help.
    with (
        identity.as_person(team.investigator),
        pytest.raises(IntegrityError, match="with its item"),
        transaction.atomic(),
    ):
        SubjectDecision.objects.create(
            **owned(team.investigator, team.case, partition=item.partition, **(values | {"side": "victim"}))
        )


@pytest.mark.parametrize("text", ["Priya said so.", "MS NAIR was there", "at nairs house"])
def test_no_word_for_him_names_her(team: Team, text: str) -> None:
    collected(team.investigator, "Daniel Hollinshaw")
    item = item_of(team.investigator, "told the police")
    with pytest.raises(NotPossibleError, match="other person"):
        give(team.investigator, item, text=text, disclosed=True, disclosed_how="At charge, by DC Reed.")


def test_she_gets_what_she_said_and_he_is_named_only_if_she_knows(team: Team) -> None:
    request = collected(team.advocate, "Priya Nair")
    item = item_of(team.advocate, "told the advocate")
    with pytest.raises(NotPossibleError, match="other person"):
        give(team.advocate, item, text="You said that Daniel rang.")
    give(
        team.advocate, item, text="You said that Daniel rang.", disclosed=True, disclosed_how="She named him."
    )
    pack = files(answered(team.advocate, request))
    assert "You said that Daniel rang." in pack["items.html"]


def test_only_the_owner_decides(team: Team) -> None:
    collected(team.investigator, "Daniel Hollinshaw")
    item = item_of(team.investigator, "told everybody")
    with identity.as_person(team.advocate), pytest.raises(NotPossibleError, match="owns it"):
        services.decide(team.advocate, item, kind=WITHHOLD, exemption="others", reason="No.")


def test_what_nobody_decided_is_not_given_and_reads_as_nobodys_decision(team: Team) -> None:
    request = collected(team.investigator, "Daniel Hollinshaw")
    count = SubjectItem.objects.filter(request_key=request.key).count()
    answered(team.investigator, request)
    made = SubjectDecision.objects.filter(item__request_key=request.key)
    assert made.filter(exemption="not_decided", kind="nobody", by=None).count() == count > 0
    assert not made.filter(kind=WITHHOLD).exists()
    assert {row.get_kind_display() for row in made} == {"Nobody decided in time: not given"}
    assert "withheld" not in next(iter(made)).reason
    event = Event.objects.get(verb="rights.answered")
    assert (event.operation, event.service) == (Operation.DISCLOSURE, "answer a subject")
    assert "Daniel" not in f"{event.subject}{event.detail}"


def test_a_later_decision_stands(team: Team) -> None:
    request = collected(team.advocate, "Priya Nair")
    item = item_of(team.advocate, "told the advocate")
    give(team.advocate, item, text="First words.")
    with identity.as_person(team.advocate):
        services.decide(team.advocate, item, kind=WITHHOLD, exemption="confidence", reason="Not now.")
    assert "First words." not in files(answered(team.advocate, request))["items.html"]


def test_another_birth_date_is_another_person(team: Team) -> None:
    from lamplighter.hub.cases.models import Party

    Party.objects.filter(case=team.case, side="suspect").update(birth_date=dt.date(1980, 1, 1))
    request = collected(team.investigator, "daniel hollinshaw", born=dt.date(1990, 1, 1))
    assert not SubjectItem.objects.filter(request_key=request.key).exists()
    request = collected(team.investigator, "daniel hollinshaw", born=dt.date(1980, 1, 1))
    assert SubjectItem.objects.filter(request_key=request.key).exists()


def test_nobody_but_the_service_lists_items(team: Team) -> None:
    values = {
        "request_key": team.case.key,
        "side": "suspect",
        "model": "cases.Entry",
        "row_key": team.case.key,
        "decide_by": timezone.localdate(),
        "partition": "police",
    }
    from django.db import ProgrammingError

    with identity.as_person(team.investigator), pytest.raises(ProgrammingError), transaction.atomic():
        SubjectItem.objects.create(**owned(team.investigator, team.case, **values))


def test_what_was_released_is_an_item_of_who_released_it(team: Team) -> None:
    from lamplighter.hub.sharing import services as sharing

    with identity.as_person(team.advocate):
        sharing.release(team.advocate, team.case, draft())
    collected(team.advocate, "Priya Nair")
    with identity.as_person(team.advocate):
        assert SubjectItem.objects.filter(model="sharing.Release", partition="advocacy").count() == 1


def test_a_spreadsheet_reads_no_formula(team: Team) -> None:
    from lamplighter.hub.rights.subject_access.letter import Given, items_table

    assert items_table([Given("A", "=1+1", "@x")]).splitlines()[1] == "A,'=1+1,'@x"


def test_the_due_day_is_a_month_later(team: Team) -> None:
    with identity.as_person(team.investigator):
        made = services.take_in(
            team.investigator,
            name="Ana",
            received_on=dt.date(2026, 1, 31),
            identity_how="Known to the officer",
        )
    assert made.due_on == dt.date(2026, 2, 28)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args::text LIKE '%%Ana%%'")
        assert cursor.fetchone()[0] == 0


def test_what_the_person_reported_said_or_did_is_theirs(team: Team) -> None:
    """His own statement needs nobody who disclosed it: he made it. What names her is refused as ever."""
    request = collected(team.investigator, "Daniel Hollinshaw")
    item = item_of(team.investigator, "told the police")
    with pytest.raises(NotPossibleError, match="other person"):
        give(team.investigator, item, own=True, text="You said that you wrote to Priya.")
    made = give(team.investigator, item, own=True, text="You said that you wrote letters.")
    assert made.own
    assert made.disclosed_to_subject
    assert "You said that you wrote letters." in files(answered(team.investigator, request))["items.html"]


def test_health_data_needs_a_health_professionals_opinion(team: Team) -> None:
    collected(team.clinician, "Daniel Hollinshaw")
    item = item_of(team.clinician, "told the clinic")
    with pytest.raises(NotPossibleError, match="which health professional"):
        give(team.clinician, item, own=True)
    harm = {"kind": WITHHOLD, "exemption": "serious_harm", "reason": "It would."}
    with identity.as_person(team.clinician):
        with pytest.raises(NotPossibleError, match="which health professional"):
            services.decide(team.clinician, item, **harm)
        services.decide(team.clinician, item, **harm | {"exemption": "no_opinion"})
    said = give(team.clinician, item, own=True, opinion="Dr Moss, 3 May: no serious harm.")
    assert said.opinion == "Dr Moss, 3 May: no serious harm."


def test_an_answer_is_put_off_once_and_the_clock_stops_while_they_are_asked(team: Team) -> None:
    user = team.investigator
    request = ask(user, "Damian Hollinshed", days_ago=10)
    due, received = request.due_on, request.received_on
    with identity.as_person(user):
        asked = services.give_time(user, request, "ask", received + dt.timedelta(days=2), "Which years?")
        with pytest.raises(NotPossibleError, match="asked what they mean already"):
            services.give_time(user, request, "ask", received + dt.timedelta(days=3), "Again?")
        assert asked.due_on == due
        cleared = services.give_time(user, request, "clear", received + dt.timedelta(days=6), "")
        assert cleared.due_on == due + dt.timedelta(days=4)
        with pytest.raises(NotPossibleError, match="Say why"):
            services.give_time(user, request, "extend", timezone.localdate(), " ")
        longer = services.give_time(user, request, "extend", timezone.localdate(), "Many records.")
        assert (longer.due_on - due).days > 60
        with pytest.raises(NotPossibleError, match="put off once"):
            services.give_time(user, request, "extend", timezone.localdate(), "Many more.")
    client = signed_in(user)
    page = client.get(f"/rights/requests/{request.key}", secure=True).content.decode()
    assert "Many records." in page
    told = client.get(f"/rights/requests/{request.key}/letter", secure=True).content.decode()
    assert "Many records." in told
    assert "Damian Hollinshed" in told
    form = client.get(f"/rights/requests/{request.key}/time", secure=True)
    assert form.status_code == 200
    # Nobody else learns that somebody asked.
    other = signed_in(team.advocate)
    assert other.get(f"/rights/requests/{request.key}/letter", secure=True).status_code == 404


def test_what_was_not_decided_in_time_is_a_failure_on_the_owners_list(team: Team) -> None:
    request = collected(team.investigator, "Daniel Hollinshaw")
    answered(team.investigator, request)
    late = timezone.localdate() - dt.timedelta(days=1)
    with planting.as_if_written_before():
        SubjectItem.objects.update(decide_by=late)
    client = signed_in(team.advocate)
    work = client.get("/work/team", secure=True).content.decode()
    assert "that nobody decided in time" in work
    page = client.get("/rights/items?late", secure=True).content.decode()
    assert "no exemption" in page
    with identity.as_person(team.advocate):
        waiting = list(selectors.late(team.advocate))
        services.withhold(team.advocate, waiting, exemption="others", reason="It is about somebody else.")
        assert list(selectors.late(team.advocate)) == []
    assert "that nobody decided in time" not in client.get("/work/team", secure=True).content.decode()


def test_the_owners_days_begin_when_the_records_are_listed(team: Team) -> None:
    """A letter of two months ago, typed in today: the owners have their days, and nothing is answered
    before.
    """
    user, today = team.investigator, timezone.localdate()
    request = ask(user, "Daniel Hollinshaw", days_ago=60)
    with identity.as_person(user), pytest.raises(NotPossibleError, match="14 days to decide"):
        services.answer(user, request)
    assert not SubjectItem.objects.exists()
    page = signed_in(user).get(f"/rights/requests/{request.key}", secure=True).content.decode()
    assert "60 days later" in page
    assert "Make the answer" not in page
    with identity.job(services.ANSWER):
        services.collect_waiting()
    request.refresh_from_db()
    assert request.decide_by == today + dt.timedelta(days=14)
    assert set(SubjectItem.objects.values_list("decide_by", flat=True)) == {request.decide_by}
    with (
        identity.as_person(user),
        pytest.raises(NotPossibleError, match="the agencies that may hold"),
    ):
        services.answer(user, request)
    assert not SubjectDecision.objects.exists()


def test_a_request_ends_and_says_no_more_who_asked(team: Team) -> None:
    """36 months after the answer the name goes; an open one and a young one stay."""
    user = team.investigator
    old, young, unanswered = (collected(user, "Daniel Hollinshaw") for _ in range(3))
    for request, months in ((old, 37), (young, 35)):
        answered(user, request)
        at = timezone.now() - dt.timedelta(days=31 * months - (0 if months == 37 else 40))
        SubjectRequest.objects.filter(pk=request.pk).update(answered_at=at)
    with identity.job(services.ANSWER):
        assert services.close_requests(timezone.localdate()) == 1
    for request in (old, young, unanswered):
        request.refresh_from_db()
    assert (old.name, old.identity_how, old.closed_on) == ("", "", timezone.localdate())
    assert (young.name, unanswered.name) == ("Daniel Hollinshaw", "Daniel Hollinshaw")
    page = signed_in(user).get("/rights", secure=True).content.decode()
    assert "Taken out: the time for which it is kept who asked is over" in page
    assert Event.objects.filter(verb="rights.request_closed").count() == 1
