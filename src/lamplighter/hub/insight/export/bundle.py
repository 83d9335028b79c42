"""From what the hub holds to a study bundle on disk. Here the hub's ids end, and pseudonyms begin."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.insight import rules
from lamplighter.hub.insight.export import casework, closing, events, held, reports, rows, unique
from lamplighter.hub.insight.export.clocks import Clocks
from lamplighter.hub.insight.export.coded import only_codes, only_known
from lamplighter.hub.insight.export.events import Event
from lamplighter.hub.insight.export.pseudonyms import Pseudonyms
from lamplighter.hub.insight.models import Review
from lamplighter.study_bundle.bundle import Metadata, Publication
from lamplighter.study_bundle.files import data_package
from lamplighter.study_bundle.files.durations import HOURS, RELATIVE, quarter_of
from lamplighter.study_bundle.metadata import rules_in
from lamplighter.study_bundle.schema import POLARS_TYPES, schema_version, tables

RECORDS, CASES = "export reports for a study", "export cases for a study"
#: Columns that the hub has nowhere, whatever a report says.
NOT_HELD = (
    # No clock time and no exact age leaves: ADR 0152.
    *("reports.victim_age", "reports.suspect_age", "offences.committed_from", "offences.committed_to"),
    *("behaviours.first_on", "behaviours.last_on"),
    *("reports.area", "reports.anonymous", "reports.escalated", "reports.prior_charges"),
    *("reports.prior_convictions", "people.disability", "people.sexual_orientation_minority"),
    *("people.gender_reassignment", "offences.added_on", "totals"),
)
OF_REPORT = (
    *("force", "reported_precision", "recorded_in", "clock_hours", "recorded_precision"),
    *("record_type", "further_suspects", "relationship", "domestic_abuse", "victim_age_band"),
    *("suspect_age_band", "prior_allegations", "prior_allegations_pair", "prior_offences"),
    "prior_other_victims",
)


#: What whoever holds a bundle must know. It stands in datapackage.json and is said by the command.
PERSONAL_DATA = (
    "This is personal data, and some of it is of the most sensitive kind. Names and identities were "
    "replaced, and the hub keeps no key to lead back. That does not make it anonymous: whoever knows enough "
    "of one case (how many reports, how far apart, how they ended) can find its rows and learn the rest. "
    "Keep it where only the people of the study can read it, do not give it on, do not lay it beside other "
    "data about people, and delete it when the study is done."
)
COUNTED = (
    "A report counts from the day on which its agency was told, since the hub does not learn when it was "
    "recorded. An outcome that came with a report has no date of its own. Each report is followed for the "
    "days for which every report of its quarter could be followed; what was done after them counts as done, "
    "later than that."
)
REPLACED = (
    "The hub replaced every identity with a keyed pseudonym (HMAC-SHA-256). The key was made for this export "
    "and is not kept. No date and no clock time is in the bundle: it holds the quarter of each report, and "
    "hours from the beginning of its case. Ages are bands."
)


class TooLittleError(ValueError):
    """There is too little for a review; the text says what, and what to ask instead."""


@dataclass(frozen=True, slots=True)
class Exported:
    """Rows of each table, rows of each kind of event, and what was left out, by reason.

    ``unique``: how many reports an outsider could tell from all others; ``coarser``: columns that were left
    out so that they are fewer.
    """

    tables: dict[str, int]
    kinds: dict[str, int]
    left_out: dict[str, int]
    unique: unique.Unique
    coarser: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cases:
    of: dict[int, str]
    events: list[casework.OfCase]
    # Patterns whose stalker was anonymous once.
    anonymous: frozenset[str] = frozenset()


class TooNearError(TooLittleError):
    """An earlier review of the hub's cases differs by so few that the two together tell about them."""


class TooTellingError(ValueError):
    """Too many rows could be told from all others, and nothing more can be left out; the text says so."""


