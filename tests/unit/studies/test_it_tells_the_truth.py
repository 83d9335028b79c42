"""What is not held, a "no", a conflict, a date before the report: never a believable wrong number."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lamplighter.reporting.document import (
    HIDDEN,
    NOT_AVAILABLE,
    Again,
    KeyFigure,
    KeyFigures,
    Points,
    Report,
    Table,
)
from lamplighter.reporting.folder import report_files
from lamplighter.studies.review.analyses.attrition import attrition
from lamplighter.studies.review.analyses.predictors import predictors
from lamplighter.studies.review.analyses.time_to_outcome import timing
from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.engine import Review, review
from lamplighter.studies.review.publication.report import report_of
from lamplighter.studies.review.results import Everything
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle import checking
from lamplighter.study_bundle.bundle import Metadata
from lamplighter.study_bundle.checking import Checked
from lamplighter.study_bundle.errors import BundleMappingError
from lamplighter.study_bundle.files.data_package import write
from lamplighter.study_bundle.spreadsheets.mapped_bundle import check_mapped
from lamplighter.study_bundle.spreadsheets.mapping import parse
from lamplighter.synthetic.study_bundles.bundle import make
from tests.unit.studies.making import bundle, event, found, report

Frames = Mapping[str, pl.DataFrame]
NOON = dt.datetime(2024, 6, 1, 12)
#: Models and bootstraps are asked of elsewhere.
LEAN = replace(settings(), predictors=(), landmark_predictors=(), bootstrap_repeats=1)
COLUMNS = ("reports.prior_allegations", "reports.escalated", "people.ethnicity", "people.disability")
KINDS = ("classification", "court_conclusion")


def number(value: object) -> float:
    """Return a figure of a table as a number; what is hidden or not held is none."""
    assert isinstance(value, int | float)
    return value


def after(days: float) -> dt.datetime:
    return NOON + dt.timedelta(days=days)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Metadata, Frames]:
    """A force that holds everything."""
    folder = tmp_path_factory.mktemp("london")
    make("london", folder, reports=250)
    own = checking.check(folder).required()
    return own.metadata, {name: frame for name, frame in own.tables.items() if frame.height}


def checked(metadata: Metadata, frames: Frames, folder: Path) -> Checked:
    write(metadata, dict(frames), folder, "parquet")
    return checking.check(folder)


def of(result: Checked) -> Review:
    return review(result.required(), LEAN, rejects=result.rejects)


def drawn(own: Review) -> Report:
    return report_of(own, Everything(own.found))


def key_figures(own: Review) -> list[KeyFigure]:
    blocks = (block for section in drawn(own).sections for block in section.blocks)
    return list(next(block for block in blocks if isinstance(block, KeyFigures)).figures)


def table(own: Review, key: str) -> Table:
    return next(made for made in drawn(own).tables() if made.key == key)


def without_columns(frames: Frames) -> Frames:
    return {
        name: frame.drop(c for c in frame.columns if f"{name}.{c}" in COLUMNS)
        for name, frame in frames.items()
    }


def blank_columns(frames: Frames) -> Frames:
    return {
        name: frame.with_columns(
            pl.lit(None, frame.schema[c]).alias(c) for c in frame.columns if f"{name}.{c}" in COLUMNS
        )
        for name, frame in frames.items()
    }


def noughts_declared_as_not_held(frames: Frames) -> Frames:
    return frames | {
        "reports": frames["reports"].with_columns(pl.lit(0, pl.Int64).alias("prior_allegations"))
    }


@pytest.mark.parametrize("manner", [without_columns, blank_columns, noughts_declared_as_not_held])
def test_what_is_not_held_is_no_nought_in_any_output(
    made_up: tuple[Metadata, Frames], tmp_path: Path, manner: Callable[[Frames], Frames]
) -> None:
    """R1: "0.0 % of suspects had been accused before. London 3 in 10", for a force with no such column."""
    metadata, frames = made_up
    kinds = tuple(kind for kind in metadata.event_kinds or () if kind not in KINDS)
    events = frames["events"].filter(~pl.col("kind").is_in(KINDS))
    declared = COLUMNS if manner is noughts_declared_as_not_held else ()
    about = replace(metadata, event_kinds=kinds, not_held=(*metadata.not_held, *declared))
    own = of(checked(about, manner({**frames, "events": events}), tmp_path / "b"))

    accused = next(figure for figure in key_figures(own) if "accused" in figure.label)
    assert accused.value == "Not held"
    assert "earlier allegations against the suspect" in accused.basis
    assert accused.beside == ""
    first = next(figure for figure in key_figures(own) if "seen as stalking" in figure.label)
    assert first.value == "Not held"
    published = {row[0]: row[1] for row in table(own, "published-figures").rows}
    assert published["Suspects with earlier stalking or harassment allegations"] == "not held"

    funnel = {row[0]: row[1:] for row in table(own, "funnel").rows}
    assert set(funnel["Convicted"]) == {NOT_AVAILABLE}
    assert number(funnel["Charged or summonsed"][0]) > 0

    report_made = drawn(own)
    tables = {made.key: made for made in report_made.tables()}
    for gone in ("escalation", "first-classification", "people-ethnic-group", "people-disability"):
        assert gone not in tables
    assert [row[0] for row in tables["earlier-allegations-and-offences"].rows] == [
        "Suspects with earlier recorded offences",
        "Reports whose suspect has earlier recorded offences",
    ]
    assert "Share" not in [column.title for column in tables["reports-by-quarter-number"].columns]

    files = report_files(report_made)
    page = html.unescape(re.sub(r"<[^>]+>", "\n", files["report.html"].decode()))
    for title in (
        "whether suspects had been accused before",
        "ethnic group of victims",
        "whether the behaviour had grown worse",
        "how reports were first classified",
        "convictions",
    ):
        assert f"Not held by this force: {title}. To answer it, ask for: " in page
    assert "0.0% (0)" not in " ".join(
        content.decode() for name, content in files.items() if name.startswith("charts/figure-funnel.txt")
    )
    for name, content in files.items():
        if name.endswith(".csv") and name not in ("tables/not-answered.csv", "tables/published-figures.csv"):
            assert "earlier stalking or harassment" not in content.decode(), name
    assert "figure-first-classification.svg" not in " ".join(files)
    asked = {row[1] for row in tables["not-answered"].rows}
    assert "whether suspects had been accused before" in asked
    released = own.found.release("review", "t", "e")
    assert "accused-before-suspects" not in {made.name for made in released.tables}


def test_what_the_six_figures_lack_is_asked_for_first_and_late_days_are_said(
    made_up: tuple[Metadata, Frames], tmp_path: Path
) -> None:
    metadata, frames = made_up
    kinds = tuple(kind for kind in metadata.event_kinds or () if kind != "support_status")
    less = {
        **frames,
        "reports": frames["reports"].drop("prior_allegations"),
        "people": frames["people"].drop("ethnicity"),
        "events": frames["events"].filter(pl.col("kind") != "support_status"),
    }
    own = of(checked(replace(metadata, event_kinds=kinds), less, tmp_path / "b"))
    first = drawn(own).sections[0]
    points = [point for block in first.blocks if isinstance(block, Points) for point in block.points]
    asked = next(point for point in points if point.startswith("Ask the force"))
    assert asked.split(": ", 1)[1].startswith(
        "whether suspects had been accused before; withdrawal in the first week; ethnic group of victims"
    )
    assert not [point for point in points if point.startswith("How soon")]
    shown_again = [block.figure for block in first.blocks if isinstance(block, Again)]
    assert len(shown_again) == 3
    by_day = next(figure for figure in shown_again if figure.key == "figure-time-to-end")
    assert "on the day of their outcome" in by_day.reading


def test_a_declared_gap_that_is_filled_is_said(made_up: tuple[Metadata, Frames], tmp_path: Path) -> None:
    metadata, frames = made_up
    about = replace(metadata, not_held=(*metadata.not_held, "reports.prior_allegations", "behaviours"))
    result = checked(about, frames, tmp_path / "b")
    said = dict(result.in_short.select("reason_code", "n").iter_rows())
    named = frames["reports"]["prior_allegations"].is_not_null().sum()
    assert said["not_held_but_filled"] == named
    assert said["not_held_but_filled_row"] == frames["behaviours"].height
    own = result.required()
    assert own.table("reports")["prior_allegations"].null_count() == own.height("reports")
    assert not own.holds("behaviours.behaviour")


def test_a_part_that_is_not_recorded_stands_beside_the_headline(
    made_up: tuple[Metadata, Frames], tmp_path: Path
) -> None:
    metadata, frames = made_up
    half = pl.when(pl.int_range(pl.len()) % 2 == 0).then("prior_allegations").alias("prior_allegations")
    own = of(checked(metadata, {**frames, "reports": frames["reports"].with_columns(half)}, tmp_path / "b"))
    figure = next(f for f in key_figures(own) if "accused" in f.label)
    counted = Everything(own.found).count
    silent, whole = (number(counted("accused-before-suspects", (code,))) for code in ("not_recorded", "all"))
    assert f"not recorded for {100 * silent / whole:.1f}%" in figure.basis


@pytest.mark.parametrize("kind", ["risk_assessment", "vps_offer", "needs_assessment", "advocate_offer"])
def test_a_no_and_a_silence_are_two_things(kind: str) -> None:
    """R11: 728 said "No" and 457 were blank; both were "not recorded"."""
    line = {
        "risk_assessment": "9",
        "vps_offer": "14b",
        "needs_assessment": "26d",
        "advocate_offer": "26b",
    }[kind]
    done = {"instrument": "sash", "status": "complete"} if kind == "risk_assessment" else {}
    if kind in ("vps_offer", "advocate_offer"):
        done = {"status": "accepted"}
    rows = {
        "reports": [report(n) for n in (1, 2, 3)],
        "events": [
            event(1, 1, kind, after(0.1), **done),
            event(2, 2, kind, None, done="no"),
            *(event(10 + n, n, "outcome", after(30), code="1") for n in (1, 2, 3)),
        ],
    }
    assert found(line, rows) == {"c00001": "met", "c00002": "not_met", "c00003": None}


OUTCOMES = [event(80 + n, n, "outcome", after(30), code="15") for n in (1, 2, 3)]
CALLS = [
    {"report_id": f"r{n:05}", "behaviour": "surveillance_physical", "channel": "phone"} for n in (1, 2, 3)
]


def asked(kind: str, **more: Any) -> list[dict[str, Any]]:
    """One thing in each of three reports that calls for an answer."""
    return [event(n, n, kind, after(3), **more) for n in (1, 2, 3)]


#: By line: what is asked of three reports; a yes of the first; a no of the second; of the third nothing.
SAID_NO: dict[str, tuple[str, list[dict[str, Any]], dict[str, Any], dict[str, Any]]] = {
    "10": (
        "event_id",
        asked("review_trigger"),
        event(11, 1, "risk_review", after(4), refers_to="e000001"),
        event(12, 2, "risk_review", None, done="no", refers_to="e000002"),
    ),
    "10 of the report": (
        "event_id",
        asked("review_trigger"),
        event(11, 1, "risk_review", after(4), refers_to="e000001"),
        event(12, 2, "risk_review", None, done="no"),
    ),
    "18a": (
        "case",
        OUTCOMES,
        event(11, 1, "enquiry_line", after(9), code="cctv", status="done"),
        event(12, 2, "enquiry_line", None, code="cctv", done="no"),
    ),
    "18a of no line by name": (
        "case",
        OUTCOMES,
        event(11, 1, "enquiry_line", after(9), code="cctv", status="done"),
        event(12, 2, "enquiry_line", None, done="no"),
    ),
    "20": (
        "item",
        [event(n, n, "device_submitted", after(3), item=f"d{n}") for n in (1, 2, 3)],
        event(11, 1, "device_result", after(9), item="d1", status="usable"),
        event(12, 2, "device_result", None, item="d2", done="no"),
    ),
    "22b": (
        "application",
        [event(n, n, "spo_stage", after(3), item=f"o{n}", code="full") for n in (1, 2, 3)],
        event(11, 1, "spo_stage", after(3.1), item="o1", code="served"),
        event(12, 2, "spo_stage", None, item="o2", code="served", done="no"),
    ),
    "23a": (
        "event_id",
        asked("breach"),
        event(11, 1, "breach_response", after(3.5), refers_to="e000001", code="arrest"),
        event(12, 2, "breach_response", None, refers_to="e000002", done="no"),
    ),
    "23a of the report": (
        "event_id",
        asked("breach"),
        event(11, 1, "breach_response", after(3.5), refers_to="e000001", code="arrest"),
        event(12, 2, "breach_response", None, done="no"),
    ),
    "23b": (
        "event_id",
        asked("breach"),
        event(11, 1, "breach_review", after(9), refers_to="e000001"),
        event(12, 2, "breach_review", None, refers_to="e000002", done="no"),
    ),
}


@pytest.mark.parametrize("case", SAID_NO)
def test_a_no_and_a_silence_are_two_things_where_something_was_to_be_answered(case: str) -> None:
    """R11, of what answers a trigger, a breach, a device, an order or a closure."""
    by, given, yes, no = SAID_NO[case]
    rows = {"reports": [report(n) for n in (1, 2, 3)], "events": [*given, yes, no]}
    assert list(found(case.split()[0], rows, by=by).values()) == ["met", "not_met", None]


def test_18b_a_no_on_record_is_not_asked_and_a_silence_is_neither() -> None:
    rows = {
        "reports": [report(n) for n in (1, 2, 3)],
        "behaviours": CALLS,
        "events": [
            *OUTCOMES,
            event(11, 1, "enquiry_line", after(9), code="comms_data", status="requested"),
            event(12, 2, "enquiry_line", None, code="comms_data", done="no"),
        ],
    }
    assert found("18b", rows) == {"c00001": "not_met", "c00002": "met", "c00003": None}


@pytest.mark.parametrize(("line", "kind"), [("23c", "notification"), ("29a", "action")])
def test_what_was_due_and_is_on_record_as_not_done_stays_in_the_count(line: str, kind: str) -> None:
    due = after(6)
    rows = {
        "reports": [report(n) for n in (1, 2)],
        "events": [
            event(1, 1, kind, after(3), due_at=due, ended_at=after(5)),
            event(2, 2, kind, None, due_at=due, done="no"),
        ],
    }
    assert found(line, rows, by="event_id") == {"e000001": "met", "e000002": "not_met"}


def test_an_action_of_a_plan_that_is_on_record_as_not_done_is_overdue() -> None:
    rows = {
        "reports": [report(n) for n in (1, 2)],
        "events": [
            *(event(n, n, "risk_assessment", after(0.1), grade="high") for n in (1, 2)),
            *(event(10 + n, n, "risk_plan", after(1), item=f"p{n}") for n in (1, 2)),
            event(21, 2, "plan_action", None, item="p2", due_at=after(5), done="no"),
        ],
    }
    assert found("11a", rows) == {"c00001": "met", "c00002": "not_met"}


def test_a_spreadsheet_can_say_no(tmp_path: Path) -> None:
    """R11, from the sheet to the page: yes, no and blank in one column."""
    make("spreadsheet", tmp_path, reports=60, seed=5)
    lines = pl.read_csv(tmp_path / "stalking.csv", infer_schema=False)
    words = ["Yes", "No", None]
    answers = pl.Series("Assessed", [words[place % 3] for place in range(lines.height)], dtype=pl.String)
    dated = pl.when(answers == "Yes").then("Date reported").alias("Risk assessment date")
    tool = pl.when(answers == "Yes").then(pl.lit("SASH")).alias("Risk tool")
    lines.with_columns(answers, dated, tool).write_csv(tmp_path / "stalking.csv")
    mapping = (tmp_path / "mapping.toml").read_text("utf-8")
    mapping = mapping.replace('when = "Risk assessment date"', 'when = "Assessed"\ndone = "Assessed"')
    mapping = mapping.replace(
        'at = "Risk assessment date"\nstatus = { value = "complete" }', 'at = "Risk assessment date"'
    )
    result = check_mapped(tmp_path / "stalking.csv", parse(mapping, "mapping.toml"))
    own = result.required()
    assert own.events("risk_assessment").height == 20
    assert len(own.not_done("risk_assessment")) == 20
    assert "event_not_dated" not in set(result.rejects["reason_code"])
    assert own.holds("events:risk_assessment.instrument")
    rows = {row[0]: row for row in table(of(result), "indicators-risk").rows}
    columns = [column.title for column in table(of(result), "indicators-risk").columns]
    own_line = dict(zip(columns, rows["9"], strict=True))
    cases = own.table("reports")["report_id"].n_unique()
    met, not_met, silent, whole = (number(own_line[c]) for c in ("Met", "Not met", "Not recorded", "Of"))
    assert met + not_met + silent == whole
    assert not_met > 0
    assert silent > 0
    assert cases == 60


def test_a_spreadsheet_says_of_each_breach_whether_it_was_answered(tmp_path: Path) -> None:
    """Yes, no and blank of what answers another thing on the same line."""
    (tmp_path / "s.csv").write_text(
        "Ref,Recorded,Breach on,Answered,Answered on\n"
        "1,2024-05-01,2024-06-01,Yes,2024-06-01\n"
        "2,2024-05-01,2024-06-02,No,\n"
        "3,2024-05-01,2024-06-03,,\n"
        "4,2024-05-01,,,\n"
    )
    mapping = (
        '[source]\nshape = "reports"\n[metadata]\nforce = ["f"]\nperiod_from = 2024-04-01\n'
        'period_to = 2025-03-31\nextracted_on = 2025-12-01\nbasis = "recorded"\nselection = "all"\n'
        'sources = ["made up"]\npseudonymisation = "made up"\nmade_up = true\n'
        '[reports]\nreport_id = { from = "Ref", pseudonym = "report" }\nforce = { value = "f" }\n'
        'recorded_at = "Recorded"\n'
        '[[events]]\nkind = "breach"\nat = "Breach on"\n'
        '[[events]]\nkind = "breach_response"\nwhen = "Answered"\ndone = "Answered"\nat = "Answered on"\n'
        'code = { value = "arrest" }\n'
    )
    made = check_mapped(tmp_path / "s.csv", parse(mapping, "m.toml"))
    rows = {row[0]: row for row in table(of(made), "indicators-orders").rows}
    columns = [column.title for column in table(of(made), "indicators-orders").columns]
    line = dict(zip(columns, rows["23a"], strict=True))
    assert [line[c] for c in ("Met", "Not met", "Not recorded", "Of")] == [1, 1, 1, 3]


def test_nobody_was_assessed_is_an_answer_where_it_was_asked() -> None:
    rows = {
        "reports": [report(1), report(2)],
        "events": [event(1, 1, "risk_assessment", None, done="no")],
    }
    assert bundle(rows).holds("events:risk_assessment.instrument")
    assert found("9", rows) == {"c00001": "not_met", "c00002": None}


def second_line(tmp_path: Path, **changes: str) -> Checked:
    """The sheet with its first line again, changed."""
    make("spreadsheet", tmp_path, reports=60, seed=5)
    lines = pl.read_csv(tmp_path / "stalking.csv", infer_schema=False).with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("15")).otherwise("Outcome").alias("Outcome"),
        pl.when(pl.int_range(pl.len()) == 0)
        .then(pl.lit("01/09/2025"))
        .otherwise("Outcome date")
        .alias("Outcome date"),
    )
    other = lines.head(1).with_columns(pl.lit(value).alias(name) for name, value in changes.items())
    pl.concat([lines, other]).write_csv(tmp_path / "stalking.csv")
    return check_mapped(tmp_path / "stalking.csv", parse((tmp_path / "mapping.toml").read_text(), "m.toml"))


@pytest.mark.parametrize(
    ("day", "used"),
    [("01/10/2025", "charged"), ("01/08/2025", "nfa_victim_supports"), ("01/09/2025", "charged")],
)
def test_a_second_line_with_another_outcome_is_a_conflict_and_nothing_is_lost(
    tmp_path: Path, day: str, used: str
) -> None:
    """R10: "The same row is there already", and the second outcome was gone."""
    result = second_line(tmp_path, **{"Outcome": "1", "Outcome date": day})
    assert result.counts["reports"].rejected == 1
    of_line = result.rejects.filter(pl.col("table").is_in(["reports", "events"]))
    said = {row["reason_code"]: row for row in of_line.iter_rows(named=True)}
    assert {"duplicate_row", "not_held_but_filled"}.isdisjoint(said)
    assert said["second_line"]["row"] == said["outcome_conflict"]["row"] == 62
    assert said["outcome_conflict"]["column"] == "Outcome"
    assert "The later one is used" in said["outcome_conflict"]["reason"]
    own = result.required()
    assert len(own.conflicts) == 1
    kept = own.events("outcome").filter(pl.col("report_id").is_in(sorted(own.conflicts)))
    assert sorted(kept["code"]) == ["1", "15"]
    cohort = Cohort(own, LEAN)
    standing = cohort.reports.filter("outcome_conflict")
    assert standing["outcome_group"].to_list() == [used]
    apart = next(count for count in attrition(cohort) if count.name == "outcome-conflicts")
    assert {codes: cell.value for codes, cell in apart.table.cells.items() if cell.value} == {
        ("all",): 1,
        (used,): 1,
    }


def stood(tmp_path: Path, rule: str, first: str, second: str, **changes: str) -> Checked:
    """The sheet with its first line again, changed, and a column that says which of the two stands."""
    second_line(tmp_path, **changes)
    lines = pl.read_csv(tmp_path / "stalking.csv", infer_schema=False)
    place = pl.int_range(pl.len())
    said = pl.when(place == 0).then(pl.lit(first)).when(place == lines.height - 1).then(pl.lit(second))
    lines.with_columns(said.otherwise(pl.lit("")).alias("Changed")).write_csv(tmp_path / "stalking.csv")
    text = (tmp_path / "mapping.toml").read_text().replace("[source]", f"[source]\nstands = {rule}", 1)
    return check_mapped(tmp_path / "stalking.csv", parse(text, "m.toml"))


LATEST = '{ latest = "Changed" }'
CURRENT = '{ from = "Changed", is = ["Current"] }'


@pytest.mark.parametrize(
    ("rule", "first", "second", "used"),
    [
        (LATEST, "01/10/2025", "02/10/2025", "charged"),
        (LATEST, "02/10/2025", "01/10/2025", "nfa_victim_supports"),
        (LATEST, "2", "10", "charged"),
        (LATEST, "", "01/10/2025", "charged"),
        (CURRENT, "Old", "current", "charged"),
        (CURRENT, "Current", "Old", "nfa_victim_supports"),
    ],
)
def test_a_force_can_say_which_line_stands_and_the_conflict_is_still_counted(
    tmp_path: Path, rule: str, first: str, second: str, used: str
) -> None:
    """R10: the second line's outcome is dated earlier, so that without the rule the first would be used."""
    result = stood(tmp_path, rule, first, second, **{"Outcome": "1", "Outcome date": "01/08/2025"})
    said = set(result.rejects["reason_code"])
    assert "outcome_superseded" in said
    assert {"outcome_conflict", "stands_unreadable", "not_held_but_filled"}.isdisjoint(said)
    assert result.counts["reports"].rejected == 1
    own = result.required()
    cohort = Cohort(own, LEAN)
    assert cohort.reports.filter("outcome_conflict")["outcome_group"].to_list() == [used]
    apart = next(count for count in attrition(cohort) if count.name == "outcome-conflicts")
    assert apart.table.cells[("all",)].value == 1
    # Written down and read again, both outcomes are still there, and the conflict is counted.
    write(own.metadata, {name: own.table(name) for name in own.held_tables}, tmp_path / "b", "parquet")
    again = checking.check(tmp_path / "b").required()
    assert again.conflicts == own.conflicts
    assert len(again.conflicts) == 1
    rows = again.table("events").filter(pl.col("report_id").is_in(sorted(own.conflicts)), kind="outcome")
    assert sorted(rows["code"]) == ["1", "15"]
    assert rows["status"].drop_nulls().to_list() == ["superseded"]
    assert Cohort(again, LEAN).reports.filter("outcome_conflict")["outcome_group"].to_list() == [used]


