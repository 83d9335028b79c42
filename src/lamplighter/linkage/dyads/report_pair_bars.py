"""Make the bars that explain a pair of reports: what speaks for and against each party, and for both at
once."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.linkage.comparisons.weight_bars import BAR, CONTEXT_WORDS, NOTHING, TOGETHER, TOLD, WORD

SAME = "same_victim_same_suspect"
OTHER_VICTIM = "same_suspect_other_victim"
OTHER_SUSPECT = "same_victim_other_suspect"
UNCLEAR = "same_victim_suspect_unclear"
COUNTER = "counter_report"
SIGNS = {SAME: (1, 1), COUNTER: (1, 1), OTHER_VICTIM: (-1, 1), OTHER_SUSPECT: (1, -1), UNCLEAR: (1, 1)}
"""Which party speaks for (+) or against (-) each relation: (first, second)."""
PARTIES = ("a", "b")
BESIDE = ("parted", "agreed", "rivals")
"""What other records than the two that are compared add to a party: of the two persons' other records, of
those that agree, and of others who fit as well."""
LEAST_REASON = 1.0
_USUAL = ("Victim", "Suspect")
_CALLED = {COUNTER: ("Victim of one, suspect of the other", "Suspect of one, victim of the other")}
_COLUMNS = ("at", "order", "party", "comparison", "title", "level", "words", "weight")


def explained(told: pl.DataFrame, levels: pl.Series) -> pl.DataFrame:
    """Bars (``levels``), their sum (``weight``) and ``reasons`` of each row: both parties' bars, signed, and
    a last one for the two having to hold together.

    ``told`` has ``at`` (0, 1, ...), ``relation``, and of each party ``a`` and ``b`` its bits, what of these
    each of :data:`BESIDE` adds (``a_parted``, ...), its sign (``a_sign``) and the row of its pair of records
    in ``levels`` (``a_row``, null where there is none).
    """
    told = told.with_columns(levels.gather(told[f"{slot}_row"]).alias(f"{slot}_levels") for slot in PARTIES)
    parts = [_both(told)]
    for which, slot in enumerate(PARTIES):
        kept = told.filter(pl.col(f"{slot}_sign") != 0).with_columns(
            order=pl.lit(which), party=_party(which), sign=f"{slot}_sign"
        )
        parts += [_of_records(kept, slot), _of_nothing(kept, slot), *_beside(kept, slot, _USUAL[which])]
    bars = pl.concat([p.select(_COLUMNS) for p in parts]).sort("at", "order", maintain_order=True)
    titled = bars.with_columns(
        title=pl.format("{}: {}", "party", "title").cast(WORD),
        words_party=pl.format("{}: {}", pl.col("party").str.to_lowercase(), "words").cast(WORD),
    )
    reason = (pl.col("weight") >= LEAST_REASON) & ~pl.col("comparison").cat.starts_with("_")
    return (
        titled.group_by("at", maintain_order=True)
        .agg(
            levels=pl.struct([pl.col(f.name) for f in BAR.fields]),
            weight=pl.col("weight").sum(),
            reasons=pl.col("words_party").filter(reason),
        )
        .drop("at")
    )


def joint(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """Bits of two things both holding: odds of 1 / (2^-a + 2^-b + 2^-(a+b))."""

    def two(e: pl.Expr) -> pl.Expr:
        return (e.clip(-200, 200) * float(np.log(2))).exp()

    return -((two(-a) + two(-b) + two(-(a + b))).log(2))


def _party(which: int) -> pl.Expr:
    called = {relation: _CALLED.get(relation, _USUAL)[which] for relation in SIGNS}
    return pl.col("relation").replace_strict(called, return_dtype=pl.String())


def _of_records(kept: pl.DataFrame, slot: str) -> pl.DataFrame:
    """Return the bars of the pair of records that stands for a party."""
    column = f"{slot}_levels"
    return (
        kept.filter(pl.col(column).is_not_null())
        .select("at", "order", "party", "sign", column)
        .explode(column)
        .unnest(column)
        .with_columns(weight=pl.col("weight") * pl.col("sign"))
    )


def _of_nothing(kept: pl.DataFrame, slot: str) -> pl.DataFrame:
    """One bar where a report lists nobody who could be compared."""
    told = ("_prior", "Before looking", "not_compared", "no pair of records to compare")
    return _bar(kept.filter(pl.col(f"{slot}_levels").is_null()), pl.col(slot), told)


def _beside(kept: pl.DataFrame, slot: str, usual: str) -> list[pl.DataFrame]:
    """Return a bar for each of :data:`BESIDE` that adds something."""
    who = f"The {usual.lower()}s' other records"
    told = {
        "parted": ("_group", who, "parted", f"{who[0].lower()}{who[1:]} do not fit"),
        "agreed": (TOGETHER, CONTEXT_WORDS[TOGETHER][0], "agreed", TOLD[TOGETHER][0]),
        "rivals": ("_rivals", "Others who fit", "rivals", "somebody else fits as well"),
    }
    usually = {"parted": pl.lit(usual)}
    found = []
    for what in BESIDE:
        bits = pl.col(f"{slot}_{what}")
        party = usually.get(what, pl.col("party"))
        found.append(_bar(kept.filter(bits.abs() > NOTHING).with_columns(party=party), bits, told[what]))
    return found


def _bar(kept: pl.DataFrame, bits: pl.Expr, told: tuple[str, str, str, str]) -> pl.DataFrame:
    """One bar of each row: comparison, title, level and words as ``told``."""
    comparison, title, level, words = map(_word, told)
    return kept.select(
        "at",
        "order",
        "party",
        comparison=comparison,
        title=title,
        level=level,
        words=words,
        weight=bits * pl.col("sign"),
    )


def _both(told: pl.DataFrame) -> pl.DataFrame:
    a, b = (pl.col(slot) * pl.col(f"{slot}_sign") for slot in PARTIES)
    words = ("_joint", "Both must hold", "joint", "a pair of reports needs both answers to be right")
    whole = told.with_columns(order=pl.lit(len(PARTIES)), party=pl.lit("Both"), sign=pl.lit(1.0))
    return _bar(whole, joint(a, b) - a - b, words)


def _word(text: str) -> pl.Expr:
    return pl.lit(text, dtype=WORD)
