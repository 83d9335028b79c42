"""The truth of one part of the world as frames (columns: :mod:`lamplighter.synthetic.worlds.truth`)."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.courses.occasions import BEHAVIOURS, CHANNELS
from lamplighter.synthetic.courses.offences import GROUP, OFFENCES
from lamplighter.synthetic.people.names import book
from lamplighter.synthetic.reports import reporting as r
from lamplighter.synthetic.sampling import columns as col
from lamplighter.synthetic.sampling.draws import NEVER, Bools, Ints
from lamplighter.synthetic.worlds import code_words
from lamplighter.synthetic.worlds.cell import Cell
from lamplighter.synthetic.worlds.truth import Truth

SEATS = ("first_adult", "partner", "elder_child", "younger_child")
KNOWN = ("full", "partial", "sparse", "descriptor", "nobody")


def truth(cell: Cell) -> Truth:
    """Return what is really so in one part of the world."""
    ids = cell.report_ids
    person = [f"T{cell.number:03d}-{i:06d}" for i in range(len(cell.people))]
    course = [
        None if kind == d.SINGLE else f"C{cell.number:03d}-{i:06d}"
        for i, kind in enumerate(cell.dossiers.kind.tolist())
    ]
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


def _persons(cell: Cell, person: list[str]) -> pl.DataFrame:
    kept = np.arange(len(cell.dossiers)) < cell.kept
    s, p = cell.dossiers, cell.people
    rows = np.unique(
        np.concatenate([cell.rows.person, *[x[kept] for x in (s.victim, s.suspect, s.proxy, s.relative)]])
    )
    rows = rows[rows >= 0]
    return pl.DataFrame(
        {
            "person_id": col.lookup(person, rows),
            "forename": col.lookup(book().forenames.tolist(), p.forename[rows]),
            "surname": col.lookup(book().surnames.tolist(), p.surname[rows]),
            "sex": col.lookup(code_words.SEX_CODES, p.sex[rows]),
            "ethnicity": col.lookup(list(cell.config.marginals.ethnicities), p.ethnicity[rows]),
            "birth_date": col.dates(p.born[rows]),
            "family_id": [f"F{cell.number:03d}-{f:06d}" for f in p.family[rows].tolist()],
            "place_in_family": col.lookup(SEATS, p.place_in_family[rows]),
        }
    )


def _records(cell: Cell, ids: list[str], person: list[str]) -> pl.DataFrame:
    rows = cell.rows
    return pl.DataFrame(
        {
            "record_id": col.texts(cell.record_ids),
            "report_id": col.lookup(ids, rows.report),
            "role": code_words.roles(cell),
            "person_id": col.lookup(person, rows.person),
            "identifiable": rows.level < r.DESCRIPTOR,
            "sparse": rows.level == r.SPARSE,
            "wrong_nominal": rows.wrong_nominal,
            "reused_nominal": (rows.details_of != np.arange(len(rows))) & ~rows.wrong_nominal,
            "stale_address": cell.recorded.stale,
        }
    )


def _reports(
    cell: Cell, ids: list[str], person: list[str], course: list[str | None], recorded_stalking: Bools
) -> pl.DataFrame:
    t, s = cell.reports, cell.dossiers
    return pl.DataFrame(
        {
            "report_id": col.texts(ids),
            "course_id": col.lookup(course, t.dossier),
            "kind": col.lookup(d.KINDS, s.kind[t.dossier]),
            "single_kind": col.lookup(d.SINGLES, s.single[t.dossier]),
            "agency": col.lookup(cell.config.agencies, t.agency),
            "reported_at": col.moments(t.at),
            "victim_person": col.lookup(person, s.victim[t.dossier]),
            "suspect_person": col.lookup(person, s.suspect[t.dossier]),
            "swapped_roles": t.swapped,
            "by_proxy": t.by_proxy,
            "against_relative": t.at_relative,
            "recorded_stalking": recorded_stalking,
            "suspect_known": col.lookup(KNOWN, t.level),
            "behaviours_told": col.lists(cell.told.behaviours),
            "behaviours_denied": col.lists(cell.told.denied),
        },
    )


def _courses(
    cell: Cell, person: list[str], course: list[str | None], recorded_stalking: Bools
) -> pl.DataFrame:
    t, s, occ = cell.reports, cell.dossiers, cell.occasions
    n = len(s)

    def count(mask: Bools) -> Ints:
        return np.bincount(t.dossier[mask], minlength=n).astype(np.int64)

    every = np.ones(len(t), bool)
    reports, stalking = count(every), s.kind == d.STALKING
    forces = np.zeros(n, dtype=np.int64)
    for a in range(cell.config.forces):
        forces += count(t.agency == a) > 0
    agencies = forces + (count(t.agency == cell.config.forces) > 0)
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
            "course_id": col.lookup(course, rows),
            "kind": col.lookup(d.KINDS, s.kind[rows]),
            "is_stalking": stalking[rows],
            "victim_person": col.lookup(person, s.victim[rows]),
            "suspect_person": col.lookup(person, s.suspect[rows]),
            "relationship": col.lookup(code_words.RELATIONSHIP_CODES, s.relationship[rows]),
            "ended_at": col.where(
                (s.ended_at != NEVER)[rows], col.moments(np.where(s.ended_at == NEVER, 0, s.ended_at)[rows])
            ),
            "proxy_person": col.lookup(person, s.proxy[rows]),
            "relative_person": col.lookup(person, s.relative[rows]),
            "n_reports": reports[rows],
            "n_occasions": past[rows].astype(np.int64),
            "first_report_at": col.moments(first[rows]),
            "last_report_at": col.moments(last[rows]),
            "cross_force": (forces >= 2)[rows],
            "cross_agency": (agencies >= 2)[rows],
            "unknown_suspect": unknown[rows],
            "sparse_suspect": (~unknown & (vague * 2 >= reports))[rows],
            "swapped_roles": (count(t.swapped) > 0)[rows],
            "by_proxy": (count(t.by_proxy) > 0)[rows],
            "against_relative": (count(t.at_relative) > 0)[rows],
            "hidden": (stalking & (reports >= 2) & (count(recorded_stalking) == 0))[rows],
        },
    )


def _occasions(cell: Cell, ids: list[str], course: list[str | None]) -> pl.DataFrame:
    t, s, o = cell.reports, cell.dossiers, cell.occasions
    covered = np.full(len(o), -1, dtype=np.int64)
    # An occasion between the first and the last that a report covers is covered too.
    for k in np.flatnonzero(~t.second_crime).tolist():
        covered[t.first_occasion[k] : t.last_occasion[k] + 1] = k
    rows = np.flatnonzero(o.dossier < cell.kept)
    acts = zip(o.first[rows].tolist(), o.second[rows].tolist(), o.breach[rows].tolist(), strict=True)
    behaviours = [
        [BEHAVIOURS[f], *([BEHAVIOURS[x]] if x >= 0 else []), *(["breach"] if b else [])] for f, x, b in acts
    ]
    return pl.DataFrame(
        {
            "course_id": col.lookup(course, o.dossier[rows]),
            "occasion_seq": o.seq[rows] + 1,
            "at": col.moments(o.at[rows]),
            "behaviours": col.lists(behaviours),
            "channel": col.lookup(CHANNELS, o.channel[rows]),
            "actor": col.lookup(("self", "proxy"), o.by_proxy[rows].astype(np.int64)),
            "target": col.lookup(("victim", "relative"), o.at_relative[rows].astype(np.int64)),
            "serious": o.serious[rows] & (s.kind[o.dossier[rows]] == d.STALKING),
            "future": ~o.past[rows],
            "report_id": col.lookup(ids, covered[rows]),
        },
    )
