"""A part of the world as the five canonical tables."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.records.schema import TABLES_BY_NAME, Bundle
from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.courses.occasions import BEHAVIOURS, CHANNELS
from lamplighter.synthetic.courses.offences import GROUP, NON_CRIME_FROM, OFFENCES
from lamplighter.synthetic.people.places import place_data
from lamplighter.synthetic.reports import reporting as r
from lamplighter.synthetic.sampling import columns as col
from lamplighter.synthetic.sampling.draws import Bools, Ints, chance, pick, stream, words
from lamplighter.synthetic.worlds import code_words, person_frames
from lamplighter.synthetic.worlds.cell import Cell

_GROUPS = [GROUP[o] for o in OFFENCES]
_ONLINE = [CHANNELS.index(x) for x in ("social_media", "email", "device")]


def bundle(cell: Cell) -> Bundle:
    """Return the five canonical tables of one part of the world."""
    rng = stream(cell.config.seed, cell.number, "frames")
    ids, records = cell.report_ids, cell.record_ids
    location, postcode = _where(cell, rng)
    made = {
        "reports": _reports(cell, rng, ids, location, postcode),
        "offences": _offences(cell, ids),
        "occasions": _occasions(cell, ids, location, postcode),
        "people": person_frames.people(cell, ids, records),
        "safe_contacts": person_frames.safe_contacts(cell, rng, records),
    }
    return {name: col.without_empty_lists(frame) for name, frame in made.items()}


def _from(cell: Cell, source: str) -> Bools:
    """Which reports come from a source system."""
    return np.array([s == source for s in cell.config.sources])[cell.reports.agency]


def _reports(
    cell: Cell,
    rng: np.random.Generator,
    ids: list[str],
    location: list[str | None],
    postcode: list[str | None],
) -> pl.DataFrame:
    c, t, n = cell.config, cell.reports, len(cell.reports)
    record_type = np.where(t.agency == c.forces, 2, np.where(t.offence >= NON_CRIME_FROM, 1, 0))
    return pl.DataFrame(
        {
            "report_id": col.texts(ids),
            "source": col.lookup(c.sources, t.agency),
            "agency": col.lookup(c.agencies, t.agency),
            "source_ref": col.texts(cell.references),
            "reported_at": col.moments(t.at),
            "made_by": col.lookup(("victim", "third_party"), t.third_party.astype(np.int64)),
            "report_channel": _report_channel(cell, rng),
            "record_type": col.lookup(("crime", "non_crime", "contact"), record_type),
            "recorded_as": col.lookup(_GROUPS, t.offence),
            "summary": col.texts(cell.told.summary),
            "impact": col.texts(cell.told.impact),
            "domestic_abuse": _domestic(cell, rng),
            "flags": _flags(cell, rng),
            "outcome": col.texts(_outcomes(cell, rng)),
            "location_text": col.texts(location),
            "location_postcode": col.texts(postcode),
            "related_refs": col.lists([(cell.references[e],) if e >= 0 else () for e in t.earlier.tolist()]),
            "raw": col.texts(["{}"] * n),
            "source_file": col.texts([None] * n),
            "source_rows": col.lists([()] * n).cast(pl.List(pl.Int64)),
        }
    ).select(TABLES_BY_NAME["reports"].columns)


def _where(cell: Cell, rng: np.random.Generator) -> tuple[list[str | None], list[str | None]]:
    """Where it happened: mostly the home of the person it was done to, sometimes near it or at a venue."""
    t, n = cell.reports, len(cell.reports)
    who = np.where(t.at_relative, cell.dossiers.relative[t.dossier], cell.dossiers.victim[t.dossier])
    address = cell.people.address(who, t.at)
    elsewhere = chance(rng, 0.25, n)
    address = np.where(elsewhere, cell.places.next_door(address, rng.integers(1, 30, n)), address)
    venues = place_data()["streets"]["venues"].split("|")
    venue = np.where(elsewhere & chance(rng, 0.4, n), rng.integers(0, len(venues), n), -1).tolist()
    known = (t.agency != cell.config.forces).tolist()
    lines = cell.places.line(address)
    codes = cell.places.postcode(address)
    return (
        [
            (f"{venues[v]}, {x}" if v >= 0 else x) if k else None
            for x, v, k in zip(lines, venue, known, strict=True)
        ],
        [x if k else None for x, k in zip(codes, known, strict=True)],
    )


def _report_channel(cell: Cell, rng: np.random.Generator) -> pl.Series:
    kind = pick(rng, [0.7, 0.18, 0.12], len(cell.reports))
    helpline, own = _from(cell, "helpline"), _from(cell, "lamplighter")
    names = ("phone", "webchat", "email", "phone", "online", "in_person")
    return col.lookup(names, np.where(helpline, kind, np.where(own, kind + 3, -1)))


def _domestic(cell: Cell, rng: np.random.Generator) -> pl.Series:
    n = len(cell.reports)
    close = np.isin(cell.dossiers.relationship[cell.reports.dossier], [d.EX, d.PARTNER, d.RELATIVE])
    yes = close & chance(rng, 0.86, n) | chance(rng, 0.02, n)
    blank = chance(rng, 0.5, n) & ~yes | (cell.reports.agency == cell.config.forces)
    return col.where(~blank, pl.Series(yes))


def _flags(cell: Cell, rng: np.random.Generator) -> pl.Series:
    n, is_b = len(cell.reports), _from(cell, "force_b")
    online = np.isin(cell.occasions.channel[cell.reports.last_occasion], _ONLINE) & chance(rng, 0.5, n)
    repeat = (cell.reports.earlier >= 0) & chance(rng, 0.5, n)
    kinds: list[tuple[str, ...]] = [(), ("CYB",), ("RPT",), ("CYB", "RPT")]
    return col.lists([kinds[k] for k in (is_b * (online + 2 * repeat)).tolist()])


def _outcomes(cell: Cell, rng: np.random.Generator) -> list[str | None]:
    n, outcomes = len(cell.reports), cell.config.marginals.outcomes
    drawn = words(list(outcomes))[pick(rng, list(outcomes.values()), n)]
    nobody = cell.reports.level >= r.DESCRIPTOR
    drawn = np.where(nobody & np.isin(drawn.astype(str), ["15", "1", "8", "3"]), "18", drawn)
    drawn = np.where(nobody & (drawn == "16"), "14", drawn)
    crime = (cell.reports.offence < NON_CRIME_FROM).tolist()
    return [(x or None) if is_crime else None for x, is_crime in zip(drawn.tolist(), crime, strict=True)]


def _offences(cell: Cell, ids: list[str]) -> pl.DataFrame:
    more = np.flatnonzero(cell.reports.included >= 0)
    which = np.concatenate([np.arange(len(ids)), more])
    offence = np.concatenate([cell.reports.offence, cell.reports.included[more]])
    included = np.concatenate([np.zeros(len(ids), np.int64), np.ones(len(more), np.int64)])
    order = np.lexsort((included, which))
    which, offence, included = which[order], offence[order], included[order]
    code = col.lookup(OFFENCES, offence)
    return pl.DataFrame(
        {
            "report_id": col.lookup(ids, which),
            "offence_seq": included + 1,
            "classification": col.lookup(("principal", "included"), included),
            "raw_code": code,
            "raw_title": col.texts([None] * len(order)),
            "offence": code,
            "offence_group": col.lookup(_GROUPS, offence),
        }
    )


def _coded(cell: Cell) -> list[list[str]]:
    """Return the helpline's headings ticked for each report (empty for police reports)."""
    first, second = cell.occasions.first.tolist(), cell.occasions.second.tolist()
    out: list[list[str]] = []
    helpline = cell.config.forces
    for a, i in zip(cell.reports.agency.tolist(), cell.reports.last_occasion.tolist(), strict=True):
        ticked: list[str] = []
        if a == helpline:
            for b in (first[i], second[i]):
                heading = code_words.HEADING_OF.get(BEHAVIOURS[b]) if b >= 0 else None
                if heading and heading not in ticked:
                    ticked.append(heading)
        out.append(ticked)
    return out


