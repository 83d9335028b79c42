"""A part of the world as the five canonical tables."""

from __future__ import annotations

import json

import numpy as np
import polars as pl

from lamplighter.records.schema import TABLES_BY_NAME, Bundle
from lamplighter.synthetic import dossiers as d
from lamplighter.synthetic import reports as r
from lamplighter.synthetic import rows as w
from lamplighter.synthetic.cell import Cell
from lamplighter.synthetic.draws import Bools, Ints, Words, chance, pick, stream, words
from lamplighter.synthetic.occasions import BEHAVIOURS, CHANNELS
from lamplighter.synthetic.offences import GROUP, NON_CRIME_FROM, OFFENCES
from lamplighter.synthetic.places import place_data
from lamplighter.synthetic.values import NO_DATE

RELATIONSHIP_CODES = words(
    [
        "ex_partner",
        "acquaintance",
        "not_known",
        "colleague",
        "neighbour",
        "stranger",
        "family",
        "service_user",
        "partner",
        "friend",
    ]
)
SEX_CODES = words(["male", "female", "not_known"])
# The helpline's nine headings and the behaviours they hold.
HEADINGS = {
    "following": ("following",),
    "unwanted contact": (
        "unwanted_contact",
        "unwanted_gift",
        "contact_via_others",
        "payment_messages",
        "unwanted_orders",
    ),
    "posting or impersonating": ("publishing", "impersonation"),
    "monitoring": ("monitoring", "tracking", "account_access"),
    "turning up or waiting": ("approach", "loitering"),
    "property": ("damage", "interference", "break_in"),
    "watching": ("watching",),
    "threats": ("threat_harm", "threat_kill", "threat_veiled", "threat_images", "threat_self_harm"),
    "violence": ("violence", "strangulation", "sexual_violence"),
}
HEADING_OF = {b: heading for heading, behaviours in HEADINGS.items() for b in behaviours}
HEADING_CODE = {
    "following": "following",
    "unwanted contact": "unwanted_contact",
    "posting or impersonating": "publishing",
    "monitoring": "monitoring",
    "turning up or waiting": "loitering",
    "property": "damage",
    "watching": "watching",
    "threats": "threat_harm",
    "violence": "violence",
}


def moments(minutes: Ints) -> pl.Series:
    """Minutes since 1970 as local times."""
    return pl.Series(minutes * 60_000_000).cast(pl.Datetime("us"))


def report_ids(cell: Cell) -> list[str]:
    """'<source>:<reference>' for each report."""
    sources = cell.config.sources
    return [
        f"{sources[a]}:{ref}" for a, ref in zip(cell.reports.agency.tolist(), cell.references, strict=True)
    ]


def row_refs(cell: Cell) -> list[str]:
    """The source's own reference of each person row."""
    agency = cell.reports.agency[cell.rows.report]
    count = np.zeros(len(agency), dtype=np.int64)
    for a in np.unique(agency):
        mine = np.flatnonzero(agency == a)
        count[mine] = np.arange(len(mine)) * cell.config.cells + cell.number
    out = []
    for a, k, i, seq in zip(
        agency.tolist(), count.tolist(), cell.rows.report.tolist(), cell.rows.seq.tolist(), strict=True
    ):
        source = cell.config.sources[a]
        if source == "force_a_rms":
            out.append(f"R{k + 1:07d}")
        elif source == "force_b":
            out.append(f"L{700_001 + k}")
        else:
            out.append(f"{cell.references[i]}/{seq}")
    return out


def nominal_refs(cell: Cell) -> list[str | None]:
    """Force B's nominal reference for each person row; nobody else keeps one."""
    is_b = np.array([s == "force_b" for s in cell.config.sources])[cell.reports.agency[cell.rows.report]]
    number = cell.rows.details_of * cell.config.cells + cell.number + 40_001
    return [f"N{k:07d}" if b else None for k, b in zip(number.tolist(), is_b.tolist(), strict=True)]


