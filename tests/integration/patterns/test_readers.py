"""A helpline's report in a pattern: whom its sender named reads it everywhere, and nobody else anywhere."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.patterns import selectors, services
from lamplighter.hub.patterns.models import Course, CourseChange, Lesson, LessonDecision
from lamplighter.hub.people.models import Link, Membership
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.intake import typed
from tests.integration.patterns import story
from tests.integration.wall import walking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]
# A word that nobody else's report has, in every place where the form takes words.
WORD = "quibbleforth"
TELLS = {
    "report": typed.REPORT
    | {
        "offence": "contact_stalking",
        "summary": f"She says Dan followed her to {WORD} again and broke her window.",
        "impact": f"Sleeps at {WORD}.",
    },
    "occasion": typed.OCCASION | {"place_text": f"outside {WORD} hall"},
    "victim": typed.VICTIM | {"nicknames": WORD},
    "suspect": typed.SUSPECT | {"nicknames": f"{WORD} Dan"},
}
EVERYBODY = {
    "readers": "everybody",
    "basis": "consent",
    "consent_of": "victim",
    "consent_how": "telephone",
    "consent_on_day": "1",
    "consent_on_month": "5",
    "consent_on_year": "2026",
}


@pytest.fixture
def key() -> uuid.UUID:
    """A report that an advocate of the helpline typed about the two people of the story's pattern."""
    return typed.type_report(telling.browser(making.somebody(Role.ADVOCATE, "helpline")), **TELLS)


def course() -> Course:
    return selectors.of_report(story.STORY[0]["report_id"]).order_by("-n_reports").first()


def everything(user: User, key: uuid.UUID) -> dict[str, str]:
    """What each page about the pattern, its people and its reports says to this person."""
    client, found = telling.browser(user), course()
    with making.as_the_owner():
        mine = Membership.objects.filter(report_id=ReportVersion.objects.get(key=key).report_id)
        ids = list(mine.values_list("record_id", flat=True))
        links = [k.address for k in Link.objects.filter(Q(left_record__in=ids) | Q(right_record__in=ids))]
    places = [
        reverse("patterns:list"),
        reverse("patterns:pattern", args=[found.course_id]),
        reverse("patterns:schedule", args=[found.course_id]),
        reverse("patterns:chart", args=[found.course_id]),
        reverse("patterns:decide", args=[found.course_id]),
        reverse("cases:refer_pattern", args=[found.course_id]),
        *(reverse("patterns:occasion", args=[found.course_id, n]) for n in range(found.n_occasions + 2)),
        *(reverse("people:person", args=[p]) for p in (found.victim_person, found.suspect_person)),
        *(reverse("people:link", args=[address]) for address in links),
        *(reverse(f"intake:{page}", args=[key]) for page in ("report", "sent", "correct", "withdraw")),
        reverse("intake:typed"),
        reverse("patterns:joined", args=[key]),
        reverse("patterns:words", args=[key]),
        reverse("patterns:words_of", args=[key, 7]),
        reverse("patterns:teach_report", args=[key, 1, "watching"]),
        reverse("patterns:different", args=[key]),
    ]
    said = {place: text(client.get(place, secure=True)) for place in places}
    return said | {
        "search": text(client.post(reverse("patterns:search"), {"words": WORD}, secure=True)).replace(
            f'value="{WORD}"', ""
        )
    }


def text(answer: Any) -> str:
    if answer.get("Content-Type") == "application/pdf":
        return "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.content)).pages)
    return str(answer.content.decode())


def where_it_says(user: User, key: uuid.UUID) -> set[str]:
    return {place for place, said in everything(user, key).items() if WORD in said.lower()}


