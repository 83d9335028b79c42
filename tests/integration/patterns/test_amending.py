"""A typed report corrected, withdrawn and put back through the pages: by whom, with what, what follows."""

from __future__ import annotations

import json
import re
import uuid
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.accounts.services import ensure_agency, ensure_user
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import Amendment, PersonRecord, ReportVersion, SafeContact
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.patterns import presenters, selectors, services
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.people import services as who
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import Decision, Link, Membership, PreparedRecord
from tests.integration.intake import typed
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]
REPORTS = sorted(r["report_id"] for r in story.STORY)
KINDS = {"force-a": "police", "force-b": "police", "helpline": "advocacy", "health": "health"}
SISTER = "Through her sister, 07195 101084"


def somebody(role: str = Role.INVESTIGATOR, agency: str = "force-a", name: str = "Sam Reed") -> User:
    with_kind = ensure_agency(agency, agency.replace("-", " ").title(), KINDS[agency])
    username = f"{role}-{agency}-{name}".lower()
    # A new password ends every session.
    return User.objects.filter(username=username).first() or ensure_user(
        username, password="a lamp in every street", display_name=name, role=role, agency=with_kind
    )


def signed_in(role: str = Role.INVESTIGATOR, agency: str = "force-a", name: str = "Sam Reed") -> Client:
    client = Client()
    client.force_login(somebody(role, agency, name), backend=typed.BACKEND)
    return client


def page(client: Client, name: str, *args: object, status: int = 200) -> str:
    answer = client.get(reverse(name, args=args), secure=True)
    assert answer.status_code == status, (answer.status_code, answer.content.decode()[:2000])
    return text_of(answer)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def report_id(key: uuid.UUID) -> str:
    return str(ReportVersion.objects.filter(key=key).values_list("report_id", flat=True).first())


def the_pattern() -> Course:
    return selectors.of_report(REPORTS[0]).get()


def standing() -> list[Any]:
    return sorted(
        (c.course_id, c.digest, tuple(c.report_ids)) for c in Course.objects.filter(superseded_at=None)
    )


def who_is_who() -> dict[str, str]:
    return dict(Membership.objects.filter(current=True).values_list("record_id", "person_id"))


def rows_of(version: int) -> dict[str, Any]:
    """Everything that was received with one version."""
    parts = ("offencerecords", "occasionrecords", "personrecords", "safecontacts")
    one = ReportVersion.objects.get(pk=version)
    whole = {
        k: v
        for k, v in ReportVersion.objects.filter(pk=version).values().get().items()
        if k != "superseded_at"
    }
    return {"report": whole} | {p: list(getattr(one, p).order_by("pk").values()) for p in parts}


# Correct ---------------------------------------------------------------------


def test_a_correction_is_a_new_version_that_is_matched_anew_and_the_old_one_stays() -> None:
    client = signed_in()
    key = typed.type_report(client)
    mine = report_id(key)
    assert set(the_pattern().report_ids) == {*REPORTS, mine}
    first = ReportVersion.objects.get(key=key)
    before = rows_of(first.pk)
    # It was another man altogether.
    other = typed.SUSPECT | {"forenames": "Xerxes", "surname": "Ploughright", "handles": ""}
    answer = typed.correct(client, key, "Wrong man: read the wrong line.", suspect=other)
    assert answer["Location"] == reverse("patterns:joined", args=[key])
    second = ReportVersion.objects.get(key=key, superseded_at=None)
    first.refresh_from_db()
    assert (first.version, second.version, first.source_ref) == (1, 2, second.source_ref)
    assert first.superseded_at is not None
    assert rows_of(first.pk) == before
    assert set(the_pattern().report_ids) == set(REPORTS)
    note = Amendment.objects.get(version=second)
    assert (note.kind, note.reason, note.by.display_name) == (
        "corrected",
        "Wrong man: read the wrong line.",
        "Sam Reed",
    )
    assert Event.objects.filter(verb="intake.report_corrected", subject=f"report {key}").count() == 1
    told = page(client, "patterns:joined", key)
    assert "Report corrected" in told
    assert "What it no longer joins Before, it stood in a pattern with these reports" in told
    for reference in ("4A/000123/26", "HM2600001234", "HM2600001299"):
        assert reference in told
    # Yesterday's question is answered as it was then.
    assert intake.bundle(first.received_at, [mine])["people"]["forenames"].to_list() == ["Priya", "Dan"]


