"""Draw which occasions are reported, when, to whom, by whom and as what.

Most occasions of stalking are never reported, the early ones least; a report may cover several occasions.
No published share of occasions reported per course was found, so the shares are settings. [I]
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.courses import offences
from lamplighter.synthetic.courses.occasions import CHANNELS, CODE, Occasions
from lamplighter.synthetic.people.places import Places
from lamplighter.synthetic.people.population import People
from lamplighter.synthetic.sampling.config import OTHER_FORCE_SOURCE, PRINCIPAL_CRIME_FROM, Config
from lamplighter.synthetic.sampling.draws import DAY, Bools, Ints, chance, pick, pick_rows, stream

# What a report can say of the suspect.
FULL, PARTIAL, SPARSE, DESCRIPTOR, NOBODY = range(5)
_KNOWN = np.array(
    [
        [0.66, 0.18, 0.09, 0.05, 0.02],  # former partner
        [0.42, 0.28, 0.20, 0.06, 0.04],  # acquaintance
        [0.0, 0.0, 0.34, 0.36, 0.30],  # unknown person, not yet identified
        [0.50, 0.32, 0.12, 0.04, 0.02],  # colleague
        [0.52, 0.26, 0.12, 0.06, 0.04],  # neighbour
        [0.20, 0.14, 0.30, 0.24, 0.12],  # stranger
        [0.72, 0.16, 0.06, 0.03, 0.03],  # family
        [0.42, 0.28, 0.18, 0.08, 0.04],  # service user
        [0.80, 0.13, 0.03, 0.02, 0.02],  # partner
        [0.48, 0.28, 0.16, 0.05, 0.03],  # friend
    ]
)


@dataclass(slots=True)
class Reports:
    """One row a report, in order of time. Occasion columns are rows of :class:`Occasions`."""

    dossier: Ints
    first_occasion: Ints
    last_occasion: Ints
    at: Ints
    agency: Ints
    number: Ints
    offence: Ints
    included: Ints
    level: Ints
    swapped: Bools
    third_party: Bools
    by_proxy: Bools
    at_relative: Bools
    second_crime: Bools
    earlier: Ints
    """Row of an earlier report of the same story that this one names by reference, or -1."""

    def __len__(self) -> int:
        return len(self.dossier)


def select(reports: Reports, rows: Ints | Bools) -> Reports:
    """Return the chosen rows; references to earlier reports must be repaired by the caller."""
    return Reports(*[getattr(reports, name)[rows] for name in Reports.__slots__])


def minutes(day: dt.date) -> np.int64:
    """Minutes to midnight at the start of a day."""
    return np.int64((day.toordinal() - 719_163) * DAY)


def make(
    config: Config, cell: int, people: People, places: Places, dossiers: d.Dossiers, occ: Occasions
) -> Reports:
    """Return the reports of one part of the world."""
    rng = stream(config.seed, cell, "reports")
    m = config.marginals
    reported = _reported(rng, dossiers, occ)
    rows = np.flatnonzero(reported)
    who = occ.dossier[rows]
    near = np.zeros(len(rows), dtype=bool)
    near[1:] = (who[1:] == who[:-1]) & (occ.at[rows[1:]] - occ.at[rows[:-1]] < 9 * DAY)
    joined = near & chance(rng, 0.4, len(rows))
    opens = np.flatnonzero(~joined)
    last = rows[np.append(opens[1:], len(rows)) - 1]
    first, dossier = rows[opens], who[opens]
    n = len(opens)
    slow = pick(rng, [0.68, 0.22, 0.10], n)
    delay = rng.exponential(1.0, n) * np.array([180.0, 2.0 * DAY, 20.0 * DAY])[slow] + 15
    at = occ.at[last] + (delay.astype(np.int64) // 5 + 1) * 5
    in_time = (at >= minutes(config.start)) & (at < minutes(config.as_at) + DAY)
    # One report a story at least, or the story leaves no mark: keep its last as it is.
    dossier, first, last, at = dossier[in_time], first[in_time], last[in_time], at[in_time]
    n = len(dossier)
    swapped = dossiers.swaps[dossier] & chance(
        rng, np.where(dossiers.kind[dossier] == d.STALKING, 0.25, 0.4), n
    )
    relative = occ.at_relative[last] & ~swapped
    teller = np.where(swapped, dossiers.suspect[dossier], dossiers.victim[dossier])
    teller = np.where(relative, dossiers.relative[dossier], teller)
    agency = _agency(rng, config, people, places, dossiers, dossier, teller, at)
    helpline = agency == config.forces
    kind = dossiers.kind[dossier]
    level = pick_rows(rng, _KNOWN, dossiers.relationship[dossier])
    identified = (occ.share[last] >= dossiers.identified_from[dossier]) & (
        dossiers.identified_from[dossier] < 2
    )
    level = np.where(
        identified & (dossiers.identified_from[dossier] > 0), pick(rng, [5, 3, 1.0, 0.3, 0.2], n), level
    )
    level = np.where(
        ~identified & (dossiers.identified_from[dossier] > 0),
        pick_rows(rng, _KNOWN, np.full(n, d.UNKNOWN)),
        level,
    )
    level = np.where((kind == d.SINGLE) & (level == FULL) & chance(rng, 0.3, n), PARTIAL, level)
    level = np.where(swapped, np.minimum(level, PARTIAL), level)
    level = np.where(helpline, np.maximum(level, PARTIAL), level)
    # Sorted by time first: what a report is called depends on what came before it.
    order = np.lexsort((dossier, at))
    dossier, first, last, at, agency, level = (x[order] for x in (dossier, first, last, at, agency, level))
    swapped, relative, helpline, kind = (x[order] for x in (swapped, relative, helpline, kind))
    rank = _rank(dossier)
    says = chance(
        rng, np.where(rank == 0, m.first_report_stalking, m.later_report_stalking) / (1 - m.hidden_course), n
    )
    stalking = says & (kind == d.STALKING) & ~dossiers.hidden[dossier] & ~swapped
    stalking |= (kind != d.STALKING) & (kind != d.SINGLE) & chance(rng, 0.008, n)
    remote = np.isin(occ.channel[last], [CHANNELS.index(c) for c in ("social_media", "email", "device")])
    behaviour = np.where(swapped & (kind == d.STALKING), CODE["unwanted_contact"], occ.first[last])
    offence = offences.principal(
        rng, dossiers, dossier, behaviour, occ.breach[last], stalking, helpline, remote
    )
    included = _included(rng, dossiers, dossier, occ, last, offence, helpline, at)
    out = Reports(
        dossier=dossier,
        first_occasion=first,
        last_occasion=last,
        at=at,
        agency=agency,
        number=np.zeros(n, dtype=np.int64),
        offence=offence,
        included=included,
        level=level,
        swapped=swapped,
        third_party=chance(rng, m.third_party, n),
        by_proxy=occ.by_proxy[last] & ~swapped,
        at_relative=relative,
        second_crime=np.zeros(n, dtype=bool),
        earlier=np.full(n, -1, dtype=np.int64),
    )
    out = _second_crimes(rng, config, occ, out)
    out.number = _numbers(config, cell, out)
    out.earlier = _references(rng, config, out)
    return out


def _reported(rng: np.random.Generator, dossiers: d.Dossiers, occ: Occasions) -> Bools:
    kind = dossiers.kind[occ.dossier]
    grave = np.isin(
        occ.first, [CODE[b] for b in ("damage", "break_in", "threat_kill", "violence", "strangulation")]
    )
    stalking = 0.26 + 0.24 * occ.share + 0.22 * grave + 0.1 * occ.breach
    share = np.select(
        [kind == d.STALKING, kind == d.SINGLE, kind == d.DOMESTIC],
        [stalking, np.ones(len(kind)), np.full(len(kind), 0.6)],
        0.75,
    )
    reported = chance(rng, share, len(kind)) & occ.past
    # A story of which nothing was ever reported would be invisible: its last past occasion is told.
    told = np.bincount(occ.dossier, weights=reported, minlength=len(dossiers)) > 0
    last_past = np.full(len(dossiers), -1, dtype=np.int64)
    past = np.flatnonzero(occ.past)
    last_past[occ.dossier[past]] = past
    silent = np.flatnonzero(~told & (last_past >= 0))
    reported[last_past[silent]] = True
    return reported


def _agency(
    rng: np.random.Generator,
    config: Config,
    people: People,
    places: Places,
    dossiers: d.Dossiers,
    dossier: Ints,
    teller: Ints,
    at: Ints,
) -> Ints:
    """Mostly where the victim lives then; sometimes where it happened; sometimes the helpline."""
    n = len(dossier)
    home = places.force_of(people.address(teller, at))
    theirs = places.force_of(people.address(dossiers.suspect[dossier], at))
    work = people.workplace[teller] % config.forces
    where = pick(rng, [0.86, 0.08, 0.06], n)
    force = np.choose(where, [home, theirs, work])
    kind = dossiers.kind[dossier]
    share = np.select([kind == d.STALKING, kind == d.SINGLE, kind == d.DOMESTIC], [1.0, 0.03, 0.3], 0.22)
    called = chance(rng, share * config.marginals.helpline, n)
    victimless = np.isin(
        dossiers.single[dossier], [d.SINGLES.index("shoplifting"), d.SINGLES.index("burglary")]
    )
    return np.where(called & ~victimless, config.forces, force)


def _rank(dossier: Ints) -> Ints:
    """0 for the first report of each story, then 1, 2 ... (rows are in order of time)."""
    order = np.argsort(dossier, kind="stable")
    grouped = dossier[order]
    starts = np.flatnonzero(np.append(True, grouped[1:] != grouped[:-1]))
    rank = np.empty(len(dossier), dtype=np.int64)
    rank[order] = np.arange(len(dossier)) - np.repeat(starts, np.diff(np.append(starts, len(dossier))))
    return rank


def _included(
    rng: np.random.Generator,
    dossiers: d.Dossiers,
    dossier: Ints,
    occ: Occasions,
    last: Ints,
    offence: Ints,
    helpline: Bools,
    at: Ints,
) -> Ints:
    """Return an included classification, or -1. Only from 1 June 2023, and often left out."""
    n = len(dossier)
    second = occ.second[last]
    other = pick_rows(rng, offences.TABLE, np.where(second >= 0, second, occ.first[last]))
    wants = (second >= 0) & chance(rng, 0.45, n)
    quiet = (dossiers.kind[dossier] == d.STALKING) & ~dossiers.hidden[dossier] & chance(rng, 0.06, n)
    other = np.where(quiet, offences.CODE_OF["stalking_s2a"], other)
    allowed = (at >= minutes(PRINCIPAL_CRIME_FROM)) & ~helpline & (offence < offences.NON_CRIME_FROM)
    fits = (other != offence) & (other < offences.NON_CRIME_FROM)
    return np.where((wants | quiet) & allowed & fits, other, -1)


def _second_crimes(rng: np.random.Generator, config: Config, occ: Occasions, r: Reports) -> Reports:
    """Before June 2023 a second crime could be raised from one event: a report of its own, minutes later."""
    eligible = (
        (r.at < minutes(PRINCIPAL_CRIME_FROM))
        & (r.agency < config.forces)
        & (occ.second[r.last_occasion] >= 0)
    )
    rows = np.flatnonzero(eligible & chance(rng, 0.18, len(r)))
    extra = select(r, rows)
    extra.offence = pick_rows(rng, offences.TABLE, occ.second[extra.last_occasion])
    keep = (extra.offence != r.offence[rows]) & (extra.offence < offences.NON_CRIME_FROM)
    extra, rows = select(extra, keep), rows[keep]
    extra.second_crime = np.ones(len(extra), dtype=bool)
    extra.earlier = rows.copy()
    both = Reports(*[np.concatenate([getattr(r, name), getattr(extra, name)]) for name in Reports.__slots__])
    order = np.lexsort((both.second_crime, both.dossier, both.at))
    place = np.empty(len(both), dtype=np.int64)
    place[order] = np.arange(len(both))
    out = select(both, order)
    out.earlier = np.where(out.earlier >= 0, place[out.earlier], -1)
    return out


def _numbers(config: Config, cell: int, r: Reports) -> Ints:
    """Return a number that rises with time in its agency and year, unique over all parts of the world.

    The minute of the year, moved on where two reports of one agency share it, times the number of parts,
    plus the part.
    """
    if not len(r):
        return r.number
    year = (r.at // DAY).astype("datetime64[D]").astype("datetime64[Y]")
    start = year.astype("datetime64[D]").astype(np.int64) * DAY
    group = r.agency * 1000 + year.astype(np.int64)
    number = np.empty(len(r), dtype=np.int64)
    suffixed = r.second_crime & np.isin(r.agency, [i for i, s in enumerate(config.sources) if s == "force_b"])
    for g in np.unique(group):
        rows = np.flatnonzero(group == g)
        # In force B's system a second crime shares the number of the first and carries a suffix.
        own = rows[~suffixed[rows]]
        # Helpline references have five digits: a number every six minutes.
        minute = (r.at[own] - start[own]) // (6 if g // 1000 == config.forces else 1)
        steps = np.arange(len(own))
        number[own] = np.maximum.accumulate(minute - steps) + steps
    number = number * config.cells + cell
    second = np.flatnonzero(suffixed)
    number[second] = number[r.earlier[second]]
    return number


def _references(rng: np.random.Generator, config: Config, r: Reports) -> Ints:
    """Which earlier report of the story this one names: one in eight police reports, more clients."""
    order = np.argsort(r.dossier, kind="stable")
    before = np.full(len(r), -1, dtype=np.int64)
    same = r.dossier[order][1:] == r.dossier[order][:-1]
    before[order[1:][same]] = order[:-1][same]
    helpline = r.agency == config.forces
    # Nobody quotes a helpline reference to the police, and a helpline quotes police references only.
    usable = (before >= 0) & (r.agency[np.maximum(before, 0)] < config.forces)
    names = usable & chance(rng, np.where(helpline, 0.30, 0.12), len(r))
    return np.where(r.second_crime, r.earlier, np.where(names, before, -1))


def reference(config: Config, r: Reports) -> list[str]:
    """Return each report's reference in its own agency's form."""
    sources, agencies = config.sources, config.agencies
    years = ((r.at // DAY).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970).tolist()
    out = []
    for source, agency, year, number, second in zip(
        [sources[a] for a in r.agency],
        r.agency.tolist(),
        years,
        r.number.tolist(),
        r.second_crime.tolist(),
        strict=True,
    ):
        short = year % 100
        if source == "force_a_rms":
            out.append(f"4A/{number:06d}/{short:02d}")
        elif source == "force_b":
            out.append(f"HM{short:02d}{number:07d}{'X' if second else ''}")
        elif source == OTHER_FORCE_SOURCE:
            out.append(f"{agencies[agency][6:].upper()}-{year}-{number:07d}")
        else:
            out.append(f"HC-{short:02d}-{number:05d}")
    return out
