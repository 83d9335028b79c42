"""Return what a column holds, by the look of its values, where its heading does not say."""

from __future__ import annotations

import math

import polars as pl

from lamplighter.linkage.features.names import known_first_names
from lamplighter.linkage_tables.cleaning.contacts import are_mixed
from lamplighter.linkage_tables.cleaning.dates import YEAR, dated, is_day
from lamplighter.linkage_tables.headings import document, of_days, of_somebody
from lamplighter.linkage_tables.headings import words as words_of

_LOOKED_AT = 5_000
_FEWEST = 3
"""A value or two may be anything."""
_MANY = 200
_FEW_CODES = 60
_NEARLY_ALL = 0.9
_MOST = 0.8
_LEAST_YEARS = 30
"""Births of the people of a table lie further apart than the days on which they were recorded."""
_EMAIL = r"^[^@\s]+@[^@\s]+\.\w+$"
_POSTCODE = r"(?i)^[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}$"
# Beginning as a number that is dialled does, with what people write between its parts.
# Three noughts begin no telephone: they fill up a number that was given.
_TELEPHONE = r"^(?:\+|00[^0\D]|\(?0[^0\D]|00\s|\(?0\s)[\d\s()./-]{7,18}$"
_DECIMAL = r"^-?\d+\.\d+$"
_QUANTITY = r"^(?:0|[1-9]\d{0,2})$"
"""What is counted or measured. Of numbers that are given to somebody, and there are more of them, many begin
with a nought or are longer."""
_HOUSE = r"(?i)^(?:\d{1,5}(?:\s?[a-z]|[-/]\d{1,4})?|flat .*)$"
_MARK = r"(?i)\b(?:[A-Z]{1,3}[ -]?\d{2,4}|\d{1,4}[ -]?[A-Z]{2,3})(?:[ -]?[A-Z\d]{1,4})?\b"
_MARKED = 0.3
"""Of what is in a column of marks so much looks like one at the least: a part may be letters alone."""
_WRITTEN_OUT = 0.5
"""Where the heading says that they are addresses, so many with a number and two words will do."""
_IN_LETTERS = r"^[^\d@_/\\:;|]+$"
_FIRST_NAMES = 0.2
"""The share of whole names in which a word is a known first name, at the least: among people from many
countries one in four is in the list, of streets and towns one in fifteen."""
_FIRST_NAMES_ALONE = 0.35
"""That of first names alone, so that surnames do not pass for them."""
_SAID_TO_BE = 0.1
"""Where the heading has the word "name" in it less will do."""
_DIFFERENT = 0.3
"""So many whole names are different, where titles and places are a few."""
_ALIKE = 0.1
"""Of names no more have one surname; of streets half end in "Road"."""


def field_by_look(values: pl.Series) -> str | None:
    """Return the field whose values look like these: e-mails, postcodes, telephones, dates of birth,
    sexes.
    """
    if are_mixed(values):
        # The e-mail addresses are read from them as well.
        return "phones"
    texts = _texts(values)
    if texts is None:
        return None
    if _share(texts, _EMAIL) > _MOST:
        return "emails"
    if _share(texts, _POSTCODE) > _NEARLY_ALL:
        return "postcode"
    if _share(texts, _TELEPHONE) > _NEARLY_ALL and texts.n_unique() > _FEW_CODES:
        return "phones"
    codes = set(texts.str.to_lowercase().unique())
    if _are_sexes(codes):
        return "sex"
    if _are_days(texts):
        years = dated(texts).str.extract(r"^(\d{4})-").cast(pl.Int64()).drop_nulls()
        low, high = years.quantile(0.1), years.quantile(0.9)
        if low is not None and high is not None and high - low >= _LEAST_YEARS:
            return "birth_date"
    return None


def _are_sexes(codes: set[str]) -> bool:
    """Tell whether all of some texts say a sex, or that it is not known, and both sexes are among them."""
    known = document()["sexes"]
    if codes <= set(known["values"]) and {c[0] for c in codes} >= {"m", "f"}:
        return True
    return any(set(pair) <= codes <= {*pair, *known["values"]} for pair in known["couples"])


def are_births(values: pl.Series) -> bool:
    """Tell whether some of these can be read as dates or as years, where a heading says that they are
    births."""
    texts = _texts(values)
    if texts is None or len(texts) < _FEWEST:
        return True
    read = dated(texts).is_not_null() | texts.str.contains(YEAR)
    return int(read.sum()) > (1 - _NEARLY_ALL) * len(texts)


def is_of_house(values: pl.Series) -> bool:
    """Tell whether these may be numbers of houses, where a heading says no more than "number"."""
    texts = _texts(values)
    return texts is not None and _share(texts, _HOUSE) > _MOST


def are_marks(values: pl.Series) -> bool:
    """Tell whether these may be registration marks, whole or half seen, or have some in them, where a heading
    speaks of a vehicle: with letters and digits, where makes and models have letters."""
    texts = _texts(values)
    return texts is None or _share(texts, _MARK) > _MARKED


def are_single_words(values: pl.Series) -> bool:
    """Tell whether most of these texts are a word and no more."""
    texts = _texts(values)
    return texts is not None and 2 * int((_words(texts).list.len() <= 1).sum()) > len(texts)