def test_everybody_who_had_the_pattern_sees_what_was_corrected_when_and_why() -> None:
    client = signed_in()
    key = typed.type_report(client)
    course = the_pattern()
    theirs = signed_in(Role.ADVOCATE, "helpline")
    page(theirs, "patterns:pattern", course.course_id)
    changed = typed.VICTIM | {"surname": "Nayar", "address_text": "9 Dove Lane, Avonbridge"}
    typed.correct(client, key, "She spelt it for me.", victim=changed)
    for reader in (theirs, signed_in(Role.INVESTIGATOR, "force-b"), client):
        told = page(reader, "patterns:pattern", course.course_id)
        assert "By Sam Reed, Force A. “She spelt it for me.”" in told
        assert "Was: Nair Now: Nayar" in told
    assert "Changed since it was last viewed: 1 report corrected" not in told  # the advocate has looked since
    told = page(theirs, "patterns:pattern", course.course_id)
    assert "Was: 14 Lark Rise" not in told
    assert "Dove Lane" not in told
    assert "Was: Recorded, not shown here Now: Recorded, not shown here" in told
    assert "Was: 14 Lark Rise, Avonbridge Now: 9 Dove Lane, Avonbridge" in page(client, "intake:report", key)


def test_a_correction_is_what_changed_since_anyone_looked_even_where_the_pattern_is_the_same() -> None:
    client = signed_in()
    key = typed.type_report(client)
    course = the_pattern()
    page(signed_in(Role.ADVOCATE, "helpline"), "patterns:pattern", course.course_id)
    typed.correct(client, key, "She spelt it for me.", report=typed.REPORT | {"impact": "She has moved out."})
    assert the_pattern().digest == course.digest
    assert "1 report corrected" in page(client, "patterns:list")
    assert "Changed since it was last viewed: 1 report corrected" in page(
        client, "patterns:pattern", course.course_id
    )


def test_every_page_is_filled_with_what_was_recorded() -> None:
    client = signed_in()
    second = typed.OCCASION | {"on_day": "", "date_precision": "month", "on_month": "3", "at": ""}
    client.get(reverse("intake:new"), secure=True)
    for step, filled in typed.PAGES.items():
        more = {"add": "yes"} if step == "occasion" else {}
        client.post(reverse("intake:page", args=[step]), filled | more, secure=True)
        if more:
            client.post(reverse("intake:page", args=["occasion-2"]), second, secure=True)
    answer = client.post(reverse("intake:check"), secure=True)
    key = uuid.UUID(answer["Location"].split("/")[-1])
    page(client, "intake:correct", key)
    for step, sent in (*typed.PAGES.items(), ("occasion-2", second)):
        answer = client.get(reverse("intake:correct_page", args=[key, step]), secure=True)
        given = {k: v if isinstance(v, list) else [v] for k, v in sent.items() if v}
        assert typed.filled(answer.content) == given, step


def test_a_correction_that_changes_nothing_says_so_and_stores_nothing() -> None:
    client = signed_in()
    key = typed.type_report(client)
    assert "You have not changed anything yet" in page(client, "intake:correct", key)
    answer = typed.correct(client, key, victim=typed.VICTIM, occasion=typed.OCCASION)
    assert answer.status_code == 422
    assert "You have not changed anything, so there is nothing to save." in text_of(answer)
    assert ReportVersion.objects.filter(key=key).count() == 1
    assert not Amendment.objects.exists()