@pytest.mark.parametrize(
    ("first", "second", "unreadable"),
    [("01/10/2025", "01/10/2025", 0), ("", "", 0), ("soon", "later", 2)],
)
def test_where_nothing_says_which_line_stands_the_later_outcome_is_used(
    tmp_path: Path, first: str, second: str, unreadable: int
) -> None:
    result = stood(tmp_path, LATEST, first, second, **{"Outcome": "1", "Outcome date": "01/08/2025"})
    said = result.rejects["reason_code"].to_list()
    assert said.count("stands_unreadable") == unreadable
    assert "outcome_superseded" not in said
    assert "outcome_conflict" in said
    standing = Cohort(result.required(), LEAN).reports.filter("outcome_conflict")
    assert standing["outcome_group"].to_list() == ["nfa_victim_supports"]


@pytest.mark.parametrize(
    "rule", ['{ newest = "Changed" }', '{ from = "Changed", is = [] }', '{ from = "C" }']
)
def test_a_rule_of_which_line_stands_that_is_none_is_refused(tmp_path: Path, rule: str) -> None:
    make("spreadsheet", tmp_path, reports=20, seed=5)
    text = (tmp_path / "mapping.toml").read_text().replace("[source]", f"[source]\nstands = {rule}", 1)
    with pytest.raises(BundleMappingError, match="stands"):
        parse(text, "m.toml")


