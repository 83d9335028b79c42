"""Faults planted in a hundred made-up returns of 43 forces: nearly all are found, named by force."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl

from lamplighter.study_bundle.bundle import Metadata
from lamplighter.study_bundle.checking import checked
from lamplighter.study_bundle.files.csv_tables import Raw
from lamplighter.study_bundle.files.table_sources import InMemory
from lamplighter.vocabulary.forces import missing

DAY = dt.date(2021, 3, 31)
FORCES = missing([], DAY)
Row = dict[str, str | None]
Plant = Callable[[list[Row], int, np.random.Generator], tuple[set[str], set[str]]]
META = Metadata(
    "1",
    ("All",),
    dt.date(2020, 4, 1),
    DAY,
    dt.date(2021, 7, 31),
    "recorded",
    "Made up",
    ("Made up",),
    (),
    "No one",
)


def one(force: str, rng: np.random.Generator) -> Row:
    whole = int(rng.integers(150, 3_000))
    n = int(rng.binomial(whole, rng.uniform(0.06, 0.3)))
    return {
        "force": force,
        "period_from": "2020-04-01",
        "period_to": "2021-03-31",
        "basis": "recorded",
        "measure": "charged",
        "count": str(n),
        "of": str(whole),
        "rate": f"{100 * n / whole:.1f}",
    }


def slipped(rows: list[Row], at: int, rng: np.random.Generator) -> tuple[set[str], set[str]]:
    """Move the rates of a run of forces down by a row: each has its neighbour's."""
    at, n = min(at, 37), int(rng.integers(3, 6))
    rates = [rows[i]["rate"] for i in range(at, at + n)]
    for i, rate in enumerate(rates[:-1], start=at + 1):
        rows[i]["rate"] = rate
    changed = {str(rows[i]["force"]) for i in range(at + 1, at + n) if rates[i - at] != rows[i]["rate"]}
    return changed, {"slipped_rates", "rate_disagrees"}


def orphan(rows: list[Row], at: int, rng: np.random.Generator) -> tuple[set[str], set[str]]:
    rows[at]["count"] = None
    return {str(rows[at]["force"])}, {"rate_without_count", "count_missing"}


def nothing_of_nothing(rows: list[Row], at: int, rng: np.random.Generator) -> tuple[set[str], set[str]]:
    rows[at] |= {"count": "0", "of": "0", "rate": "0.0"}
    return {str(rows[at]["force"])}, {"zero_of_zero"}


def nine_months(rows: list[Row], at: int, rng: np.random.Generator) -> tuple[set[str], set[str]]:
    rows[at]["period_to"] = "2020-12-31"
    return {str(rows[at]["force"])}, {"part_year_period_row"}


def two_figures_turned(rows: list[Row], at: int, rng: np.random.Generator) -> tuple[set[str], set[str]]:
    """Write a count with its first two figures the other way round, or with one figure more."""
    n = str(rows[at]["count"])
    turned = n[1] + n[0] + n[2:]
    rows[at]["count"] = turned if turned != n and turned[0] != "0" else f"{n}1"
    return {str(rows[at]["force"])}, {"rate_disagrees", "count_above_whole", "slipped_rates"}


def neighbours_counts(rows: list[Row], at: int, rng: np.random.Generator) -> tuple[set[str], set[str]]:
    at = min(at, 41)
    a, b = rows[at], rows[at + 1]
    a["count"], b["count"] = b["count"], a["count"]
    a["of"], b["of"] = b["of"], a["of"]
    both = {str(a["force"]), str(b["force"])} if a["rate"] != b["rate"] else set()
    return both, {"rate_disagrees", "slipped_rates"}


def twice(rows: list[Row], at: int, rng: np.random.Generator) -> tuple[set[str], set[str]]:
    rows.append(rows[at] | {"force": f"{rows[at]['force']} Police"})
    return {str(rows[at]["force"])}, {"force_twice"}


def gone(rows: list[Row], at: int, rng: np.random.Generator) -> tuple[set[str], set[str]]:
    return {str(rows.pop(at)["force"])}, {"force_missing"}


def above(rows: list[Row], at: int, rng: np.random.Generator) -> tuple[set[str], set[str]]:
    rows[at]["of"] = str(int(str(rows[at]["count"])) - 1)
    return {str(rows[at]["force"])}, {"count_above_whole"}


def printed_to_more_places(rows: list[Row], at: int, rng: np.random.Generator) -> tuple[set[str], set[str]]:
    """Print a rate to the hundredth that is right to the whole number only."""
    exact = 100 * int(str(rows[at]["count"])) / int(str(rows[at]["of"]))
    rows[at]["rate"] = f"{round(exact)}.00"
    wrong = abs(round(exact) - exact) > 0.0051
    return {str(rows[at]["force"])} if wrong else set(), {"rate_disagrees", "slipped_rates"}


PLANTS: tuple[Plant, ...] = (
    *(slipped, orphan, nothing_of_nothing, nine_months, two_figures_turned, neighbours_counts),
    *(twice, gone, above, printed_to_more_places),
)


def findings(rows: list[Row]) -> list[tuple[str, str]]:
    frame = (
        pl.DataFrame(rows)
        .with_row_index("_row", 2)
        .with_columns(pl.col("_row").cast(pl.Int64), pl.lit("return.csv").alias("_file"))
    )
    raw = Raw(frame, [], 0, frozenset(rows[0]))
    rejects = checked(META, {"totals": InMemory(raw)}, [], "").rejects
    named = rejects.filter(pl.col("force").is_not_null() & (pl.col("reason_code") != "total_row"))
    return list(named.select("force", "reason_code").iter_rows())


def test_faults_in_a_hundred_returns_are_found_by_force_with_hardly_a_false_alarm() -> None:
    rng = np.random.default_rng(32)
    planted = found = 0
    most = 0
    for _ in range(100):
        rows = [one(force, rng) for force in FORCES]
        kinds = rng.choice(len(PLANTS), size=int(rng.integers(1, 4)), replace=False)
        # Faults lie apart, so that each is one of its own.
        places = rng.permutation([2, 12, 22, 32])[: len(kinds)]
        wanted: dict[str, set[str]] = {}
        # What adds or takes away rows comes last, so that places stay what they are.
        for kind, place in sorted(
            zip(kinds, places, strict=True), key=lambda k: PLANTS[k[0]] in (twice, gone)
        ):
            forces, reasons = PLANTS[kind](rows, int(place), rng)
            wanted |= {force: wanted.get(force, set()) | reasons for force in forces}
        seen = findings(rows)
        planted += len(wanted)
        found += sum(any(f == force and r in reasons for f, r in seen) for force, reasons in wanted.items())
        most = max(most, len({f for f, _ in seen} - set(wanted)))
    assert planted > 200
    assert found / planted >= 0.95
    assert most <= 1


def test_a_return_without_a_fault_has_no_finding() -> None:
    rng = np.random.default_rng(3)
    assert findings([one(force, rng) for force in FORCES]) == []
