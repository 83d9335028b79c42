"""From the saved form to the page that says its pattern, through the site as it is served.

The hub holds a made-up world of reports, linked, with its patterns. Somebody signed in types further reports
of that world, one after another; timed is what follows on "Save": the report stored, matched, its patterns
found anew, and the page that says whether these two people are known.
"""

from __future__ import annotations

import argparse
import http.client
import time
from typing import Any
from urllib.parse import urlencode

import polars as pl

from benchmarks import hub_load
from benchmarks.hub_load_people import HOST, SECRET, session_of

PORT = 8771
_TELLING = {"forenames", "surname", "nicknames", "phones", "emails"}
"""The form wants one of these of the person harmed."""
WARM = 10
"""Reports that are saved before any is timed: the site imports and reads its model with the first."""


def measure(options: argparse.Namespace) -> list[tuple[str, list[float]]]:
    """Rows of a table of times, in seconds."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.urls import reverse

    from benchmarks import arrivals_state as state
    from benchmarks.arrivals import say
    from lamplighter.hub.accounts.models import Role
    from lamplighter.hub.accounts.services import ensure_agency, ensure_user
    from lamplighter.synthetic.worlds.world import generate

    call_command("migrate", verbosity=0)
    world = generate(options.seed, person_records=options.person_records, bank="b")
    held, coming = state.arrivals(world, options.arrivals + WARM, options.seed)
    whole = {name: _of(frame, held["reports"], held["people"]) for name, frame in world.bundle.items()}
    _received(whole)
    say(f"{whole['people'].height:,} person records in {whole['reports'].height:,} reports, linked")
    agency = ensure_agency("force-a", "Force A", "police")
    officer = ensure_user(
        "arrivals", password=SECRET, display_name="An officer", role=Role.INVESTIGATOR, agency=agency
    )
    browser = _Browser(session_of(officer))
    save: list[float] = []
    told: list[float] = []
    processor: list[tuple[float, float]] = []
    known = 0
    with hub_load.served(PORT) as site:
        for number, report in enumerate(coming):
            browser.get(reverse("intake:new"))
            for step, typed in _typed(report, agency):
                browser.post(reverse("intake:page", args=[step]), typed)
            spent = hub_load._processor(site)
            began = time.perf_counter()
            address = browser.post(reverse("intake:check"), {})
            saved = time.perf_counter()
            page = browser.get(address)
            ended = time.perf_counter()
            if number >= WARM:
                save.append(saved - began)
                told.append(ended - began)
                now = hub_load._processor(site)
                processor.append((now[0] - spent[0], now[1] - spent[1]))
                known += b">What the report joins</h1>" in page
    say(f"{known} of {len(told)} reports joined others")
    # On a machine that does other work as well, this says more than the time does.
    of_site, of_database = (1e3 * sum(times) / len(processor) for times in zip(*processor, strict=True))
    say(f"processor a report: {of_site:.0f} ms in the site, {of_database:.0f} ms in the database")
    return [("saved, through the site", save), ("  and the page says its pattern", told)]


def _received(bundle: dict[str, pl.DataFrame]) -> None:
    """Store a bundle as an import does, link everything and find the patterns."""
    from django.utils import timezone

    from lamplighter.hub.intake.models import Delivery
    from lamplighter.hub.intake.storage import batch_writer
    from lamplighter.hub.patterns import services as patterns
    from lamplighter.hub.people.matching import relinking
    from lamplighter.records import ingest
    from lamplighter.records.reading.batches import Batch, Counts
    from lamplighter.records.validation.problems import REJECTS_SCHEMA

    now = timezone.now()
    delivery = Delivery.objects.create(
        door=Delivery.Door.FILES, state=Delivery.State.DONE, mapping="lamplighter", received_at=now
    )
    read = Batch(bundle, pl.DataFrame(schema=REJECTS_SCHEMA), Counts())
    batch_writer.write(delivery, batch_writer.Incoming(0, read, ingest.digest(bundle)), now)
    relinking.relink_all()
    patterns.refresh_all()


def _of(frame: pl.DataFrame, reports: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The rows of the reports that are held."""
    key, whole = ("report_id", reports) if "report_id" in frame.columns else ("record_id", people)
    return frame.join(whole.select(key), on=key, how="semi")


def _typed(report: dict[str, Any], agency: Any) -> list[tuple[str, dict[str, Any]]]:
    """What somebody types who has this report before them, page by page."""
    from lamplighter.hub.intake.new_report.forms import offence_choices

    day = report["reported_at"]
    date = {"day": str(day.day), "month": str(day.month), "year": str(day.year)}
    people = {p["role"]: p for p in report["people"]}
    offences = [code for code, _ in offence_choices(agency)]
    victim = _person(people.get("victim", {}))
    return [
        (
            "report",
            {
                "offence": "harassment_s2" if "harassment_s2" in offences else offences[0],
                "summary": report["summary"] or "He came to her door again.",
                **{f"reported_at_{part}": value for part, value in date.items()},
            },
        ),
        ("occasion", {"date_precision": "day", **{f"on_{part}": value for part, value in date.items()}}),
        ("victim", victim if victim.keys() & _TELLING else {**victim, "forenames": "A caller"}),
        ("suspect", _person(people.get("suspect", {}))),
    ]


def _person(person: dict[str, Any]) -> dict[str, Any]:
    single = {n: person.get(n) for n in ("forenames", "surname", "sex", "address_text", "postcode")}
    several = {n: "\n".join(v for v in person.get(n) or () if v) for n in ("phones", "emails")}
    found = {n: v for n, v in (single | several).items() if v}
    found |= {"nicknames": ", ".join(v for v in person.get("nicknames") or () if v)}
    if born := person.get("birth_date"):
        found |= {"birth_date_day": born.day, "birth_date_month": born.month, "birth_date_year": born.year}
    if person.get("relationship"):
        found["relationship"] = person["relationship"]
    return {n: v for n, v in found.items() if v}


class _Browser:
    """Somebody's browser, over one connection that stays open."""

    def __init__(self, session: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self._headers = {"Host": f"{HOST}:{PORT}", "Cookie": f"session={session}; csrf={SECRET}"}

    def get(self, address: str) -> bytes:
        """The page, or where it leads."""
        answer = self._ask("GET", address, None)
        return answer[1]

    def post(self, address: str, typed: dict[str, Any]) -> str:
        """Send a form; the address that follows. Raises ``RuntimeError`` when the form comes back."""
        body = urlencode(typed | {"csrfmiddlewaretoken": SECRET}, doseq=True)
        location, page = self._ask("POST", address, body)
        if not location:
            raise RuntimeError(f"The form at {address} came back ({len(page)} bytes).")
        return location

    def _ask(self, method: str, address: str, body: str | None) -> tuple[str, bytes]:
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, address, body=body, headers=headers)
        answer = self._connection.getresponse()
        page = answer.read()
        if answer.status not in {200, 302}:
            raise RuntimeError(f"{address} answers {answer.status}")
        return answer.getheader("Location") or "", page