def export(
    scope: str,
    period: tuple[dt.date, dt.date],
    folder: Path,
    today: dt.date,
    *,
    leaves: bool = False,
    earlier: Iterable[tuple[dt.date, dt.date]] = (),
    packs: tuple[Publication, ...] = (),
) -> Exported:
    """Write the bundle of one period into an empty folder.

    Args:
        scope: a code of ``Review.Scope``.
        period: first and last day, inclusive, on which the agency was told.
        folder: made if it is not there.
        today: the day of the extract.
        earlier: periods of which the hub's own cases were counted before.
        packs: the hub's pack of indicators of this period: when it was due, and published.
        leaves: it leaves the hub, so few enough rows may stand alone. Else they are counted.

    Raises:
        TooLittleError: no report is in it, or fewer cases than the hub reviews together.
        TooNearError: a period of before differs from it by fewer cases than that.
        TooTellingError: it leaves, and too many rows stand alone. No file is written.
    """
    cases = _cases() if scope == Review.Scope.CASES else None
    with identity.as_service(RECORDS):
        found = held.read()
    everything = reports.with_people(found, reports.timed(found)).with_columns(
        pl.col("agency").replace(dict(Agency.objects.values_list("code", "name")))
    )
    wanted = None if cases is None else set(cases.of.values())
    picked = reports.with_history(everything, reports.chosen(found, everything, period, wanted))
    _enough(picked, cases, today)
    for other in earlier if cases is not None else ():
        _far_enough(picked, reports.chosen(found, everything, other, wanted), other, today)
    told = list(events.of_reports(found, everything, picked, period[1]))
    left_out: Counter[str] = Counter()
    if cases is not None:
        told += _placed(cases.events, found, everything, picked, left_out)
    known = [event for event in map(only_known, told) if event is not None]
    if len(known) < len(told):
        left_out["events with a code that the bundle does not have"] += len(told) - len(known)
    names = Pseudonyms()
    clocks = Clocks(picked, known, period, today)
    told_of = _reports(picked, clocks, cases.anonymous if cases else frozenset())
    of_reports, coarser, alone = _few_alone(told_of, today, leaves)
    of_reports = _renamed(
        of_reports,
        names,
        report_id="report",
        case_id="case",
        victim_id="person",
        suspect_id="person",
        clock_id="clock",
    )
    frames = {
        "reports": of_reports,
        "people": _renamed(rows.people(found, picked), names, person_id="person"),
        "offences": _renamed(rows.offences(found, picked), names, report_id="report"),
        "behaviours": _renamed(rows.behaviours(found, picked), names, report_id="report"),
        "events": _events(known, names, clocks),
    }
    frames = {name: only_codes(frame, name) for name, frame in frames.items()}
    held_too = {"reports.anonymous"} if cases and cases.anonymous else set()
    metadata = _metadata(scope, period, today, picked, found, coarser, packs)
    metadata = replace(metadata, not_held=tuple(c for c in metadata.not_held if c not in held_too))
    data_package.write(metadata, frames, folder)
    private(folder)
    return Exported(
        {name: frame.height for name, frame in frames.items()},
        dict(sorted(Counter(event.kind for event in known).items())),
        dict(sorted(left_out.items())),
        alone,
        coarser,
    )


def private(folder: Path) -> None:
    """Let the folder and its files be read by the account that wrote them, and by no other of the machine."""
    folder.chmod(0o700)
    for path in folder.iterdir():
        path.chmod(0o600)


def _few_alone(
    told: pl.DataFrame, today: dt.date, leaves: bool
) -> tuple[pl.DataFrame, tuple[str, ...], unique.Unique]:
    """The reports with what has to be left out of what leaves the hub."""
    if not leaves:
        return told, (), unique.count(told)
    most = rules.most_unique(today)
    told, coarser, alone = unique.coarsened(told, most)
    if alone.percent > most:
        raise TooTellingError(
            f"{alone.alone} of {alone.rows} reports ({alone.percent:.0f} per cent) are of the only victim of "
            f"their force and quarter, even without ages and relationship. At most {most} per cent may be: "
            "whoever knows of one could find its row. Ask for a longer period. Nothing was written."
        )
    return told, coarser, alone


