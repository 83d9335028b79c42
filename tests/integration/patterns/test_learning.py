"""What a correction teaches: proposed with its effect, accepted by another, dated, and taken back exactly."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.services import ensure_agency, ensure_user
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.patterns import selectors, services, work
from lamplighter.hub.patterns.learning import effects, phrases, presenters
from lamplighter.hub.patterns.learning import services as lessons
from lamplighter.hub.patterns.models import (
    Computation,
    Course,
    CourseChange,
    Finding,
    Lesson,
    LessonDecision,
    LessonIncident,
    LessonPattern,
    Occasion,
)
from lamplighter.hub.patterns.one_pattern.coded_words import words_read
from lamplighter.hub.patterns.saved_reports.services import erase_reports
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.words import day
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story"), pytest.mark.own_server]
FIRST = story.STORY[0]["report_id"]
WORDS = "left a note under the wiper"
Kind = LessonDecision.Kind
WHY = "It is what he leaves behind each time."


def somebody(name: str, role: Role, agency: str = "force-a"):
    return ensure_user(
        name,
        password="a-long-password-1",
        display_name=f"{name.title()} Made-up",
        role=role,
        agency=ensure_agency(agency, agency.replace("-", " ").title(), "police"),
    )


@pytest.fixture
def officer():
    return somebody("officer", Role.INVESTIGATOR)


@pytest.fixture
def lead():
    return somebody("lead", Role.STALKING_LEAD)


def the_pattern() -> Course:
    return selectors.of_report(FIRST).get()


def rows() -> dict[str, list[dict[str, Any]]]:
    """Everything that is computed and stands, without the numbers and moments of its rows."""
    left = {"id", "computation_id", "computed_at", "course_id"}
    courses = Course.objects.filter(superseded_at=None).order_by("course_id")
    of: dict[str, list[dict[str, Any]]] = {}
    for course in courses:
        parts: list[dict[str, Any]] = [course.__dict__ | {"of": "course"}]
        parts += [o.__dict__ for o in Occasion.objects.filter(course=course).order_by("place")]
        parts += [f.__dict__ for f in Finding.objects.filter(course=course).order_by("rule_id")]
        of[course.course_id] = [
            {k: v for k, v in part.items() if k not in left and not k.startswith("_")} for part in parts
        ]
    return of


def proposed(officer, behaviour: str = "watching", words: str = WORDS) -> Lesson:
    services.correct(officer, FIRST, 1, "added", behaviour, words)
    made = lessons.propose(officer, FIRST, 1, behaviour, words)
    services.learn()
    return phrases.lessons().get(pk=made.pk)


def again(lesson: Lesson) -> Lesson:
    return phrases.lessons().get(pk=lesson.pk)


OTHER: dict[str, Any] = {
    "report_id": "force_b:HM2600009999",
    "source": "force_b",
    "agency": "force-b",
    "recorded_as": "harassment",
    "at": dt.datetime(2026, 4, 20, 8, 0),
    "people": (story.VICTIM_B, story.DAN_HANDLE),
    "summary": "AGG found that he had left a note under the wiper of her car.",
}


@pytest.fixture
def other():
    story.receive([OTHER])
    services.report_saved(OTHER["report_id"], None)


def acts_of(report_id: str) -> list[str]:
    return list(Occasion.objects.get(course__superseded_at=None, report_id=report_id).acts)


def test_accepted_it_is_read_elsewhere_and_taken_back_everything_is_as_it_was(officer, lead, other):
    services.correct(officer, FIRST, 1, "added", "watching", WORDS)
    before = rows()
    was = the_pattern()
    lesson = lessons.propose(officer, FIRST, 1, "watching", WORDS)
    services.learn()
    assert rows() == before, "a proposal alone changes nothing"

    incidents = LessonIncident.objects.filter(lesson=lesson)
    assert {(i.report_id, i.gains, i.said) for i in incidents} == {
        (FIRST, True, "fulfils"),
        (OTHER["report_id"], True, ""),
    }
    [pattern] = LessonPattern.objects.filter(lesson=lesson)
    assert pattern.course_id == was.course_id

    lessons.decide(lead, again(lesson), Kind.ACCEPTED, WHY)
    services.learn()
    assert "watching" in acts_of(OTHER["report_id"])
    assert rows() != before
    change = CourseChange.objects.filter(course_id=was.course_id).latest("pk")
    assert change.learned == [lesson.pk]
    read = words_read(OTHER["report_id"], 1)
    [act] = [a for a in read.acts if a["behaviour"] == "watching"]
    assert act["rule"] == f"coder:learned:{lesson.pk}"
    assert act["how"].startswith("learned from a correction; accepted by Lead Made-up on ")
    told = presenters.named([lesson.pk])[lesson.pk]
    assert told["text"].startswith("learned, “left a note under the wiper” is read as")

    lessons.decide(lead, again(lesson), Kind.TAKEN_BACK, "Too many notes are from the warden.")
    services.learn()
    assert rows() == before
    change = CourseChange.objects.filter(course_id=was.course_id).latest("pk")
    assert change.learned == [lesson.pk]
    # What stood in between is still held as it was known then.
    between = Course.objects.filter(course_id=was.course_id).exclude(superseded_at=None).latest("pk")
    assert any("watching" in o.acts for o in between.occasions.filter(report_id=OTHER["report_id"]))
    assert [d.kind for d in again(lesson).decisions.order_by("pk")] == ["accepted", "taken_back"]
    verbs = list(
        Event.objects.filter(subject=f"lesson {lesson.key}").order_by("pk").values_list("verb", flat=True)
    )
    assert verbs == ["patterns.lesson_proposed", "patterns.lesson_accepted", "patterns.lesson_taken_back"]


def test_words_that_are_no_act_are_held_back_and_said_so(officer, lead, other):
    report = story.STORY[1]["report_id"]
    words = "followed her to work"
    services.correct(officer, report, 1, "removed", "following", "They share a car.")
    made = lessons.propose(officer, report, 1, "following", words)
    services.learn()
    assert again(made).holds_back
    assert again(made).phrase == "followed {somebody} to work"
    lessons.decide(lead, again(made), Kind.ACCEPTED, WHY)
    services.learn()
    read = words_read(report, 1)
    by = f"accepted by Lead Made-up on {day(timezone.localdate())}"
    why = f"the hub learned that these words are not that act here; {by}"
    assert why in [x["why"] for x in read.left_out]
    assert read.lessons == {made.pk}


def test_the_proposer_cannot_accept_and_nobody_without_the_effect(officer, lead):
    services.correct(lead, FIRST, 1, "added", "watching", WORDS)
    made = lessons.propose(lead, FIRST, 1, "watching", WORDS)
    with pytest.raises(NotPossibleError, match="somebody else accepts it"):
        lessons.decide(lead, again(made), Kind.ACCEPTED, WHY)
    other_lead = somebody("second", Role.STALKING_LEAD)
    with pytest.raises(NotPossibleError, match="has not been worked out"):
        lessons.decide(other_lead, again(made), Kind.ACCEPTED, WHY)
    services.learn()
    lessons.decide(other_lead, again(made), Kind.ACCEPTED, WHY)
    with pytest.raises(NotPossibleError, match="Somebody has decided"):
        lessons.decide(other_lead, again(made), Kind.REFUSED, WHY)


def test_an_effect_is_worked_out_anew_when_something_else_was_learned(officer, lead):
    one, two = proposed(officer), proposed(officer, "monitoring", "scratched the side of her car")
    lessons.decide(lead, again(one), Kind.ACCEPTED, WHY)
    with pytest.raises(NotPossibleError, match="has not been worked out"):
        lessons.decide(lead, again(two), Kind.ACCEPTED, WHY)
    services.learn()
    assert effects.is_current(again(two).effect)
    lessons.decide(lead, again(two), Kind.ACCEPTED, WHY)


def test_a_correction_says_who_and_why_and_is_undone_exactly(client, settings, officer):
    before, place = rows(), the_pattern().occasions.get(report_id=FIRST).place
    page = reverse("patterns:occasion", args=[the_pattern().course_id, place])
    signed_in(client, settings, officer)
    act = the_pattern().occasions.get(report_id=FIRST).acts[0]
    why = "The wind did it."
    assert client.post(page, {"kind": "removed", "behaviour": act, "reason": why}).status_code == 302
    assert act not in acts_of(FIRST)
    text = client.get(page).content.decode()
    assert f"taken out by Officer Made-up on {day(timezone.localdate())}: “{why}”" in text
    assert 'value="undone"' in text
    assert client.post(page, {"kind": "undone", "behaviour": act}).status_code == 302
    assert rows() == before
    text = client.get(page).content.decode()
    assert why not in text
    assert 'value="undone"' not in text
    assert "Nobody has corrected this act" in (
        client.post(page, {"kind": "undone", "behaviour": act}).content.decode()
    )
    assert lessons.correction_of(FIRST, 1, act) is None, "what was undone teaches nothing"


def test_the_words_of_a_report_in_no_pattern_are_read_corrected_and_taught(client, settings, officer, lead):
    """Somebody who reports for the first time: nothing else is known of the two people."""
    alone = OTHER | {
        "report_id": "force_b:HM2600007777",
        "people": (
            {"role": "victim", "surname": "Fenmoor", "forenames": "Orla", "sex": "female"},
            {"role": "suspect", "surname": "Stannick", "forenames": "Gareth", "sex": "male"},
        ),
    }
    story.receive([alone])
    services.report_saved(alone["report_id"], None)
    assert not selectors.places_of(alone["report_id"]).exists()
    key = intake.report_key(alone["report_id"])
    page = reverse("patterns:words", args=[key])
    signed_in(client, settings, officer)
    assert page in client.get(reverse("intake:report", args=[key])).content.decode()
    text = client.get(page).content.decode()
    assert "the wiper of her car" in text
    assert "It is in no pattern" in text
    said = {"kind": "added", "behaviour": "watching", "reason": WORDS}
    assert client.post(page, said).status_code == 302
    text = client.get(page).content.decode()
    assert f"“{WORDS}”, added by Officer Made-up on {day(timezone.localdate())}." in text
    teach = reverse("patterns:teach_report", args=[key, 1, "watching"])
    assert teach in text
    client.post(teach, {"words": WORDS, "phrase": WORDS})
    lesson = Lesson.objects.get()
    services.learn()
    signed_in(client, settings, lead)
    shown = client.get(reverse("patterns:lesson", args=[lesson.key])).content.decode()
    assert f'href="{reverse("patterns:words_of", args=[key, 1])}">a report that is in no pattern' in shown
    assert f"Officer Made-up added the act on {day(timezone.localdate())}: “{WORDS}”" in shown
    assert "You and other coordinators and stalking leads can undo it on this page" in shown
    assert "incident 1 of a report in no pattern" in shown, "who decides can read what would gain the act"
    # Of a report of a pattern the same address leads to its incident.
    place = the_pattern().occasions.get(report_id=FIRST).place
    there = client.get(reverse("patterns:words", args=[intake.report_key(FIRST)]))
    assert there["Location"] == reverse("patterns:occasion", args=[the_pattern().course_id, place])


def test_without_a_correction_nothing_is_taught(officer):
    with pytest.raises(NotPossibleError, match="Correct the incident first"):
        lessons.propose(officer, FIRST, 1, "watching", WORDS)


def test_an_address_of_the_report_cannot_be_taught_and_nothing_is_kept(officer):
    services.correct(officer, FIRST, 1, "added", "watching", WORDS)
    with pytest.raises(NotPossibleError, match="name, number, address or reference") as refused:
        lessons.propose(officer, FIRST, 1, "watching", "outside her home at 14 Lark Rise")
    assert refused.value.field == "words"
    assert not Lesson.objects.exists()


def test_a_phrase_is_learned_once(officer):
    proposed(officer)
    with pytest.raises(NotPossibleError, match="proposed or learned already"):
        lessons.propose(officer, FIRST, 1, "watching", WORDS)


def test_who_holds_a_changed_pattern_is_told_until_they_open_it_and_others_are_not(officer, lead, other):
    made = proposed(officer)
    course_id = the_pattern().course_id
    assert [n.text for n in work.notices(lead, False) if "teaches" in n.text] == [
        "Decide on what a correction teaches"
    ]
    assert not [n for n in work.notices(officer, False) if "teaches" in n.text]
    services.hold(officer, course_id, officer)
    lessons.decide(lead, again(made), Kind.ACCEPTED, WHY)
    services.learn()
    assert not [n for n in work.notices(lead, False) if "teaches" in n.text]
    text = f"Read how pattern {course_id} changed"
    assert text in [n.text for n in work.notices(officer, False)]
    assert text not in [n.text for n in work.notices(lead, False)]
    services.looked(officer, the_pattern())
    assert text not in [n.text for n in work.notices(officer, False)]


def test_what_is_learned_goes_to_another_hub_and_waits_there_for_a_person(officer, lead):
    made = proposed(officer)
    lessons.decide(lead, again(made), Kind.ACCEPTED, WHY)
    text = lessons.exported(lead, "this.hub", [again(made)])
    assert "Made-up" not in text
    assert FIRST not in text
    # The same hub has it already.
    assert lessons.load(lead, text, "learned.toml") == (0, 1)
    lessons.decide(lead, again(made), Kind.TAKEN_BACK, WHY)
    assert lessons.load(lead, text, "learned.toml") == (1, 0)
    loaded = Lesson.objects.latest("pk")
    assert (loaded.report_id, loaded.phrase, loaded.origin.split(",")[0]) == ("", made.phrase, "this.hub")
    assert phrases.in_force().phrases == ()
    with pytest.raises(NotPossibleError, match="Phrase 1 of the file: its behaviour"):
        lessons.load(lead, text.replace("watching", "hexing"), "learned.toml")


def test_a_report_that_is_erased_takes_what_it_taught_with_it(officer, lead, other):
    made = proposed(officer)
    lessons.decide(lead, again(made), Kind.ACCEPTED, WHY)
    services.learn()
    assert "watching" in acts_of(OTHER["report_id"])
    erase_reports([FIRST])
    assert not Lesson.objects.filter(pk=made.pk).exists()
    services.learn()
    assert "watching" not in acts_of(OTHER["report_id"])


def test_every_computation_says_with_which_lessons_it_read(officer, lead):
    made = proposed(officer)
    lessons.decide(lead, again(made), Kind.ACCEPTED, WHY)
    services.learn()
    assert Computation.objects.latest("pk").learned == [made.pk]
    assert not services.find_anew_if_read_otherwise()


def signed_in(client, settings, user):
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = False
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_from_the_words_of_an_incident_to_a_lesson_on_pages(client, settings, officer, lead, other):
    course = the_pattern()
    place = course.occasions.get(report_id=FIRST).place
    page = reverse("patterns:occasion", args=[course.course_id, place])
    signed_in(client, settings, officer)
    client.post(page, {"kind": "added", "behaviour": "watching", "reason": WORDS})
    course = the_pattern()
    place = course.occasions.get(report_id=FIRST).place
    page = reverse("patterns:occasion", args=[course.course_id, place])
    teach = reverse("patterns:teach", args=[course.course_id, place, "watching"])
    assert teach in client.get(page).content.decode()
    assert WORDS in client.get(teach).content.decode()
    refused = client.post(teach, {"words": "home at 14 Lark Rise"})
    assert refused.status_code == 422
    assert "Choose words without it" in refused.content.decode()
    shown = client.post(teach, {"words": WORDS})
    assert "What the hub would learn" in shown.content.decode()
    assert not Lesson.objects.exists()
    made = client.post(teach, {"words": WORDS, "phrase": WORDS})
    lesson = Lesson.objects.get()
    assert made["Location"] == reverse("patterns:lesson", args=[lesson.key])
    services.learn()
    text = client.get(made["Location"]).content.decode()
    assert "One incident that you can see would gain the act" in text or "1 incident that you can see" in text
    assert "Withdraw it" in text
    assert "Accept it from today on" not in text
    assert client.post(made["Location"], {"kind": "accepted", "reason": WHY}).status_code == 422
    signed_in(client, settings, lead)
    assert client.post(made["Location"], {"kind": "accepted", "reason": WHY}).status_code == 302
    services.learn()
    text = client.get(reverse("patterns:pattern", args=[course.course_id])).content.decode()
    assert "learned, “left a note under the wiper” is read as" in text
    listed = client.get(reverse("patterns:lessons")).content.decode()
    assert "Accepted by Lead Made-up" in listed
    export = client.get(reverse("patterns:lessons_export"))
    assert 'phrase = "left a note under the wiper"' in export.content.decode()
    advocate = somebody("advocate", Role.ADVOCATE, "force-b")
    signed_in(client, settings, advocate)
    assert client.get(teach).status_code == 403
    assert client.post(made["Location"], {"kind": "taken_back", "reason": WHY}).status_code == 403
    signed_in(client, settings, lead)
    taken = client.post(made["Location"], {"kind": "taken_back", "reason": "Notes are from the warden."})
    assert taken.status_code == 302
    services.learn()
    assert "Undone by Lead Made-up on " in client.get(made["Location"]).content.decode()
    assert "watching" not in acts_of(OTHER["report_id"])
    assert "watching" in acts_of(FIRST), "what somebody added by hand stays"