@pytest.mark.parametrize(
    ("role", "code"),
    [(Role.INVESTIGATOR, "force-a"), (Role.STALKING_LEAD, "force-b"), (Role.COORDINATOR, "hub")],
)
def test_who_was_not_named_finds_no_word_and_is_told_whom_to_ask(
    key: uuid.UUID, role: str, code: str
) -> None:
    user = making.somebody(role, code)
    assert course().n_reports == 4  # found by the linkage all the same
    said = everything(user, key)
    assert {place for place, words in said.items() if WORD in words.lower()} == set()
    held = "Helpline holds a report of 30 April 2026. Ask them."
    for place in ("patterns:pattern", "patterns:schedule", "intake:report"):
        at = reverse(place, args=[key if place == "intake:report" else course().course_id])
        assert held in " ".join(said[at].replace("\xa0", " ").split()), place
    for person in (course().victim_person, course().suspect_person):
        assert held in said[reverse("people:person", args=[person])].replace("\xa0", " ")


def test_the_sender_reads_it_and_so_do_those_whom_it_named_later(key: uuid.UUID) -> None:
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    pages = where_it_says(advocate, key)
    at = reverse("patterns:pattern", args=[course().course_id])
    assert {at, reverse("intake:report", args=[key])} <= pages
    client = telling.browser(advocate)
    change = reverse("intake:report_readers", args=[key])
    assert client.post(change, EVERYBODY, secure=True).status_code == 422  # without a reason
    answer = client.post(change, EVERYBODY | {"reason": "She rang and agreed"}, secure=True)
    assert answer.status_code == 302, answer.content.decode()
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    assert at in where_it_says(officer, key)
    assert telling.browser(officer).get(change, secure=True).status_code == 403
    told = telling.browser(advocate).get(reverse("intake:report", args=[key]), secure=True).content.decode()
    assert "She rang and agreed" in told
    assert advocate.display_name in told
    back = client.post(change, {"readers": "own", "reason": "She changed her mind"}, secure=True)
    assert back.status_code == 302
    assert where_it_says(officer, key) == set()


def test_it_is_asked_before_it_is_saved_and_a_basis_is_told_whole() -> None:
    client = telling.browser(making.somebody(Role.ADVOCATE, "helpline"))
    client.get(reverse("intake:new"), secure=True)
    for step, answers in TELLS.items():
        client.post(reverse("intake:page", args=[step]), answers, secure=True)
    asked = reverse("intake:readers")
    assert client.post(reverse("intake:check"), secure=True)["Location"] == asked
    page = client.get(asked, secure=True).content.decode()
    assert 'value="own" checked' in page
    refused = client.post(asked, {"readers": "everybody"}, secure=True)
    assert refused.status_code == 422
    assert "Choose the legal basis" in refused.content.decode()
    assert client.post(asked, EVERYBODY, secure=True).status_code == 302
    check = client.get(reverse("intake:check"), secure=True).content.decode()
    assert "by phone" in check
    police = telling.browser(making.somebody(Role.INVESTIGATOR))
    assert police.get(asked, secure=True)["Location"] == reverse("intake:check")


def test_a_police_report_that_joins_it_says_that_it_is_held_and_by_whom(key: uuid.UUID) -> None:
    client = telling.browser(making.somebody(Role.INVESTIGATOR, "force-a"))
    joined = client.get(reverse("patterns:joined", args=[typed.type_report(client)]), secure=True)
    said = joined.content.decode().replace("\xa0", " ")
    assert "Helpline holds a report of 30 April 2026. Ask them." in said
    assert WORD not in said.lower()


# Kept off -----------------------------------------------------------------


def a_case(by: User, found: Course, **rest: str) -> Case:
    people = {
        side: {"name": name, "person_id": person}
        for side, name, person in (
            ("victim", "Priya Nair", found.victim_person),
            ("suspect", "Daniel Marsh", found.suspect_person),
        )
    }
    return making.a_case(by, **people, **rest)


def pages_of_a_case(key: uuid.UUID) -> list[str]:
    """Every address that names a case and nothing else, papers and prints among them."""
    case = Case.objects.values_list("key", flat=True).first()
    named = [p for p in walking.pages() if p.parameters == ("key",)]
    of_case = [p for p in named if f"/cases/{case}" in reverse(p.name, args=[case])]
    assert {"sharing:register_pdf", "cases:case"} <= {p.name for p in of_case}
    return [reverse(p.name, args=[key]) for p in of_case]