def test_a_correction_needs_its_reason_and_keeps_what_was_typed_without_it() -> None:
    client = signed_in()
    key = typed.type_report(client)
    answer = typed.correct(client, key, " ", suspect=typed.SUSPECT | {"surname": "Marsh"})
    assert answer.status_code == 422
    told = text_of(answer)
    assert "Enter what was wrong" in told
    assert "Was: nothing Now: Marsh" in told
    assert ReportVersion.objects.filter(key=key).count() == 1
    assert (
        client.post(reverse("intake:correct", args=[key]), {"reason": "Known now."}, secure=True).status_code
        == 302
    )


def test_what_is_discarded_is_gone_and_a_new_report_begun_beside_it_is_not() -> None:
    client = signed_in()
    key = typed.type_report(client)
    client.get(reverse("intake:new"), secure=True)
    client.post(
        reverse("intake:page", args=["report"]), typed.REPORT | {"summary": "Another matter."}, secure=True
    )
    page(client, "intake:correct", key)
    typed.change(client, key, suspect=typed.SUSPECT | {"surname": "Marsh"})
    assert "You are changing 1 answer" in page(client, "intake:correct", key)
    client.post(reverse("intake:correct", args=[key]), {"discard": "yes"}, secure=True)
    assert "You have not changed anything yet" in page(client, "intake:correct", key)
    assert "Another matter." in page(client, "intake:page", "report")


def test_what_people_said_of_an_occasion_stays_with_it_when_another_is_taken_away() -> None:
    client = signed_in()
    client.get(reverse("intake:new"), secure=True)
    later = typed.OCCASION | {"on_day": "28", "behaviours": ["damage"]}
    for step, filled in (
        ("report", typed.REPORT),
        ("occasion", typed.OCCASION | {"add": "yes"}),
        ("occasion-2", later),
        ("victim", typed.VICTIM),
        ("suspect", typed.SUSPECT),
    ):
        client.post(reverse("intake:page", args=[step]), filled, secure=True)
    key = uuid.UUID(client.post(reverse("intake:check"), secure=True)["Location"].split("/")[-1])
    services.correct(somebody(), report_id(key), 2, "removed", "damage", "It was the wind.")
    page(client, "intake:correct", key)
    client.post(reverse("intake:correct_page", args=[key, "occasion"]), {"remove": "yes"}, secure=True)
    told = page(client, "intake:correct", key)
    assert "Removed" in told
    client.post(reverse("intake:correct", args=[key]), {"reason": "That was another woman."}, secure=True)
    held = intake.rows([report_id(key)])["occasions"]
    assert [(o["occasion_seq"], o["started_at"].day) for o in held] == [(2, 28)]
    occasion = next(o for o in the_pattern().occasions.all() if o.report_id == report_id(key))
    assert occasion.occasion_seq == 2
    assert "damage" not in occasion.acts
    assert "Somebody decided before about the acts" in page(client, "patterns:joined", key)
    # The next one that is added takes a number of its own.
    client.get(reverse("intake:correct", args=[key]), secure=True)
    client.post(reverse("intake:correct_page", args=[key, "occasion"]), later | {"add": "yes"}, secure=True)
    typed.change(client, key, **{"occasion-2": typed.OCCASION})
    client.post(reverse("intake:correct", args=[key]), {"reason": "Two after all."}, secure=True)
    assert [o["occasion_seq"] for o in intake.rows([report_id(key)])["occasions"]] == [2, 3]


# Two at once -----------------------------------------------------------------


