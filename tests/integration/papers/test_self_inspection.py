"""The self-inspection pack: verdicts, first due dates, slip and evidence; nobody's name; as of any day."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.improvement import services
from lamplighter.hub.papers.self_inspection import writing
from lamplighter.reporting.papers.outline import Facts, Paper, Table
from lamplighter.reporting.words import day
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.improvement.test_improvement import RULE, TODAY, act, added, ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return making.somebody(Role.STALKING_LEAD, "force-a")


@pytest.fixture
def coordinator() -> User:
    return making.somebody(Role.COORDINATOR, "hub")


def pack(user: User, days: int = 0, code: str = "force-a") -> Paper:
    as_at = timezone.make_aware(dt.datetime.combine(ago(days), dt.time(23, 59)))
    with identity.as_person(user):
        return writing.pack(Agency.objects.get(code=code), as_at)


def facts(paper: Paper, number: int = 0) -> dict[str, str]:
    return dict([b for b in paper.blocks if isinstance(b, Facts)][number].rows)


def table(paper: Paper, caption: str) -> list[tuple[str, ...]]:
    found = next(b for b in paper.blocks if isinstance(b, Table) and b.caption == caption)
    return [tuple(" ".join(run.text for run in cell) for cell in row) for row in found.rows]


def plain(when: dt.date) -> str:
    """A date that may break over two lines of a narrow column."""
    return day(when).replace("\N{NO-BREAK SPACE}", " ")


def words(paper: Paper) -> str:
    return repr(paper)


def test_it_carries_the_verdict_the_first_due_date_the_slip_and_the_evidence(
    lead: User, coordinator: User
) -> None:
    action = added(coordinator)
    later: dict[str, Any] = {"kind": "date_moved", "on": ago(45), "words": "Two courses fell out."}
    act(lead, services.say, action, **later, new_date=ago(10), days=45)
    act(lead, services.say, action, kind="done", on=ago(30), words="Everybody is trained.", days=30)
    finding = act(
        coordinator, services.find, action, found="not_met", on=ago(20), words="Six of ten.", days=20
    )
    act(lead, services.check, finding, agrees=True, words="Six of ten.", days=19)
    act(lead, services.find, action, found="met", on=ago(2), words="Nine of ten.", days=2)
    made = pack(lead)
    told = facts(made)
    assert told["Status"] == "Evidence says it is not done"
    assert told["First due"] == day(ago(40))
    assert told["Later dates"] == f"{day(ago(10))} (said on {day(ago(45))})"
    assert told["After the first due date"] == "40 days, running on"
    assert told["What would show that it is done"] == RULE
    assert told["Last said"] == f"It is done ({day(ago(30))}): Everybody is trained."
    assert table(made, "Evidence on action 1") == [
        (plain(ago(20)), "No, it is not done", "Six of ten.", f"Agrees, on {day(ago(19))}"),
        (plain(ago(2)), "Yes, it is done", "Nine of ten.", "Not checked yet: it does not count"),
    ]
    assert table(made, "Actions by status")[0][:2] == ("Evidence says it is not done", "1")
    (line,) = table(made, "All actions")
    assert line[2:] == (plain(ago(40)), plain(ago(10)), "Evidence says it is not done", "40 days, running on")


@pytest.mark.parametrize(
    ("days", "status", "slip"),
    [
        (99, "No answer yet", "Not due yet"),
        (35, "No answer yet", "5 days, running on"),
        (30, "Said to be done, not shown", "10 days (by its own account)"),
        (5, "Shown to be done", "20 days (to the finding)"),
    ],
)
def test_of_a_past_day_it_is_what_was_known_then(
    days: int, status: str, slip: str, lead: User, coordinator: User
) -> None:
    action = added(coordinator)
    act(lead, services.say, action, kind="done", on=ago(30), words="Done.", days=30)
    finding = act(lead, services.find, action, found="met", on=ago(20), words="Twenty.", days=20)
    act(coordinator, services.check, finding, agrees=True, words="Twenty.", days=10)
    told = facts(pack(lead, days))
    assert (told["Status"], told["After the first due date"]) == (status, slip)
    assert "No improvement action" in words(pack(lead, 101))


def test_it_is_of_one_agency_and_names_nobody(lead: User, coordinator: User) -> None:
    with making.as_the_owner():
        User.objects.filter(pk=lead.pk).update(display_name="Alex Thorne-Hale")
    action = added(coordinator)
    added(coordinator, code="force-b")
    act(lead, services.name_owner, action, lead)
    finding = act(lead, services.find, action, found="met", on=ago(20), words="Twenty.", days=20)
    act(coordinator, services.check, finding, agrees=True, words="Twenty.", days=10)
    said = act(lead, services.say, action, kind="in_progress", on=ago(5), words="Named somebody.", days=5)
    act(lead, services.withdraw, said, "It named somebody.")
    made = pack(lead)
    assert len([b for b in made.blocks if isinstance(b, Facts)]) == 1
    for name in (lead.display_name, "Thorne", coordinator.display_name, "Named somebody"):
        assert name not in words(made)
    assert "1 entry withdrawn as wrong, and left out." in words(made)


def test_an_action_that_ended_says_so_and_a_removed_one_shows_no_words(lead: User, coordinator: User) -> None:
    first, second = added(coordinator), added(coordinator, days=90)
    act(coordinator, services.end, first, kind="ended", words="The unit closed.", days=30)
    act(coordinator, services.end, second, kind="struck", words="It named somebody.")
    made = pack(lead)
    told = facts(made)
    assert told["Status"] == "Not needed any more"
    assert told["Ended"] == f"{day(ago(30))}: The unit closed."
    assert "running on" not in words(made)
    assert [row[1] for row in table(made, "All actions")] == ["Screen every report", "Removed action"]
    assert words(made).count(RULE) == 1


def test_it_is_given_out_in_three_forms_each_on_record(lead: User, coordinator: User) -> None:
    added(coordinator)
    client = telling.browser(lead)
    held = {}
    for form in ("pdf", "docx", "odt"):
        there = reverse("papers:self_inspection_file", args=["force-a", form])
        sent = client.get(f"{there}?as_at={ago(50).isoformat()}", secure=True)
        assert sent.status_code == 200
        assert f"self-inspection-force-a-{ago(50).isoformat()}.{form}" in sent["Content-Disposition"]
        assert sent["Cache-Control"] == "no-store"
        held[form] = sent.content
    pdf = pypdf.PdfReader(io.BytesIO(held["pdf"]))
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert "Screen every report" in text
    assert "OFFICIAL-SENSITIVE" in text
    assert "/StructTreeRoot" in pdf.root_object  # tagged, for screen readers
    with zipfile.ZipFile(io.BytesIO(held["docx"])) as docx:
        assert "Screen every report" in docx.read("word/document.xml").decode()
    with zipfile.ZipFile(io.BytesIO(held["odt"])) as odt:
        assert "Screen every report" in odt.read("content.xml").decode()
    with making.as_the_owner():
        events = Event.objects.filter(verb="papers.self_inspection_file", subject="agency force-a")
        assert {e.detail["form"] for e in events} == {"pdf", "docx", "odt"}
    nowhere = reverse("papers:self_inspection_file", args=["force-a", "front"])
    assert client.get(nowhere, secure=True).status_code == 404


def test_its_page_is_led_to_and_asks_for_a_past_day(lead: User, coordinator: User) -> None:
    added(coordinator)
    client, there = telling.browser(lead), reverse("papers:self_inspection", args=["force-a"])
    assert there in client.get(reverse("improvement:list"), secure=True).content.decode()
    page = client.get(there, secure=True).content.decode()
    assert "No answer yet" in page
    then = ago(99)
    asked = {"day_day": then.day, "day_month": then.month, "day_year": then.year}
    page = client.get(there, asked, secure=True, follow=True).content.decode()
    assert "As it stood at the end of" in page
    assert "Not due yet" in page
    assert f"?as_at={then.isoformat()}" in page
    wrong = client.get(there, asked | {"day_year": TODAY.year + 1}, secure=True)
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    "role", [Role.INVESTIGATOR, Role.ADVOCATE, Role.ADMINISTRATOR, Role.ANALYST, Role.CLINICIAN]
)
def test_whoever_may_not_read_improvement_may_not_read_its_pack(role: Role, coordinator: User) -> None:
    added(coordinator)
    code = {Role.ADVOCATE: "helpline", Role.CLINICIAN: "health"}.get(role, "force-a")
    user = making.somebody(role, code)
    client = telling.browser(user)
    for name, args in (("self_inspection", ["force-a"]), ("self_inspection_file", ["force-a", "pdf"])):
        assert client.get(reverse(f"papers:{name}", args=args), secure=True).status_code == 403
    assert "No improvement action" in words(pack(user))
