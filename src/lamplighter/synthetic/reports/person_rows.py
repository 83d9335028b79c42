"""The person rows of each report: who is in it, in what role, and how much is said of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.courses.occasions import Occasions
from lamplighter.synthetic.people.population import People
from lamplighter.synthetic.reports import reporting as r
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.sampling.draws import Bools, Ints, chance, pick, stream, within

ROLES = ("victim", "suspect", "reporting_person", "witness", "involved")
VICTIM, SUSPECT, REPORTER, WITNESS, INVOLVED = range(len(ROLES))


@dataclass(slots=True)
class Rows:
    """One row a person record, grouped by report in the order of roles."""

    report: Ints
    role: Ints
    person: Ints
    level: Ints
    relationship: Ints
    seq: Ints
    details_of: Ints
    """Row whose details this row shows: itself, or an earlier row when force B reused a nominal."""
    wrong_nominal: Bools

    def __len__(self) -> int:
        return len(self.report)


def make(
    config: Config, cell: int, people: People, dossiers: d.Dossiers, occ: Occasions, reports: r.Reports
) -> Rows:
    """Return the person rows of one part of the world."""
    rng = stream(config.seed, cell, "rows")
    n = len(reports)
    every = np.arange(n, dtype=np.int64)
    dossier = reports.dossier
    victim = np.where(reports.swapped, dossiers.suspect[dossier], dossiers.victim[dossier])
    victim = np.where(reports.at_relative, dossiers.relative[dossier], victim)
    suspect = np.where(reports.swapped, dossiers.victim[dossier], dossiers.suspect[dossier])
    relationship = dossiers.relationship[dossier]
    helpline = reports.agency == config.forces
    single = dossiers.single[dossier]
    shop = single == d.SINGLES.index("shoplifting")
    parts: list[tuple[Ints, int, Ints, Ints, Ints]] = []

    def add(mask: Bools, role: int, person: Ints, level: Ints, relation: Ints) -> None:
        rows = np.flatnonzero(mask)
        parts.append((every[rows], role, person[rows], level[rows], relation[rows]))

    none = np.full(n, -1, dtype=np.int64)
    full = np.full(n, r.FULL, dtype=np.int64)
    add(~shop & (chance(rng, 0.985, n) | helpline), VICTIM, victim, full, none)
    proxy = dossiers.proxy[dossier]
    proxy_level = pick(rng, [0.25, 0.25, 0.2, 0.3], n)
    add(reports.by_proxy, SUSPECT, proxy, proxy_level, np.full(n, d.ACQUAINTANCE))
    told = np.where(reports.by_proxy & chance(rng, 0.5, n), r.NOBODY, reports.level)
    quiet = np.isin(
        single, [d.SINGLES.index(s) for s in ("concern", "suspicious", "burglary", "vehicle_theft", "theft")]
    )
    told = np.where(quiet & chance(rng, 0.75, n), r.NOBODY, told)
    relation = np.where(reports.at_relative & (relationship != d.RELATIVE), d.ACQUAINTANCE, relationship)
    relation = np.where(reports.at_relative & chance(rng, 0.5, n), relationship, relation)
    told = np.where(helpline & (told == r.NOBODY), r.DESCRIPTOR, told)
    add(told != r.NOBODY, SUSPECT, suspect, told, relation)
    kin = _kin(rng, people, victim)
    caller = np.where(kin >= 0, kin, rng.integers(0, len(people), n))
    caller = np.where(chance(rng, 0.3, n), rng.integers(0, len(people), n), caller)
    stands_apart = (caller != victim) & (caller != suspect)
    add(reports.third_party & stands_apart, REPORTER, caller, full, none)
    # Recorded twice in one report: once as victim, once as the caller.
    add(~reports.third_party & chance(rng, 0.05, n) & ~helpline & ~shop, REPORTER, victim, full, none)
    witness = rng.integers(0, len(people), n)
    add(
        chance(rng, 0.09, n) & ~helpline & (witness != victim) & (witness != suspect),
        WITNESS,
        witness,
        full,
        none,
    )
    named = reports.by_proxy & (told == r.NOBODY) & chance(rng, 0.4, n)
    add(named, INVOLVED, suspect, np.full(n, r.SPARSE), relation)
    empty = np.bincount(np.concatenate([p[0] for p in parts]), minlength=n) == 0
    add(empty, REPORTER, rng.integers(0, len(people), n), full, none)

    report = np.concatenate([p[0] for p in parts])
    role = np.concatenate([np.full(len(p[0]), p[1], dtype=np.int64) for p in parts])
    person, level, relations = (np.concatenate([p[i] for p in parts]) for i in (2, 3, 4))
    order = np.lexsort((np.arange(len(report)), role, report))
    report, role, person, level, relations = (x[order] for x in (report, role, person, level, relations))
    rows = Rows(
        report=report,
        role=role,
        person=person,
        level=level,
        relationship=np.where(role == SUSPECT, relations, -1),
        seq=within(np.bincount(report, minlength=n).astype(np.int64)) + 1,
        details_of=np.arange(len(report), dtype=np.int64),
        wrong_nominal=np.zeros(len(report), dtype=bool),
    )
    _reuse_nominals(rng, config, reports, rows)
    return rows


def _kin(rng: np.random.Generator, people: People, person: Ints) -> Ints:
    seat = people.members[people.family[person], rng.integers(0, 4, len(person))]
    return np.where(seat == person, -1, seat)


def _reuse_nominals(rng: np.random.Generator, config: Config, reports: r.Reports, rows: Rows) -> None:
    """Force B means to reuse a person it holds; often makes a new one; now and then picks the wrong one."""
    if "force_b" not in config.sources:
        return
    agency = reports.agency[rows.report]
    b = np.flatnonzero((agency == config.sources.index("force_b")) & (rows.level == r.FULL))
    if len(b) < 2:
        return
    order = b[np.lexsort((b, rows.person[b]))]
    fresh = ~chance(rng, config.marginals.nominal_reuse, len(order))
    fresh[0] = True
    fresh[1:] |= rows.person[order[1:]] != rows.person[order[:-1]]
    source = order[np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))]
    rows.details_of[order] = source
    # The wrong one is an earlier nominal of somebody else.
    wrong = np.flatnonzero(chance(rng, config.marginals.wrong_nominal, len(b)))
    wrong = wrong[wrong > 0]
    other = b[(rng.random(len(wrong)) * wrong).astype(np.int64)]
    mine = b[wrong]
    differs = (rows.person[other] != rows.person[mine]) & (rows.report[other] != rows.report[mine])
    rows.details_of[mine[differs]] = rows.details_of[other[differs]]
    rows.wrong_nominal[mine[differs]] = True


def identifiable(rows: Rows) -> Bools:
    """Tell whether a row says anything by which the person could be told from others."""
    return rows.level < r.DESCRIPTOR