def test_two_lines_of_one_reference_far_apart_in_a_large_file_are_seen_together(tmp_path: Path) -> None:
    """The events of a large file come a part at a time; a second line is held against all of them."""
    head = "Ref,Recorded,Withdrew,Outcome,Outcome date\n"
    lines = [f"{n},2024-05-01,2024-05-02,16,2024-06-01" for n in range(40_000)]
    (tmp_path / "s.csv").write_text(head + "\n".join([*lines, "0,2024-05-01,2024-05-02,1,2024-07-01"]) + "\n")
    mapping = (
        '[source]\nshape = "reports"\n[metadata]\nforce = ["f"]\nperiod_from = 2024-04-01\n'
        'period_to = 2025-03-31\nextracted_on = 2025-12-01\nbasis = "recorded"\nselection = "all"\n'
        'sources = ["made up"]\npseudonymisation = "made up"\nmade_up = true\n'
        '[reports]\nreport_id = { from = "Ref", pseudonym = "report" }\nforce = { value = "f" }\n'
        'recorded_at = "Recorded"\n[[events]]\nkind = "support_status"\nat = "Withdrew"\n'
        'code = { value = "withdrawn" }\n'
        '[[events]]\nkind = "outcome"\nat = "Outcome date"\ncode = "Outcome"\n'
    )
    made = check_mapped(tmp_path / "s.csv", parse(mapping, "m.toml"))
    assert made.counts["events"].rejected == 1  # the same withdrawal again
    assert len(made.required().conflicts) == 1


