"""The pages of patterns and people: what they say, what they never say, and who may open them."""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
from html import unescape

import polars as pl
import pytest
from django.urls import reverse
from pypdf import PdfReader

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.accounts.services import ensure_agency, ensure_user
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.patterns import selectors, services
from lamplighter.hub.patterns.models import Correction, Course, Occasion
from lamplighter.hub.patterns.one_pattern import evidence
from lamplighter.hub.people.models import Link, Membership
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]
NAMES = re.compile(
    r"priya|nair|marsh|daniel|\bdan\b|danthemarsh|lark.?rise|7195101083|7195102002", re.IGNORECASE
)


@pytest.fixture
def officer(client, settings):
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = False
    user = ensure_user(
        "officer",
        password="a-long-password-1",
        display_name="A. Officer",
        role=Role.INVESTIGATOR,
        agency=ensure_agency("force-a", "Force A", "police"),
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def course():
    return selectors.of_report(story.STORY[0]["report_id"]).get()


def addresses():
    c = course()
    pair = Link.objects.filter(left_record__startswith=story.STORY[0]["report_id"]).first()
    key = intake.report_key(story.STORY[2]["report_id"])
    return [
        reverse("patterns:list"),
        reverse("patterns:list") + "?tag=breach&agency=force-b&held=nobody",
        reverse("patterns:list") + "?view=other",
        reverse("patterns:pattern", args=[c.course_id]),
        reverse("patterns:chart", args=[c.course_id]),
        reverse("patterns:decide", args=[c.course_id]),
        reverse("patterns:occasion", args=[c.course_id, 0]),
        reverse("patterns:different_in_pattern", args=[c.course_id, 0]),
        reverse("patterns:joined", args=[key]),
        reverse("patterns:different", args=[key]),
        reverse("people:person", args=[c.suspect_person]),
        reverse("people:link", args=[pair.address]),
        reverse("people:waterfall", args=[pair.address]),
    ]


def test_no_address_title_log_or_event_names_anybody(client, officer, caplog):
    caplog.set_level(logging.DEBUG, logger="lamplighter")
    for address in addresses():
        response = client.get(address)
        assert response.status_code == 200, address
        assert not NAMES.search(address)
        text = response.content.decode()
        if "<title>" in text and "<html" in text:
            title = re.search(r"<title>(.*?)</title>", text, re.DOTALL).group(1)
            assert not NAMES.search(title)
            assert not [h for h in re.findall(r'(?:href|action|src)="([^"]*)"', text) if NAMES.search(h)]
    assert not [r for r in caplog.records if NAMES.search(r.getMessage())]
    for event in Event.objects.all():
        assert not NAMES.search(f"{event.verb} {event.subject} {event.detail}")


def test_what_is_not_there_is_not_found_and_says_nothing(client, officer):
    for address in (
        "/patterns/C-NONE",
        "/patterns/C-NONE/schedule.pdf",
        "/people/P-NONE",
        "/people/links/abc",
    ):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR])
def test_those_who_do_no_casework_see_none_of_it(client, officer, role):
    officer.role = role
    officer.save()
    words = reverse("patterns:words", args=[intake.report_key(story.STORY[2]["report_id"])])
    for address in (*addresses(), words):
        assert client.get(address).status_code == 403


def test_an_advocate_may_see_and_may_not_decide(client, officer):
    officer.role = Role.ADVOCATE
    officer.save()
    c = course()
    page = client.get(reverse("patterns:pattern", args=[c.course_id]))
    assert page.status_code == 200
    assert b"is by a different person" not in page.content
    assert client.get(reverse("patterns:decide", args=[c.course_id])).status_code == 403
    words = reverse("patterns:occasion", args=[c.course_id, 0])
    assert client.post(words, {"kind": "removed", "behaviour": "damage", "reason": "No."}).status_code == 403


def test_the_sentence_comes_first(client, officer):
    text = (
        client.get(reverse("patterns:pattern", args=[course().course_id]))
        .content.decode()
        .replace("\xa0", " ")
    )
    assert "Three reports about Priya Nair and Daniel Marsh, in two forces, over 41 days." in text
    assert "recorded as criminal damage, malicious communications and breach of bail" in text
    assert "None was recorded as stalking." in text


def test_the_schedule_holds_the_account_and_no_address_of_the_person_harmed(client, officer):
    response = client.get(reverse("patterns:schedule", args=[course().course_id]))
    assert response["Content-Type"] == "application/pdf"
    assert not NAMES.search(response["Content-Disposition"])
    text = " ".join(" ".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(response.content)).pages)
    assert "left a note under the wiper" in text
    assert "[address withheld]" in text
    assert "Lark Rise" not in text
    assert "OFFICIAL-SENSITIVE" in text
    # The search aid is material itself, with the versions of what it read by.
    assert "For the schedule of unused material (MG6C)" in text
    assert re.search(r"\(reading [\d.]+, words classes=[\d.]+ acts=[\d.]+ background=", text)
    assert "Never called stalking (3)" in text
    assert Event.objects.filter(verb="patterns.schedule").exists()


