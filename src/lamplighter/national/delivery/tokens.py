"""Make exact keyed tokens of strong identifiers, for an agency that may not send names, and match on them.

A token is a keyed hash of one identifier in its canonical form: a telephone, an e-mail address, a PNC id, a
CRO number, or a date of birth with the sound of the surname and the first letter of the first name. Forces
and the agency make them under one key, which the linker does not hold: it sees that two are alike and nothing
more. A slip in any digit makes another token, so that fewer people are found than by names; the page says how
many.
"""

from __future__ import annotations

import polars as pl

from lamplighter.linkage.features.names import sound, words
from lamplighter.national.delivery.keys import Key

KINDS = ("pnc", "cro", "born", "phone", "email")
"""The kinds of tokens, the surest first."""
SCHEMA = pl.Schema({"record_id": pl.String(), "kind": pl.String(), "token": pl.String()})


def tokens_of(people: pl.DataFrame, key: Key) -> pl.DataFrame:
    """Return the tokens of each record that has any (:data:`SCHEMA`), in order.

    ``people``: record_id and the fields of the schema of records that there are.
    """
    told = [frame for kind in KINDS if (frame := _values(people, kind)) is not None]
    if not told:
        return pl.DataFrame(schema=SCHEMA)
    every = pl.concat(told).drop_nulls("value").unique(["record_id", "kind", "value"])
    distinct = every.select("kind", "value").unique().sort("kind", "value")
    said = distinct.select(pl.concat_str("kind", "value", separator="\x1f")).to_series().to_list()
    named = distinct.with_columns(token=pl.Series(key.token_texts(said), dtype=pl.String()))
    return every.join(named, on=["kind", "value"]).select(list(SCHEMA)).sort(list(SCHEMA))


def _values(people: pl.DataFrame, kind: str) -> pl.DataFrame | None:
    """Return record_id, kind and the value of each identifier of a kind; None where there is no column."""
    lists = {"phone": "phones", "email": "emails"}
    texts = {"pnc": "pnc_id", "cro": "cro"}
    if (column := lists.get(kind)) in people.columns and column is not None:
        found = people.select("record_id", value=pl.col(column)).explode("value")
    elif (column := texts.get(kind)) in people.columns and column is not None:
        found = people.select("record_id", value=pl.col(column))
    elif kind == "born" and {"birth_date", "surname", "forenames"} <= set(people.columns):
        found = _births(people)
    else:
        return None
    return found.select("record_id", kind=pl.lit(kind), value="value")


def _births(people: pl.DataFrame) -> pl.DataFrame:
    known = people.select("record_id", "birth_date", "surname", "forenames").drop_nulls()
    names = known.select("surname", "forenames").unique()
    told = [_called(surname, given) for surname, given in names.iter_rows()]
    both = names.with_columns(called=pl.Series(told, dtype=pl.String())).drop_nulls("called")
    return known.join(both, on=["surname", "forenames"]).select(
        "record_id", value=pl.col("birth_date").dt.to_string("%Y-%m-%d") + "|" + pl.col("called")
    )


def _called(surname: str, forenames: str) -> str | None:
    heard, given = sound("".join(words(surname))), words(forenames)
    return f"{heard}|{given[0][0]}" if heard and given else None
