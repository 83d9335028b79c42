"""Names as given, told apart from words that stand in for a name."""

from __future__ import annotations

import re

import polars as pl

from lamplighter.records.canonical.outcome import Outcome

_STRONG = (
    "unknown|unk|un-known|unidentified|anonymous|anon|stranger|not known|not stated|not given"
    "|no name|name not known|refused"
    "|ex|ex[- ]?(?:partner|husband|wife|boyfriend|girlfriend|bf|gf|fiance|fiancee|spouse)"
)
_WEAK = (
    "partner|husband|wife|boyfriend|girlfriend|neighbou?r|male|female|man|woman|boy|girl|person|customer|client|manager"
    "|colleague|co-?worker|mother|father|brother|sister|friend|caller|offender|suspect|victim|witness|informant"
    "|youth|youths|group|adult|driver|passenger|staff|security|guard|owner|landlord|tenant|ip|vic|susp|agg"
    "|white|black|asian|the|a|an|of|by|his|her|their|new|old|next|door|and|or|with|to|in|former|current|x|no|1|2|3|one|two"
)
#: Words that stand in for a name; at least one strong word, or two words in all, or no other name beside it.
_DESCRIBES = rf"(?i)^(?:(?:{_STRONG}|{_WEAK})(?:[\s/\-,.()]+|$))+$"
_HAS_STRONG = rf"(?i)(?:^|[\s/\-,.(])(?:{_STRONG})(?:[\s/\-,.)]|$)"
_ONE_LETTER = r"^\p{L}$"
_NOTHING = r"(?i)^(?:null|none|nil|n/?a|n/?k|nk|not applicable|tbc|tba|blank|empty|[?\-.*_/\\x0]+)$"


def tidy(column: str) -> pl.Expr:
    """Trimmed, one space between words, typographic apostrophes made plain, characters that nobody sees
    taken out, cells that say nothing made null.
    """
    text = (
        pl.col(column)
        .cast(pl.String)
        .str.replace_all("[\u200b-\u200f\u2060\ufeff\u00ad]", "")
        .str.replace_all("[’‘`´]", "'")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars(' \t,;:"“”')
    )
    return (
        pl.when(text.str.contains(_NOTHING) & ~text.str.contains(_ONE_LETTER) | (text == ""))
        .then(None)
        .otherwise(text)
    )


#: A form of address before a name is no name.
_TITLE = r"(?i)^(?:mr|mrs|ms|miss|mx|dr|sir|rev|prof|messrs)\.?(?:\s+|$)"
#: What follows is another name of the same person: a birth name, or what people call her.
_ALSO = (
    r"(?i)\s*[(\[]?\s*\b(?:n[eé]e|formerly|previously|maiden name|a\.?k\.?a\.?|known as)\b[:.]?"
    r"\s+([\p{L}][\p{L}'\- ]*)[)\]]?\s*$"
)


def names(surname: pl.Series, forenames: pl.Series) -> tuple[Outcome, Outcome, Outcome]:
    """Surname, forenames and descriptor.

    'UNKNOWN' and 'Ex Partner' are no names and go to the descriptor. A word
    such as 'Friend' that is also a surname stays a name when another name
    stands beside it. A form of address and a birth name ('Smith nee Jones') are taken off
    (:func:`other_names` gives the latter), and 'SMITH, JANE' in one cell is parted.
    """
    frame = pl.DataFrame({"s": surname.cast(pl.String), "f": forenames.cast(pl.String)}).select(
        _bare(tidy("s")).alias("s"), _bare(tidy("f")).alias("f")
    )
    comma = r"^([\p{L}'\- ]+),\s*([\p{L}'\- ]+)$"
    both = pl.col("f").is_null() & pl.col("s").str.contains(comma)
    frame = frame.with_columns(
        pl.when(both).then(pl.col("s").str.extract(comma, 1)).otherwise("s").alias("s"),
        pl.when(both).then(pl.col("s").str.extract(comma, 2)).otherwise("f").alias("f"),
    )

    def describes(this: str, other: str) -> pl.Expr:
        words = pl.col(this).str.contains(_DESCRIBES) & ~pl.col(this).str.contains(_ONE_LETTER)
        strong = pl.col(this).str.contains(_HAS_STRONG)
        alone = pl.col(other).is_null() | pl.col(other).str.contains(_DESCRIBES)
        return (words & (strong | alone)).fill_null(False)

    found = frame.select(
        pl.when(describes("s", "f")).then(None).otherwise(pl.col("s")).alias("surname"),
        pl.when(describes("f", "s")).then(None).otherwise(pl.col("f")).alias("forenames"),
        pl.concat_str(
            pl.when(describes("f", "s")).then(pl.col("f").str.to_lowercase()),
            pl.when(describes("s", "f")).then(pl.col("s").str.to_lowercase()),
            separator=" ",
            ignore_nulls=True,
        ).alias("descriptor"),
    ).with_columns(pl.when(pl.col("descriptor") == "").then(None).otherwise("descriptor").alias("descriptor"))
    return Outcome(found["surname"]), Outcome(found["forenames"]), Outcome(found["descriptor"])