def test_where_each_reported_the_other_both_are_shown_and_neither_tells_where_the_other_lives(
    client, officer
):
    hers = course()
    turned = (
        {**story.DAN_FULL, "role": "victim", "relationship": None, "address_text": "9 Elm Rise, Avonbridge"},
        {**story.VICTIM_A, "role": "suspect", "relationship": "ex_partner"},
    )
    for ref, text in (
        ("4A/000400/26", "IP states his ex followed him. She lives at 14 Lark Rise."),
        ("4A/000401/26", "IP states his ex messages him after being blocked."),
    ):
        at = story.FOURTH["at"] + dt.timedelta(days=3 * int(ref[-4]))
        counter = dict(story.FOURTH, report_id=f"force_a:{ref}", people=turned, summary=text, at=at)
        story.receive([counter])
        services.report_saved(counter["report_id"], officer)
    again = selectors.one(hers.course_id)
    assert again.victim_person == hers.victim_person
    his = selectors.mirrored(again)
    assert his is not None
    assert selectors.of_report("force_a:4A/000400/26").first() == his
    for one, other in ((again, his), (his, again)):
        page = client.get(reverse("patterns:pattern", args=[one.course_id])).content.decode()
        assert reverse("patterns:pattern", args=[other.course_id]) in page
        assert "The suspect has reported the victim" in page
        assert "A person decides who pursues whom." in page
        paper = client.get(reverse("patterns:schedule", args=[one.course_id]))
        text = " ".join(
            " ".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(paper.content)).pages
        )
        # Every report of either stands in both schedules; the words of each only in one's own.
        for report_id in {*again.report_ids, *his.report_ids}:
            assert report_id.split(":")[1] in text
        assert "Lark Rise" not in text
        assert ("left a note under the wiper" in text) == (one == again)
        assert ("messages him after being blocked" in text) == (one == his)
        assert "Not shown by what is recorded" not in text


def test_a_report_that_joins_nothing_is_told_so_plainly(client, officer):
    alone = dict(story.FOURTH, report_id="force_a:4A/777777/26")
    alone["people"] = (
        {
            "role": "victim",
            "forenames": "Zinnia",
            "surname": "Quillfeather",
            "birth_date": None,
            "sex": "female",
        },
        {"role": "suspect", "forenames": "Xerxes", "surname": "Ploughright", "sex": "male"},
    )
    story.receive([alone])
    services.report_saved(alone["report_id"], officer)
    text = client.get(
        reverse("patterns:joined", args=[intake.report_key(alone["report_id"])])
    ).content.decode()
    assert "No earlier report was found" in text
    assert "compared with everything held" in text


def test_an_ex_whom_nobody_names_is_neither_of_two_and_a_person_is_asked(client, officer):
    oliver = {
        "role": "suspect", "forenames": "Oliver", "surname": "Penrose", "birth_date": dt.date(1985, 7, 9),
        "sex": "male", "phones": ["+447195107007"], "relationship": "ex_partner",
    }  # fmt: skip
    nobody = {"role": "suspect", "sex": "male", "relationship": "ex_partner"}
    told = [
        dict(
            story.FOURTH, report_id=f"force_a:4A/66666{i}/26", people=(story.VICTIM_A, suspect),
            summary="IP states that there was a call.", at=at,
        )
        for i, (suspect, at) in enumerate(
            # As long ago as what Daniel did: time tells them no more apart than anything else does.
            [(oliver, story.STORY[0]["at"]), (oliver, story.STORY[2]["at"]), (nobody, story.FOURTH["at"])]
        )
    ]  # fmt: skip
    for report in told:
        story.receive([report])
        services.report_saved(report["report_id"], officer)
    last = told[-1]["report_id"]
    person = dict(Membership.objects.filter(current=True).values_list("record_id", "person_id"))
    dan, his, whose = (person[f"{r}#2"] for r in (story.STORY[0]["report_id"], told[0]["report_id"], last))
    assert len({dan, his, whose}) == 3
    text = client.get(reverse("patterns:joined", args=[intake.report_key(last)])).content.decode()
    assert "somebody else fits as well" in text
    assert "Oliver Penrose" in text
    assert "Daniel Marsh" in text
    link = Link.objects.get(
        left_record=f"{told[0]['report_id']}#2", right_record=f"{last}#2", band=Link.Band.LINKED
    )
    page = client.get(reverse("people:link", args=[link.address])).content.decode()
    assert "The comparisons of all their records together outrank that of these two." in page
    # Both patterns ask, and neither holds the report; who is parted from one is asked about no more.
    his_course = selectors.of_report(told[0]["report_id"]).get()
    for pattern in (course(), his_course):
        shown = client.get(reverse("patterns:pattern", args=[pattern.course_id])).content.decode()
        assert "Suspect unclear: is it the same person?" in shown
        assert last.split(":")[1] in shown
        assert last not in pattern.report_ids
    services.decide_link(
        officer, "not_same", [(f"{r['report_id']}#2", f"{last}#2") for r in told[:2]], "Another."
    )
    page = client.get(reverse("patterns:pattern", args=[his_course.course_id])).content.decode()
    assert "Suspect unclear" not in page


