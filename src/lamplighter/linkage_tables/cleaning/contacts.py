"""Take apart cells in which several telephones or e-mail addresses stand, or some of each."""

from __future__ import annotations

import polars as pl

MOST_DIGITS = 15
"""No telephone has more (E.164): what has more is two, or one with an extension."""
_BEHIND = r"[\s,;(-]*(?:extension|extn|ext|x)[\s.:]*\d{1,6}\)?"
_EXTENSION = rf"(?i)(\d){_BEHIND}"
_ONE = rf"(?i)(?:\+\s*|\(?0)\d?(?:[\s().-]*\d){{7,}}(?:{_BEHIND})?"
_RUN_ON = r"(\d{9,})[\s.-]+(\+|\(?0)"
"""Two that only a space parts: there are as many digits as a telephone has, and another one begins."""
_MAIL = r"[^\s<>;,/|()]+@[^\s<>;,/|()]+\.\w+"
_LOOKED_AT = 1_000
_NEARLY_ALL, _OF_EACH = 0.9, 0.05
"""So many cells hold telephones or e-mail addresses and no more than a word beside them, and of each kind so
many are there, at the least."""
_BESIDE = r"(?i)\b\p{L}{1,9}\b\.?|[\s;,/|:()<>&-]+"


def telephones(written: pl.Series) -> pl.Series:
    """Telephones of cells: as lists where a cell has several, or an extension.

    A line of a firm is many people's, and its extension one's: such a telephone is there without it and with
    it, and what two records share is as rare as the rarer of both.
    """
    extended = written.str.contains(_EXTENSION).fill_null(False)
    line = written.str.replace_all(_EXTENSION, "$1") if extended.any() else written
    # Counting digits is dear, and hardly any column has cells that could hold two.
    long = (line.str.len_bytes() > MOST_DIGITS + 1).fill_null(False)
    many = (line.str.count_matches(r"\d") > MOST_DIGITS).fill_null(False) if long.any() else long
    if not (extended | many).any():
        return written
    return _lines_beside(_where(many, written, _each(written)))


def _each(written: pl.Series) -> pl.Series:
    """Return the telephones in texts, with their extensions, as lists."""
    return written.str.replace_all(_RUN_ON, "$1;$2").str.extract_all(_ONE)


def _lines_beside(telephones: pl.Series) -> pl.Series:
    """Lists of telephones without extensions, and behind them those that have one once more, with it."""
    one = pl.element()
    lines = pl.col("t").list.eval(one.str.replace_all(_EXTENSION, "$1"))
    whole = pl.col("t").list.eval(one.filter(one.str.contains(_EXTENSION)))
    return telephones.to_frame("t").select(l=pl.concat_list(lines, whole))["l"].alias(telephones.name)


def mails(written: pl.Series) -> pl.Series:
    """E-mail addresses, without what stands around them; as lists where a cell has several."""
    many = written.str.count_matches("@", literal=True) > 1
    if not many.any():
        return written
    return _where(many, written, written.str.extract_all(_MAIL))


def _where(many: pl.Series, written: pl.Series, found: pl.Series) -> pl.Series:
    """Return what was ``found`` in the cells of which it is said, if it is more than one; else each as it
    is."""
    frame = pl.DataFrame({"w": written, "f": found, "s": many & (found.list.len() > 1)})
    whole = pl.when(pl.col("w").is_not_null()).then(pl.concat_list("w"))
    return frame.select(l=pl.when("s").then("f").otherwise(whole))["l"].alias(written.name)


def are_mixed(column: pl.Series) -> bool:
    """Tell whether the cells of a column of texts, or of lists of texts, hold telephones or e-mail addresses,
    some of each kind, and hardly anything beside them."""
    if column.dtype not in (pl.String(), pl.List(pl.String())):
        return False
    some = column.drop_nulls()
    texts = joined(some.sample(_LOOKED_AT, seed=1) if len(some) > _LOOKED_AT else some)
    texts = texts.filter(texts.str.strip_chars() != "")
    mail = texts.str.contains(_MAIL)
    if not mail.any():
        return False
    rest = _without_mails(texts)
    phones = rest.str.contains(_ONE)
    bare = rest.str.replace_all(_ONE, " ").str.replace_all(_BESIDE, "") == ""
    told = int(((mail | phones) & bare).sum())
    least = _OF_EACH * len(texts)
    return told > _NEARLY_ALL * len(texts) and min(int(mail.sum()), int(phones.sum())) > least


def both_in(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the telephones and the e-mail addresses in cells that hold either or both (:func:`are_mixed`),
    as lists.
    """
    texts = joined(column)
    return _lines_beside(_each(_without_mails(texts))), texts.str.extract_all(_MAIL)


def joined(column: pl.Series) -> pl.Series:
    """Lists of texts as one text each."""
    return column.list.join("; ") if isinstance(column.dtype, pl.List) else column


def _without_mails(texts: pl.Series) -> pl.Series:
    return texts.str.replace_all(_MAIL, " ")