def bundle(cell: Cell) -> Bundle:
    """The five canonical tables of one part of the world."""
    c, n = cell.config, len(cell.reports)
    rng = stream(c.seed, cell.number, "frames")
    ids = report_ids(cell)
    agency = cell.reports.agency
    helpline = agency == c.forces
    sources, agencies = words(c.sources)[agency], words(c.agencies)[agency]
    group = words([GROUP[o] for o in OFFENCES])
    record_type = np.where(helpline, 2, np.where(cell.reports.offence >= NON_CRIME_FROM, 1, 0))
    first, last = cell.reports.first_occasion, cell.reports.last_occasion
    location, postcode = _where(cell, rng)
    reports = pl.DataFrame(
        {
            "report_id": ids,
            "source": sources.tolist(),
            "agency": agencies.tolist(),
            "source_ref": cell.references,
            "reported_at": moments(cell.reports.at),
            "made_by": np.where(cell.reports.third_party, "third_party", "victim").tolist(),
            "report_channel": _report_channel(rng, c.sources, agency),
            "record_type": words(["crime", "non_crime", "contact"])[record_type].tolist(),
            "recorded_as": group[cell.reports.offence].tolist(),
            "summary": cell.told.summary,
            "impact": cell.told.impact,
            "domestic_abuse": _domestic(cell, rng),
            "flags": _flags(cell, rng),
            "outcome": _outcomes(cell, rng),
            "location_text": location,
            "location_postcode": postcode,
            "related_refs": [[cell.references[e]] if e >= 0 else [] for e in cell.reports.earlier.tolist()],
            "raw": ["{}"] * n,
            "source_file": [None] * n,
            "source_rows": [[] for _ in range(n)],
        },
        schema=TABLES_BY_NAME["reports"].polars_schema,
    )
    rows, people = _people(cell, ids)
    return {
        "reports": reports,
        "offences": _offences(cell, ids),
        "occasions": _occasions(cell, rng, ids, first, last, location, postcode),
        "people": people,
        "safe_contacts": _safe_contacts(cell, rng, rows),
    }


def _where(cell: Cell, rng: np.random.Generator) -> tuple[list[str | None], list[str | None]]:
    n = len(cell.reports)
    who = np.where(
        cell.reports.at_relative,
        cell.dossiers.relative[cell.reports.dossier],
        cell.dossiers.victim[cell.reports.dossier],
    )
    address = cell.people.address(who, cell.reports.at)
    near = cell.places.next_door(address, rng.integers(1, 30, n))
    elsewhere = chance(rng, 0.25, n)
    address = np.where(elsewhere, near, address)
    venues = place_data()["streets"]["venues"].split("|")
    venue = np.where(elsewhere & chance(rng, 0.4, n), rng.integers(0, len(venues), n), -1).tolist()
    known = (cell.reports.agency != cell.config.forces).tolist()
    lines = cell.places.line(address)
    codes = cell.places.postcode(address)
    return (
        [
            (f"{venues[v]}, {x}" if v >= 0 else x) if k else None
            for x, v, k in zip(lines, venue, known, strict=True)
        ],
        [x if k else None for x, k in zip(codes, known, strict=True)],
    )


def _report_channel(rng: np.random.Generator, sources: list[str], agency: Ints) -> list[str | None]:
    kind = pick(rng, [0.7, 0.18, 0.12], len(agency))
    phone = words(["phone", "webchat", "email"])[kind]
    other = words(["phone", "online", "in_person"])[kind]
    named = [s in ("helpline", "lamplighter") for s in sources]
    return [
        (p if sources[a] == "helpline" else o) if named[a] else None
        for a, p, o in zip(agency.tolist(), phone, other, strict=True)
    ]


def _domestic(cell: Cell, rng: np.random.Generator) -> list[bool | None]:
    n = len(cell.reports)
    close = np.isin(cell.dossiers.relationship[cell.reports.dossier], [d.EX, d.PARTNER, d.RELATIVE])
    yes = close & chance(rng, 0.86, n) | chance(rng, 0.02, n)
    blank = chance(rng, 0.5, n) & ~yes | (cell.reports.agency == cell.config.forces)
    return [None if b else y for y, b in zip(yes.tolist(), blank.tolist(), strict=True)]


def _flags(cell: Cell, rng: np.random.Generator) -> list[list[str]]:
    n = len(cell.reports)
    channel = cell.occasions.channel[cell.reports.last_occasion]
    online = np.isin(channel, [CHANNELS.index(x) for x in ("social_media", "email", "device")]) & chance(
        rng, 0.5, n
    )
    repeat = (cell.reports.earlier >= 0) & chance(rng, 0.5, n)
    is_b = np.array([s == "force_b" for s in cell.config.sources])[cell.reports.agency]
    return [
        [*(["CYB"] if o else []), *(["RPT"] if p else [])] if b else []
        for o, p, b in zip(online.tolist(), repeat.tolist(), is_b.tolist(), strict=True)
    ]


def _outcomes(cell: Cell, rng: np.random.Generator) -> list[str | None]:
    n = len(cell.reports)
    outcomes = cell.config.marginals.outcomes
    drawn = words(list(outcomes))[pick(rng, list(outcomes.values()), n)]
    nobody = cell.reports.level >= r.DESCRIPTOR
    drawn = np.where(nobody & np.isin(drawn.astype(str), ["15", "1", "8", "3"]), "18", drawn)
    drawn = np.where(nobody & (drawn == "16"), "14", drawn)
    crime = (cell.reports.offence < NON_CRIME_FROM).tolist()
    return [(x or None) if is_crime else None for x, is_crime in zip(drawn.tolist(), crime, strict=True)]


