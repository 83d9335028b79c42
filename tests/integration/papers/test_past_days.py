"""A paper of a past day: what the hub held then, marked on every page, and refused where it held nothing."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pytest
from pypdf import PdfReader

from lamplighter.hub.accounts.models import User
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases.models import Case
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.orders import services as orders
from lamplighter.hub.orders.selectors import order as standing
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.words import day
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.orders import making as ordering
from tests.integration.papers.telling import a_version, file, make, officer, text_of
from tests.integration.papers.test_papers import verified
from tests.integration.risk import telling as risk

pytestmark = pytest.mark.django_db
OPENED, JOINED, CHOSEN, LATER = (ordering.at(2026, 3, d) for d in (2, 4, 10, 20))
ON = CHOSEN.date()


def a_report(case: Case, words: str, at: dt.datetime, number: int = 1) -> CaseReport:
    happened = dt.datetime(2026, 3, 1, 21, 5)
    row = risk.a_report(
        case,
        at=at,
        since=at,
        happened_at=happened,
        reported_at=happened,
        precision="exact",
        acts=["following"],
        limbs=["a"],
        recorded_as="stalking",
    )
    a_version(row.report_key, f"4A/{number:06d}/26", words, at)
    return row


def corrected(case: Case, row: CaseReport, words: str, at: dt.datetime) -> None:
    """The agency says something else of the same report, later."""
    with making.as_the_owner():
        CaseReport.objects.filter(pk=row.pk).update(ended_at=at, ended_why="changed")
        ReportVersion.objects.filter(key=row.report_key).update(superseded_at=at)
        held = {f.attname: getattr(row, f.attname) for f in CaseReport._meta.concrete_fields}
        held |= {"at": at, "acts": ["loitering"], "ended_at": None, "ended_why": ""}
        CaseReport.objects.create(**{k: v for k, v in held.items() if k not in ("id", "key")})
    a_version(row.report_key, "4A/000001/26", words, at)


@pytest.fixture
def told() -> tuple[User, Case]:
    """A case of March: a report that was corrected, and an order that was varied, after the chosen day."""
    by = officer()
    with ordering.told(by, OPENED):
        case = making.a_case(by, "helpline", "health", "force-b")
    row = a_report(case, "He waited by the red door.", JOINED)
    with ordering.told(by, JOINED):
        made = orders.record(by, case, ordering.draft(made_on=ON - dt.timedelta(days=7)))
    corrected(case, row, "He waited by the blue door.", LATER)
    with ordering.told(by, LATER):
        longer = ordering.draft(made_on=LATER.date(), last_day=dt.date(2033, 1, 1), applied_on=None)
        orders.change(by, case, standing(case, made.thread), longer, "Varied by the court.")
    return by, case


def plain(text: str) -> str:
    """Return a text with a common space wherever one is that keeps a date together."""
    return " ".join(text.split())


def outline(by: User, case: Case, code: str, **given: Any) -> str:
    return plain(json.dumps(make(by, case, code, **given)[0].outline, ensure_ascii=False))


def test_it_holds_what_the_hub_held_then_and_nothing_that_was_corrected_or_varied_later(
    told: tuple[User, Case],
) -> None:
    by, case = told
    then, now = (outline(by, case, "spo", **given) for given in ({"as_at": ON.isoformat()}, {}))
    assert "red door" in then
    assert "blue door" not in then
    assert "Corrected since" in then
    assert "blue door" in now
    assert "red door" not in now
    assert "Corrected since" not in now
    first_last_day = ON - dt.timedelta(days=7) + dt.timedelta(days=3 * 365)
    assert plain(day(first_last_day)) in then
    assert "1 January 2033" not in then
    assert "1 January 2033" in now


def test_it_is_marked_on_every_page_of_every_form_and_in_the_hub(told: tuple[User, Case]) -> None:
    by, case = told
    for number in range(40):
        a_report(case, f"He waited again, for hours, by the gate. {number}", JOINED, number + 2)
    (row,) = make(by, case, "schedule", as_at=ON.isoformat())
    marked = plain(f"as at {day(ON)}")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(file(by, case, row))).pages]
    assert len(pages) > 2
    assert all(marked in plain(page) for page in pages)
    for form in ("docx", "odt"):
        said = text_of(file(by, case, row, form), form)
        assert marked in said
        assert plain(f"The case as it stood on {day(ON)}.") in said
    client = cases.browser(by)
    page = plain(client.get(f"/cases/{case.key}/papers/{row.key}", secure=True).content.decode())
    assert plain(f"It holds what stood at the end of {day(ON)}.") in page
    assert f"Schedule of a course of conduct, {marked}" in page
    assert marked in plain(client.get(f"/cases/{case.key}/papers", secure=True).content.decode())
    (today,) = make(by, case, "schedule")
    assert marked not in text_of(file(by, case, today))


def test_what_was_found_to_be_about_somebody_else_since_is_left_out_and_counted(
    told: tuple[User, Case],
) -> None:
    by, case = told
    strange = a_report(case, "A quarrel between two neighbours.", JOINED, 9)
    with making.as_the_owner():
        CaseReport.objects.filter(pk=strange.pk).update(ended_at=LATER, ended_why="left")
    then = outline(by, case, "schedule", as_at=ON.isoformat())
    assert "two neighbours" not in then
    assert "1 report that stood on the case that day is left out" in then


@pytest.mark.parametrize(
    ("code", "on", "says"),
    [
        ("schedule", dt.date(2026, 2, 27), "it was opened on 2 March 2026"),
        ("schedule", dt.date(2026, 3, 3), "the first joined it on 4 March 2026"),
        ("spo", dt.date(2099, 1, 1), "must be before today"),
        ("restraining", ON, "made as the case stands today"),
    ],
)
def test_a_day_of_which_the_hub_held_nothing_is_refused_with_what_to_choose(
    told: tuple[User, Case], code: str, on: dt.date, says: str
) -> None:
    by, case = told
    given = verified() if code == "restraining" else {}
    with pytest.raises(NotPossibleError) as refused:
        make(by, case, code, as_at=on.isoformat(), **given)
    assert says in plain(str(refused.value))
    assert refused.value.field == "as_at"


def test_the_form_asks_for_the_day_and_says_beside_it_why_one_is_refused(told: tuple[User, Case]) -> None:
    by, case = told
    client = cases.browser(by)
    address = f"/cases/{case.key}/papers/make/schedule"
    assert "As the case stood on which day?" in client.get(address, secure=True).content.decode()
    sent = {"as_at_day": "27", "as_at_month": "2", "as_at_year": "2026", "remarks": "For the file."}
    refused = client.post(address, sent, secure=True)
    assert refused.status_code == 422
    assert "Choose that day or a later one." in refused.content.decode()
    assert "For the file." in refused.content.decode()
    made = client.post(address, sent | {"as_at_day": "10", "as_at_month": "3"}, secure=True)
    assert made.status_code == 302
    again = client.get(f"/cases/{case.key}/papers/make/restraining", secure=True).content.decode()
    assert "As the case stood on which day?" not in again