def _window(cell: Cell) -> tuple[Ints, Ints, Ints]:
    """Earliest and latest time of what each report covers, and whether that is a range (1) or exact (0)."""
    rng = stream(cell.config.seed, cell.number, "window")
    t, n = cell.reports, len(cell.reports)
    at, begins = cell.occasions.at[t.last_occasion], cell.occasions.at[t.first_occasion]
    several = t.first_occasion != t.last_occasion
    vague = chance(rng, 0.3, n)
    early = at - vague * (rng.integers(5, 600, n) // 5 * 5)
    late = np.minimum(at + vague * (rng.integers(0, 300, n) // 5 * 5), t.at)
    early = np.where(several, begins, early)
    return early, late, (early != late).astype(np.int64)


def _occasions(
    cell: Cell, ids: list[str], location: list[str | None], postcode: list[str | None]
) -> pl.DataFrame:
    t = cell.reports
    early, late, ranged = _window(cell)
    # A feed in our own form lists several occasions apart; the extracts and the helpline give one range.
    own = _from(cell, "lamplighter")
    apart = own & (t.first_occasion != t.last_occasion)
    which = np.concatenate([np.arange(len(ids)), np.flatnonzero(apart)])
    which = which[np.argsort(which, kind="stable")]
    second = np.append(False, which[1:] == which[:-1])
    at_first, at_last = cell.occasions.at[t.first_occasion], cell.occasions.at[t.last_occasion]
    lone = np.where(second, at_last[which], at_first[which])
    start = np.where(apart[which], lone, early[which])
    end = np.where(apart[which], lone, late[which])
    helpline = (t.agency == cell.config.forces)[which]
    precision = np.where(helpline, 2, np.where(apart[which], 0, ranged[which]))
    headings = _coded(cell)
    ticked = [headings[i] for i in which.tolist()]
    channel = np.where(own, cell.occasions.channel[t.last_occasion], -1)
    nothing = col.texts([None] * len(which))
    return pl.DataFrame(
        {
            "report_id": col.lookup(ids, which),
            "occasion_seq": second.astype(np.int64) + 1,
            "started_at": col.where(~helpline, col.moments(start)),
            "ended_at": col.moments(np.where(helpline, t.at[which], end)),
            "date_precision": col.lookup(("exact", "range", "not_known"), precision),
            "place_text": col.lookup(location, which),
            "place_postcode": col.lookup(postcode, which),
            "behaviours": col.lists([[code_words.HEADINGS[h][0] for h in row] for row in ticked]),
            "behaviours_raw": col.lists(ticked),
            "channel": col.lookup(CHANNELS, channel[which]),
            "actor": nothing,
            "narrative": nothing,
        }
    )