def test_a_page_says_what_changed_through_which_report_and_by_which_words(client, officer):
    story.receive([story.FOURTH])
    services.report_saved(story.FOURTH["report_id"], officer)
    before = course()
    page = client.get(reverse("patterns:pattern", args=[before.course_id])).content.decode()
    joined = story.FOURTH["report_id"].split(":")[1]
    assert re.search(rf"{re.escape(joined)} \([^)]*\) joined\.", unescape(page))
    met = set(before.rules_met)
    occasion = before.occasions.filter(acts__contains=["threat_kill"]).get()
    services.correct(
        officer,
        occasion.report_id,
        occasion.occasion_seq,
        Correction.Kind.REMOVE,
        "threat_kill",
        "It was said of a dog.",
    )
    lost = met - set(course().rules_met)
    assert lost
    text = unescape(client.get(reverse("patterns:pattern", args=[before.course_id])).content.decode())
    changed = text[text.index('id="what-changed"') :]
    for finding in before.findings.filter(rule_id__in=lost):
        assert f"No longer met: {finding.title}. Before: “{evidence.in_names(finding.words, str)}”" in changed


def test_a_report_that_is_a_pattern_by_itself_says_that_no_earlier_one_was_found(client, officer):
    alone = dict(
        story.FOURTH,
        report_id="force_a:4A/777778/26",
        people=(
            {"role": "victim", "forenames": "Ottoline", "surname": "Vexworthy", "sex": "female"},
            {"role": "suspect", "forenames": "Barnaby", "surname": "Thrumlow", "sex": "male"},
        ),
    )
    told = story.bundle([alone])
    earlier = told["occasions"].with_columns(
        pl.lit(2, told["occasions"].schema["occasion_seq"]).alias("occasion_seq"),
        pl.col("started_at", "ended_at") - pl.duration(days=9),
    )
    story.receive_bundle(told | {"occasions": pl.concat([told["occasions"], earlier])})
    services.report_saved(alone["report_id"], officer)
    page = client.get(reverse("patterns:joined", args=[intake.report_key(alone["report_id"])]))
    text = " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).replace("\xa0", " ").split())
    assert "No earlier report was found" in text
    assert "This report alone describes 2 incidents, over 9 days, which make a pattern." in text
    assert "The other" not in text
    assert selectors.of_report(alone["report_id"]).get().course_id in page.content.decode()


def test_a_pattern_that_fell_apart_says_what_took_it_apart(client, officer):
    c = course()
    rest = [r["report_id"] for r in story.STORY[1:]]
    for report_id in rest:
        suspect = selectors.of_report(report_id).filter(suspect_person__isnull=False).first()
        if suspect is not None:
            services.different_person(officer, report_id, suspect.suspect_person, "Another man.")
    response = client.get(reverse("patterns:pattern", args=[c.course_id]))
    assert response.status_code in {200, 410}
    if response.status_code == 410:
        assert b"fell apart" in response.content
        assert b"Undo this decision" in response.content
    else:
        assert course().n_reports < 3


def test_filters_are_links_and_the_empty_list_teaches(client, officer):
    page = client.get(reverse("patterns:list"), {"tag": "breach"}).content.decode()
    assert course().course_id in page
    none = client.get(reverse("patterns:list"), {"tag": "through-others"}).content.decode()
    assert "No pattern has all of these" in none
    decided = client.get(reverse("patterns:list"), {"view": "decided"}).content.decode()
    assert "Nobody has decided yet" in decided


def test_taking_a_pattern_on_and_handing_it_back(client, officer):
    hold = reverse("patterns:hold", args=[course().course_id])
    client.post(hold, {"take": "yes"})
    assert course().course_id in client.get(reverse("patterns:list"), {"held": "me"}).content.decode()
    client.post(hold, {"take": "no"})
    assert selectors.holder(course().course_id) is None
    assert client.get(hold).status_code == 405