def _cases() -> _Cases:
    with identity.as_service(CASES):
        of = casework.courses()
        anonymous = frozenset(of[case] for case in closing.anonymous() if case in of)
        return _Cases(of, casework.read(of), anonymous)


def _enough(picked: pl.DataFrame, cases: _Cases | None, today: dt.date) -> None:
    if not picked.height:
        raise TooLittleError("No report about stalking came to the hub in this period. Ask for another one.")
    fewest = rules.in_force("fewest_cases", today)["cases"]
    if cases is not None and picked["course"].n_unique() < fewest:
        raise TooLittleError(
            f"Fewer than {fewest} cases have a report in this period. So few are not reviewed together, "
            "because the review could tell what one victim said in confidence. Ask for a longer period."
        )


def _far_enough(
    picked: pl.DataFrame, other: pl.DataFrame, period: tuple[dt.date, dt.date], today: dt.date
) -> None:
    """Refuse a period whose reports differ from those of an earlier one in fewer cases than are reviewed
    together: laid side by side, the two would tell about them."""
    fewest = rules.in_force("fewest_cases", today)["cases"]
    apart = pl.concat([f.select("report_id", "course") for f in (picked, other)])
    differ = apart.filter(apart["report_id"].is_unique())["course"].n_unique()
    if 0 < differ < fewest:
        raise TooNearError(
            f"The hub's own cases were counted before for {period[0]:%d.%m.%Y} to {period[1]:%d.%m.%Y}. That "
            f"period and this one differ by fewer than {fewest} cases, and the two reviews "
            "together could tell "
            "what one victim said in confidence. Ask for another period. The auditors are "
            "told of this request."
        )


def _placed(
    told: Iterable[casework.OfCase],
    found: held.Held,
    everything: pl.DataFrame,
    picked: pl.DataFrame,
    left_out: Counter[str],
) -> list[Event]:
    """Each event of a case with the newest report that the case had on that day, or else with its first.

    What belongs to a report outside the period is left out with it.
    """
    starts = {r["report_id"]: r["start"] for r in everything.iter_rows(named=True)}
    inside = set(picked["report_id"])
    of_course = {
        row["course_id"]: sorted((starts[r], r) for r in row["report_ids"] if r in starts)
        for row in found.courses.iter_rows(named=True)
    }
    out = []
    for row in told:
        known = of_course.get(row.course, [])
        day = row.event.at.date() if row.event.at else dt.date.max
        before = [report for start, report in known if start.date() <= day]
        report = before[-1] if before else known[0][1] if known else None
        if report is None:
            left_out["events of cases whose pattern has no report any more"] += 1
        elif report not in inside:
            left_out["events that belong to a report outside the period"] += 1
        else:
            out.append(replace(row.event, report=report))
    return out


def _reports(picked: pl.DataFrame, clocks: Clocks, anonymous: frozenset[str]) -> pl.DataFrame:
    """The columns of the reports. ``anonymous``: where nobody has one, the column is not held."""
    told = pl.col("reported_at").is_not_null()
    of = picked["report_id"].to_list()
    bands = {
        f"{side}_age_band": pl.coalesce(reports.band_of(pl.col(f"{side}_age")), pl.col(f"{side}_age_band"))
        for side in ("victim", "suspect")
    }
    return picked.with_columns(
        pl.Series("clock_id", [clocks.name(x) for x in of], dtype=pl.String),
        pl.Series("clock_hours", [clocks.hours(x) for x in of], dtype=pl.Int64),
        pl.Series("recorded_in", [quarter_of(x) for x in picked["start"].dt.date()], dtype=pl.String),
        **bands,
        anonymous=pl.when(pl.col("course").is_in(sorted(anonymous))).then(pl.lit("yes")),
        force="agency",
        reported_precision=pl.when(told).then(pl.col("precision")),
        recorded_precision="precision",
        domestic_abuse=pl.col("domestic_abuse").replace_strict(
            {True: "yes", False: "no"}, default=None, return_dtype=pl.String
        ),
    ).select(
        *("report_id", "victim_id", "suspect_id", pl.col("course").alias("case_id"), "clock_id", *OF_REPORT),
        *(["anonymous"] if anonymous else []),
    )