def _offences(cell: Cell, ids: list[str]) -> pl.DataFrame:
    codes, group = words(list(OFFENCES)), words([GROUP[o] for o in OFFENCES])
    more = np.flatnonzero(cell.reports.included >= 0)
    which = np.concatenate([np.arange(len(ids)), more])
    offence = np.concatenate([cell.reports.offence, cell.reports.included[more]])
    first = np.concatenate([np.ones(len(ids), bool), np.zeros(len(more), bool)])
    order = np.lexsort((~first, which))
    return pl.DataFrame(
        {
            "report_id": words(ids)[which[order]].tolist(),
            "offence_seq": np.where(first[order], 1, 2),
            "classification": np.where(first[order], "principal", "included").tolist(),
            "raw_code": codes[offence[order]].tolist(),
            "raw_title": [None] * len(order),
            "offence": codes[offence[order]].tolist(),
            "offence_group": group[offence[order]].tolist(),
        },
        schema=TABLES_BY_NAME["offences"].polars_schema,
    )


def coded(cell: Cell) -> list[list[str]]:
    """The helpline's headings ticked for each report (empty for police reports)."""
    first, second = cell.occasions.first.tolist(), cell.occasions.second.tolist()
    out: list[list[str]] = []
    for a, i in zip(cell.reports.agency.tolist(), cell.reports.last_occasion.tolist(), strict=True):
        ticked: list[str] = []
        if a == cell.config.forces:
            for b in (first[i], second[i]):
                heading = HEADING_OF.get(BEHAVIOURS[b]) if b >= 0 else None
                if heading and heading not in ticked:
                    ticked.append(heading)
        out.append(ticked)
    return out


