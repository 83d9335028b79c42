"""The people and safe-contact tables of one part of the world."""

from __future__ import annotations

import json

import numpy as np
import polars as pl

from lamplighter.records.schema import TABLES_BY_NAME
from lamplighter.synthetic.reports import person_rows as w
from lamplighter.synthetic.reports.recorded_ages import NO_DATE
from lamplighter.synthetic.sampling import columns as col
from lamplighter.synthetic.sampling.draws import chance
from lamplighter.synthetic.worlds import code_words
from lamplighter.synthetic.worlds.cell import Cell

_LISTS = {
    "nicknames": ("nickname",),
    "phones": ("mobile", "landline"),
    "emails": ("email",),
    "handles": ("handle",),
    "vehicles": ("vehicle",),
    "vehicle_descriptions": ("vehicle_description",),
}
_PLAIN = ("surname", "forenames", "descriptor", "address_text", "postcode", "town", "uprn", "pnc_id")
_SAFE_TIMES = ("any", "mornings", "after 6pm", "weekdays 10-2")


def people(cell: Cell, report_ids: list[str], record_ids: list[str]) -> pl.DataFrame:
    """One row a person record, columns of the schema."""
    c, rec, rows = cell.config, cell.recorded, cell.rows
    # A helpline keeps the client's own number as a safe contact: it is not passed on.
    private = (cell.reports.agency[rows.report] == c.forces) & (rows.role == w.VICTIM)
    shown = {name: col.texts(values) for name, values in rec.columns.items()}
    for name in ("mobile", "landline"):
        shown[name] = col.where(~private, shown[name])
    n = len(rows)
    relationship = col.lookup(code_words.RELATIONSHIP_CODES, rows.relationship)
    frame = pl.DataFrame(
        {
            "record_id": col.texts(record_ids),
            "report_id": col.lookup(report_ids, rows.report),
            "role": col.texts(code_words.roles(cell)),
            "relationship": relationship,
            "relationship_raw": relationship,
            "birth_date": col.where(
                rec.born != NO_DATE, col.dates(np.where(rec.born == NO_DATE, 0, rec.born))
            ),
            "age_from": col.where(rec.age_from >= 0, pl.Series(rec.age_from)),
            "age_to": col.where(rec.age_to >= 0, pl.Series(rec.age_to)),
            "sex": col.lookup(code_words.SEX_CODES, rec.sex),
            "ethnicity": col.lookup(list(c.marginals.ethnicities), rec.ethnicity),
            "source_person_ref": col.texts(code_words.nominal_refs(cell)),
            "match_tokens": col.lists([()] * n),
            "cro": col.texts([None] * n),
            "raw": col.texts(["{}"] * n),
            **{name: shown[name] for name in _PLAIN},
            **{name: col.gathered(*[shown[x] for x in parts]) for name, parts in _LISTS.items()},
        }
    )
    return frame.select(TABLES_BY_NAME["people"].columns)


def safe_contacts(cell: Cell, rng: np.random.Generator, record_ids: list[str]) -> pl.DataFrame:
    """Return how clients of the helpline may be reached safely."""
    agency = cell.reports.agency[cell.rows.report]
    rows = np.flatnonzero((agency == cell.config.forces) & (cell.rows.role == w.VICTIM))
    leave = chance(rng, 0.4, len(rows)).tolist()
    when = rng.integers(0, len(_SAFE_TIMES), len(rows)).tolist()
    mobile = cell.recorded.columns["mobile"]
    return pl.DataFrame(
        {
            "record_id": [record_ids[i] for i in rows.tolist()],
            "agency": ["helpline"] * len(rows),
            "details": [
                json.dumps({"phone": mobile[i], "leave_message": m, "best_time": _SAFE_TIMES[t]})
                for i, m, t in zip(rows.tolist(), leave, when, strict=True)
            ],
        },
        schema=TABLES_BY_NAME["safe_contacts"].polars_schema,
    )