def name_by_look(values: pl.Series) -> str | None:
    """Whole names, or first names, by how many of the words are known first names; None where neither."""
    texts = _texts(values)
    whom = of_somebody(values.name)
    # Where the heading says whose name it is, reading machines may have made digits of letters.
    least = _WRITTEN_OUT if whom else _NEARLY_ALL
    if texts is None or _may_be_codes(texts) or _share(texts, _IN_LETTERS) < least:
        return None
    words = _words(texts)
    many = words.list.len()
    if whom and 2 * int((many <= 4).sum()) > len(many):
        # Called by whoever it is of: a name, in whatever language.
        return "full_name"
    several = many.is_between(2, 4)
    share = _known(words)
    if 2 * int((many <= 1).sum()) > len(many):
        return "forenames" if share >= _FIRST_NAMES_ALONE else None
    frame = pl.DataFrame({"w": words, "t": texts}).filter(several).unique("t")
    family = pl.when(pl.col("t").str.contains(",")).then(pl.col("w").list.first()).otherwise(
        pl.col("w").list.last()
    )  # fmt: skip
    ends = frame.select(family.alias("family"))["family"].value_counts(sort=True)["count"]
    if 2 * int(several.sum()) < len(many) or int(ends[0]) > _most_alike(int(ends.sum())):
        return None
    enough = _SAID_TO_BE if {"name", "names", "nm"} & set(words_of(values.name)) else _FIRST_NAMES
    return "full_name" if share >= enough else None


def _most_alike(names: int) -> float:
    """Tell how many of so many names may have one surname: in a few there may be more than in many, by
    chance."""
    return _ALIKE * names + 3 * math.sqrt(_ALIKE * (1 - _ALIKE) * names)


def maybe_names(values: pl.Series) -> bool:
    """Tell whether these have the shape of whole names: two to four words in letters, hardly two rows the
    same."""
    texts = _texts(values)
    if texts is None or texts.n_unique() < _DIFFERENT * len(texts):
        return False
    shaped = texts.filter(texts.str.contains(_IN_LETTERS) & _words(texts).list.len().is_between(2, 4))
    return 2 * len(shaped) > len(texts)


def maybe_surnames(values: pl.Series) -> bool:
    """Tell whether these have the shape of surnames: a word or two in letters with a capital, of which there
    are many, and which are not what many are called first."""
    texts = _texts(values)
    if texts is None or _may_be_codes(texts):
        return False
    shaped = _share(texts, r"^\p{Lu}[\p{L}'’-]+(?:[ -]\p{L}[\p{L}'’-]+)?$") > _NEARLY_ALL
    return shaped and _known(_words(texts)) < _FIRST_NAMES_ALONE


def _words(texts: pl.Series) -> pl.Series:
    return texts.str.to_lowercase().str.extract_all(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def _known(words: pl.Series) -> float:
    """Return the share of lists of words in which one is a known first name."""
    known = pl.Series(sorted(known_first_names())).implode()
    return int(words.list.eval(pl.element().is_in(known)).list.any().sum()) / max(len(words), 1)


def _are_days(texts: pl.Series, *, in_digits: bool = False) -> bool:
    """Tell whether hardly anything but days is written there; digits alone may be anything, unless the
    heading says that they are days (``in_digits``)."""
    written = texts if in_digits else texts.filter(texts.str.contains(r"\D"))
    enough = _NEARLY_ALL * len(texts)
    return len(written) > enough and int(is_day(dated(texts)).sum()) > enough


def kind_by_contents(values: pl.Series) -> str | None:
    """Return what a further column may be; None for one that tells nothing."""
    texts = _texts(values)
    if texts is None or texts.n_unique() == 1:
        return None
    distinct = texts.n_unique()
    if values.dtype.is_float() or _share(texts, _DECIMAL) > _MOST:
        return "number"
    if _are_days(texts, in_digits=of_days(values.name)):
        return "date"
    if distinct == len(texts) and distinct > _MANY:
        # No two rows have anything in common there.
        return None
    if distinct > 0.3 * len(texts) and _is_numbered(texts):
        return "identifier"
    if distinct <= _FEW_CODES:
        return "category"
    if values.dtype.is_integer() or _share(texts, _QUANTITY) > _NEARLY_ALL:
        return "number"
    return "text" if texts.str.len_chars().mean() < 60 else None  # type: ignore[operator]  # a number


def _may_be_codes(texts: pl.Series) -> bool:
    """Tell whether there are so few different texts that they may be codes: no more than :data:`_FEW_CODES`,
    each twice as a rule; of a dozen rows everything has few."""
    distinct = texts.n_unique()
    return distinct <= _FEW_CODES and 2 * distinct <= len(texts)


def _is_numbered(texts: pl.Series) -> bool:
    """Tell whether these are numbers that somebody was given, with letters among the digits or without."""
    plain = _share(texts, r"^[A-Za-z]{0,3}[\d\s/-]{6,}[A-Za-z]?$") > _MOST
    return plain or (
        _share(texts, r"^[A-Za-z\d/.-]{5,20}$") > _MOST and _share(texts, r"(?:\d\D*){3}") > _MOST
    )


def _texts(values: pl.Series) -> pl.Series | None:
    """Some of the values as texts, without what stands for nothing; None where there are none."""
    if isinstance(values.dtype, pl.List):
        if values.list.len().max() != 1:
            return None
        values = values.list.first()
    some = values.drop_nulls()
    some = some.sample(_LOOKED_AT, seed=1) if len(some) > _LOOKED_AT else some
    texts = some.cast(pl.String()).str.strip_chars()
    nothing = pl.Series(document()["nothing"], dtype=pl.String()).implode()
    texts = texts.filter(~texts.str.to_lowercase().is_in(nothing))
    return texts if len(texts) else None


def _share(texts: pl.Series, pattern: str) -> float:
    return int(texts.str.contains(pattern).sum()) / max(len(texts), 1)