def test_of_two_who_correct_at_once_the_second_is_told_and_nothing_is_lost() -> None:
    first, second = signed_in(name="Ann Lee"), signed_in(name="Bo Hill")
    key = typed.type_report(first)
    for client in (first, second):
        page(client, "intake:correct", key)
    typed.change(second, key, suspect=typed.SUSPECT | {"surname": "Marsh"})
    typed.correct(first, key, "Heard it wrong.", victim=typed.VICTIM | {"surname": "Nayar"})
    answer = second.post(reverse("intake:correct", args=[key]), {"reason": "He gave his name."}, secure=True)
    told = text_of(answer)
    assert answer.status_code == 422
    assert "Somebody else corrected this report while you were typing" in told
    assert "Ann Lee, Force A" in told
    assert "“Heard it wrong.” They changed:" in told
    assert "Was: Nair Now: Nayar" in told
    assert "Was: nothing Now: Marsh" in told
    assert "You are changing 1 answer" in told
    assert "He gave his name." in answer.content.decode()
    assert ReportVersion.objects.filter(key=key).count() == 2
    second.post(reverse("intake:correct", args=[key]), {"reason": "He gave his name."}, secure=True)
    people = {p["role"]: p["surname"] for p in intake.rows([report_id(key)])["people"]}
    assert people == {"victim": "Nayar", "suspect": "Marsh"}
    assert [v.version for v in ReportVersion.objects.filter(key=key).order_by("pk")] == [1, 2, 3]


def test_who_types_while_somebody_withdraws_is_told_and_stores_nothing() -> None:
    first, second = signed_in(name="Ann Lee"), signed_in(name="Bo Hill")
    key = typed.type_report(first)
    page(second, "intake:correct", key)
    typed.change(second, key, suspect=typed.SUSPECT | {"surname": "Marsh"})
    withdraw(first, key)
    answer = second.post(reverse("intake:correct", args=[key]), {"reason": "He gave his name."}, secure=True)
    assert answer["Location"] == reverse("intake:report", args=[key])
    assert "Put it back to correct it" in page(second, "intake:report", key)
    assert ReportVersion.objects.filter(key=key).count() == 1
    # What was typed is there when it is back.
    put_back(first, key)
    assert "Was: nothing Now: Marsh" in page(second, "intake:correct", key)


def test_a_report_that_was_corrected_since_is_not_withdrawn_unread() -> None:
    first, second = signed_in(name="Ann Lee"), signed_in(name="Bo Hill")
    key = typed.type_report(first)
    shown = versions.standing_version(key)
    typed.correct(second, key, victim=typed.VICTIM | {"surname": "Nayar"})
    address = reverse("intake:withdraw", args=[key])
    answer = first.post(address, {"reason": "A test.", "version": shown}, secure=True)
    assert answer.status_code == 422
    assert "Somebody corrected this report. Read it again" in text_of(answer)
    assert versions.standing_version(key)
    # Told, they may do it all the same; what they wrote is there.
    sent = typed.filled(answer.content)
    assert sent["reason"] == ["A test."]
    again = re.search(r'name="version" value="(\d+)"', answer.content.decode())
    assert again
    assert int(again[1]) == versions.standing_version(key)


# Safe contact ----------------------------------------------------------------


def test_how_to_reach_her_stays_unread_unless_something_new_is_typed() -> None:
    client = signed_in(Role.ADVOCATE, "helpline")
    report = typed.REPORT | {"offence": "contact_harassment"}
    key = typed.type_report(client, report=report, victim=typed.VICTIM | {"safe_contact": SISTER})
    tokens = PersonRecord.objects.get(version__key=key, role="victim").match_tokens
    assert tokens
    # Whoever typed it reads it on the page of the report, and on no other, until there is a case.
    assert SISTER in page(client, "intake:report", key)
    pages = [
        page(client, "intake:correct", key),
        page(client, "intake:correct_page", key, "victim"),
    ]
    assert "It is not shown, and it stays as it is unless you type something new" in pages[-1]
    typed.correct(client, key, victim=typed.VICTIM | {"surname": "Nayar", "safe_contact": ""})
    pages.append(page(client, "patterns:joined", key))
    assert not [p for p in pages if "sister" in p or "101084" in p]
    assert "sister" not in json.dumps(dict(client.session))
    now = ReportVersion.objects.get(key=key, superseded_at=None)
    assert now.version == 2
    assert json.loads(SafeContact.objects.get(version=now).details) == {"note": SISTER}
    assert PersonRecord.objects.get(version=now, role="victim").match_tokens == tokens
    # Something new takes its place, and is shown to whoever typed it, before it is saved.
    client.get(reverse("intake:correct", args=[key]), secure=True)
    typed.change(client, key, victim=typed.VICTIM | {"safe_contact": "Only in person"})
    assert "Was: Recorded, and not shown here Now: Only in person" in page(client, "intake:correct", key)
    client.post(reverse("intake:correct", args=[key]), {"reason": "She asked."}, secure=True)
    newest = ReportVersion.objects.get(key=key, superseded_at=None)
    assert json.loads(SafeContact.objects.get(version=newest).details) == {"note": "Only in person"}
    assert "Only in person" in page(client, "intake:report", key)


