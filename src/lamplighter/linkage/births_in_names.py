"""Births that stand behind names in one cell: 'Jane SMITH (12/03/1985)', 'John Brown b. 4.5.71'."""

from __future__ import annotations

import polars as pl

_BORN = r"(?:d\.?o\.?b\.?|born|b\.|b|geb\.?|n[ée]e?|\*)?[:.\s]*"
_DATE = (
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}(?:st|nd|rd|th)?[ -]\p{L}{3,9}\.?[ -](?:\d{4}|\d{2})"
)
_BEHIND = rf"(?i)[\s,;(\[-]+{_BORN}({_DATE})\s*[)\]]?\s*$"
_YEARS = r"(?:yo|y|yrs?|years?(?: old)?)"
_AGED = rf"(?i)[\s,]*(?:[(\[]\s*(?:aged?\s*)?|,?\s+aged?\s+)(\d{{1,2}})\s*{_YEARS}?\s*[)\]]?\s*$"
_FEWEST = 5
"""Behind so many names a date is a habit of whoever writes them."""


def apart(names: pl.Series) -> tuple[pl.Series, pl.Series | None]:
    """Names by themselves, and the dates of birth or the ages behind them; None where hardly any has one."""
    born = names.str.extract(_BEHIND)
    if len(born) - born.null_count() < _FEWEST:
        return names, None
    aged = names.str.extract(_AGED)
    told = pl.select(b=pl.coalesce(born, aged))["b"]
    return names.str.replace(_BEHIND, "").str.replace(_AGED, ""), told
