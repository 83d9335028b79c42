"""Clear values that stand where nobody knew better: '01/01/1900', '000-00-0000', 'noemail@none.com'.

Taken for what they say they speak against everybody of whom the true value is known. They are told by their
crowd: people of many names have one in common, who would hardly share a birth date or a telephone.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_LOOKED_AT = 100_000
_FEWEST = 8
"""People of so many different initials share a stand-in, at the least."""
_MOST_OF_ONE = 0.25
"""Of its rows no more have the same: somebody may be in a table very often."""
_EVERYWHERE = 0.05
"""What so many of all have tells nothing, whatever it looks like."""
_AROUND = 5
_STANDS_OUT = 5
"""A date stands out that so many times as many have as have the other dates of its year, one with another."""
_RUNS = "01234567890123456789", "98765432109876543210"
_NO_ADDRESS = (
    r"(?i)^(?:no|na|none|nil|null|unknown|test|fake|example|nobody|nomail|noemail|no\W?e?mail|no\W?reply"
    r"|do\W?not\W?reply|declined|refused|missing|x+|a+)\d*@"
)


def without_standins(people: pl.DataFrame, identifiers: Sequence[str]) -> pl.DataFrame:
    """``people`` without the birth dates, telephones, e-mail addresses and ``identifiers`` that stand for
    nothing; as it is where nobody is named."""
    names = [c for c in ("forenames", "surname") if c in people.columns]
    if not names:
        return people
    told = [c for c in ("birth_date", "phones", "emails", *identifiers) if c in people.columns]
    some = people.select(*names, *told)
    some = some.sample(_LOOKED_AT, seed=1) if people.height > _LOOKED_AT else some
    # By their initials: a name is written in many ways, that hardly ever differ there.
    begins = [pl.col(c).str.strip_chars().str.slice(0, 1).str.to_lowercase() for c in names]
    whole = some.select(n=pl.concat_str(begins, separator=" ", ignore_nulls=True))["n"]
    changed = []
    for column in told:
        if len(found := _standins(some[column], whole, column)):
            gone, values = found.implode(), pl.col(column)
            if isinstance(people.schema[column], pl.List):
                left = values.list.eval(pl.element().filter(~pl.element().is_in(gone)))
            else:
                left = pl.when(~values.is_in(gone)).then(values)
            changed.append(left.alias(column))
    return people.with_columns(changed) if changed else people


def _standins(values: pl.Series, whole: pl.Series, column: str) -> pl.Series:
    """Return the values of a column that stand for nothing. ``whole``: the initials of each row's person."""
    frame = pl.DataFrame({"v": values, "n": whole})
    if isinstance(frame.schema["v"], pl.List):
        frame = frame.explode("v")
    # Whoever has no name may be anybody, and is in no crowd.
    frame = frame.filter(pl.col("v").is_not_null(), pl.col("n") != "")
    counts = frame.group_by("v").agg(rows=pl.len())
    often = counts.filter(pl.col("rows") >= _FEWEST)
    crowds = (
        frame.join(often, on="v")
        .group_by("v", "n", "rows")
        .agg(of_one=pl.len())
        .group_by("v", "rows")
        .agg(names=pl.len(), most=pl.col("of_one").max())
        .filter(pl.col("names") >= _FEWEST, pl.col("most") <= _MOST_OF_ONE * pl.col("rows"))
        .sort("v")
    )
    if column == "birth_date":
        return crowds.filter(_stands_out(crowds, counts))["v"]
    told = (pl.col("rows") >= _EVERYWHERE * frame.height) | pl.Series(
        "l", [_looks_so(v) for v in crowds["v"].to_list()], dtype=pl.Boolean()
    )
    return crowds.filter(told)["v"]


def _stands_out(crowds: pl.DataFrame, counts: pl.DataFrame) -> pl.Series:
    """Return which of some dates are of no birth. The first of a year stands for it where no more is known,
    as does that of the years around it; and in a class all are born within a year."""
    year, day = pl.col("v").str.slice(0, 4).cast(pl.Int64(), strict=False), pl.col("v").str.slice(4)
    dates, some = (frame.with_columns(y=year, d=day) for frame in (counts, crowds))
    whole = pl.col("rows").sum()
    of_years = {
        y: told for y, *told in dates.drop_nulls("y").group_by("y").agg(whole, n=pl.len()).iter_rows()
    }
    same_days = dates.join(some.select("d").unique(), on="d", how="semi").group_by("y", "d").agg(whole)
    of_days = dict(zip(zip(same_days["y"], same_days["d"], strict=True), same_days["rows"], strict=True))
    found = []
    for rows, y, on in some.select("rows", "y", "d").iter_rows():
        of_year, dates_of_year = of_years.get(y, (rows, 1))
        others = (of_year - rows) / max(dates_of_year - 1, 1)
        around = sum(of_days.get(((y or 0) + n, on), 0) for n in range(-_AROUND, _AROUND + 1) if n)
        found.append(rows > around and rows > _STANDS_OUT * others)
    return pl.Series(found, dtype=pl.Boolean())


def _looks_so(value: str) -> bool:
    """Tell whether a telephone, a number or an e-mail address looks as none does: digits that are all alike
    but one, or count up or down, or a mailbox called 'none'."""
    if "@" in value:
        return bool(pl.Series([value]).str.contains(_NO_ADDRESS).item())
    digits = "".join(c for c in value if c.isdecimal())
    if len(digits) < _FEWEST - 3:
        return False
    return len(set(digits)) <= 2 or any(digits in run or digits[1:] in run for run in _RUNS)