def test_the_same_line_twice_is_one_and_no_conflict(tmp_path: Path) -> None:
    result = second_line(tmp_path)
    of_reports = result.rejects.filter(pl.col("table") == "reports")
    assert set(of_reports["reason_code"]) == {"duplicate_row"}
    assert result.required().conflicts == frozenset()
    assert not {"second_line", "outcome_conflict"} & set(result.rejects["reason_code"])


def test_a_withdrawal_on_a_second_line_is_not_lost(tmp_path: Path) -> None:
    result = second_line(tmp_path, **{"Date victim withdrew": "02/08/2025"})
    assert "second_line_says_more" in set(result.rejects["reason_code"])
    first = result.required().table("reports")["report_id"][0]
    assert first in result.required().events("support_status")["report_id"].to_list()


def test_two_outcomes_of_one_moment_are_a_conflict(made_up: tuple[Metadata, Frames], tmp_path: Path) -> None:
    metadata, frames = made_up
    outcomes = frames["events"].filter(pl.col("kind") == "outcome")
    latest = outcomes.sort("at").tail(1)
    other = "1" if latest["code"][0] != "1" else "15"
    again = latest.with_columns(pl.lit(other).alias("code"), pl.lit("Z-again").alias("event_id"))
    result = checked(metadata, {**frames, "events": pl.concat([frames["events"], again])}, tmp_path / "b")
    assert result.required().conflicts == frozenset(latest["report_id"])
    assert "outcome_conflict" in set(result.rejects["reason_code"])


