"""Only codes leave: a coded cell that holds anything else is emptied, whatever stood in the hub's column."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from lamplighter.hub.insight.export.events import Event
from lamplighter.study_bundle.schema import codes_of, kinds, tables


def only_codes(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The frame with every coded column held to its code set; rows without a code that they need go."""
    columns = tables()[table].columns
    coded = [c for c in columns.values() if c.codes and c.kind == "code" and c.name in frame.columns]
    out = frame.with_columns(
        pl.when(pl.col(c.name).is_in(sorted(codes_of(c.codes or "")))).then(pl.col(c.name)).alias(c.name)
        for c in coded
    )
    return out.drop_nulls([c.name for c in coded if c.required])


def only_known(event: Event) -> Event | None:
    """The event with codes of its kind alone; ``None`` without one that the kind needs."""
    uses = kinds()[event.kind].uses
    told = {"code": event.code, "status": event.status, "answer": event.rest.get("answer")}
    kept: dict[str, str | None] = {}
    for column, value in told.items():
        use = uses.get(column)
        known = value if value is not None and use and use.codes and value in codes_of(use.codes) else None
        if known is None and use and use.required:
            return None
        kept[column] = known
    rest = dict(event.rest)
    if "answer" in rest:
        rest["answer"] = kept["answer"]
    if rest.get("reasons"):
        use = uses.get("reasons")
        allowed = codes_of(use.codes) if use and use.codes else frozenset()
        rest["reasons"] = [x for x in rest["reasons"] if x in allowed] or None
    return replace(event, code=kept["code"], status=kept["status"], rest=rest)