def test_where_her_details_change_it_is_said_that_the_safe_contact_stays() -> None:
    client = signed_in()
    key = typed.type_report(client, victim=typed.VICTIM | {"safe_contact": SISTER})
    page(client, "intake:correct", key)
    typed.change(client, key, suspect=typed.SUSPECT | {"surname": "Marsh"})
    assert "stays as it was recorded, and is not shown" not in page(client, "intake:correct", key)
    typed.change(client, key, victim=typed.VICTIM | {"forenames": "Petra", "surname": "Novak"})
    assert "How to reach the victim safely stays as it was recorded, and is not shown" in page(
        client, "intake:correct", key
    )


# Withdraw and put back -------------------------------------------------------


def withdraw(client: Client, key: uuid.UUID, reason: str = "Typed twice.") -> Any:
    shown = versions.standing_version(key)
    return client.post(
        reverse("intake:withdraw", args=[key]), {"reason": reason, "version": shown}, secure=True
    )


def put_back(client: Client, key: uuid.UUID, reason: str = "It was not a duplicate.") -> Any:
    return client.post(reverse("intake:put_back", args=[key]), {"reason": reason}, secure=True)


def traces(report: str) -> dict[str, int]:
    """What linkage and patterns hold of a report."""
    return {
        "prepared": PreparedRecord.objects.filter(report_id=report).count(),
        "members": Membership.objects.filter(report_id=report, current=True).count(),
        "links": Link.objects.filter(left_record__startswith=report).count()
        + Link.objects.filter(right_record__startswith=report).count(),
        "patterns": Course.objects.filter(superseded_at=None, report_ids__contains=[report]).count(),
    }


def test_a_withdrawn_report_stands_nowhere_stays_on_record_and_comes_back_as_it_was() -> None:
    was_standing, were = standing(), who_is_who()
    client = signed_in()
    key = typed.type_report(client, victim=typed.VICTIM | {"safe_contact": SISTER})
    mine = report_id(key)
    joined, are = standing(), who_is_who()
    first = ReportVersion.objects.get(key=key)
    assert all(traces(mine).values())
    assert withdraw(client, key)["Location"] == reverse("intake:report", args=[key])
    assert traces(mine) == dict.fromkeys(traces(mine), 0)
    assert (standing(), who_is_who()) == (was_standing, were)
    assert intake.rows([mine])["reports"] == []
    assert intake.bundle(report_ids=[mine])["reports"].is_empty()
    assert intake.bundle(first.received_at, [mine])["reports"].height == 1
    told = page(client, "intake:report", key)
    assert "This report was withdrawn by Sam Reed" in told
    assert "“Typed twice.”" in told
    assert "What it said" in told
    assert client.get(reverse("patterns:joined", args=[key]), secure=True)["Location"] == reverse(
        "intake:report", args=[key]
    )
    # Whatever is worked out anew leaves it out too.
    relinking.relink_all(fit=False)
    services.refresh_all()
    assert traces(mine) == dict.fromkeys(traces(mine), 0)
    assert standing() == was_standing
    assert put_back(client, key)["Location"] == reverse("patterns:joined", args=[key])
    second = ReportVersion.objects.get(key=key, superseded_at=None)
    assert (second.version, second.digest) == (2, first.digest)
    same = {"id", "version", "version_id", "batch_id", "received_at"}
    old, new = (
        [{k: v for k, v in row.items() if k not in same} for row in _flat(rows_of(pk))]
        for pk in (first.pk, second.pk)
    )
    assert old == new
    assert json.loads(SafeContact.objects.get(version=second).details) == {"note": SISTER}
    assert (standing(), who_is_who()) == (joined, are)
    verbs = Event.objects.filter(subject=f"report {key}").order_by("pk").values_list("verb", flat=True)
    assert [v for v in verbs if v.startswith("intake.report_") and not v.endswith("seen")] == [
        "intake.report_saved",
        "intake.report_withdrawn",
        "intake.report_put_back",
    ]