def test_a_withdrawal_dated_before_the_report_is_on_no_clock(
    made_up: tuple[Metadata, Frames], tmp_path: Path
) -> None:
    """R5: counted as day 0, though the check said that it was left out."""
    metadata, frames = made_up
    events = frames["events"].with_row_index("_i")
    mine = events.filter(pl.col("kind") == "support_status")["_i"].head(9)
    early = pl.when(pl.col("_i").is_in(mine.implode())).then(dt.datetime(2023, 1, 1)).otherwise("at")
    moved = events.with_columns(early.cast(pl.Datetime("us")).alias("at")).drop("_i")
    outcomes = moved.filter(
        ~((pl.col("kind") == "outcome") & pl.col("report_id").is_in(_reports(events, mine)))
    )
    result = checked(metadata, {**frames, "events": outcomes}, tmp_path / "b")
    said = {row["reason_code"]: row["fate"] for row in result.rejects.iter_rows(named=True)}
    assert said["event_before_report"] == "the value is set aside, the row is taken in"
    cohort = Cohort(result.required(), LEAN)
    times = timing(cohort)
    assert times.undated == 9
    assert times.curves is not None
    whole = cohort.reports.height - 9
    assert times.curves.n == whole
    plain = cohort.reports.filter(~pl.col("report_id").is_in(_reports(events, mine)))
    week = plain.filter((pl.col("end") == "withdrawal") & (pl.col("end_day") <= 7)).height
    still = plain.filter(pl.col("followed") < 7).height
    assert still == 0
    assert float(times.curves.risk_at([7], 1).estimate[0]) == pytest.approx(week / whole)