#: Words that belong to the surname behind them.
_PARTICLE = (
    r"(?i)^(?:de|da|di|del|della|der|den|van|von|ter|ten|la|le|st\.?|mac|mc|al|el|bin|ibn|ben|bint|abu|o'?"
    r"|dos|das|du)$"
)


def whole_names(text: pl.Series, *, surname_first: bool = False) -> tuple[Outcome, Outcome, Outcome]:
    """Surname, forenames and descriptor out of whole names.

    'NAIR, Priya' is parted at its comma; of 'Priya NAIR' and 'NAIR Priya' the word in capitals is the
    surname. Otherwise it is the last word with what belongs to it ('van Dyk'), or the first one with
    ``surname_first``. One word alone is a forename: what people are called when no more is known.
    """
    frame = pl.DataFrame({"t": text.cast(pl.String)}).select(_bare(tidy("t")).alias("t"))
    # Words that stand in for a name stay together; Polars takes linear time whatever the cell holds.
    described = frame["t"].str.contains(_DESCRIBES).fill_null(False)
    parted = [
        (None, cell) if cell is None or stays else _parted(cell, surname_first)
        for cell, stays in zip(frame["t"].to_list(), described.to_list(), strict=True)
    ]
    surnames = pl.Series([s for s, _ in parted], dtype=pl.String)
    return names(surnames, pl.Series([f for _, f in parted], dtype=pl.String))


def _parted(cell: str, surname_first: bool) -> tuple[str | None, str | None]:
    """Surname and forenames of one whole name."""
    if "," in cell:
        surname, _, forenames = cell.partition(",")
        return surname.strip() or None, forenames.strip() or None
    words = cell.split()
    if len(words) < 2:
        return None, cell
    capitals = [len(w) > 1 and w.isupper() for w in words]
    if any(capitals) and not all(capitals):
        if capitals[-1]:
            at = next(i for i in range(len(words)) if all(capitals[i:]))
            return " ".join(words[at:]), " ".join(words[:at]) or None
        if capitals[0]:
            at = capitals.index(False)
            return " ".join(words[:at]), " ".join(words[at:])
    if surname_first:
        at = next((i for i, w in enumerate(words[:-1]) if not re.match(_PARTICLE, w)), 0) + 1
        return " ".join(words[:at]), " ".join(words[at:])
    at = len(words) - 1
    while at > 1 and re.match(_PARTICLE, words[at - 1]):
        at -= 1
    return " ".join(words[at:]), " ".join(words[:at])


_LETTERS = "A-Za-zÀ-ÖØ-öø-ž"
_PLAIN = re.compile(f"[{_LETTERS}]+(?:['\\- ][{_LETTERS}]+)*")
_SAYS_MORE = tuple(re.compile(p.replace(r"\p{L}", _LETTERS)) for p in (_DESCRIBES, _NOTHING, _TITLE, _ALSO))
_LONGEST = 100  # characters of which Python is asked


def is_plainly_a_name(text: str) -> bool:
    """Tell whether :func:`names` certainly leaves this surname, or these forenames, as they are.

    ``False`` says nothing: most of what is asked about further are names after all.
    """
    plain = len(text) <= _LONGEST and _PLAIN.fullmatch(text)
    return bool(plain) and not any(pattern.search(text) for pattern in _SAYS_MORE)


def _bare(name: pl.Expr) -> pl.Expr:
    """Without a form of address before it and a birth name behind it; null when nothing else is left."""
    bare = name.str.replace(_ALSO, "").str.replace(_TITLE, "").str.strip_chars()
    return pl.when(bare == "").then(None).otherwise(bare)


def other_names(text: pl.Series) -> Outcome:
    """Return the other names that a cell of a name gives: 'Smith (nee Jones)' to ['Jones']."""
    found = pl.col("t").str.extract(_ALSO, 1).str.strip_chars()
    frame = pl.DataFrame({"t": text.cast(pl.String)})
    return Outcome(frame.select(pl.when(found.is_not_null()).then(pl.concat_list(found))).to_series())


def nicknames(text: pl.Series) -> Outcome:
    """Cells to lists of nicknames: 'Baz / Bazza' to ['Baz', 'Bazza']."""
    frame = pl.DataFrame({"t": text.cast(pl.String)})
    pieces = (
        pl.col("t")
        .str.replace_all(r"(?i)\b(?:a\.?k\.?a\.?|known as|alias)\b[:.]?", ";")
        .str.replace_all(r"[;,/|\n]|\s+(?:or|and)\s+", ";")
        .str.split(";")
        .list.eval(pl.element().str.replace_all(r"\s+", " ").str.strip_chars(" \t\"'“”‘’()."))
        .list.eval(pl.element().filter((pl.element() != "") & ~pl.element().str.contains(_NOTHING)))
    )
    value = frame.select(pieces.list.unique(maintain_order=True).alias("v")).select(
        pl.when(pl.col("v").list.len() > 0).then("v").otherwise(None)
    )
    return Outcome(value.to_series())


def is_descriptor(text: str) -> bool:
    """Tell whether words stand in for a name: 'unknown male', 'ex partner'."""
    return (
        names(pl.Series([text], dtype=pl.String), pl.Series([None], dtype=pl.String))[2].value[0] is not None
    )
