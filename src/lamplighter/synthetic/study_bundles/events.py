"""Draw what was done about each made-up report, as dated events of the study bundle, with the chance of each.

Every chance and delay here is invented [I]: no published figure was found for most of them. They are
settings; the truth of an indicator is worked out from the same settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from lamplighter.synthetic.sampling.draws import DAY, NEVER, Bools, Ints, chance, pick, stream
from lamplighter.synthetic.study_bundles.cohort import CHARGED, NO_ACTION, OTHER, WITHDRAWN, Cohort, minutes

HOUR = 60


class Events:
    """Events as they are added, and what was drawn, for the truth."""

    def __init__(self, cohort: Cohort, seed: int) -> None:
        self.cohort, self.seed = cohort, seed
        self.frames: list[pl.DataFrame] = []
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
        made: dict[str, Any] = {
            "_report": pl.Series(rows, dtype=pl.Int64),
            "kind": pl.Series([kind], dtype=pl.String).new_from_index(0, len(rows)),
            "_key": pl.Series([key or kind], dtype=pl.String).new_from_index(0, len(rows)),
            "at": _moments(at[rows]),
            "at_precision": pl.Series([precision], dtype=pl.String).new_from_index(0, len(rows)),
        }
        for name, value in columns.items():
            made[name] = self._column(name, value, rows)
        self.frames.append(pl.DataFrame(made))

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


def _moments(at: Ints) -> pl.Series:
    return pl.Series(at * 60_000_000, dtype=pl.Int64).cast(pl.Datetime("us"))


def yes_no(mask: Bools) -> pl.Series:
    """'yes' where the mask holds, else 'no'."""
    return pl.Series(["no", "yes"], dtype=pl.String).gather(mask.astype(np.int64))


def key_of(kind: str, size: int) -> pl.Series:
    """Return the ids of one kind's events, one a report; the same as :func:`frame` gives."""
    return pl.select(pl.format("E{}-{}", pl.int_range(size, dtype=pl.Int64), pl.lit(kind))).to_series()


def frame(events: Events) -> pl.DataFrame:
    """Return every event with its ids, in order of kind."""
    whole = pl.concat(events.frames, how="diagonal")
    return whole.with_columns(
        pl.format("E{}-{}", "_report", "_key").alias("event_id"),
        pl.format("R{}", "_report").alias("report_id"),
    ).drop("_report", "_key")


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