def _reports(events: pl.DataFrame, places: pl.Series) -> pl.Series:
    return events.filter(pl.col("_i").is_in(places.implode()))["report_id"].implode()


def test_what_was_done_before_the_report_is_not_done_by_day_3_nor_left_undone() -> None:
    rows = {
        "reports": [report(n) for n in (1, 2, 3)],
        "events": [
            event(1, 1, "advocate_contact", after(-30), status="reached"),
            event(2, 2, "advocate_contact", after(2), status="reached"),
        ],
    }
    from lamplighter.studies.review.analyses.predictors import with_terms

    terms = with_terms(Cohort(bundle(rows), settings())).sort("report_id")
    assert terms["advocate_early"].to_list() == [None, "yes", "no"]


def test_a_centile_that_is_not_reached_says_so_and_is_not_hidden() -> None:
    """R9: "[c]: hidden, so that nobody can be recognised", in the report for those inside."""
    rows = {
        "reports": [report(n) for n in range(1, 21)],
        "events": [event(n, n, "outcome", after(n), code="15") for n in range(1, 13)],
    }
    own = review(bundle(rows), LEAN)
    line = next(row for row in table(own, "indicator-medians").rows if row[0] == "27a")
    assert line[2] == 10.5
    assert line[4] == "not reached in this follow-up"
    nobody = review(bundle({**rows, "events": rows["events"][:2]}), LEAN)
    line = next(row for row in table(nobody, "indicator-medians").rows if row[0] == "27a")
    assert line[2] == line[4] == "not reached in this follow-up"


