"""Forces beside one another: what is flagged, what is not compared, and that no order is ever told."""

import csv
import datetime as dt
import gzip
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.disclosure.errors import DisclosureError
from lamplighter.disclosure.folders import read_printed, write_printed
from lamplighter.disclosure.profiles import profile as profile_named
from lamplighter.disclosure.protect import protect
from lamplighter.reporting.charts.funnel_chart import FunnelLine, FunnelPoint, funnel_chart
from lamplighter.reporting.csv_files import csv_files
from lamplighter.reporting.document import Mark
from lamplighter.reporting.html_page import html_page
from lamplighter.studies.forces import release as releasing
from lamplighter.studies.forces.comparison import Comparison, compare
from lamplighter.studies.forces.counts import Counts, counts_of
from lamplighter.studies.forces.funnel import beyond, funnel, kept, limits
from lamplighter.studies.forces.measures import measures
from lamplighter.studies.forces.page import report_of
from lamplighter.studies.forces.release import release_of, release_page
from lamplighter.study_bundle.bundle import Metadata, StudyBundle
from lamplighter.study_bundle.national.outcomes import edition, read_outcomes
from lamplighter.study_bundle.schema import empty, schema_version
from lamplighter.vocabulary.forces import missing
from tests.unit.studies.making import bundle, event, report

