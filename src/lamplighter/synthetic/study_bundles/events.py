"""Draw what was done about each made-up report, as dated events of the study bundle, with the chance of each.

Every chance and delay here is invented [I]: no published figure was found for most of them. They are
settings; the truth of an indicator is worked out from the same settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from lamplighter.synthetic.sampling.draws import DAY, NEVER, Bools, Ints, chance, pick, stream
from lamplighter.synthetic.study_bundles.cohort import CHARGED, NO_ACTION, OTHER, WITHDRAWN, Cohort, minutes

HOUR = 60
#: A million reports have seventeen million events, and some 300 bytes each once they are put together: above
#: so many rows they are put together so many at a time.
_AT_ONCE, _ROWS = 2_000_000, 500_000
_FEW = 1_000  # texts of a column that are held as numbers


@dataclass(frozen=True, slots=True)
class _Piece:
    """Events added at once, held small: what is the same in all of them once, texts that recur as numbers."""

    same: Mapping[str, str]
    rows: pl.DataFrame

    def frame(self) -> pl.DataFrame:
        """Return the rows with every column, texts as texts."""
        texts = [pl.col(c).cast(pl.String) for c, kind in self.rows.schema.items() if kind == pl.Enum]
        report, at, *others = self.rows.columns
        same = {name: pl.lit(value).alias(name) for name, value in self.same.items()}
        return self.rows.with_columns(texts).select(
            pl.col(report).cast(pl.Int64), same["kind"], same["_key"], at, same["at_precision"], *others
        )


class Events:
    """Events as they are added, and what was drawn, for the truth."""

    def __init__(self, cohort: Cohort, seed: int) -> None:
        self.cohort, self.seed = cohort, seed
        self._pieces: list[_Piece] = []
        self.drawn: dict[str, Any] = {}
        self._end = minutes(cohort.scenario.extracted) + int(DAY)

    def some(self, purpose: str, share: float, among: Bools | None = None) -> Bools:
        """Reports drawn with a chance, among those given. Kept in ``drawn`` by its purpose."""
        found = chance(stream(self.seed, 1, purpose), share, self.cohort.size)
        if among is not None:
            found = found & among
        self.drawn[purpose] = found
        return found

    def after(self, purpose: str, start: Ints, hours: float, *, least: int = 0) -> Ints:
        """Times an exponential delay after ``start``; ``hours`` is its mean, ``least`` minutes are added."""
        delay = stream(self.seed, 2, purpose).exponential(hours * HOUR, self.cohort.size)
        out: Ints = np.minimum(start + delay.astype(np.int64) + least, NEVER)
        self.drawn[f"{purpose} at"] = out
        return out

    def pick(self, purpose: str, names: Sequence[str], weights: Sequence[float]) -> pl.Series:
        """One of the names for every report."""
        drawn = pick(stream(self.seed, 3, purpose), list(weights), self.cohort.size)
        self.drawn[purpose] = drawn
        return pl.Series(list(names), dtype=pl.String).gather(drawn)

    def add(
        self, kind: str, which: Bools, at: Ints, *, precision: str = "minute", key: str = "", **columns: Any
    ) -> None:
        """Events of one kind for the reports of ``which``, unless they lie after the extract.

        Columns are a text for all, an array or series with one value a report, or a list for all. ``key``
        parts several events of one kind about one report.
        """
        rows = np.flatnonzero(which & (at < self._end))
        if not len(rows):
            return
        made = {"_report": pl.Series(rows, dtype=pl.UInt32), "at": _moments(at[rows])}
        for name, value in columns.items():
            made[name] = _small(self._column(name, value, rows))
        same = {"kind": kind, "_key": key or kind, "at_precision": precision}
        self._pieces.append(_Piece(same, pl.DataFrame(made)))

    @property
    def height(self) -> int:
        """Count the events."""
        return sum(piece.rows.height for piece in self._pieces)

    @property
    def columns(self) -> frozenset[str]:
        """Return the columns that events fill."""
        own = {c for piece in self._pieces for c in piece.rows.columns} - {"_report"}
        return frozenset(own | {"kind", "at_precision", "event_id", "report_id"})

    def parts(self) -> Iterator[pl.DataFrame]:
        """Give every event with its ids, in order of kind, some at a time where there are very many."""
        most = self.height if self.height <= _AT_ONCE else _ROWS
        waiting: list[pl.DataFrame] = []
        for piece in self._pieces:
            waiting.append(piece.frame())
            if sum(frame.height for frame in waiting) >= most:
                yield _with_ids(waiting)
                waiting = []
        if waiting:
            yield _with_ids(waiting)

    def _column(self, name: str, value: Any, rows: Ints) -> pl.Series:
        if name in ("due_at", "ended_at"):
            late = value[rows] >= (self._end if name == "ended_at" else NEVER)
            return pl.select(pl.when(pl.Series(~late)).then(_moments(value[rows]))).to_series()
        if isinstance(value, str):
            return pl.Series([value], dtype=pl.String).new_from_index(0, len(rows))
        if isinstance(value, list):
            return pl.Series([value], dtype=pl.List(pl.String)).new_from_index(0, len(rows))
        if isinstance(value, pl.Series):
            return value.gather(pl.Series(rows, dtype=pl.Int64))
        return pl.Series(value[rows])


def _small(column: pl.Series) -> pl.Series:
    """Return a column whose texts recur as an enumeration of them; any other as it is."""
    if column.dtype != pl.String or len(column) < _FEW * 8:
        return column
    found = column.drop_nulls().unique()
    return column.cast(pl.Enum(found.sort())) if len(found) <= _FEW else column


def _with_ids(frames: list[pl.DataFrame]) -> pl.DataFrame:
    whole = pl.concat(frames, how="diagonal")
    return whole.with_columns(
        pl.format("E{}-{}", "_report", "_key").alias("event_id"),
        pl.format("R{}", "_report").alias("report_id"),
    ).drop("_report", "_key")


def _moments(at: Ints) -> pl.Series:
    return pl.Series(at * 60_000_000, dtype=pl.Int64).cast(pl.Datetime("us"))


def yes_no(mask: Bools) -> pl.Series:
    """'yes' where the mask holds, else 'no'."""
    return pl.Series(["no", "yes"], dtype=pl.String).gather(mask.astype(np.int64))


def key_of(kind: str, size: int) -> pl.Series:
    """Return the ids of one kind's events, one a report; the same as :func:`frame` gives."""
    return pl.select(pl.format("E{}-{}", pl.int_range(size, dtype=pl.Int64), pl.lit(kind))).to_series()


