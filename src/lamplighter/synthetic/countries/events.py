"""Events that followed each report, as its force would hand them to a study: from charge to release.

One row an event, in the columns of :data:`SCHEMA`; days, never times. ``crime`` joins the rows of one report,
``same_occasion_as`` names the other force's event where a report that was passed on says so. ``course`` is
the force's own course of conduct: most reports of a repeated matter are in it, and none of another force's.
A case takes its time: from report to charge, and from charge to proof, by a median that differs by force.
What is not known on the day of the extract is not handed over; it is kept in the truth. Nobody acts while in
custody, and nobody after death. Shares are settings and no findings. [I]
"""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.synthetic.countries.identities import Arrivals, person_id
from lamplighter.synthetic.countries.parts import Part
from lamplighter.synthetic.countries.passing_on import PassedOn
from lamplighter.synthetic.countries.settings import CountrySettings
from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.courses.offences import NON_CRIME_FROM, OFFENCES
from lamplighter.synthetic.reports import person_rows as w
from lamplighter.synthetic.reports import reporting as r
from lamplighter.synthetic.sampling import columns as col
from lamplighter.synthetic.sampling.draws import DAY, Bools, Ints, chance, stream
from lamplighter.synthetic.worlds.cell import Cell

SCHEMA = pl.Schema(
    {
        "event": pl.String(),
        "force": pl.String(),
        "kind": pl.String(),
        "occurred": pl.Date(),
        "ended": pl.Date(),
        "recorded": pl.Date(),
        "proven": pl.Date(),
        "offence": pl.String(),
        "suspect": pl.String(),
        "victim": pl.String(),
        "crime": pl.String(),
        "custodial": pl.Boolean(),
        "same_occasion_as": pl.String(),
        "course": pl.String(),
    }
)
_NO_DAY = np.int64(-(1 << 40))
_CHARGED = 0.09
_CHARGED_WITH = {
    "stalking_s2a": 0.16,
    "stalking_s4a": 0.24,
    "breach_nmo": 0.4,
    "breach_restraining": 0.5,
    "breach_spo": 0.55,
    "threats_to_kill": 0.2,
    "assault_injury": 0.18,
}
_BREACHES = {"breach_nmo", "breach_restraining", "breach_spo"}
_CAUTIONED = 0.03
_CONVICTED = 0.68
_CUSTODY = 0.2
_ORDER_AFTER_CHARGE = 0.15
_ORDER_AFTER_CONVICTION = 0.35
_DEATHS_A_YEAR = 0.006
_CITES = 0.4
_IN_COURSE = 0.85


def of_part(
    settings: CountrySettings, part: Part, cell: Cell, come: Arrivals, passed: list[PassedOn]
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame], pl.DataFrame]:
    """Return the force's events, those of forces that were passed reports, and what is known only later."""
    rng = stream(settings.seed, part.number, "events")
    last_day = np.int64(settings.as_at.toordinal() - 719_163)
    held = _Events(part, cell)
    _reports(held, cell)
    _outcomes(rng, held, cell, proof_lag(settings, part.force.number))
    _deaths(rng, held, part, come, last_day)
    every = held.frame()
    every = _with_courses(stream(settings.seed, part.number, "courses of events"), every, held)
    known = ~pl.any_horizontal(
        pl.col(c).is_not_null() & (pl.col(c).cast(pl.Int32) > int(last_day))
        for c in ("occurred", "recorded", "proven")
    )
    others = {p.force.code: _of_passed(rng, p, every) for p in passed}
    # Until a sentence has ended nobody knows on which day.
    shown = every.filter(known).with_columns(
        ended=pl.when(pl.col("ended").cast(pl.Int32) <= int(last_day)).then("ended")
    )
    return shown, others, every.filter(~known)


def proof_lag(settings: CountrySettings, force: int) -> float:
    """Return the median number of days from charge to proof in a force, between 60 and 400."""
    return float(np.exp(stream(settings.seed, force, "proof lag").uniform(np.log(60), np.log(400))))


