"""PNC ids and CRO numbers with their check letters.

Rule: the two-digit year followed by the serial (seven digits for a PNC id, six
for a CRO number), taken modulo 23, gives the letter, skipping I, O and S.
Source: domain notes 6.2 (the CRO rule is background knowledge there).
"""

from __future__ import annotations

import polars as pl

from lamplighter.records.canonical.outcome import Outcome, evaluate, problem_when

LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
_PNC = r"^(\d{4}|\d{2})/?(\d{1,7})([A-Z])$"
_CRO = r"^(\d{1,6})/(\d{2})([A-Z])$"
_PIVOT = 50  # PNC years written with two digits: 50 to 99 are 19xx, the rest 20xx


def pnc_check_letter(yy: str, serial: str) -> str:
    """Return the check letter for a two-digit year and a serial of up to seven digits."""
    return LETTERS[int(yy + serial.zfill(7)) % 23]


def cro_check_letter(yy: str, serial: str) -> str:
    """Return the check letter for a two-digit year and a serial of up to six digits."""
    return LETTERS[int(yy + serial.zfill(6)) % 23]


def _letter(number: pl.Expr) -> pl.Expr:
    return (number.cast(pl.Int64) % 23).replace_strict(
        list(range(23)), list(LETTERS), default=None, return_dtype=pl.String
    )


def pnc_ids(text: pl.Series, *, checked: bool = True) -> Outcome:
    """'19/352045W' to '2019/0352045W'; null where the check letter is wrong, unless it is not ``checked``."""
    squeezed = pl.col("t").str.to_uppercase().str.replace_all(r"[\s\-]", "")
    year, serial = squeezed.str.extract(_PNC, 1), squeezed.str.extract(_PNC, 2).str.zfill(7)
    letter, yy = squeezed.str.extract(_PNC, 3), squeezed.str.extract(_PNC, 1).str.slice(-2)
    century = pl.when(yy.cast(pl.Int64) >= _PIVOT).then(pl.lit("19")).otherwise(pl.lit("20"))
    full_year = pl.when(year.str.len_chars() == 4).then(year).otherwise(century + yy)
    right = (_letter(yy + serial) == letter) if checked else letter.is_not_null()
    value = pl.when(right).then(full_year + pl.lit("/") + serial + letter).otherwise(None)
    problem = (
        pl.when(letter.is_null() & pl.col("t").is_not_null())
        .then(pl.lit("pnc_unreadable"))
        .otherwise(problem_when(~right, "pnc_check_letter"))
    )
    return evaluate(text, value, problem)


def cros(text: pl.Series, *, checked: bool = True) -> Outcome:
    """'123456/08t' to '123456/08T'; short-file forms ('SF08/...') give null, and wrong check letters where
    they are ``checked``."""
    squeezed = pl.col("t").str.to_uppercase().str.replace_all(r"[\s\-]", "")
    serial, yy = squeezed.str.extract(_CRO, 1).str.zfill(6), squeezed.str.extract(_CRO, 2)
    letter = squeezed.str.extract(_CRO, 3)
    right = (_letter(yy + serial) == letter) if checked else letter.is_not_null()
    value = pl.when(right).then(serial + pl.lit("/") + yy + letter).otherwise(None)
    problem = (
        pl.when(letter.is_null() & pl.col("t").is_not_null())
        .then(pl.lit("cro_unreadable"))
        .otherwise(problem_when(~right, "cro_check_letter"))
    )
    return evaluate(text, value, problem)


def pnc_id(text: str) -> str | None:
    """One PNC id as 'YYYY/NNNNNNND', or ``None`` when it is not one or its check letter is wrong."""
    value: str | None = pnc_ids(pl.Series([text], dtype=pl.String)).value[0]
    return value


def cro(text: str) -> str | None:
    """One CRO number as 'NNNNNN/YYL', or ``None``."""
    value: str | None = cros(pl.Series([text], dtype=pl.String)).value[0]
    return value