def window(cell: Cell) -> tuple[Ints, Ints, Words]:
    """Earliest and latest time of each report's last occasion, and how well it is known."""
    rng = stream(cell.config.seed, cell.number, "window")
    n = len(cell.reports)
    at, begins = cell.occasions.at[cell.reports.last_occasion], cell.occasions.at[cell.reports.first_occasion]
    several = cell.reports.first_occasion != cell.reports.last_occasion
    vague = chance(rng, 0.3, n)
    early = at - vague * rng.integers(5, 600, n) // 5 * 5
    late = np.minimum(at + vague * (rng.integers(0, 300, n) // 5 * 5), cell.reports.at)
    early = np.where(several, begins, early)
    return early, late, np.where(several | (early != late), "range", "exact").astype(object)


def _occasions(
    cell: Cell,
    rng: np.random.Generator,
    ids: list[str],
    first: Ints,
    last: Ints,
    location: list[str | None],
    postcode: list[str | None],
) -> pl.DataFrame:
    early, late, precision = window(cell)
    # A feed in our own form lists several occasions apart; the extracts and the helpline give one range.
    apart = np.array([s == "lamplighter" for s in cell.config.sources])[cell.reports.agency] & (first != last)
    twice = np.flatnonzero(apart)
    which = np.concatenate([np.arange(len(ids)), twice])
    order = np.argsort(which, kind="stable")
    which = which[order]
    second = np.append(False, which[1:] == which[:-1])
    at_first, at_last = cell.occasions.at[first], cell.occasions.at[last]
    start = np.where(apart[which], np.where(second, at_last[which], at_first[which]), early[which])
    end = np.where(apart[which], start, late[which])
    headings = coded(cell)
    channel = words(list(CHANNELS))[cell.occasions.channel[last]]
    helpline = cell.reports.agency == cell.config.forces
    own = np.array([s == "lamplighter" for s in cell.config.sources])[cell.reports.agency]
    at = which.tolist()
    return pl.DataFrame(
        {
            "report_id": [ids[i] for i in at],
            "occasion_seq": np.where(second, 2, 1),
            "started_at": _unless(helpline[which], moments(start)),
            "ended_at": moments(np.where(helpline[which], cell.reports.at[which], end)),
            "date_precision": np.where(
                helpline[which], "not_known", np.where(apart[which], "exact", precision[which])
            ).tolist(),
            "place_text": [location[i] for i in at],
            "place_postcode": [postcode[i] for i in at],
            "behaviours": [[HEADING_CODE[h] for h in headings[i]] for i in at],
            "behaviours_raw": [headings[i] for i in at],
            "channel": [channel[i] if own[i] else None for i in at],
            "actor": [None] * len(at),
            "narrative": [None] * len(at),
        },
        schema=TABLES_BY_NAME["occasions"].polars_schema,
    )


def _unless(mask: Bools, values: pl.Series) -> pl.Series:
    return values.to_frame("x").select(pl.when(~pl.Series(mask)).then("x"))["x"]


def roles(cell: Cell) -> list[str]:
    """Role of each person row; a helpline knows a client, persons of concern and others only."""
    helpline = cell.reports.agency[cell.rows.report] == cell.config.forces
    role = np.where(helpline & (cell.rows.role > w.SUSPECT), w.INVOLVED, cell.rows.role)
    return [w.ROLES[i] for i in role.tolist()]


def _people(cell: Cell, ids: list[str]) -> tuple[list[str], pl.DataFrame]:
    c, rec, rows = cell.config, cell.recorded, cell.rows
    agency = cell.reports.agency[rows.report]
    refs = row_refs(cell)
    record_ids = [f"{c.sources[a]}:{x}" for a, x in zip(agency.tolist(), refs, strict=True)]
    columns = rec.columns
    # A helpline keeps the client's own number as a safe contact: it is not passed on.
    private = (agency == c.forces) & (rows.role == w.VICTIM)
    flat = pl.DataFrame(
        {**columns, "private": private}, schema_overrides=dict.fromkeys(columns, pl.String), strict=False
    ).with_columns(
        pl.when("private").then(None).otherwise(pl.col(k)).alias(k) for k in ("mobile", "landline")
    )
    as_list = {
        "phones": ("mobile", "landline"),
        "emails": ("email",),
        "handles": ("handle",),
        "vehicles": ("vehicle",),
        "vehicle_descriptions": ("vehicle_description",),
        "nicknames": ("nickname",),
    }
    lists = flat.select(**{name: pl.concat_list(*parts).list.drop_nulls() for name, parts in as_list.items()})
    ethnicity = words([*c.marginals.ethnicities, None])
    relation = np.where(rows.relationship >= 0, RELATIONSHIP_CODES[np.maximum(rows.relationship, 0)], None)
    born = pl.Series(np.where(rec.born == NO_DATE, 0, rec.born)).cast(pl.Int32).cast(pl.Date)
    n = len(rows)
    frame = pl.DataFrame(
        {
            "record_id": record_ids,
            "report_id": words(ids)[rows.report].tolist(),
            "role": roles(cell),
            "relationship": relation.tolist(),
            "descriptor": columns["descriptor"],
            "birth_date": born.to_frame("b").select(pl.when(pl.Series(rec.born != NO_DATE)).then("b"))["b"],
            "age_from": pl.Series(rec.age_from)
            .to_frame("a")
            .select(pl.when(pl.col("a") >= 0).then("a"))["a"],
            "age_to": pl.Series(rec.age_to).to_frame("a").select(pl.when(pl.col("a") >= 0).then("a"))["a"],
            "sex": SEX_CODES[rec.sex].tolist(),
            "ethnicity": ethnicity[rec.ethnicity].tolist(),
            "source_person_ref": nominal_refs(cell),
        },
        strict=False,
    )
    frame = frame.hstack(lists).hstack(
        flat.select("surname", "forenames", "address_text", "postcode", "town", "uprn", "pnc_id")
    )
    frame = frame.with_columns(
        relationship_raw=pl.col("relationship"),
        match_tokens=pl.Series([[]] * n, dtype=pl.List(pl.String)),
        cro=pl.lit(None, pl.String),
        raw=pl.lit("{}"),
    )
    schema = TABLES_BY_NAME["people"].polars_schema
    return record_ids, frame.select(schema.names()).cast(dict(schema))


def _safe_contacts(cell: Cell, rng: np.random.Generator, record_ids: list[str]) -> pl.DataFrame:
    agency = cell.reports.agency[cell.rows.report]
    rows = np.flatnonzero((agency == cell.config.forces) & (cell.rows.role == w.VICTIM))
    times = ("any", "mornings", "after 6pm", "weekdays 10-2")
    details = safe_details(cell, rng, rows, times)
    return pl.DataFrame(
        {
            "record_id": [record_ids[i] for i in rows.tolist()],
            "agency": ["helpline"] * len(rows),
            "details": [json.dumps(x) for x in details],
        },
        schema=TABLES_BY_NAME["safe_contacts"].polars_schema,
    )


def safe_details(
    cell: Cell, rng: np.random.Generator, rows: Ints, times: tuple[str, ...]
) -> list[dict[str, str | bool | None]]:
    """How each of the given people may be reached safely."""
    leave = chance(rng, 0.4, len(rows)).tolist()
    when = rng.integers(0, len(times), len(rows)).tolist()
    mobile = cell.recorded.columns["mobile"]
    return [
        {"phone": mobile[i], "leave_message": m, "best_time": times[t]}
        for i, m, t in zip(rows.tolist(), leave, when, strict=True)
    ]