def _flat(rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [rows["report"], *(row for part, found in rows.items() if part != "report" for row in found)]


def test_on_the_pattern_it_is_seen_who_withdrew_a_report_and_that_it_came_back() -> None:
    client = signed_in()
    key = typed.type_report(client)
    course = the_pattern()
    theirs = signed_in(Role.INVESTIGATOR, "force-b")
    page(theirs, "patterns:pattern", course.course_id)
    withdraw(client, key, "A test of the form.")
    assert "1 report withdrawn" in page(client, "patterns:list")
    told = page(theirs, "patterns:pattern", course.course_id)
    assert "Changed since it was last viewed: 1 report withdrawn" in told
    assert ": withdrawn, " in told
    assert "By Sam Reed, Force A. “A test of the form.” It is no longer in this pattern." in told
    put_back(client, key)
    told = page(theirs, "patterns:pattern", course.course_id)
    assert ": put back, " in told
    assert "It is no longer in this pattern" not in told


def test_a_pattern_that_falls_apart_with_a_withdrawn_report_says_so() -> None:
    client = signed_in()
    stranger = typed.SUSPECT | {
        "forenames": "Xerxes",
        "surname": "Ploughright",
        "handles": "",
        "phones": "07195 109999",
    }
    nobody = typed.VICTIM | {
        "forenames": "Ottoline",
        "surname": "Quirke",
        "phones": "07195 108888",
        "birth_date_year": "1961",
    }
    report = typed.REPORT | {"related_refs": ""}
    keys = [
        typed.type_report(
            client, report=report, occasion=typed.OCCASION | {"on_day": day}, suspect=stranger, victim=nobody
        )
        for day in ("28", "29")
    ]
    course = selectors.of_report(report_id(keys[0])).get()
    withdraw(client, keys[1], "The wrong woman.")
    told = page(client, "patterns:pattern", course.course_id, status=410)
    assert "One of its reports was corrected or withdrawn" in told
    assert "“The wrong woman.”" in told


def test_what_people_decided_of_its_records_counts_again_when_it_is_back() -> None:
    client = signed_in()
    officer = somebody()
    key = typed.type_report(client)
    mine = report_id(key)
    suspect = f"{mine}/2"
    services.different_person(officer, mine, who_is_who()[suspect], "She showed a photograph: another man.")
    parted = who_is_who()
    decisions = list(Decision.objects.order_by("pk").values_list("pk", flat=True))
    withdraw(client, key)
    relinking.relink_all(fit=False)
    assert list(Decision.objects.order_by("pk").values_list("pk", flat=True)) == decisions
    put_back(client, key)
    now = who_is_who()
    assert now[suspect] != now[f"{REPORTS[0]}#2"]
    assert {r: now[r] for r in parted if not r.startswith(mine)} == {
        r: p for r, p in parted.items() if not r.startswith(mine)
    }
    assert "The decisions below were made before, and stand" in page(client, "patterns:joined", key)


@pytest.mark.parametrize("back", [False, True])
def test_what_is_withdrawn_while_everything_is_linked_anew_is_left_out_and_what_is_back_is_in(
    back: bool,
) -> None:
    client = signed_in()
    key = typed.type_report(client)
    mine = report_id(key)
    are = who_is_who()
    decided = who.decide(
        somebody(), Decision.Kind.SAME, [(f"{mine}/2", f"{REPORTS[0]}#2")], "Both in custody."
    )

    def meanwhile(step: str, share: float) -> None:
        if step == "Comparing records":
            withdraw(client, key)
            if back:
                put_back(client, key)

    relinking.relink_all(meanwhile, fit=False)
    services.refresh_all()
    if back:
        assert who_is_who() == are
        assert mine in the_pattern().report_ids
    else:
        assert traces(mine) == dict.fromkeys(traces(mine), 0)
        assert who_is_who() == {r: p for r, p in are.items() if not r.startswith(mine)}
    # It was withdrawn, not erased: nothing that somebody decided is gone.
    assert Decision.objects.filter(act=decided[0]).exists()


# Who may ---------------------------------------------------------------------

MAY = {
    (Role.COORDINATOR, "force-a"): "amend",
    (Role.INVESTIGATOR, "force-a"): "amend",
    (Role.STALKING_LEAD, "force-a"): "amend",
    (Role.COORDINATOR, "force-b"): "read",
    (Role.INVESTIGATOR, "force-b"): "read",
    (Role.ADVOCATE, "helpline"): "read",
    (Role.CLINICIAN, "health"): "not found",
    (Role.PROBATION, "force-a"): "not found",
    (Role.ADMINISTRATOR, "force-a"): "no",
    (Role.ANALYST, "force-a"): "no",
    (Role.AUDITOR, "force-a"): "no",
}


@pytest.mark.parametrize(("role", "agency"), MAY)
def test_who_may_amend_a_report_that_was_typed(role: str, agency: str) -> None:
    key = typed.type_report(signed_in(name="Ann Lee"))
    client, may = signed_in(role, agency, "Bo Hill"), MAY[role, agency]
    opened = {"amend": 200, "read": 200, "not found": 404, "no": 403}[may]
    assert client.get(reverse("intake:report", args=[key]), secure=True).status_code == opened
    changed = {"amend": 200, "read": 403, "not found": 404, "no": 403}[may]
    for name in ("intake:correct", "intake:withdraw"):
        assert client.get(reverse(name, args=[key]), secure=True).status_code == changed, name
    answer = withdraw(client, key)
    assert answer.status_code == (302 if may == "amend" else changed)
    assert (versions.standing_version(key) is None) == (may == "amend")
    if may in {"amend", "read"}:
        told = page(client, "intake:report", key)
        assert ("Only people in Force A can correct or withdraw it" in told) == (may == "read")
        assert ("14 Lark Rise" in told) == (may == "amend")


def test_who_may_not_read_reports_corrects_what_they_typed_themselves_and_no_more() -> None:
    author, colleague = (signed_in(Role.CLINICIAN, "health", name) for name in ("Ann Lee", "Bo Hill"))
    report = typed.REPORT | {"offence": "contact_harassment"}
    key = typed.type_report(author, report=report)
    other = typed.type_report(signed_in())
    assert "14 Lark Rise" in page(author, "intake:report", key)
    assert "HEALTH-" in page(author, "intake:typed")
    for reader, address in ((colleague, key), (author, other), (signed_in(Role.PROBATION, "health"), key)):
        page(reader, "intake:report", address, status=404)
        page(reader, "intake:correct", address, status=404)
    assert "HEALTH-" not in page(colleague, "intake:typed")
    answer = typed.correct(author, key, suspect=typed.SUSPECT | {"surname": "Marsh"})
    assert answer["Location"] == reverse("intake:report", args=[key])
    told = page(author, "intake:report", key)
    assert "Was: nothing Now: Marsh" in told
    assert "pattern" not in told.lower()
    # Why a colleague who may read more withdrew it can tell of other reports.
    lead = signed_in(Role.COORDINATOR, "health", "Cy Ware")
    withdraw(lead, key, "The same as HM2600001299.")
    for address in ("intake:report", "intake:put_back"):
        told = page(author, address, key)
        assert "withdrawn by Cy Ware" in told
        assert "HM26" not in told
    put_back(author, key)
    assert "It was not a duplicate." in page(author, "intake:report", key)
    # What such a colleague changed is theirs.
    typed.correct(lead, key, victim=typed.VICTIM | {"surname": "Nayar"})
    page(author, "intake:report", key, status=404)


def test_reports_of_a_system_say_how_they_are_corrected() -> None:
    client = signed_in()
    ensure_agency("force-b", "Force B", Agency.Kind.POLICE)
    key = intake.report_key(REPORTS[-1])
    course = the_pattern()
    how = (
        "Force B’s own system sent this report. If something in it is wrong, Force B corrects its record and "
        "sends the corrected extract."
    )
    assert how in page(client, "intake:report", key)
    place = course.occasions.filter(report_id=REPORTS[-1]).get().place
    assert how in page(client, "patterns:occasion", course.course_id, place)
    assert client.get(reverse("intake:correct", args=[key]), secure=True).status_code == 403
    # Of one's own system just the same.
    own = signed_in(Role.INVESTIGATOR, "force-b")
    assert own.get(reverse("intake:correct", args=[key]), secure=True).status_code == 403


def test_a_corrected_extract_shows_on_the_pattern_as_a_typed_correction_does() -> None:
    client = signed_in()
    course = the_pattern()
    page(client, "patterns:pattern", course.course_id)
    other = story.STORY[1] | {"people": (story.VICTIM_B, story.DAN_SHORT | {"surname": "Marsh"})}
    story.receive([other])
    services.report_saved(other["report_id"], None)
    told = page(client, "patterns:pattern", course.course_id)
    assert "a corrected version received in a file" in told
    assert "By Force B." in told
    assert "Was: nothing Now: Marsh" in told
    assert presenters.changed([], {"corrected": {other["report_id"]}}) == "1 report corrected"


def test_typed_reports_are_listed_for_their_agency_and_the_withdrawn_apart() -> None:
    client = signed_in()
    keys = [typed.type_report(client) for _ in range(2)]
    references = [ReportVersion.objects.get(key=k).source_ref for k in keys]
    withdraw(client, keys[0])
    told = page(client, "intake:typed")
    assert all(r in told for r in references)
    assert told.index(references[1]) < told.index(references[0])
    client_b = signed_in(Role.INVESTIGATOR, "force-b")
    assert not [r for r in references if r in page(client_b, "intake:typed")]
    answer = client.get(reverse("intake:typed") + "?show=withdrawn", secure=True)
    assert [r in text_of(answer) for r in references] == [True, False]


def test_no_address_title_or_event_of_these_pages_names_anybody() -> None:
    from tests.integration.patterns.test_pages import NAMES

    client = signed_in()
    key = typed.type_report(client)
    typed.correct(client, key, "Her name is Priya Nair.", victim=typed.VICTIM | {"surname": "Nayar"})
    withdraw(client, key, "Dan Marsh said so.")
    put_back(client, key, "Priya said so.")
    client.get(reverse("intake:correct", args=[key]), secure=True)
    for name in ("report", "correct", "withdraw"):
        answer = client.get(reverse(f"intake:{name}", args=[key]), secure=True)
        text = answer.content.decode()
        assert answer.status_code == 200
        title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
        assert title
        assert not NAMES.search(title[1])
        assert not [h for h in re.findall(r'(?:href|action|src)="([^"]*)"', text) if NAMES.search(h)]
    for event in Event.objects.all():
        assert not NAMES.search(f"{event.verb} {event.subject} {event.detail} {event.reason}")


def test_amendments_and_versions_are_append_only() -> None:
    client = signed_in()
    key = typed.type_report(client)
    typed.correct(client, key, victim=typed.VICTIM | {"surname": "Nayar"})
    from django.db import DatabaseError, transaction

    for change in (
        lambda: Amendment.objects.update(reason="Another"),
        lambda: Amendment.objects.all().delete(),
        lambda: ReportVersion.objects.filter(key=key).update(superseded_at=timezone.now()),
    ):
        with pytest.raises(DatabaseError, match=r"never changed|append-only"), transaction.atomic():
            change()