def test_a_link_leads_back_to_the_pattern_that_rests_on_it(client, officer):
    pair = Link.objects.filter(left_record__startswith=story.STORY[0]["report_id"]).first()
    page = client.get(reverse("people:link", args=[pair.address])).content.decode()
    assert f"Back to pattern {course().course_id}" in page
    assert "Addresses are compared and not shown here" in page


def test_a_link_says_where_a_decision_outranks_the_comparison(client, officer):
    pair = Link.objects.filter(left_record__startswith=story.STORY[0]["report_id"], band="linked").first()
    address = reverse("people:link", args=[pair.address])
    before = client.get(address).content.decode()
    assert "They are held to be one person. " in before
    assert "outrank" not in before.split("Decide</h2>")[0]
    assert "The nearest other person is in" in before or "Nobody else was similar enough" in before
    assert "By the comparison alone" not in before
    client.post(address, {"kind": "not_same", "reason": "Another man."})
    after = client.get(address).content.decode()
    assert "held to be two people. What a person decided (below) outranks the comparison." in after
    assert "By the comparison alone: linked" in after


def test_a_link_says_that_it_is_for_a_person_to_decide_until_one_has(client, officer):
    """The headline says what holds: two people, or nothing yet."""
    pair = Link.objects.filter(left_record__startswith=story.STORY[0]["report_id"], band="linked").first()
    own = Membership.objects.get(record_id=pair.left_record, current=True).person_id
    Membership.objects.filter(record_id=pair.left_record, current=True).update(person_id="somebody else")
    address = reverse("people:link", args=[pair.address])

    def headline() -> str:
        page = client.get(address).content.decode()
        return page.split("How two records were compared</h1>")[1].split("The two records, as received")[0]

    Link.objects.filter(pk=pair.pk).update(band="not_linked")
    assert "They are held to be two people. " in headline()
    Link.objects.filter(pk=pair.pk).update(band="to_decide")
    told = headline()
    assert "Whether they are one person is for a person to decide. " in told
    assert "held to be" not in told
    assert "outrank" not in told
    Membership.objects.filter(record_id=pair.left_record, current=True).update(person_id=own)
    assert "They are held to be one person. " in headline()
    client.post(address, {"kind": "not_same", "reason": "Another man."})
    Link.objects.filter(pk=pair.pk).update(band="to_decide")
    told = headline()
    assert "held to be two people. What a person decided (below) outranks the comparison." in told
    assert "By the comparison alone: for a person to decide" in told


def test_a_person_is_told_in_one_place_with_how_many_records_say_what(client, officer):
    page = client.get(reverse("people:person", args=[course().suspect_person])).content.decode()
    told = " ".join(re.sub(r"<[^>]+>", " ", page[: page.index("Why these records")]).split())
    assert re.search(r"First names .*\(\d record", told)


def test_what_is_held_is_counted_by_agency_and_together(client, officer):
    assert client.get(reverse("intake:held")).status_code == 403
    officer.role = Role.COORDINATOR
    officer.save()
    page = client.get(reverse("intake:held")).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    reports = ReportVersion.objects.filter(superseded_at=None).count()
    assert f"{reports} reports from" in text
    assert "Force A" in text
    across = Course.objects.filter(superseded_at=None, agencies__len__gt=1).count()
    assert across > 0
    assert f"Patterns across agencies {across}" in text
    assert not NAMES.search(text)


def test_what_needs_weighing_stands_before_the_timeline_and_nothing_stands_twice(client, officer):
    page = client.get(reverse("patterns:pattern", args=[course().course_id])).content.decode()
    first, rest = page.split("What happened, in order")
    before, after = (re.findall(r"<dt[^>]*>(.*?)</dt>", unescape(part)) for part in (first, rest))
    met = {f.rule_id: f.title for f in course().findings.filter(met=True)}
    assert before == [met[r] for r in evidence.FIRST if r in met] != []
    assert "Possible breach of an order, bail or licence: check terms and service" in before
    assert len({*before, *after}) == len(before) + len(after)
    # Nothing that was found is left out: the page says every rule that was met.
    assert {*met.values()} - {*before, *after} == {met["course.occasions"]}


def test_a_pattern_is_found_by_name_or_reference_and_no_address_holds_it(client, officer, caplog):
    reference = Occasion.objects.filter(course=course()).first().source_ref
    for words in ("nair", "Priya NAIR", course().course_id.lower(), reference):
        answer = client.post(reverse("patterns:search"), {"words": words})
        assert course().course_id in answer.content.decode(), words
        assert answer.request["QUERY_STRING"] == ""
    none = client.post(reverse("patterns:search"), {"words": "Zzyzx"}).content.decode()
    assert "Nothing found" in none
    assert course().course_id not in none
    assert client.post(reverse("patterns:search"), {"words": "zz"}).status_code == 422
    assert client.get(reverse("patterns:search")).status_code == 302
    assert not NAMES.search(caplog.text)