DATA = Path(__file__).parents[2] / "data" / "national"
QUARTERS = tuple(
    (dt.date(2018 + (m == 1), m, 1), dt.date(2018 + (m == 1), m + 2, d))
    for m, d in ((4, 30), (7, 30), (10, 31), (1, 31))
)
FORCES = missing([], dt.date(2019, 1, 1))
#: Words that put forces in an order of merit.
RANK = re.compile(
    r"\b(rank\w*|league|best|worst|better|worse|highest|lowest|top|bottom|leading|lagging|first place|"
    r"out-?perform\w*|under-?perform\w*|winner\w*|loser\w*|poor(?:est|ly)?|good|excellent)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    file = tmp_path_factory.mktemp("real") / "outcomes-mar2019.csv"
    packed = DATA / "outcomes_2018_19_stalking_harassment.csv.gz"
    file.write_bytes(gzip.decompress(packed.read_bytes()))
    counts = counts_of(read_outcomes([edition("2020-01", file)]).checked.required())
    assert counts is not None
    return compare(counts)


def metadata(**more: object) -> Metadata:
    about: dict[str, object] = {
        "schema_version": schema_version(),
        "force": ("Made up",),
        "period_from": QUARTERS[0][0],
        "period_to": QUARTERS[-1][1],
        "extracted_on": dt.date(2020, 1, 31),
        "basis": "recorded",
        "selection": "Made up",
        "sources": ("Made up, edition of January 2020",),
        "recording_rules": (),
        "pseudonymisation": "Counts only",
        "made_up": True,
    }
    return Metadata(**(about | more))  # type: ignore[arg-type]  # fields by name


def counts(rows: list[tuple[str, int, str, str, int]], **more: object) -> Counts:
    """Counts of (force, quarter, basis, outcome, count)."""
    frame = pl.DataFrame(
        [(f, *QUARTERS[q], b, o, n) for f, q, b, o, n in rows],
        schema={
            "force": pl.String,
            "first": pl.Date,
            "last": pl.Date,
            "basis": pl.String,
            "outcome": pl.String,
            "count": pl.Int64,
        },
        orient="row",
    )
    there = frame.select("force", "first", "last").unique()
    return Counts(frame, there, None, QUARTERS, metadata(), False, "stalking", **more)  # type: ignore[arg-type]


def country(rng: np.random.Generator, shares: np.ndarray | None = None) -> Counts:
    """Draw 43 forces, of a dozen crimes to two thousand, that do not differ unless ``shares`` do."""
    # The crimes of a force are a Poisson draw from all that it records: that rate is a measure too.
    crimes = np.round(np.exp(rng.uniform(np.log(15), np.log(2000), 43)) * 250).astype(int)
    sizes = rng.poisson(crimes / 250)
    codes = ("1", "15", "16", "0", "18")
    same = np.tile([0.14, 0.28, 0.38, 0.05, 0.15], (43, 1)) if shares is None else shares
    rows = [
        (force, 0, basis, code, int(n))
        for basis in ("recorded", "assigned")
        for force, size, p in zip(FORCES, sizes, same, strict=True)
        for code, n in zip(codes, rng.multinomial(size, p), strict=True)
        if not (basis == "assigned" and code == "0")
    ]
    every = pl.DataFrame({"force": FORCES, "count": crimes})
    return replace(counts(rows), periods=QUARTERS[:1], all_crimes=every)


def test_on_the_real_year_north_yorkshire_is_what_it_is_and_in_no_comparison(real: Comparison) -> None:
    for name in ("charged", "charged_assigned", "victim", "evidence"):
        cell = next(c for c in real.of(name).cells if c.force == "North Yorkshire")
        assert not cell.compared
        assert not cell.outside
        assert "173 of 217 crimes have no outcome yet (79.7%)" in cell.reasons[0]
    still = next(c for c in real.of("open").cells if c.force == "North Yorkshire")
    assert still.outside == 1
    assert [c.force for c in real.of("open").outside] == ["North Yorkshire"]
    page = html_page(report_of(real))
    assert "North Yorkshire: 173 of its 217 crimes have no outcome yet." in page
    assert "London, City of" in page
    assert "Fewer than 10: 8 crimes." in page


def test_on_the_real_year_the_country_and_the_funnel_of_charges_are_as_computed_by_hand(
    real: Comparison,
) -> None:
    charged = real.of("charged")
    assert (charged.country.x, charged.country.n) == (2_677, 19_583)
    assert round(charged.country.value or 0, 1) == 13.7
    assert round(real.of("charged_assigned").country.value or 0, 1) == 14.9
    assert charged.differ
    assert charged.outside == ()


def test_on_the_real_year_plain_limits_flag_10_14_and_17_forces_and_widened_ones_0_3_and_2(
    real: Comparison,
) -> None:
    flagged = []
    for name in ("charged", "victim", "evidence"):
        cells = [c for c in real.of(name).cells if c.force != "British Transport Police"]
        assert len(cells) == 43
        found = funnel([c.x for c in cells], [c.n for c in cells])
        flagged.append((int(beyond(found, widened=False).sum()), int(beyond(found, widened=True).sum())))
    assert flagged == [(10, 0), (14, 3), (17, 2)]


def test_of_countries_whose_forces_do_not_differ_at_most_one_page_in_twenty_flags_any() -> None:
    rng = np.random.default_rng(32)
    flagged = sum(compare(country(rng)).flags_any for _ in range(400))
    assert flagged <= 20


def four_quarters(rng: np.random.Generator) -> Counts:
    """Draw 43 forces that do not differ, in each of four quarters."""
    crimes = np.round(np.exp(rng.uniform(np.log(15), np.log(500), 43))).astype(int)
    rows = [
        (force, quarter, "recorded", code, int(n))
        for quarter in range(4)
        for force, size in zip(FORCES, rng.poisson(crimes), strict=True)
        for code, n in zip(
            ("1", "15", "16", "0", "18"), rng.multinomial(size, [0.14, 0.28, 0.38, 0.05, 0.15]), strict=True
        )
    ]
    return counts(rows)


def test_of_four_quarters_in_which_forces_do_not_differ_at_most_one_page_in_twenty_flags_any() -> None:
    rng = np.random.default_rng(33)
    flagged = sum(compare(four_quarters(rng)).flags_any for _ in range(100))
    assert flagged <= 5


def test_each_quarter_by_itself_is_what_its_own_rows_give(real: Comparison) -> None:
    """The funnels of each quarter of the real year, from the lines of the publisher's file as text."""
    packed = DATA / "outcomes_2018_19_stalking_harassment.csv.gz"
    lines = list(csv.DictReader(gzip.decompress(packed.read_bytes()).decode("utf-8-sig").splitlines()))
    sums: Counter[tuple[str, str, bool]] = Counter()
    for line in lines:
        n = line["force_outcomes_for_offences_recorded_in_quarter"]
        if line["offence_code"] == "8Q" and n.lstrip("-").isdigit():
            charged = line["outcome_type"] in ("1", "1A")
            for force in (line["force_name"], "every force"):
                sums[line["financial_quarter"], force, charged] += int(n)
    assert len(real.apart) == 5 * 4
    for quarter, period in zip("1234", real.counts.periods, strict=True):
        own = next(m for m in real.apart if m.measure.name == "charged" and m.period == period)
        for cell, force in (
            (own.country, "every force"),
            (next(c for c in own.cells if c.force == "Kent"), "Kent"),
        ):
            x, rest = sums[quarter, force, True], sums[quarter, force, False]
            assert (cell.x, cell.n) == (x, x + rest)
            assert x
        compared = [c for c in own.cells if c.compared]
        assert own.funnel is not None
        assert own.funnel.centre == pytest.approx(sum(c.x for c in compared) / sum(c.n for c in compared))
        assert "North Yorkshire" not in [c.force for c in compared]
    page = html_page(report_of(real))
    assert "Each quarter by itself" in page
    assert "Charged or summonsed, Apr to Jun 2018" in page


def test_a_country_whose_forces_differ_says_so_and_names_the_one_that_differs_from_all() -> None:
    rng = np.random.default_rng(7)
    charged = np.clip(rng.normal(0.14, 0.03, 43), 0.05, 0.3)
    charged[20] = 0.6
    shares = np.stack([charged, *(((1 - charged) * w) for w in (0.33, 0.44, 0.05, 0.18))], axis=1)
    found = compare(country(rng, shares))
    assert found.of("charged").differ
    assert FORCES[20] in [c.force for c in found.of("charged").outside]
    assert any("Charged or summonsed: forces differ by more than chance" in t for t in texts(found))


def texts(found: Comparison) -> list[str]:
    return [p for s in report_of(found).sections for b in s.blocks for p in getattr(b, "points", ())]


@pytest.mark.parametrize("basis", ["real", "made up"])
def test_no_page_ranks_forces(real: Comparison, basis: str) -> None:
    found = real if basis == "real" else compare(country(np.random.default_rng(3)))
    report = report_of(found)
    assert RANK.findall(re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", html_page(report), flags=re.S)) == []
    words = [f.picture.alt for f in report.figures()] + [*map(bytes.decode, csv_files(report).values())]
    assert [RANK.findall(w) for w in words] == [[]] * len(words)
    for table in report.tables():
        if table.columns[0].title == "Force":
            names = [str(r[0]) for i, r in enumerate(table.rows) if i not in table.totals]
            assert names == sorted(names)
    for m in found.measures:
        assert not hasattr(m.measure, "low_is_good")


def test_the_page_has_no_script_and_every_chart_has_words_and_a_table(real: Comparison) -> None:
    report = report_of(real)
    page = html_page(report)
    assert "<script" not in page
    assert 'name="viewport"' in page
    figures = list(report.figures())
    # Five measures, the country over time, and the five measures in each of four quarters.
    assert len(figures) == 5 + 1 + 5 * 4
    for figure in figures:
        assert len(figure.picture.alt) > 80
        assert figure.table.rows
    cells = csv_files(report)["by-force-charged.csv"].decode()
    assert "North Yorkshire,217,13,6.0," in cells
    assert "Not compared. 173 of 217 crimes have no outcome yet" in cells


def test_the_gate_says_in_words_why_a_force_is_not_compared() -> None:
    rows = [
        (f, q, "recorded", o, n) for f in FORCES[:10] for q in range(4) for o, n in (("1", 5), ("16", 25))
    ]
    short = [r for r in rows if not (r[0] == FORCES[1] and r[1] == 3)]
    few = [(FORCES[11], q, "recorded", "1", 2) for q in range(4)]
    gone = [(FORCES[12], q, "recorded", "1", 0) for q in range(4)]
    still = [(FORCES[13], q, "recorded", o, n) for q in range(4) for o, n in (("1", 9), ("0", 3))]
    trains = [("British Transport Police", q, "recorded", "1", 20) for q in range(4)]
    found = compare(counts(short + few + gone + still + trains))
    why = {c.force: " ".join(c.reasons) for c in found.of("charged").cells if c.reasons}
    assert why == {
        FORCES[1]: "Figures of 3 of 4 periods only.",
        FORCES[11]: "Fewer than 10: 8 crimes.",
        FORCES[12]: "There are no crimes to take a share of: 0 of 0 is no share.",
        FORCES[13]: "12 of 48 crimes have no outcome yet (25.0%), more than 20%.",
        "British Transport Police": "It polices no area.",
    }
    # What is not held is never nought: 0 of 0 has no share, in the table and in the chart.
    assert next(c for c in found.of("charged").cells if c.force == FORCES[12]).value is None
    # None of them moves the centre.
    assert found.of("charged").centre == pytest.approx(100 * 5 / 30)


def test_limits_are_the_exact_quantiles_between_counts() -> None:
    found = funnel([5, 10, 20], [50, 100, 200])
    low, high = limits(found, [100.0], 0.95)
    for limit, p in ((low[0], 0.025), (high[0], 0.975)):
        r = stats.binom.ppf(p, 100, 0.1)
        assert r - 1 < 100 * limit <= r
    rate = funnel([5, 10, 20], [50, 100, 200], rate=True)
    assert limits(rate, [100.0], 0.95)[1][0] == pytest.approx(0.16, abs=0.01)
    assert rate.p[1] == 1.0
    assert found.spread == 0.0


def test_a_false_discovery_procedure_by_hand() -> None:
    assert kept([0.01, 0.04, 0.03, 0.2], 0.05) == [True, False, False, False]
    assert kept([0.01, 0.02, 0.03, 0.2], 0.05) == [True, True, True, False]
    assert kept([], 0.05) == []


def test_a_chart_without_a_point_or_with_an_odd_one_is_refused() -> None:
    line = FunnelLine("l", (1.0, 9.0), (0.0, 0.0), (1.0, 1.0))
    about = {"title": "T", "unit": "%", "size_unit": "crimes"}
    with pytest.raises(ValueError, match="no force"):
        funnel_chart([], [line], 1.0, **about)
    with pytest.raises(ValueError, match="no size"):
        funnel_chart([FunnelPoint("A", 0, 1.0, "1%", "inside")], [line], 1.0, **about)


def totals(*rows: tuple[str, dt.date, dt.date, str, int]) -> StudyBundle:
    frame = pl.DataFrame(
        [(f, a, b, "recorded", "outcome", o, o, "stalking", n) for f, a, b, o, n in rows],
        schema=[
            "force",
            "period_from",
            "period_to",
            "basis",
            "measure",
            "category",
            "outcome",
            "offence_group",
            "count",
        ],
        orient="row",
    )
    whole = metadata(period_from=frame["period_from"].min(), period_to=frame["period_to"].max())
    held = frozenset(f"totals.{c}" for c in frame.columns)
    frame = pl.concat([empty("totals"), frame], how="diagonal")
    return StudyBundle.of(whole, {"totals": frame}, frozenset({"totals"}), held)


def test_nine_months_are_never_set_beside_years_nor_added_to_them() -> None:
    year = (dt.date(2018, 4, 1), dt.date(2019, 3, 31))
    before = (dt.date(2017, 4, 1), dt.date(2018, 3, 31))
    part = (dt.date(2018, 4, 1), dt.date(2018, 12, 31))
    rows = [(f, *p, o, n) for f in FORCES[:6] for p in (before, year) for o, n in (("1", 20), ("16", 80))]
    found = counts_of(totals(*rows, (FORCES[7], *part, "1", 50), (FORCES[7], *part, "16", 50)))
    assert found is not None
    # Of two years the later one, not their sum.
    assert found.periods == (year,)
    compared = compare(found)
    assert compared.of("charged").country.n == 600
    cell = next(c for c in compared.of("charged").cells if c.force == FORCES[7])
    assert "Its figures are of other periods" in cell.reasons[0]
    assert cell.value is None


def reports_of_43_forces() -> tuple[StudyBundle, list[dict[str, Any]], list[dict[str, Any]]]:
    """Reports by 43 forces, of which one is small, and their outcomes."""
    rng = np.random.default_rng(14)
    rows: list[dict[str, Any]] = []
    outcomes: list[dict[str, Any]] = []
    for i, (force, n) in enumerate(zip(FORCES, [3, *rng.integers(20, 60, 42)], strict=True)):
        for k in range(int(n)):
            day = dt.datetime(2024, 4, 1, 9) + dt.timedelta(days=int(rng.integers(0, 365)))
            rows.append(report(1000 * i + k, force=force, reported_at=day, recorded_at=day))
            if rng.random() < 0.9:
                code = "1" if rng.random() < 0.2 else "16"
                outcomes.append(
                    event(len(outcomes), 1000 * i + k, "outcome", day + dt.timedelta(days=9), code=code)
                )
    return bundle({"reports": rows, "events": outcomes}, force=tuple(FORCES)), rows, outcomes


def test_a_bundle_of_reports_of_43_forces_gives_the_country_each_force_and_each_quarter() -> None:
    made, rows, outcomes = reports_of_43_forces()
    found = counts_of(made)
    assert found is not None
    compared = compare(found)
    charged = compared.of("charged")
    assert [c.force for c in charged.cells] == FORCES
    assert charged.country.n == len(rows) == sum(c.n for c in charged.cells)
    assert charged.country.x == sum(r["code"] == "1" for r in outcomes) == sum(c.x for c in charged.cells)
    report_ = report_of(compared)
    by_force_and_period = next(t for t in report_.tables() if t.key == "by-force-and-period")
    assert len(by_force_and_period.rows) == 43 * 4
    assert sum(int(r[2]) for r in by_force_and_period.rows if not isinstance(r[2], Mark)) == len(rows)
    together = next(t for t in report_.tables() if t.key == "country-by-period")
    assert [r[0] for r in together.rows] == [
        "Apr to Jun 2024",
        "Jul to Sep 2024",
        "Oct to Dec 2024",
        "Jan to Mar 2025",
    ]
    assert report_.standing.startswith("Internal")
    # They are reports, and need not have been recorded as crimes.
    assert (
        "crime" not in re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", html_page(report_), flags=re.S).lower()
    )


@pytest.fixture(scope="module")
def large() -> Counts:
    """Reports of 43 forces, nine of each for one of those of above; the small force stays small."""
    found = counts_of(reports_of_43_forces()[0])
    assert found is not None
    more = pl.when(pl.col("force") == FORCES[0]).then(1).otherwise(9)
    return replace(found, frame=found.frame.with_columns(pl.col("count") * more))


@pytest.mark.parametrize("profile", ["police-victim", "moj-convictions", "tre"])
def test_a_page_of_reports_leaves_only_as_it_was_printed_and_attacked(
    large: Counts, tmp_path: Path, profile: str
) -> None:
    outcome = release_page(large, profile, tmp_path / "out", tmp_path / "ledger")
    assert outcome.passed, outcome.words
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Protected for release" in page
    assert "Internal" not in page
    printed = read_printed(next(p for p in (tmp_path / "ledger").iterdir() if p.is_dir()))
    by_force = next(t for t in printed.tables if t.name == "outcomes-by-force")
    # The force of three reports is hidden, and its figures are nowhere on the page.
    assert by_force.counts["f000", "all"] is None
    with (tmp_path / "out" / "tables" / "by-force-charged.csv").open(encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    rows = {line[0]: line for line in lines if line and line[0] in FORCES}
    assert sorted(rows) == FORCES
    assert rows[FORCES[0]][1:4] == ["[c]", "[c]", "[c]"]
    shown = 0
    for place, force in enumerate(FORCES):
        x, n = (by_force.counts[f"f{place:03}", code] for code in ("charged", "all"))
        if x is None or n is None:
            assert "Not compared" in rows[force][5]
            assert rows[force][1:4] == ["[c]" if n is None else f"{n:.0f}", "[c]", "[c]"]
            continue
        shown += 1
        assert [float(v) for v in rows[force][1:3]] == [n, x]
        assert float(rows[force][3]) == pytest.approx(100 * x / n, abs=0.051)
    assert shown > 20
    assert RANK.findall(re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", page, flags=re.S)) == []


def test_a_page_with_a_true_count_in_place_of_a_printed_one_does_not_leave(
    large: Counts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack reads the page: a count that went round the protection stops it."""
    monkeypatch.setattr(releasing, "day", lambda _: "on one of 4 711 days")
    monkeypatch.setattr(releasing, "numbers_of_page", lambda _: set())
    outcome = release_page(large, "police-victim", tmp_path / "out")
    assert not outcome.passed
    assert "Blocked" in outcome.words
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())


def test_published_counts_need_no_release_and_a_ledger_of_a_review_is_refused(
    real: Comparison, large: Counts, tmp_path: Path
) -> None:
    with pytest.raises(DisclosureError, match="published by others"):
        release_page(real.counts, "police-victim", tmp_path / "out")
    other = replace(release_of(large, "1"), name="review")
    printed = protect(other, profile_named("police-victim", None), ()).printed
    write_printed(printed, tmp_path / "ledger" / "1")
    with pytest.raises(DisclosureError, match="releases of other tables"):
        release_page(large, "police-victim", tmp_path / "out", tmp_path / "ledger")


def test_a_bundle_that_holds_no_outcomes_has_nothing_to_compare() -> None:
    # What is not held is no share of nought.
    day = dt.datetime(2024, 6, 1, 9)
    rows = [report(i, reported_at=day, recorded_at=day) for i in range(5)]
    assert counts_of(bundle({"reports": rows, "events": []}, event_kinds=("arrest",))) is None


def test_years_are_side_by_side_with_breaks_of_recording_marked_and_the_last_is_compared() -> None:
    years = [(dt.date(y, 4, 1), dt.date(y + 1, 3, 31)) for y in range(2017, 2022)]
    rows = [(f, *p, o, n) for f in FORCES[:6] for p in years for o, n in (("1", 20), ("16", 80))]
    found = counts_of(totals(*rows))
    assert found is not None
    assert found.periods == (years[-1],)
    report_ = report_of(compare(found))
    trend = next(f for f in report_.figures() if f.key == "country-trend")
    assert [str(r[0]) for r in trend.table.rows] == ["2017/18", "2018/19", "2019/20", "2020/21", "2021/22"]
    assert "begins 1\u00a0April\u00a02020" in trend.picture.alt
    assert "do not compare across a break" in trend.picture.alt


def test_a_force_that_was_joined_to_another_is_counted_with_it_and_the_page_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "lamplighter.studies.forces.counts.successor",
        lambda code, on: "kent" if code == "essex" else code,
    )
    year = (dt.date(2018, 4, 1), dt.date(2019, 3, 31))
    names = ("Essex Police", "Kent", "Surrey", "Sussex", "Dorset")
    found = counts_of(totals(*[(f, *year, o, n) for f in names for o, n in (("1", 20), ("16", 80))]))
    assert found is not None
    assert found.forces == ["Dorset", "Kent", "Surrey", "Sussex"]
    compared = compare(found)
    assert next(c for c in compared.of("charged").cells if c.force == "Kent").n == 200
    assert "Essex is counted with Kent, which followed it." in report_of(compared).warnings


def test_the_command_makes_the_page_and_refuses_a_bundle_without_outcomes(tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    headings = "Year,Quarter,Force,Offence code,Outcome type,Outcomes for offences recorded in quarter"
    lines = [
        f"2021/22,{q},{f},8Q,{o},{n}"
        for q in (1, 2, 3, 4)
        for f in FORCES[:12]
        for o, n in (("1", 7), ("16", 20), ("0", 2))
    ]
    file.write_text("\n".join([headings, *lines]) + "\n", "utf-8")
    run = CliRunner()
    made = run.invoke(
        app,
        ["bundle", "outcomes", str(file), "--edition", "2022-07", "--out", str(tmp_path / "b"), "--no-ask"],
    )
    assert made.exit_code == 0, made.output
    done = run.invoke(app, ["forces", str(tmp_path / "b"), "--out", str(tmp_path / "page")])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "page/report.html").read_text("utf-8")
    assert "no more difference between forces than chance alone would bring" in page
    assert (tmp_path / "page/tables/by-force-charged.csv").is_file()
    unknown = run.invoke(app, ["forces", str(tmp_path / "b"), "--out", str(tmp_path / "p"), "--offence", "x"])
    assert unknown.exit_code == 2
    assert measures()[0].name == "charged"