class _Events:
    """Rows as they are added, as arrays; ``row`` is a report."""

    def __init__(self, part: Part, cell: Cell) -> None:
        self.force = part.force
        self.number = part.number
        self.cell = cell
        self.suspect = _record_of(cell, w.SUSPECT)
        self.victim = _record_of(cell, w.VICTIM)
        self.parts: list[pl.DataFrame] = []

    def add(
        self,
        kind: str,
        rows: Ints,
        *,
        occurred: Ints | None = None,
        ended: Ints | None = None,
        recorded: Ints | None = None,
        proven: Ints | None = None,
        custodial: Bools | None = None,
        victim: bool = True,
    ) -> None:
        """Add one event of a kind for each of the reports."""
        ids, reports = self.cell.record_ids, self.cell.reports
        none = np.full(len(rows), _NO_DAY)
        days = {
            name: none if value is None else value
            for name, value in (
                ("occurred", occurred),
                ("ended", ended),
                ("recorded", recorded),
                ("proven", proven),
            )
        }
        self.parts.append(
            pl.DataFrame(
                {
                    "event": [f"{kind}:{i}" for i in rows.tolist()],
                    "force": [self.force.code] * len(rows),
                    "kind": [kind] * len(rows),
                    **{name: _days(value) for name, value in days.items()},
                    "offence": col.lookup(OFFENCES, reports.offence[rows]),
                    "suspect": col.lookup(ids, self.suspect[rows]),
                    "victim": col.lookup(ids, self.victim[rows] if victim else np.full(len(rows), -1)),
                    "crime": col.lookup(self.cell.report_ids, rows),
                    "custodial": [None] * len(rows) if custodial is None else custodial.tolist(),
                    "same_occasion_as": [None] * len(rows),
                    "course": [None] * len(rows),
                },
                schema=SCHEMA,
            )
        )

    def frame(self) -> pl.DataFrame:
        """Return the rows under ids of the force's own."""
        made = pl.concat(self.parts)
        prefix = f"{self.force.source}:E{self.number:03d}"
        return made.with_columns(
            event=pl.lit(prefix) + pl.int_range(pl.len()).cast(pl.String).str.zfill(7),
        )


def _record_of(cell: Cell, role: int) -> Ints:
    """Return the row of the person in a role in each report, -1 where there is none.

    The last of several: whoever acts for the suspect is recorded before.
    """
    out = np.full(len(cell.reports), -1, dtype=np.int64)
    rows = np.flatnonzero(cell.rows.role == role)
    out[cell.rows.report[rows]] = rows
    return out


def _days(days: Ints) -> pl.Series:
    given = days != _NO_DAY
    return col.where(given, col.dates(np.where(given, days, 0)))


def _with_courses(rng: np.random.Generator, every: pl.DataFrame, held: _Events) -> pl.DataFrame:
    """Return the events with the courses of the force: repeated matters of which it sees two reports."""
    reports, dossiers = held.cell.reports, held.cell.dossiers
    seen = chance(rng, _IN_COURSE, len(reports)) & (dossiers.kind[reports.dossier] != d.SINGLE)
    count = np.bincount(reports.dossier[seen], minlength=len(dossiers))
    rows = np.flatnonzero(seen & (count[reports.dossier] > 1))
    prefix = f"{held.force.source}:C{held.number:03d}"
    courses = pl.DataFrame(
        {
            "crime": col.lookup(held.cell.report_ids, rows),
            "of": [f"{prefix}{i:07d}" for i in reports.dossier[rows].tolist()],
        },
        schema={"crime": pl.String(), "of": pl.String()},
    )
    found = every.join(courses, on="crime", how="left", maintain_order="left")
    return found.with_columns(course="of").drop("of")


def _reports(held: _Events, cell: Cell) -> None:
    t = cell.reports
    rows = np.arange(len(t))
    done, told = cell.occasions.at[t.last_occasion] // DAY, t.at // DAY
    held.add("report", rows, occurred=done, recorded=told)
    breach = np.flatnonzero((held.suspect >= 0) & np.isin(t.offence, [OFFENCES.index(o) for o in _BREACHES]))
    held.add("breach", breach, occurred=done[breach], recorded=told[breach])