def test_inside_nothing_is_marked_as_hidden(made_up: tuple[Metadata, Frames], tmp_path: Path) -> None:
    metadata, frames = made_up
    nobody = frames["events"].filter(~pl.col("kind").is_in(["support_status", "outcome"]))
    own = of(checked(metadata, {**frames, "events": nobody}, tmp_path / "b"))
    for made in drawn(own).tables():
        assert HIDDEN not in [value for row in made.rows for value in row], made.key


def test_a_sentence_at_the_top_is_of_rows_that_remain(
    made_up: tuple[Metadata, Frames], tmp_path: Path
) -> None:
    """R7: "some were assigned in it", set off by rows that were already left out."""
    metadata, frames = made_up
    place = pl.int_range(pl.len())
    early = pl.when(place < 13).then(dt.datetime(2010, 1, 1)).otherwise("recorded_at")
    moved = frames["reports"].with_columns(
        early.cast(pl.Datetime("us")).alias("recorded_at"),
        pl.when(place < 13).then(dt.datetime(2010, 1, 1)).otherwise("reported_at").alias("reported_at"),
    )
    result = checked(metadata, {**frames, "reports": moved}, tmp_path / "b")
    assert result.counts["reports"].rejected == 13
    assert "mixed_basis" not in set(result.rejects["reason_code"])
    own = of(result)
    assert not [words for words in drawn(own).warnings if "assigned in it" in words]
    vague = moved.with_columns(
        pl.when(place < 13).then(pl.lit("month")).otherwise("recorded_precision").alias("recorded_precision")
    )
    remain = checked(metadata, {**frames, "reports": vague}, tmp_path / "c")
    assert remain.counts["reports"].rejected == 0
    assert "mixed_basis" in set(remain.rejects["reason_code"])


