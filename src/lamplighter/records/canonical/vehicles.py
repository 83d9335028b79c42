"""Registration marks, whole and partial, and the words that describe a vehicle."""

from __future__ import annotations

import polars as pl

from lamplighter.records.canonical.outcome import Outcome

#: Whole marks: current style, prefix, suffix, Northern Ireland, dateless with three or four digits.
_WHOLE = (
    r"\b([A-Z]{2}[0-9]{2} ?[A-Z]{3}|[A-Z][0-9]{1,3} ?[A-Z]{3}|[A-Z]{3} ?[0-9]{1,3}[A-Z]"
    r"|[A-Z]{2,3} ?[0-9]{4}|[0-9]{4} ?[A-Z]{2,3})\b"
)
#: What an officer writes down of a mark half seen: TT13, TM21K, 21KDT, KDT, UE.
_PARTIAL = r"(?:[A-Z]{2}[0-9]{1,2}[A-Z]{0,2}|[0-9]{1,2}[A-Z]{1,3}|[A-Z][0-9]{1,3}[A-Z]{0,2}|[A-Z]{2,3})"
#: Short words in capitals that name a make or a model and are no part of a mark.
NOT_MARKS = [
    "BMW",
    "VW",
    "MG",
    "KIA",
    "BYD",
    "GT",
    "TT",
    "TDI",
    "GTI",
    "SUV",
    "DS",
    "UK",
    "RS",
    "AMG",
    "LDV",
    "JCB",
    "MK",
    "GTD",
    "HGV",
    "LGV",
    "MPV",
    "SEAT",
    "FIAT",
    "X1",
    "X3",
    "X5",
    "X6",
    "A1",
    "A2",
    "A3",
    "A4",
    "A5",
    "A6",
    "A7",
    "A8",
    "Q2",
    "Q3",
    "Q5",
    "Q7",
    "C1",
    "C2",
    "C3",
    "C4",
    "I3",
    "I10",
    "I20",
    "I30",
    "M3",
    "M4",
    "M5",
    "ZS",
    "HS",
    "CLA",
    "GLA",
    "GLC",
    "ID3",
    "ID4",
    "KA",
    "UP",
    # Words that are no part of a mark, met where a whole cell is in capitals.
    "CAR",
    "VAN",
    "BUS",
    "CAB",
    "RED",
    "OLD",
    "NEW",
    "BIG",
    "THE",
    "AND",
    "NOT",
    "ONE",
    "TWO",
    "UNK",
    "NK",
    "NA",
    "NIL",
    "TBC",
    "REG",
    "VRM",
    "DR",
]
_COLOURS = (
    "black|white|silver|grey|gray|red|blue|green|yellow|orange|brown|purple|gold|beige|maroon|dark|light"
    "|pink|cream|bronze"
)
_VAGUE = r"(?i)^(unknown|unk|not known|none|none seen|not seen|no vehicle|nil|n/?k|u/?k|n/?a|tbc|on foot)$"


def vehicles(text: pl.Series) -> tuple[Outcome, Outcome]:
    """Marks and descriptions out of one cell each: 'KDT silver BMW 3 Series' gives 'KDT*' and 'silver
    BMW 3 Series'.

    A partial mark ends with ``*`` whichever part of the mark it is. A cell with several whole marks gives
    them all.
    """
    raw = pl.col("t").str.replace_all(r"[\s,;()]+", " ").str.strip_chars()
    frame = pl.DataFrame({"t": text.cast(pl.String)}).select(
        pl.when(raw.str.contains(_VAGUE) | (raw == "")).then(None).otherwise(raw).alias("t")
    )
    whole = pl.col("t").str.to_uppercase().str.extract(_WHOLE, 1)
    # A make with a model number ('Ford 2000') is no mark: whole marks must not start or end with a known
    # word.
    whole = (
        pl.when(whole.str.extract(r"^([A-Z0-9]+?) ?\d{4}$", 1).is_in(NOT_MARKS)).then(None).otherwise(whole)
    )
    frame = frame.with_columns(whole.alias("whole"))
    first = pl.col("t").str.extract(rf"^({_PARTIAL})\*?(?:$| )", 1)
    last = pl.col("t").str.extract(rf"(?:^| )({_PARTIAL})\*?$", 1)
    lower = pl.col("t").str.to_uppercase().str.extract(rf"^({_PARTIAL})\*?$", 1)
    partial = pl.coalesce(*(pl.when(~e.is_in(NOT_MARKS)).then(e) for e in (first, last, lower)))
    described = pl.col("t").str.contains(rf"(?i)^(?:{_COLOURS})\b")
    partial = (
        pl.when(pl.col("whole").is_not_null())
        .then(None)
        # After a description only a part with a digit, or three letters, is a mark: 'red Ford KA' is a car.
        .when(described & ~last.str.contains(r"[0-9]|^[A-Z]{3}$"))
        .then(None)
        .otherwise(partial)
    )
    frame = frame.with_columns(partial.alias("partial"))
    upper = pl.col("t").str.to_uppercase()
    mark = pl.coalesce(pl.col("whole"), pl.col("partial"))
    start = upper.str.find(mark, literal=True)
    before = pl.col("t").str.slice(0, start)
    after = pl.col("t").str.slice(start + mark.str.len_chars())
    rest = (
        pl.when(mark.is_not_null())
        .then((before + pl.lit(" ") + after).str.replace_all(r"[\s*]+", " ").str.strip_chars(" -/:"))
        .otherwise(pl.col("t"))
    )
    rest = pl.when(rest.str.len_chars() > 1).then(rest).otherwise(None)
    clean = pl.coalesce(pl.col("whole").str.replace_all(" ", ""), pl.col("partial") + pl.lit("*"))
    further = rest.fill_null("").str.to_uppercase().str.extract_all(_WHOLE)
    further = (
        pl.when(pl.col("whole").is_not_null()).then(further.list.eval(pl.element().str.replace_all(" ", "")))
    ).otherwise(pl.lit([], pl.List(pl.String)))
    words = (
        pl.when(further.list.len() > 0)
        .then(rest.str.replace_all(f"(?i){_WHOLE}", "").str.replace_all(r"\s+", " ").str.strip_chars(" -/:"))
        .otherwise(rest)
    )
    lists = frame.select(
        pl.when(clean.is_not_null()).then(pl.concat_list(clean, further).list.unique(maintain_order=True)),
        pl.when(words.str.len_chars() > 1).then(pl.concat_list(words)).alias("words"),
    )
    return Outcome(lists.to_series(0)), Outcome(lists["words"])


def vrm(text: str) -> str | None:
    """Return the registration mark in one cell, 'TM21KDT', or a partial one, 'KDT*', or ``None``."""
    found = vehicles(pl.Series([text], dtype=pl.String))[0].value[0]
    return None if found is None else str(found[0])
