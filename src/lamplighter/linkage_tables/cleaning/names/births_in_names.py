"""Return what else stands in the cell of a name: a word for the part that is played before it, a date of
birth behind it, and a home behind that. 'Victim: Jane SMITH (12/03/1985)', 'BROWN, John b. 4.5.71, 3 Mill
Lane'."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

_BORN = r"(?:d\.?o\.?b\.?|born|b\.|b|geb\.?|n[ée]e?|\*)?[:.\s]*"
_DATE = (
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}(?:st|nd|rd|th)?[ -]\p{L}{3,9}\.?[ -](?:\d{4}|\d{2})"
)
_UNTOLD = r"(?:n\.?/?k\.?|n/a|unk|unknown|not (?:known|recorded|given|stated)|\?+)"
_BEGIN = r"[\s,;(\[-]+"
_BEHIND = rf"(?i){_BEGIN}{_BORN}({_DATE})\s*[)\]]?\s*$"
_UNTOLD_BEHIND = rf"(?i){_BEGIN}(?:d\.?o\.?b\.?|born|b\.)[:.\s]*{_UNTOLD}\s*[)\]]?\s*$"
_YEARS = r"(?:yo|y|yrs?|years?(?: old)?)"
_AGED = rf"(?i)[\s,]*(?:[(\[]\s*(?:aged?\s*)?|,?\s+aged?\s+)(\d{{1,2}})\s*{_YEARS}?\s*[)\]]?\s*$"
_AND_MORE = (
    rf"(?i)^([^\d(\[]*\p{{L}}[^\d(\[]*?{_BEGIN}{_BORN}(?:{_DATE}|{_UNTOLD})\s*[)\]]?)\s*[,;:.-]+\s*(\S.*)$"
)
_FEWEST = 5
"""Behind so many names a date is a habit of whoever writes them."""
_LABEL = r"^(\p{L}[^:\d]{0,30}):\s+\S"
_IN_BRACKETS = r"\S\s*[(\[]([^)\]\d]{1,30})[)\]]\s*$"
_EACH = 10
"""A word before or behind names that says what they are stands at so many of them, in the mean; a name or a
nickname does not."""


class Told(NamedTuple):
    """Hold what cells of names tell: ``names`` by themselves, the dates of birth or the ages behind them
    (``births``) and what stands behind these (``rest``); None where hardly any cell has one."""

    names: pl.Series
    births: pl.Series | None
    rest: pl.Series | None


def told(cells: pl.Series) -> Told:
    """Cells of names by what they tell."""
    cells = without_labels(cells)
    if not cells.str.contains(r"\d").any():
        return Told(cells, None, None)
    more = cells.str.extract(_AND_MORE, 2)
    rest = more if len(more) - more.null_count() >= _FEWEST else None
    if rest is not None:
        cells = pl.select(c=pl.coalesce(cells.str.extract(_AND_MORE, 1), cells))["c"].alias(cells.name)
    names, births = apart(cells)
    return Told(names, births, rest)


def apart(names: pl.Series) -> tuple[pl.Series, pl.Series | None]:
    """Names by themselves, and the dates of birth or the ages behind them; None where hardly any has one."""
    born = names.str.extract(_BEHIND)
    if len(born) - born.null_count() < _FEWEST:
        return names, None
    aged = names.str.extract(_AGED)
    behind = pl.select(b=pl.coalesce(born, aged))["b"]
    for pattern in (_BEHIND, _UNTOLD_BEHIND, _AGED):
        names = names.str.replace(pattern, "")
    return names, behind


def without_labels(cells: pl.Series) -> pl.Series:
    """Cells of names without the few words that stand before a colon, or in brackets at the end, of many of
    them: 'Suspect: J Quarle', 'J Quarle (IP)'."""
    for pattern, mark in ((_LABEL, ":"), (_IN_BRACKETS, r"[)\]]")):
        if not cells.str.contains(mark).any():
            continue
        found = cells.str.extract(pattern)
        many = len(found) - found.null_count()
        if many >= _FEWEST and many >= _EACH * found.drop_nulls().str.to_lowercase().n_unique():
            bare = r"^[^:]+:\s+" if pattern == _LABEL else r"\s*[(\[][^)\]]*[)\]]\s*$"
            without = cells.str.replace(bare, "")
            cells = without.zip_with(found.is_not_null(), cells).alias(cells.name)
    return cells