def test_people_and_pairs_of_reports_that_were_left_out_raise_no_warning(
    made_up: tuple[Metadata, Frames], tmp_path: Path
) -> None:
    metadata, frames = made_up
    victim, suspect = (
        frames["reports"].filter(pl.col("suspect_id").is_not_null()).row(0, named=True)["victim_id"],
        frames["reports"].filter(pl.col("suspect_id").is_not_null()).row(0, named=True)["suspect_id"],
    )
    one = frames["reports"].filter(pl.col("victim_id") == victim).head(1)
    extra = one.with_columns(
        pl.lit("R-extra").alias("report_id"),
        pl.lit("C-extra").alias("case_id"),
        pl.lit(suspect).alias("suspect_id"),
        pl.lit(dt.datetime(2010, 1, 1)).alias("recorded_at"),
        pl.lit(dt.datetime(2010, 1, 1)).alias("reported_at"),
    )
    result = checked(metadata, {**frames, "reports": pl.concat([frames["reports"], extra])}, tmp_path / "b")
    assert {"outside_period"} == set(result.rejects.filter(pl.col("table") == "reports")["reason_code"])


def test_a_line_of_which_nothing_is_recorded_of_anybody_counted_is_not_held() -> None:
    """Earlier offences are filled, and of no report that names a suspect."""
    rows = {"reports": [report(1, prior_offences=None), report(2, suspect_id=None, prior_offences=3)]}
    own = review(bundle(rows), LEAN)
    assert "8a" not in {f"{line.number}{line.part}" for line in own.found.indicators}
    assert "indicator 8a" in {item.what for item in own.found.not_answered}
    assert "offended-before-suspects" in own.found.not_held


REPEATED = {
    "reports": [
        report(1, suspect_id="sA", recorded_at=dt.datetime(2024, 4, 1, 9)),
        report(2, suspect_id="sA", recorded_at=dt.datetime(2025, 2, 1, 9)),
        report(3, suspect_id="sB", recorded_at=dt.datetime(2024, 9, 1, 9)),
    ]
}


@pytest.mark.parametrize(
    ("later", "expected"),
    [(False, {"sA": "met"}), (True, {"sA": "met", "sB": "not_met"})],
)
def test_a_suspect_is_followed_as_long_as_reports_could_have_come(
    later: bool, expected: dict[str, str]
) -> None:
    """R6: followed to the extract, although reports stop at the end of the period."""
    kinds = ("outcome", "later_report") if later else ("outcome",)
    changes: dict[str, Any] = {
        "event_kinds": kinds,
        "period_to": dt.date(2025, 4, 1),
        "extracted_on": dt.date(2026, 3, 31),
    }
    assert found("30", REPEATED, "suspect_id", **changes) == expected
    own = review(bundle(REPEATED, **changes), LEAN)
    line = next(one for one in own.found.indicators if one.number == 30)
    assert any("followed to the end of the period and no further" in note for note in line.notes) is not later


def test_a_programme_that_is_not_held_is_no_group_of_nobody() -> None:
    kinds = ("outcome", "later_report")
    own = review(bundle(REPEATED, event_kinds=kinds, extracted_on=dt.date(2026, 3, 31)), LEAN)
    line = next(one for one in own.found.indicators if one.number == 30)
    assert line.count is not None
    assert [own_field.name for own_field in line.count.fields] == ["result"]


def test_a_landmark_model_without_its_terms_says_which_and_why(
    made_up: tuple[Metadata, Frames], tmp_path: Path
) -> None:
    """R8: "by what was done by day 3", of a model that could hold nothing that was done."""
    metadata, frames = made_up
    gone = ("risk_assessment", "specialist_contact", "advocate_contact")
    kinds = tuple(kind for kind in metadata.event_kinds or () if kind not in gone)
    events = frames["events"].filter(~pl.col("kind").is_in(gone))
    result = checked(replace(metadata, event_kinds=kinds), {**frames, "events": events}, tmp_path / "b")
    fits, notes = predictors(Cohort(result.required(), settings()))
    assert not [fit for fit in fits if "by-landmark" in fit.model.name]
    told = [note for note in notes if "by what was done by day 3" in note]
    assert len(told) == 2
    for note in told:
        assert "Not held by this force: Stalking risk assessment by day 3, Specialist advice by day 3" in note


def test_a_term_that_could_not_be_in_a_model_is_named(
    made_up: tuple[Metadata, Frames], tmp_path: Path
) -> None:
    metadata, frames = made_up
    reports = frames["reports"].drop("escalated")
    result = checked(metadata, {**frames, "reports": reports}, tmp_path / "b")
    fits, _ = predictors(Cohort(result.required(), settings()))
    at_report = next(fit for fit in fits if fit.model.name.endswith("at-report"))
    assert ("Had grown worse", "not held by this force") in at_report.left_out
