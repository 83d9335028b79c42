"""Acts that two forces record: a report passed on, typed anew under the second force's reference."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import polars as pl

from lamplighter.records.schema import Bundle
from lamplighter.synthetic.countries import forces as force_settings
from lamplighter.synthetic.countries import habits
from lamplighter.synthetic.countries.forces import Force
from lamplighter.synthetic.countries.settings import CountrySettings
from lamplighter.synthetic.courses import dyads as d
from lamplighter.synthetic.reports import recording_errors
from lamplighter.synthetic.reports.reporting import minutes
from lamplighter.synthetic.sampling.draws import DAY, chance, stream
from lamplighter.synthetic.worlds.cell import Cell

_CITES_THE_FIRST = 0.4
_LONGEST_DELAY = 20 * DAY
# Numbers of reports passed on begin above every number a force gives of its own in a year.
_FIRST_NUMBER = 60_000_000


@dataclass(slots=True)
class PassedOn:
    """Reports that one part passed to one force, and which record and report each was copied from."""

    force: Force
    bundle: Bundle
    reports: dict[str, str]
    records: dict[str, str]


def passed_on(
    settings: CountrySettings, forces: list[Force], cell: Cell, own: Force, bundle: Bundle
) -> list[PassedOn]:
    """Return what the other forces record of this part's acts. ``bundle`` is as drawn, before any habit."""
    if len(forces) < 2:
        return []
    rng = stream(settings.seed, cell.number, "passed on")
    slip = random.Random(int(rng.integers(1 << 60)))  # noqa: S311 - a seeded world, not a secret
    t = cell.reports
    later = t.at + (rng.random(len(t)) * _LONGEST_DELAY).astype(np.int64) // 5 * 5 + 60
    chosen = (cell.dossiers.kind[t.dossier] != d.SINGLE) & ~t.second_crime
    chosen &= chance(rng, settings.passed_on, len(t)) & (later < minutes(settings.as_at) + DAY)
    rows = np.flatnonzero(chosen)
    weights = settings.shares()
    weights[own.number] = 0.0
    to = rng.choice(len(forces), size=len(rows), p=weights / weights.sum()) if len(rows) else rows
    cites = chance(rng, _CITES_THE_FIRST, len(rows))
    out = []
    for number in sorted(set(to.tolist())):
        mine = np.flatnonzero(to == number)
        out.append(
            _copied(rng, slip, forces[number], cell, bundle, rows[mine], later[rows[mine]], cites[mine])
        )
    return out


def _copied(
    rng: np.random.Generator,
    slip: random.Random,
    force: Force,
    cell: Cell,
    bundle: Bundle,
    rows: np.ndarray,
    later: np.ndarray,
    cites: np.ndarray,
) -> PassedOn:
    years = (later // DAY).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    numbers = _FIRST_NUMBER + cell.number * 100_000 + np.arange(len(rows))
    references = force_settings.references(force, years.tolist(), numbers.tolist())
    old = [cell.report_ids[i] for i in rows.tolist()]
    new = [f"{force.source}:{x}" for x in references]
    renamed = dict(zip(old, new, strict=True))
    own_reference = [cell.references[i] for i in rows.tolist()]
    reports = (
        pl.DataFrame({"report_id": old})
        .join(bundle["reports"], on="report_id", how="left", maintain_order="left")
        .select(bundle["reports"].columns)
    )
    reports = reports.with_columns(
        source_ref=pl.Series(references),
        reported_at=pl.Series(later * 60_000_000).cast(pl.Datetime("us")),
        related_refs=pl.Series(
            [[ref] if c else None for ref, c in zip(own_reference, cites.tolist(), strict=True)],
            dtype=pl.List(pl.String),
        ),
    )
    made: Bundle = {"reports": reports}
    for name in ("offences", "occasions", "people"):
        made[name] = bundle[name].filter(pl.col("report_id").is_in(old))
    people = made["people"]
    record_ids = people["record_id"].to_list()
    records: dict[str, str] = {
        f"{force.source}:Q{cell.number:03d}{k:06d}": record for k, record in enumerate(record_ids)
    }
    changed = {
        "record_id": pl.Series(list(records), dtype=pl.String),
        "source_person_ref": pl.Series([None] * len(records), dtype=pl.String),
    }
    rate = force.habits.marginals.name_error * 0.5
    for name in ("forenames", "surname"):
        values = people[name].to_list()
        typed = np.flatnonzero(chance(rng, rate, len(values))).tolist()
        recording_errors.apply(values, typed, slip, recording_errors.typo)
        changed[name] = pl.Series(values, dtype=pl.String)
    made["people"] = people.with_columns(**changed)
    made = {
        name: table.with_columns(pl.col("report_id").replace_strict(renamed)) for name, table in made.items()
    }
    made["safe_contacts"] = bundle["safe_contacts"].clear()
    return PassedOn(
        force=force,
        bundle=habits.apply(rng, force, made),
        reports={b: a for a, b in renamed.items()},
        records=records,
    )
