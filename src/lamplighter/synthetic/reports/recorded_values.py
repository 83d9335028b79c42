"""Draw what each person row shows: true details, seen through an agency's system and a hurried typist.

Presence of a field depends on the role and on how much is known of a suspect; values may be stale,
misspelt, swapped or transposed. Rates that have a source are in
:class:`~lamplighter.synthetic.sampling.config.Marginals`; presence rates have none and are settings. [I]
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.courses.occasions import CHANNELS, Occasions
from lamplighter.synthetic.people import contact_details
from lamplighter.synthetic.people.names import book, has_nickname
from lamplighter.synthetic.people.places import Places, abbreviate, place_data
from lamplighter.synthetic.people.population import YEAR, People
from lamplighter.synthetic.reports import person_rows as w
from lamplighter.synthetic.reports import recorded_ages, recording_errors
from lamplighter.synthetic.reports import reporting as r
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.sampling.draws import DAY, Bools, Ints, Words, chance, stream

# Rows of the table: victim, suspect known in full, in part, hardly, not at all, anybody else.
_PRESENT = {
    "surname": (0.98, 0.97, 0.55, 0.0, 0.0, 0.95),
    "forename": (0.985, 0.98, 0.95, 0.62, 0.0, 0.97),
    "second": (0.25, 0.30, 0.05, 0.0, 0.0, 0.10),
    "nickname": (0.03, 0.12, 0.20, 0.25, 0.0, 0.02),
    "born": (0.90, 0.70, 0.15, 0.0, 0.0, 0.30),
    "age": (0.5, 0.6, 0.45, 0.35, 0.35, 0.2),
    "sex": (0.99, 0.98, 0.97, 0.92, 0.60, 0.97),
    "ethnicity": (0.60, 0.60, 0.40, 0.30, 0.25, 0.40),
    "mobile": (0.75, 0.48, 0.30, 0.20, 0.0, 0.60),
    "landline": (0.15, 0.08, 0.03, 0.02, 0.0, 0.06),
    "email": (0.20, 0.07, 0.05, 0.03, 0.0, 0.10),
    "handle": (0.07, 0.14, 0.18, 0.20, 0.0, 0.03),
    "address": (0.93, 0.55, 0.10, 0.0, 0.0, 0.50),
    "vehicle": (0.03, 0.10, 0.06, 0.08, 0.0, 0.01),
    "pnc": (0.25, 0.60, 0.08, 0.0, 0.0, 0.05),
}
_DESCRIPTORS = {
    d.EX: ("ex partner", "her ex", "ex husband", "former boyfriend", "the ex"),
    d.NEXT_DOOR: ("neighbour", "next door", "male from number 12"),
    d.COLLEAGUE: ("colleague", "someone from work"),
    d.UNKNOWN: ("unknown", "unknown male", "unknown caller", "not known"),
    d.STRANGER: ("unknown male", "male in dark hoodie", "stranger", "unknown"),
}


@dataclass(slots=True)
class Recorded:
    """Columns of one value a row. Lists hold None where nothing was recorded."""

    columns: dict[str, list[str | None]]
    born: Ints
    """Days since 1970; the smallest whole number where no date was recorded."""
    age_from: Ints
    age_to: Ints
    sex: Ints
    """0 male, 1 female, 2 not known."""
    ethnicity: Ints
    stale: Bools


def make(
    config: Config,
    cell: int,
    people: People,
    places: Places,
    dossiers: d.Dossiers,
    occ: Occasions,
    reports: r.Reports,
    rows: w.Rows,
) -> Recorded:
    """Recorded values of every row, nominal reuse included."""
    rng = stream(config.seed, cell, "values")
    slip = random.Random(int(rng.integers(1 << 60)))  # noqa: S311 - a seeded world, not a secret
    n, person = len(rows), rows.person
    agency = reports.agency[rows.report]
    helpline = agency == config.forces
    category = np.where(
        rows.role == w.VICTIM,
        0,
        np.where(rows.role == w.SUSPECT, rows.level + 1, np.where(rows.level == r.FULL, 5, 3)),
    )
    has = {name: chance(rng, np.array(share)[category], n) for name, share in _PRESENT.items()}
    bare = (category == 3) & ~(has["forename"] | has["nickname"] | has["mobile"] | has["handle"])
    has["forename"] |= bare
    for hidden in ("born", "landline", "pnc", "second", "email"):
        has[hidden] &= ~helpline
    has["surname"] &= ~helpline | chance(rng, 0.45, n)
    at = reports.at[rows.report]
    lag = np.where(chance(rng, 0.13, n), rng.integers(100, 900, n) * DAY, 0)
    seen = at - lag

    forename = book().forenames[people.forename[person]]
    surname = book().surnames[people.surname[person]]
    columns: dict[str, list[str | None]] = {}
    columns.update(_names(config, rng, slip, people, person, forename, surname, has, category))
    columns.update(
        _addresses(config, rng, slip, places, people.address(person, seen), has["address"], helpline)
    )
    columns.update(_contact_columns(rng, slip, people, person, seen, at, forename, surname, has))
    _burners(rng, cell, dossiers, occ, reports, rows, columns)
    columns["descriptor"] = _descriptors(rng, rows, people.sex[person])
    born, age_from, age_to = recorded_ages.recorded(config, rng, people.born[person], at, has, helpline)
    out = Recorded(
        columns=columns,
        born=born,
        age_from=age_from,
        age_to=age_to,
        sex=np.where(has["sex"], people.sex[person], 2),
        ethnicity=np.where(has["ethnicity"], people.ethnicity[person], -1),
        stale=(lag > 0) & (people.address(person, seen) != people.address(person, at)),
    )
    return _shown(out, rows.details_of)


def _shown(values: Recorded, details_of: Ints) -> Recorded:
    """Details of the row itself, or of the reused nominal."""
    changed = np.flatnonzero(details_of != np.arange(len(details_of)))
    source = details_of[changed].tolist()
    for column in values.columns.values():
        # All read before any is written: the row copied from may itself show another's details.
        for i, value in zip(changed.tolist(), [column[j] for j in source], strict=True):
            column[i] = value
    for name in ("born", "age_from", "age_to", "sex", "ethnicity", "stale"):
        setattr(values, name, getattr(values, name)[details_of])
    return values


def _masked(texts: list[str], mask: Bools) -> list[str | None]:
    return [t if keep else None for t, keep in zip(texts, mask.tolist(), strict=True)]


def _names(
    config: Config,
    rng: np.random.Generator,
    slip: random.Random,
    people: People,
    person: Ints,
    forename: Words,
    surname: Words,
    has: dict[str, Bools],
    category: Ints,
) -> dict[str, list[str | None]]:
    n, b = len(person), book()
    error = config.marginals.name_error
    first = _masked(forename.tolist(), has["forename"])
    last = _masked(surname.tolist(), has["surname"])
    double = people.second_surname[person]
    for i in np.flatnonzero((double >= 0) & has["surname"] & chance(rng, 0.8, n)).tolist():
        last[i] = f"{surname[i]}{'-' if double[i] % 4 else ' '}{b.surnames[double[i]]}"
    recording_errors.apply(
        first, np.flatnonzero(chance(rng, error * 0.22, n)).tolist(), slip, recording_errors.typo
    )
    recording_errors.apply(
        last, np.flatnonzero(chance(rng, error * 0.28, n)).tolist(), slip, recording_errors.typo
    )
    for column, table in ((first, b.forename_variants), (last, b.surname_variants)):
        for i in np.flatnonzero(chance(rng, 0.14, n)).tolist():
            name = column[i]
            if name in table:
                column[i] = slip.choice(table[name])
    short = has_nickname()[people.forename[person]]
    called = np.array([0.02, 0.08, 0.22, 0.30, 0.0, 0.04])[category]
    for i in np.flatnonzero(short & has["forename"] & chance(rng, called, n)).tolist():
        first[i] = slip.choice(b.nicknames[forename[i]])
    for i in np.flatnonzero(
        has["forename"] & chance(rng, np.array([0.0, 0.01, 0.03, 0, 0, 0.01])[category], n)
    ).tolist():
        first[i] = forename[i][0]
    second = people.second[person]
    for i in np.flatnonzero((second >= 0) & has["second"] & has["forename"]).tolist():
        first[i] = f"{first[i]} {b.forenames[second[i]]}"
    for i in np.flatnonzero(has["forename"] & has["surname"] & chance(rng, error * 0.10, n)).tolist():
        first[i], last[i] = last[i], first[i]
    nick: list[str | None] = [None] * n
    for i in np.flatnonzero(has["nickname"]).tolist():
        known = b.nicknames.get(forename[i])
        alias = (
            slip.choice(known)
            if known
            else f"{['Big', 'Little', 'Young', 'Old'][slip.randrange(4)]} {forename[i]}"
        )
        nick[i] = alias if slip.random() < 0.85 or not has["surname"][i] else f"{surname[i]}y"
    return {"forenames": first, "surname": last, "nickname": nick}


def _addresses(
    config: Config,
    rng: np.random.Generator,
    slip: random.Random,
    places: Places,
    address: Ints,
    has: Bools,
    helpline: Bools,
) -> dict[str, list[str | None]]:
    n = len(address)
    full = has & ~helpline
    rows = np.flatnonzero(full)
    lines = places.line(address[rows])
    codes = places.postcode(address[rows])
    uprns = places.uprn(address[rows])
    short = chance(rng, 0.16, len(rows)).tolist()
    line: list[str | None] = [None] * n
    code: list[str | None] = [None] * n
    uprn: list[str | None] = [None] * n
    no_code = chance(rng, config.marginals.postcode_other * 0.4, len(rows)).tolist()
    outward = chance(rng, config.marginals.postcode_other * 0.25, len(rows)).tolist()
    keeps = chance(rng, 0.25, len(rows)).tolist()
    for k, i in enumerate(rows.tolist()):
        line[i] = abbreviate(lines[k]) if short[k] else lines[k]
        if not no_code[k]:
            code[i] = codes[k].split(" ")[0] if outward[k] else codes[k]
        if keeps[k]:
            uprn[i] = uprns[k]
    recording_errors.apply(line, rows[chance(rng, 0.03, len(rows))].tolist(), slip, recording_errors.typo)
    towns = _masked(places.towns[places.town_of(address)].tolist(), has & (full | chance(rng, 0.9, n)))
    return {"address_text": line, "postcode": code, "uprn": uprn, "town": towns}


def _contact_columns(
    rng: np.random.Generator,
    slip: random.Random,
    people: People,
    person: Ints,
    seen: Ints,
    at: Ints,
    forename: Words,
    surname: Words,
    has: dict[str, Bools],
) -> dict[str, list[str | None]]:
    n = len(person)
    out: dict[str, list[str | None]] = {}

    def fill(name: str, rows: Ints, texts: list[str]) -> None:
        column: list[str | None] = [None] * n
        for i, text in zip(rows.tolist(), texts, strict=True):
            column[i] = text
        out[name] = column

    stale = np.where(chance(rng, 0.12, n), at - 400 * DAY, at)
    rows = np.flatnonzero(has["mobile"])
    fill("mobile", rows, contact_details.mobile(people.mobile(person[rows], stale[rows])))
    recording_errors.apply(
        out["mobile"], rows[chance(rng, 0.02, len(rows))].tolist(), slip, recording_errors.digits
    )
    line = people.landline[people.household(person, seen)]
    rows = np.flatnonzero(has["landline"] & (line >= 0))
    fill("landline", rows, contact_details.landline(line[rows]))
    year = (people.born[person] / YEAR + 1970).astype(np.int64)
    style = people.handle_style[person]
    rows = np.flatnonzero(has["email"])
    fill("email", rows, contact_details.email(forename[rows], surname[rows], style[rows], year[rows]))
    rows = np.flatnonzero(has["handle"])
    # Two accounts a person; the second has a style of its own.
    pick_second = chance(rng, 0.35, len(rows))
    styles = np.where(pick_second, (style[rows] * 48_271 + 11) % (1 << 30), style[rows])
    fill("handle", rows, contact_details.handle(forename[rows], surname[rows], styles, year[rows]))
    vehicle = people.vehicle[person]
    rows = np.flatnonzero(has["vehicle"] & (vehicle >= 0))
    marks = contact_details.mark(vehicle[rows])
    partial = chance(rng, 0.22, len(rows)).tolist()
    fill("vehicle", rows, [f"{m[:4]}*" if p else m for m, p in zip(marks, partial, strict=True)])
    makes = place_data()["streets"]["vehicles"].split("|")
    colours = place_data()["streets"]["colours"].split("|")
    fill(
        "vehicle_description",
        rows,
        [f"{colours[v % len(colours)]} {makes[v // 7 % len(makes)]}" for v in vehicle[rows].tolist()],
    )
    out["vehicle_description"] = _masked(
        [v or "" for v in out["vehicle_description"]], has["vehicle"] & (vehicle >= 0) & chance(rng, 0.6, n)
    )
    rows = np.flatnonzero(has["pnc"] & people.arrested[person])
    fill(
        "pnc_id",
        rows,
        contact_details.pnc_id(people.pnc[person[rows]], (year[rows] + 22).clip(1990, 2024)),
    )
    return out


def _burners(
    rng: np.random.Generator,
    cell: int,
    dossiers: d.Dossiers,
    occ: Occasions,
    reports: r.Reports,
    rows: w.Rows,
    columns: dict[str, list[str | None]],
) -> None:
    """Numbers and accounts used for the act itself; those made for it come back within a story."""
    n = len(rows)
    last = reports.last_occasion[rows.report]
    dossier = reports.dossier[rows.report]
    channel = occ.channel[last]
    suspect = (rows.role == w.SUSPECT) & (rows.level < r.DESCRIPTOR) & ~reports.by_proxy[rows.report]
    suspect &= ~reports.swapped[rows.report] & (dossiers.kind[dossier] != d.SINGLE)
    secret = np.isin(dossiers.relationship[dossier], [d.UNKNOWN, d.STRANGER]) | chance(rng, 0.3, n)
    ids = np.int64(cell) * 1_000_000 + 700_000 + dossier * 2 + (occ.share[last] > 0.6)
    by_phone = np.isin(channel, [CHANNELS.index("phone"), CHANNELS.index("text_message")])
    rows_ = np.flatnonzero(suspect & secret & by_phone & chance(rng, 0.6, n))
    for i, text in zip(rows_.tolist(), contact_details.mobile(ids[rows_]), strict=True):
        columns["mobile"][i] = text
    online = channel == CHANNELS.index("social_media")
    rows_ = np.flatnonzero(suspect & secret & online & chance(rng, 0.7, n))
    for i, text in zip(rows_.tolist(), contact_details.burner_handle(ids[rows_]), strict=True):
        columns["handle"][i] = text


def _descriptors(rng: np.random.Generator, rows: w.Rows, sex: Ints) -> list[str | None]:
    out: list[str | None] = [None] * len(rows)
    which = rng.integers(0, 1 << 20, len(rows)).tolist()
    for i in np.flatnonzero((rows.level == r.DESCRIPTOR) & (rows.role == w.SUSPECT)).tolist():
        options = _DESCRIPTORS.get(int(rows.relationship[i]), ("unknown", "not known", "known person"))
        text = options[which[i] % len(options)]
        out[i] = text.replace("male", "female") if sex[i] == 1 else text
    return out
