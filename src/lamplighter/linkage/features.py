"""Person records as the columns that the comparison levels look at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from lamplighter.linkage.names import called, formal_names, sound, stem, words

LIST_COLUMNS = ("phones", "emails", "handles", "vehicles", "match_tokens", "nicknames")
TEXT_COLUMNS = (
    "role", "relationship", "descriptor", "surname", "forenames", "sex", "ethnicity", "address_text",
    "postcode", "town", "pnc_id", "cro", "source_person_ref", "report_id",
)  # fmt: skip

FEATURE_SCHEMA = pl.Schema(
    {
        "record_id": pl.String(),
        "report_id": pl.String(),
        "source": pl.String(),
        "role": pl.String(),
        "relationship": pl.String(),
        "recorded_as": pl.String(),
        "first": pl.String(),
        "middle": pl.String(),
        "given": pl.List(pl.String()),
        "first_class": pl.List(pl.String()),
        "first_ph": pl.String(),
        "first_stem": pl.String(),
        "sur": pl.String(),
        "sur_parts": pl.List(pl.String()),
        "sur_ph": pl.String(),
        "birth_date": pl.String(),
        "born_from": pl.Date(),
        "born_to": pl.Date(),
        "sex": pl.String(),
        "eth": pl.String(),
        "eth_group": pl.String(),
        "phones": pl.List(pl.String()),
        "tokens": pl.List(pl.String()),
        "emails": pl.List(pl.String()),
        "handles": pl.List(pl.String()),
        "handle_cores": pl.List(pl.String()),
        "platforms": pl.List(pl.String()),
        "handle_text": pl.String(),
        "dwelling": pl.String(),
        "postcode": pl.String(),
        "outward": pl.String(),
        "town": pl.String(),
        "vrms": pl.List(pl.String()),
        "vrm_parts": pl.List(pl.String()),
        "vrm_prefixes": pl.List(pl.String()),
        "pnc": pl.String(),
        "cro": pl.String(),
        "nominal": pl.String(),
    }
)

_STREETS = {
    "road": "rd", "street": "st", "avenue": "ave", "av": "ave", "lane": "ln", "close": "cl",
    "crescent": "cres",
    "court": "ct", "drive": "dr", "gardens": "gdns", "place": "pl", "terrace": "ter", "square": "sq",
    "grove": "gr", "way": "wy", "apartment": "flat", "apt": "flat",
}  # fmt: skip
_FULL_MARK = re.compile(r"^(?:[A-Z]{2}\d{2}[A-Z]{3}|[A-Z]\d{1,3}[A-Z]{3}|[A-Z]{3}\d{1,3}[A-Z])$")
_POSTCODE = re.compile(r"^([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})?$")


def prepare(people: pl.DataFrame, reports: pl.DataFrame | None = None) -> pl.DataFrame:
    """Features of every record of ``people``, in the same order, with :data:`FEATURE_SCHEMA`.

    ``people`` needs ``record_id``; every other column of the schema of records is used when it
    is there. ``reports`` gives the date at which an age was true; without it ages are not used
    (birth dates are). Raises ``ValueError`` when ``record_id`` is missing or repeated.
    """
    frame = _complete(people)
    if reports is not None and reports.height and "reported_at" in reports.columns:
        wanted = [c for c in ("report_id", "source", "reported_at", "recorded_as") if c in reports.columns]
        dated = reports.select(wanted).unique("report_id", keep="last")
        dated = dated.with_columns(pl.col("reported_at").cast(pl.Date))
        frame = frame.drop("source", "recorded_as", strict=False).join(
            dated, on="report_id", how="left", maintain_order="left"
        )
    for name, kind in (("source", pl.String()), ("recorded_as", pl.String()), ("reported_at", pl.Date())):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=kind).alias(name))
    frame = _names(frame)
    frame = frame.with_columns(*_births(), *_contacts(), *_identifiers())
    frame = frame.join(
        _dwellings(frame["address_text"]), on="address_text", how="left", maintain_order="left"
    )
    frame = frame.join(_postcodes(frame["postcode"]), on="postcode", how="left", maintain_order="left")
    frame = frame.with_columns(postcode=pl.col("full_postcode"), town=_town())
    frame = frame.join(_prefixes(frame["vehicles"]), on="vehicles", how="left", maintain_order="left")
    return frame.select([pl.col(n).cast(t) for n, t in FEATURE_SCHEMA.items()])


def _complete(people: pl.DataFrame) -> pl.DataFrame:
    if "record_id" not in people.columns:
        raise ValueError("A frame of people needs a column 'record_id'.")
    if people["record_id"].n_unique() != people.height:
        raise ValueError("Each 'record_id' must appear once.")
    missing: list[pl.Expr] = []
    for name in TEXT_COLUMNS:
        if name not in people.columns:
            missing.append(pl.lit(None, dtype=pl.String()).alias(name))
    for name in LIST_COLUMNS:
        if name not in people.columns:
            missing.append(pl.lit(None, dtype=pl.List(pl.String())).alias(name))
    for name, kind in (("birth_date", pl.Date()), ("age_from", pl.Int64()), ("age_to", pl.Int64())):
        if name not in people.columns:
            missing.append(pl.lit(None, dtype=kind).alias(name))
    return people.with_columns(missing)


def _by_value(values: pl.Series, rows: Sequence[tuple[Any, ...]], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={values.name: pl.String(), **schema}, orient="row")


def _names(frame: pl.DataFrame) -> pl.DataFrame:
    key = pl.struct("forenames", "surname", "nicknames")
    distinct = frame.select(key.alias("n")).unique().unnest("n")
    rows = [
        (f, s, a, *_name_features(f, s, tuple(a or ())))
        for f, s, a in zip(
            distinct["forenames"], distinct["surname"], distinct["nicknames"].to_list(), strict=True
        )
    ]
    texts = pl.List(pl.String())
    schema = {
        "forenames": pl.String(), "surname": pl.String(), "nicknames": texts,
        "first": pl.String(), "middle": pl.String(), "given": texts, "first_class": texts,
        "first_ph": pl.String(), "first_stem": pl.String(),
        "sur": pl.String(), "sur_parts": texts, "sur_ph": pl.String(),
    }  # fmt: skip
    table = pl.DataFrame(rows, schema=schema, orient="row")
    on = ["forenames", "surname", "nicknames"]
    return frame.join(table, on=on, how="left", nulls_equal=True, maintain_order="left")


def _name_features(forenames: str | None, surname: str | None, nicknames: tuple[str, ...]) -> tuple[Any, ...]:
    given, family = words(forenames), words(surname)
    also = [w for n in nicknames if (w := called(n))]
    first = given[0] if given else (also[0] if also else None)
    names = dict.fromkeys([*([first] if first else []), *also])
    classes = sorted({c for n in names for c in formal_names(n)})
    others = sorted({w for w in (*given, *also) if len(w) > 1})
    joined = "".join(family) or None
    middle = given[1] if len(given) > 1 else None
    return first, middle, others, classes, sound(first), stem(first), joined, family, sound(joined)


def _births() -> list[pl.Expr]:
    low, high = pl.col("age_from"), pl.coalesce("age_to", "age_from")
    exact = pl.col("birth_date")
    return [
        exact.dt.to_string("%Y-%m-%d").alias("birth_date"),
        pl.coalesce(exact, _years_before(high + 1).dt.offset_by("1d")).alias("born_from"),
        pl.coalesce(exact, _years_before(low)).alias("born_to"),
    ]


def _years_before(years: pl.Expr) -> pl.Expr:
    """The day so many years before the report; an age is a whole number from 0 to 120."""
    return pl.col("reported_at").dt.offset_by(pl.format("{}mo", -12 * years.clip(0, 120)))


def _some(values: pl.Expr) -> pl.Expr:
    kept = values.list.drop_nulls().list.unique(maintain_order=True)
    return pl.when(kept.list.len() > 0).then(kept)


def _contacts() -> list[pl.Expr]:
    core = pl.element().str.split_exact(":", 1).struct.field("field_1")
    platform = pl.element().str.split_exact(":", 1).struct.field("field_0")
    full = pl.element().str.contains(_FULL_MARK.pattern)
    marks = pl.col("vehicles")
    return [
        _some(pl.col("phones")).alias("phones"),
        _some(pl.col("match_tokens")).alias("tokens"),
        _some(pl.col("emails")).alias("emails"),
        _some(pl.col("handles")).alias("handles"),
        _some(pl.col("handles").list.eval(core)).alias("handle_cores"),
        _some(pl.col("handles").list.eval(platform)).alias("platforms"),
        _some(pl.col("handles").list.eval(core)).list.join(" ").alias("handle_text"),
        _some(marks.list.eval(pl.element().filter(full))).alias("vrms"),
        _some(marks.list.eval(pl.element().filter(~full).str.strip_chars("*"))).alias("vrm_parts"),
    ]


def _identifiers() -> list[pl.Expr]:
    eth = pl.when(pl.col("ethnicity") != "NS").then(pl.col("ethnicity"))
    sex = pl.when(pl.col("sex").is_in(["male", "female"])).then(pl.col("sex"))
    return [
        sex.alias("sex"),
        pl.when(eth.str.len_chars() > 1).then(eth).alias("eth"),
        eth.str.slice(0, 1).alias("eth_group"),
        pl.col("pnc_id").alias("pnc"),
        pl.col("cro").alias("cro"),
        pl.format("{}:{}", "source", "source_person_ref").alias("nominal"),
    ]


def _town() -> pl.Expr:
    return pl.col("town").str.to_lowercase().str.strip_chars().replace("", None)


def _dwellings(addresses: pl.Series) -> pl.DataFrame:
    distinct = addresses.drop_nulls().unique()
    return _by_value(addresses, [(a, dwelling(a)) for a in distinct], {"dwelling": pl.String()})


def dwelling(address: str) -> str | None:
    """A key for the dwelling: flat, house number and street, abbreviated alike; ``None`` without a
    number. The town is left out, since one system writes it in the line and another does not."""
    parts = [p.strip() for p in address.lower().replace(".", " ").split(",") if p.strip()]
    kept: list[str] = []
    for part in parts:
        tokens = [_STREETS.get(t, t) for t in re.findall(r"[a-z]+|\d+[a-z]?", part)]
        if any(t[0].isdigit() for t in tokens):
            kept.append(" ".join(tokens[:4]))
    if not kept:
        return None
    line = " ".join(kept)
    # 'flat 4 23 cromwell ter stowbridge': cut after the kind of street, where one is given.
    found = re.match(rf"^(.*?\d.*?\b(?:{'|'.join(sorted(set(_STREETS.values()) - {'flat'}))})\b)", line)
    return found[1] if found else line


def _prefixes(values: pl.Series) -> pl.DataFrame:
    """Beginnings, from three characters on, of every mark: a partial mark fits one of them."""
    rows = []
    for marks in values.drop_nulls().unique():
        plain = [m.rstrip("*") for m in marks if m]
        found = sorted({m[:n] for m in plain for n in range(3, len(m) + 1)})
        if found:
            rows.append((list(marks), found))
    texts = pl.List(pl.String())
    return pl.DataFrame(rows, schema={values.name: texts, "vrm_prefixes": texts}, orient="row")


def _postcodes(values: pl.Series) -> pl.DataFrame:
    rows = []
    for value in values.drop_nulls().unique():
        found = _POSTCODE.match(value.strip().upper())
        outward, inward = (found[1], found[2]) if found else (None, None)
        rows.append((value, f"{outward} {inward}" if inward else None, outward))
    return _by_value(values, rows, {"full_postcode": pl.String(), "outward": pl.String()})
