"""The truth of one part of the world as frames (columns: :mod:`lamplighter.synthetic.truth`)."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.synthetic import dossiers as d
from lamplighter.synthetic import reports as r
from lamplighter.synthetic.cell import Cell
from lamplighter.synthetic.draws import NEVER, Bools, Ints, Words, words
from lamplighter.synthetic.frames import RELATIONSHIP_CODES, SEX_CODES, moments, report_ids, roles, row_refs
from lamplighter.synthetic.names import book
from lamplighter.synthetic.occasions import BEHAVIOURS, CHANNELS
from lamplighter.synthetic.offences import GROUP, OFFENCES
from lamplighter.synthetic.truth import Truth

SEATS = words(["first_adult", "partner", "elder_child", "younger_child"])
KNOWN = words(["full", "partial", "sparse", "descriptor", "nobody"])
KINDS = words(list(d.KINDS))


def truth(cell: Cell) -> Truth:
    """What is really so in one part of the world."""
    ids = report_ids(cell)
    person = words([f"T{cell.number:03d}-{i:06d}" for i in range(len(cell.people))])
    course = words([f"C{cell.number:03d}-{i:06d}" for i in range(len(cell.dossiers))])
    course[cell.dossiers.kind == d.SINGLE] = None
    recorded_stalking = _recorded_stalking(cell)
    return Truth(
        persons=_persons(cell, person),
        records=_records(cell, ids, person),
        reports=_reports(cell, ids, person, course, recorded_stalking),
        courses=_courses(cell, person, course, recorded_stalking),
        occasions=_occasions(cell, ids, course),
    )


def _recorded_stalking(cell: Cell) -> Bools:
    stalking = [i for i, o in enumerate(OFFENCES) if GROUP[o] == "stalking"]
    found: Bools = np.isin(cell.reports.offence, stalking) | np.isin(cell.reports.included, stalking)
    return found


def _maybe(names: Words, index: Ints) -> list[str | None]:
    return [None if i < 0 else names[i] for i in index.tolist()]


def _persons(cell: Cell, person: Words) -> pl.DataFrame:
    kept = np.arange(len(cell.dossiers)) < cell.kept
    s, p = cell.dossiers, cell.people
    rows = np.unique(
        np.concatenate([cell.rows.person, *[x[kept] for x in (s.victim, s.suspect, s.proxy, s.relative)]])
    )
    rows = rows[rows >= 0]
    codes = words(list(cell.config.marginals.ethnicities))
    return pl.DataFrame(
        {
            "person_id": person[rows].tolist(),
            "forename": book().forenames[p.forename[rows]].tolist(),
            "surname": book().surnames[p.surname[rows]].tolist(),
            "sex": SEX_CODES[p.sex[rows]].tolist(),
            "ethnicity": codes[p.ethnicity[rows]].tolist(),
            "birth_date": pl.Series(p.born[rows]).cast(pl.Int32).cast(pl.Date),
            "family_id": [f"F{cell.number:03d}-{f:06d}" for f in p.family[rows].tolist()],
            "place_in_family": SEATS[p.place_in_family[rows]].tolist(),
        }
    )


def _records(cell: Cell, ids: list[str], person: Words) -> pl.DataFrame:
    rows, sources = cell.rows, cell.config.sources
    agency = cell.reports.agency[rows.report].tolist()
    return pl.DataFrame(
        {
            "record_id": [f"{sources[a]}:{x}" for a, x in zip(agency, row_refs(cell), strict=True)],
            "report_id": words(ids)[rows.report].tolist(),
            "role": roles(cell),
            "person_id": person[rows.person].tolist(),
            "identifiable": rows.level < r.DESCRIPTOR,
            "sparse": rows.level == r.SPARSE,
            "wrong_nominal": rows.wrong_nominal,
            "reused_nominal": (rows.details_of != np.arange(len(rows))) & ~rows.wrong_nominal,
            "stale_address": cell.recorded.stale,
        }
    )


def _reports(
    cell: Cell, ids: list[str], person: Words, course: Words, recorded_stalking: Bools
) -> pl.DataFrame:
    t, s = cell.reports, cell.dossiers
    return pl.DataFrame(
        {
            "report_id": ids,
            "course_id": course[t.dossier].tolist(),
            "kind": KINDS[s.kind[t.dossier]].tolist(),
            "single_kind": _maybe(words(list(d.SINGLES)), s.single[t.dossier]),
            "agency": words(cell.config.agencies)[t.agency].tolist(),
            "reported_at": moments(t.at),
            "victim_person": person[s.victim[t.dossier]].tolist(),
            "suspect_person": person[s.suspect[t.dossier]].tolist(),
            "swapped_roles": t.swapped,
            "by_proxy": t.by_proxy,
            "against_relative": t.at_relative,
            "recorded_stalking": recorded_stalking,
            "suspect_known": KNOWN[t.level].tolist(),
            "behaviours_told": cell.told.behaviours,
            "behaviours_denied": cell.told.denied,
        },
        schema_overrides={
            "course_id": pl.String,
            "single_kind": pl.String,
            "behaviours_denied": pl.List(pl.String),
        },
    )


def _courses(cell: Cell, person: Words, course: Words, recorded_stalking: Bools) -> pl.DataFrame:
    t, s, occ = cell.reports, cell.dossiers, cell.occasions
    n = len(s)

    def count(mask: Bools) -> Ints:
        return np.bincount(t.dossier[mask], minlength=n).astype(np.int64)

    every = np.ones(len(t), bool)
    reports, stalking = count(every), s.kind == d.STALKING
    agencies = np.zeros(n, dtype=np.int64)
    for a in range(cell.config.forces + 1):
        agencies += count(t.agency == a) > 0
    named = count((t.level <= r.SPARSE) & ~t.by_proxy)
    vague = count(t.level >= r.SPARSE)
    unknown = (count(t.level <= r.PARTIAL) == 0) & np.isin(s.relationship, [d.UNKNOWN, d.STRANGER]) | (
        named == 0
    )
    first, last = np.full(n, NEVER), np.full(n, -NEVER)
    np.minimum.at(first, t.dossier, t.at)
    np.maximum.at(last, t.dossier, t.at)
    rows = np.flatnonzero((s.kind != d.SINGLE) & (reports > 0) & (np.arange(n) < cell.kept))
    past = np.bincount(occ.dossier[occ.past], minlength=n)
    return pl.DataFrame(
        {
            "course_id": course[rows].tolist(),
            "kind": KINDS[s.kind[rows]].tolist(),
            "is_stalking": stalking[rows],
            "victim_person": person[s.victim[rows]].tolist(),
            "suspect_person": person[s.suspect[rows]].tolist(),
            "relationship": RELATIONSHIP_CODES[s.relationship[rows]].tolist(),
            "ended_at": moments(np.where(s.ended_at == NEVER, 0, s.ended_at)[rows]),
            "proxy_person": _maybe(person, s.proxy[rows]),
            "relative_person": _maybe(person, s.relative[rows]),
            "n_reports": reports[rows],
            "n_occasions": past[rows].astype(np.int64),
            "first_report_at": moments(first[rows]),
            "last_report_at": moments(last[rows]),
            "cross_force": (agencies >= 2)[rows],
            "unknown_suspect": unknown[rows],
            "sparse_suspect": (~unknown & (vague * 2 >= reports))[rows],
            "swapped_roles": (count(t.swapped) > 0)[rows],
            "by_proxy": (count(t.by_proxy) > 0)[rows],
            "against_relative": (count(t.at_relative) > 0)[rows],
            "hidden": (stalking & (reports >= 2) & (count(recorded_stalking) == 0))[rows],
        },
        schema_overrides={"proxy_person": pl.String, "relative_person": pl.String},
    ).with_columns(ended_at=pl.when(pl.Series((s.ended_at != NEVER)[rows])).then("ended_at"))


def _occasions(cell: Cell, ids: list[str], course: Words) -> pl.DataFrame:
    t, s, o = cell.reports, cell.dossiers, cell.occasions
    covered = np.full(len(o), -1, dtype=np.int64)
    # An occasion between the first and the last that a report covers is covered too.
    for k in np.flatnonzero(~t.second_crime).tolist():
        covered[t.first_occasion[k] : t.last_occasion[k] + 1] = k
    rows = np.flatnonzero(o.dossier < cell.kept)
    names = words(list(BEHAVIOURS))
    first, second, breach = names[o.first[rows]].tolist(), o.second[rows].tolist(), o.breach[rows].tolist()
    behaviours = [
        [f, *([names[x]] if x >= 0 else []), *(["breach"] if b else [])]
        for f, x, b in zip(first, second, breach, strict=True)
    ]
    return pl.DataFrame(
        {
            "course_id": course[o.dossier[rows]].tolist(),
            "occasion_seq": o.seq[rows] + 1,
            "at": moments(o.at[rows]),
            "behaviours": behaviours,
            "channel": words(list(CHANNELS))[o.channel[rows]].tolist(),
            "actor": np.where(o.by_proxy[rows], "proxy", "self").tolist(),
            "target": np.where(o.at_relative[rows], "relative", "victim").tolist(),
            "serious": o.serious[rows] & (s.kind[o.dossier[rows]] == d.STALKING),
            "future": ~o.past[rows],
            "report_id": _maybe(words(ids), covered[rows]),
        },
        schema_overrides={"course_id": pl.String, "report_id": pl.String},
    )