def _renamed(frame: pl.DataFrame, names: Pseudonyms, **kinds: str) -> pl.DataFrame:
    """Ids replaced, and rows in the order of what replaced them: the hub's own order says who came first."""
    out = frame.with_columns(
        pl.Series(column, [names.maybe(kind, x) for x in frame[column]], dtype=pl.String)
        for column, kind in kinds.items()
    )
    return out.sort(out.columns, nulls_last=True)


def _events(told: list[Event], names: Pseudonyms, clocks: Clocks) -> pl.DataFrame:
    columns = tables()["events"].columns
    made: list[dict[str, Any]] = []
    there = {event.name for event in told}
    for event in told:
        row: dict[str, Any] = dict.fromkeys(columns)
        timed = clocks.event(event)
        row |= {
            "event_id": names.of("event", event.name),
            "report_id": names.of("report", event.report),
            "kind": event.kind,
            "after_hours": timed.after,
            "at_precision": None if timed.late else timed.precision,
            "late": "yes" if timed.late else None,
            "in_period": None if timed.in_period is None else "yes" if timed.in_period else "no",
            "working_days": timed.working_days,
            "due_after_hours": timed.due,
            "ended_after_hours": timed.ended,
            "code": event.code,
            "status": event.status,
        }
        for column, value in event.rest.items():
            if column in RELATIVE.values():
                continue
            if column == "refers_to" and value and value[0] == "event" and value[1] not in there:
                # What it answers belongs to a report outside the period, and was left out with it.
                continue
            row[column] = names.of(*value) if value and column in {"item", "refers_to"} else value
        made.append(row)
    schema = {name: POLARS_TYPES[column.kind] for name, column in columns.items()}
    frame = pl.DataFrame(made, schema=schema, orient="row").sort("event_id")
    unused = {c.removeprefix("events.") for c in NOT_HELD} | set(RELATIVE.values())
    return frame.select(c for c in frame.columns if c not in unused)


def _metadata(
    scope: str,
    period: tuple[dt.date, dt.date],
    today: dt.date,
    picked: pl.DataFrame,
    found: held.Held,
    coarser: tuple[str, ...],
    packs: tuple[Publication, ...],
) -> Metadata:
    every = scope == Review.Scope.REPORTS
    chosen = (
        "Every report that its agency recorded as stalking, or that the hub's written rules or a person's "
        "decision joined with others into a course of conduct, and no person decided is none."
        if every
        else "Reports that belong to a case of the hub, with what the hub's agencies wrote in the case."
    )
    return Metadata(
        schema_version=schema_version(),
        force=tuple(picked["agency"].unique().sort()),
        period_from=period[0],
        period_to=period[1],
        extracted_on=today,
        basis="recorded",
        selection=f"{chosen} {COUNTED}",
        sources=tuple(picked["source"].unique().sort()),
        recording_rules=tuple(rules_in(*period)),
        pseudonymisation=REPLACED,
        event_kinds=events.OF_REPORTS if every else tuple(sorted({*events.OF_REPORTS, *casework.kinds()})),
        not_held=(*NOT_HELD, *(f"reports.{column}" for column in coarser)),
        times=HOURS,
        personal_data=PERSONAL_DATA,
        publications=packs,
        made_up=settings.DEMONSTRATION,
        title="Reports of the hub" if every else "Cases of the hub",
    )