def frame(events: Events) -> pl.DataFrame:
    """Return every event with its ids, in order of kind, all at once."""
    return pl.concat([*events.parts()], how="diagonal")


def outcome_events(events: Events) -> None:
    """Support, outcome, closure and what goes with them."""
    c = events.cohort
    at, n = c.became_at, c.size
    withdrawn, closed = c.became == WITHDRAWN, c.became == NO_ACTION
    reasons = events.some("reasons", 0.55, withdrawn)
    asked = events.some("pressure asked", 0.35, withdrawn)
    found = events.some("pressure found", 0.25, asked)
    events.add(
        "support_status",
        withdrawn & reasons & asked,
        at,
        precision="day",
        code="withdrawn",
        reasons=["fear", "delay"],
        answer=yes_no(found),
    )
    events.add(
        "support_status",
        withdrawn & reasons & ~asked,
        at,
        precision="day",
        code="withdrawn",
        reasons=["delay"],
    )
    events.add(
        "support_status",
        withdrawn & ~reasons & asked,
        at,
        precision="day",
        code="withdrawn",
        answer=yes_no(found),
    )
    events.add("support_status", withdrawn & ~reasons & ~asked, at, precision="day", code="withdrawn")
    review = events.some("review after withdrawal", 0.30, withdrawn)
    events.add(
        "risk_review", review, events.after("withdrawal review", at, 200.0, least=HOUR), key="risk_review_w"
    )
    wait = stream(events.seed, 2, "outcome wait").integers(3, 45, n) * DAY
    ended = np.where(withdrawn, np.minimum(at + wait, NEVER), at)
    of_named = events.pick("no action code", ["15", "21", "10", "17", "9"], [0.72, 0.14, 0.06, 0.03, 0.05])
    other = events.pick("other code", ["8", "3", "22", "20"], [0.4, 0.3, 0.1, 0.2])
    names = pl.DataFrame({"n": pl.Series(c.named), "w": pl.Series(c.became), "a": of_named, "o": other})
    code = names.select(
        pl.when(pl.col("w") == WITHDRAWN)
        .then(pl.when("n").then(pl.lit("16")).otherwise(pl.lit("14")))
        .when(pl.col("w") == NO_ACTION)
        .then(pl.when("n").then(pl.col("a")).otherwise(pl.lit("18")))
        .when(pl.col("w") == CHARGED)
        .then(pl.lit("1"))
        .otherwise(pl.col("o"))
        .alias("c")
    )["c"]
    over = c.day >= 0
    events.add("outcome", over, ended, precision="day", code=code)
    events.add("closed", over & (c.became != CHARGED), ended, precision="day")
    decided = events.some("charging decision", 0.8, c.became == CHARGED)
    events.add("charging_decision", decided, at, precision="day")
    by_victim = (code.is_in(["15", "16"])).to_numpy() & over
    one, two = events.some("supervisor", 0.7, by_victim), events.some("spoc", 0.3, by_victim)
    events.add("sign_off", one, ended - DAY, precision="day", key="sign_off_1", code="supervisor")
    events.add("sign_off", two, ended - DAY, precision="day", key="sign_off_2", code="stalking_spoc")
    told = events.some("told", 0.6, over & (c.became != CHARGED))
    telling = ended + stream(events.seed, 2, "telling").integers(0, 20, n) * DAY
    events.add("victim_informed", told, telling, precision="day", code="closure", due_at=ended + 7 * DAY)
    events.drawn |= {"code": code, "ended": ended}
    charged = c.became == CHARGED
    events.add("vps_offer", events.some("vps", 0.5, charged), at + 2 * DAY, precision="day", status="offered")
    concluded = events.some("concluded", 0.7, charged)
    court = events.after("court", at, 24.0 * 200, least=int(30 * DAY))
    events.add(
        "court_conclusion",
        concluded,
        court,
        code=events.pick("court", ["convicted", "acquitted", "discontinued"], [0.66, 0.2, 0.14]),
    )
    sought = events.some("court order", 0.6, concluded)
    events.add(
        "court_order",
        sought,
        court,
        code=events.pick(
            "court order code", ["applied_restraining", "applied_spo", "reason_recorded"], [0.6, 0.1, 0.3]
        ),
    )
    taken = events.some("arrest", 0.45, c.named & (c.became != OTHER))
    arrested = events.after("arrest", c.reported, 60.0, least=HOUR)
    events.add("arrest", taken, arrested)
    events.add("interview", taken, arrested + 6 * HOUR)
    flagged = events.some("indicator in custody", 0.7, taken)
    events.add("custody", taken, arrested, answer=yes_no(flagged), ended_at=arrested + 20 * HOUR)
    events.add("custody_review", events.some("custody reviewed", 0.4, flagged), arrested + 5 * HOUR)
    del closed
