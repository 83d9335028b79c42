"""Telephone numbers to E.164, and one-way tokens of those that may be matched but never shown."""

from __future__ import annotations

import hashlib
import hmac

import phonenumbers
import polars as pl

from lamplighter.records.canonical.outcome import Outcome, evaluate, per_piece, problem_when

#: Words written where a number should be, which say that there is none.
NO_NUMBER = (
    r"(?i)^(withheld|no (?:caller id|phone|number|tel)|private(?: number)?|none|nil|unk|unknown|not known"
    r"|not given|nkn?|n/?k|u/?k|n/?a|ex[- ]?directory|blocked|various|declined|refused|tbc|-+)$"
)


def _one_number(text: pl.Series) -> Outcome:
    """One number a cell. United Kingdom numbers by pattern, so that ranges kept for fiction are not
    refused.
    """
    raw = pl.col("t").str.strip_chars()
    # A letter O typed for a nought, where nothing but digits stands around it.
    raw = (
        pl.when(raw.str.contains(r"(?i)^[+(]?[o0-9][o0-9 ()\-]{8,16}$"))
        .then(raw.str.replace_all("(?i)o", "0"))
        .otherwise(raw)
    )
    digits = (
        raw.str.replace_all(r"\(\s*0\s*\)", "")
        .str.replace(r"(?i)\s*(?:ext|x)\.?\s*\d{1,5}$", "")
        .str.replace_all(r"[^0-9+]", "")
        .str.replace(r"^\+*00", "+")
        .str.replace(r"^\++", "+")
    )
    spreadsheet = raw.str.contains(r"(?i)^\d(?:\.\d+)?e\+?\d+$")
    national = (
        pl.when(digits.str.contains(r"^\+44"))
        .then(digits.str.replace(r"^\+440?", ""))
        .when(digits.str.contains(r"^440?[1-9]\d{8,9}$"))
        .then(digits.str.replace(r"^440?", ""))
        .when(digits.str.contains(r"^0[1-9]\d{8,9}$"))
        .then(digits.str.replace(r"^0", ""))
        .when(digits.str.contains(r"^7\d{9}$"))
        .then(digits)
        # A spreadsheet that takes a landline number for a number drops its leading nought.
        .when(raw.str.contains(r"^[123]\d{9}$"))
        .then(digits)
        .otherwise(None)
    )
    national = pl.when(national.str.contains(r"^[1-9]\d{8,9}$")).then(national).otherwise(None)
    uk = pl.when(~spreadsheet).then(pl.lit("+44") + national).otherwise(None)
    frame = pl.DataFrame({"t": text.cast(pl.String)}).select(
        uk.alias("value"), digits.alias("digits"), spreadsheet.alias("spreadsheet"), raw.alias("t")
    )
    foreign = frame["value"].is_null() & frame["digits"].str.contains(r"^\+[1-9]\d{6,14}$")
    if foreign.fill_null(False).any():
        known = {d: _foreign(d) for d in frame["digits"].filter(foreign).unique()}
        frame = frame.with_columns(
            pl.coalesce(
                "value",
                pl.when(foreign).then(
                    pl.col("digits").replace_strict(known, default=None, return_dtype=pl.String)
                ),
            ).alias("value")
        )
    unreadable = pl.col("value").is_null() & pl.col("t").is_not_null() & ~pl.col("t").str.contains(NO_NUMBER)
    problem = (
        pl.when(pl.col("spreadsheet"))
        .then(pl.lit("phone_spreadsheet"))
        .otherwise(problem_when(unreadable, "phone_unreadable"))
    )
    found = frame.select(pl.col("value"), problem.alias("problem"))
    return Outcome(found["value"], found["problem"])


def _foreign(digits: str) -> str | None:
    if digits.startswith("+44"):
        return None
    try:
        number = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phones(text: pl.Series) -> Outcome:
    """Cells to lists of E.164 numbers; a cell may hold several, parted by ``;`` ``,`` ``/`` ``|`` or 'or'."""
    several = text.str.contains(r"[;,|/\n]|\b(?:or|and)\b").fill_null(False)
    if several.any():
        pieces = pl.col("t").str.replace_all(r"(?i)[;,|/\n]|\b(?:or|and)\b", ";").str.split(";")
        return per_piece(text, pieces.list.eval(pl.element().str.strip_chars()), _one_number)
    single = _one_number(text)
    frame = single.value.to_frame("v").select(
        pl.when(pl.col("v").is_not_null()).then(pl.concat_list("v")).otherwise(None)
    )
    return Outcome(frame.to_series(), single.problem)


def phone(text: str) -> str | None:
    """One number in E.164, or ``None`` when it cannot be read: ``phone('07285-586799') ==
    '+447285586799'``.
    """
    value: str | None = _one_number(pl.Series([text], dtype=pl.String)).value[0]
    return value


def says_there_is_none(text: str) -> bool:
    """Return whether a word stands where a number should be, such as "withheld" or "not known"."""
    return bool(pl.Series([text.strip()], dtype=pl.String).str.contains(NO_NUMBER)[0])


def emails(text: pl.Series) -> Outcome:
    """Cells to lists of e-mail addresses in lower case."""
    found = (
        pl.col("t")
        .str.to_lowercase()
        .str.extract_all(r"[a-z0-9._%+'\-]+@[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,}")
    )
    missing = (
        (found.list.len() == 0) & (pl.col("t").str.strip_chars() != "") & ~pl.col("t").str.contains(NO_NUMBER)
    )
    value = pl.when(found.list.len() > 0).then(found.list.unique(maintain_order=True)).otherwise(None)
    return evaluate(text, value, problem_when(missing, "email_unreadable"))


def match_token(value: str, key: bytes) -> str:
    """Return a keyed one-way token (HMAC-SHA256, hexadecimal) of a canonical contact detail.

    ``value`` is in canonical form: E.164 for a telephone, lower case for an
    e-mail address. The same value under the same key gives the same token, so
    a safe contact number can be matched with a number that police hold without
    either being shown.
    """
    return hmac.new(key, value.encode("utf-8"), hashlib.sha256).hexdigest()


def match_tokens(values: pl.Series, key: bytes) -> pl.Series:
    """Lists of canonical contact details to lists of tokens; each distinct value is worked out once."""
    distinct = [v for v in values.explode().drop_nulls().unique().to_list() if v]
    tokens = {v: match_token(v, key) for v in distinct}
    if not tokens:
        return pl.Series(values.name, [None] * len(values), dtype=pl.List(pl.String))
    keys, vals = list(tokens), list(tokens.values())
    return values.list.eval(pl.element().replace_strict(keys, vals, default=None, return_dtype=pl.String))