def _outcomes(rng: np.random.Generator, held: _Events, cell: Cell, lag: float) -> None:
    """Add charges, cautions, convictions, orders, custody and releases, in the order in which they follow."""
    t = cell.reports
    done, told = cell.occasions.at[t.last_occasion] // DAY, t.at // DAY
    rates = np.array([_CHARGED_WITH.get(o, _CHARGED) for o in OFFENCES])[t.offence]
    possible = (t.offence < NON_CRIME_FROM) & (held.suspect >= 0) & (t.level <= r.PARTIAL)
    charged = np.flatnonzero(possible & chance(rng, rates, len(t)))
    charge_day = told[charged] + rng.lognormal(np.log(55), 0.9, len(charged)).astype(np.int64)
    held.add("charge", charged, occurred=done[charged], recorded=charge_day)
    left = possible.copy()
    left[charged] = False
    cautioned = np.flatnonzero(left & chance(rng, _CAUTIONED, len(t)))
    caution_day = told[cautioned] + rng.lognormal(np.log(40), 0.8, len(cautioned)).astype(np.int64)
    held.add("caution", cautioned, occurred=done[cautioned], recorded=told[cautioned], proven=caution_day)

    guilty = chance(rng, _CONVICTED, len(charged))
    convicted = charged[guilty]
    proven = charge_day[guilty] + rng.lognormal(np.log(lag), 0.6, len(convicted)).astype(np.int64) + 1
    sentence = 28 + rng.exponential(120, len(convicted)).astype(np.int64)
    inside = chance(rng, _CUSTODY, len(convicted)) & _free_until(
        held, cell, done, convicted, proven, proven + sentence
    )
    held.add(
        "conviction",
        convicted,
        occurred=done[convicted],
        recorded=charge_day[guilty],
        proven=proven,
        custodial=inside,
    )
    held.add(
        "custody_start",
        convicted[inside],
        occurred=proven[inside],
        ended=(proven + sentence)[inside],
        victim=False,
    )
    held.add("release", convicted[inside], occurred=(proven + sentence)[inside], victim=False)
    for rows, day, share in (
        (charged, charge_day, _ORDER_AFTER_CHARGE),
        (convicted, proven, _ORDER_AFTER_CONVICTION),
    ):
        made = chance(rng, share, len(rows))
        held.add("order_made", rows[made], occurred=day[made] + 14, ended=day[made] + 14 + 730)


def _free_until(held: _Events, cell: Cell, done: Ints, rows: Ints, start: Ints, end: Ints) -> Bools:
    """Tell whose next act lies after the end of the sentence: nobody acts in custody."""
    person = np.where(held.suspect >= 0, cell.rows.person[np.maximum(held.suspect, 0)], -1)
    span = np.int64(1 << 20)
    acts = np.sort(person[person >= 0] * span + done[person >= 0])
    first = np.searchsorted(acts, person[rows] * span + start, side="left")
    last = np.searchsorted(acts, person[rows] * span + end, side="right")
    free: Bools = first == last
    return free


def _deaths(rng: np.random.Generator, held: _Events, part: Part, come: Arrivals, last_day: np.int64) -> None:
    """Add deaths, after the last act that a force recorded of somebody whom no other force knows."""
    cell = held.cell
    known = np.flatnonzero(held.suspect >= 0)
    person = cell.rows.person[held.suspect[known]]
    told = cell.reports.at[known] // DAY
    order = np.lexsort((told, person))
    last = np.append(person[order][1:] != person[order][:-1], True) if len(order) else np.zeros(0, bool)
    rows, people, days = known[order][last], person[order][last], told[order][last]
    here = {a.person for a in come.people.get(part.number, [])}
    gone = {a.is_really for arrivals in come.people.values() for a in arrivals}
    stays = np.array([p not in here and person_id(part.number, p) not in gone for p in people.tolist()], bool)
    wait = rng.exponential(365.25 / _DEATHS_A_YEAR, len(rows)).astype(np.int64) + 1
    dies = stays & (days + wait <= last_day)
    held.add("death", rows[dies], occurred=(days + wait)[dies], victim=False)


def _of_passed(rng: np.random.Generator, passed: PassedOn, events: pl.DataFrame) -> pl.DataFrame:
    """Return the report events of the force that a report was passed to, some of which name the first's."""
    records = {old: new for new, old in passed.records.items()}
    copies = pl.DataFrame({"new": list(passed.reports), "crime": list(passed.reports.values())})
    first = copies.join(
        events.filter(pl.col("kind") == "report"), on="crime", how="left", maintain_order="left"
    )
    told = passed.bundle["reports"].select(new="report_id", told=pl.col("reported_at").dt.date())
    cites = pl.Series(chance(rng, _CITES, first.height))
    return first.join(told, on="new", how="left", maintain_order="left").select(
        event=pl.col("new").str.replace(":", ":E"),
        force=pl.lit(passed.force.code),
        kind=pl.col("kind"),
        occurred=pl.col("occurred"),
        ended=pl.col("ended"),
        recorded=pl.col("told"),
        proven=pl.col("proven"),
        offence=pl.col("offence"),
        suspect=pl.col("suspect").replace_strict(records, default=None),
        victim=pl.col("victim").replace_strict(records, default=None),
        crime=pl.col("new"),
        custodial=pl.col("custodial"),
        same_occasion_as=pl.when(cites).then("event"),
        course=pl.lit(None, pl.String),
    )