def test_who_is_kept_off_a_case_is_kept_off_its_pattern_people_papers_and_second_case() -> None:
    officer, found = making.somebody(Role.INVESTIGATOR, "force-a"), course()
    first = a_case(officer, found)
    second = a_case(officer, found, again_why="Another force asks for one of its own.")
    coordinator = making.somebody(Role.COORDINATOR, "force-a")
    report = uuid.UUID(str(ReportVersion.objects.get(report_id=found.report_ids[0]).key))
    places = [
        reverse("patterns:pattern", args=[found.course_id]),
        reverse("patterns:schedule", args=[found.course_id]),
        reverse("patterns:chart", args=[found.course_id]),
        reverse("patterns:decide", args=[found.course_id]),
        reverse("people:person", args=[found.victim_person]),
        reverse("people:person", args=[found.suspect_person]),
        reverse("intake:report", args=[report]),
        reverse("patterns:joined", args=[report]),
        reverse("cases:case", args=[first.key]),
        reverse("cases:case", args=[second.key]),
    ]
    papers = [p for key in (first.key, second.key) for p in pages_of_a_case(key)]
    nowhere = pages_of_a_case(uuid.uuid4()) * 2
    for user in (officer, coordinator):
        client = telling.browser(user)
        shown = [text(a) for p in papers if (a := client.get(p, secure=True)).status_code == 200]
        assert sum("Priya Nair" in said for said in shown) >= 4
        assert any("Register of disclosures" in said for said in shown)
        assert {client.get(place, secure=True).status_code for place in places} == {200}
        with making.as_the_owner():
            row = Exclusion.objects.create(case=first, user=user, reason="His sister", by=coordinator)
        assert {p: client.get(p, secure=True).status_code for p in places} == dict.fromkeys(places, 404)
        # Every page, print and PDF of both cases answers like that of a case that never was.
        assert [client.get(p, secure=True).status_code for p in papers] == [
            client.get(p, secure=True).status_code for p in nowhere
        ]
        said = text(client.get(reverse("patterns:list"), secure=True))
        said += text(client.post(reverse("patterns:search"), {"words": "Priya Nair"}, secure=True))
        assert found.course_id not in said
        with as_person(user):
            assert not Case.objects.filter(pk__in=[first.pk, second.pk]).exists()
            assert not Membership.objects.filter(person_id=found.victim_person).exists()
        with making.as_the_owner():
            Exclusion.objects.filter(pk=row.pk).update(ended_at=row.at)
        assert {client.get(place, secure=True).status_code for place in places} == {200}


def test_what_a_report_told_in_confidence_teaches_reaches_nobody_else(key: uuid.UUID) -> None:
    """Its act is read, and said to be learned; its words stand behind the wall of the report."""
    with making.as_the_owner():
        report_id = ReportVersion.objects.get(key=key).report_id
        advocate = making.somebody(Role.ADVOCATE, "helpline")
        lesson = Lesson.objects.create(
            behaviour="watching",
            phrase="again and broke {somebody} window",
            holds_back=False,
            report_id=report_id,
            occasion_seq=1,
            by=advocate,
        )
        LessonDecision.objects.create(
            lesson=lesson, kind="accepted", on=timezone.localdate(), reason=f"{WORD} again", by=advocate
        )
        services.learn()
    reader, writer = making.somebody(Role.STALKING_LEAD, "force-b"), advocate
    assert CourseChange.objects.filter(learned=[lesson.pk]).exists()
    said = everything(reader, key)
    client = telling.browser(reader)
    for name in ("lessons", "lessons_export"):
        said[name] = text(client.get(reverse(f"patterns:{name}"), secure=True))
    page = client.get(reverse("patterns:lesson", args=[lesson.key]), secure=True)
    assert page.status_code == 404
    for word in (WORD, "again and broke"):
        assert {place for place, words in said.items() if word in words.lower()} == set()
    assert "the hub learned it from words that you cannot read" in said[
        reverse("patterns:pattern", args=[course().course_id])
    ].replace("\xa0", " ")
    own = telling.browser(writer).get(reverse("patterns:lesson", args=[lesson.key]), secure=True)
    assert WORD in text(own)
