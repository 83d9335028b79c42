"""Tell what the values of a column look like: the share of them that can be read as a date, a telephone, a
role.

The shares are worked out by the functions that will read the values in earnest, so that a proposal promises
nothing that the mapping does not keep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from lamplighter.records.canonical import (
    ages,
    cros,
    datetimes,
    emails,
    handles,
    looks_like_date,
    phones,
    pnc_ids,
    postcodes,
    vehicles,
)
from lamplighter.records.propose.columns.meanings import Meaning
from lamplighter.records.transforms.common_words import read_by_words

#: Words by which people say that a cell is empty. They are no values.
NOTHING = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        ".",
        "..",
        "?",
        "n/a",
        "na",
        "n.a.",
        "n\\a",
        "none",
        "null",
        "nil",
        "(null)",
        "<null>",
    }
    | {"\\n", "nan", "#n/a", "(blank)", "blank", "[null]", "(none)", "not applicable", "#ref!", "tbc", "tba"}
)
SPLIT = r"[;,|~\n]"
"""What stands between the words of a cell that holds several."""
LONGEST_WORDS = 60
"""Characters of words from a list, as a mean; longer texts tell of something."""
_FEW_VALUES = 3
_LOOKED_AT = 1_000
_TIME = r"^\s*\d{1,2}[:.]?\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s*(?i:hrs|hours|h|am|pm|a\.m\.|p\.m\.)?\s*$"
_NAME = r"^\p{L}[\p{L}'’.\- ]{0,38}$"
_NAMES_OF_TWO = r"^\p{Lu}[\p{L}'’.\-]*,?(?: \p{Lu}[\p{L}'’.\-]*){1,3}$"
_WHOLE = r"^\p{L}[\p{L}'’.\-]*,? [\p{L}'’.\- ,]{1,60}$"
_REFERENCE = r"^[A-Za-z0-9][A-Za-z0-9/\\\-._:* ]{0,34}$"
_CALLED = r"^(?:\+44|0044|0)[1237]\d{9}$"
"""What rings somewhere in the United Kingdom is no reference, whatever "contact number" may mean."""
_WHOLE_POSTCODE = r"(?i)^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$"
_DIALLED = r"^\s*\(?(?:\+\d|00[1-9]|0[1-9])|^7\d{3} ?\d{6}$"
"""How a number begins that somebody can ring, or a mobile of which a spreadsheet took the nought; a checksum
begins with anything."""
_STREET = (
    r"(?i)\b(?:street|st|road|rd|lane|ln|avenue|ave|close|cl|drive|dr|terrace|way|court|ct|place|crescent"
    r"|gardens|flat|house|apartment|estate|hill|park|grove|row|walk|square|mews|view|farm|cottage|green)\b"
    r"|\d+[a-z]? \p{L}{3,}"
)
_YES_NO = ["y", "n", "yes", "no", "true", "false", "1", "0", "t", "f", "u", "unknown", "not known"]
_MARK = r"(?i)^[A-Z]{2}\d{2} ?[A-Z]{3}\b|^[A-Z]\d{1,3} ?[A-Z]{3}\b|^[A-Z]{3} ?\d{1,3}[A-Z]\b"
_CAR = (
    r"(?i)\b(?:ford|vauxhall|bmw|audi|vw|volkswagen|toyota|nissan|honda|kia|hyundai|mercedes|peugeot|renault"
    r"|citroen|fiat|skoda|seat|mini|volvo|mazda|land rover|range rover|jaguar|tesla|van|car|motorbike"
    r"|motorcycle|bike|saloon|hatchback|black|white|silver|grey|blue|red)\b"
)
_UPRN = r"^\d{5,12}$"
_LEAST_YEARS = 25
"""Births of the people of a table lie further apart than the days on which they were recorded."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Hold what a column of dates tells: the first and the last year, and which of day and month stands
    first.

    ``day_first``: proved by a number above 12 in one of the two places; ``None`` where nothing proves it.
    ``both``: there is proof for either, so something is wrong.
    """

    first: int
    last: int
    day_first: bool | None
    both: bool
    ambiguous: int


@dataclass
class Values:
    """The values of one column that say something, and what they look like."""

    texts: pl.Series
    rows: int
    _known: dict[str, float] = field(default_factory=dict)
    _words: dict[tuple[str, bool], pl.DataFrame] = field(default_factory=dict)

    @classmethod
    def of(cls, column: pl.Series) -> Values:
        """Return the values of a column of text, without blanks and words for nothing."""
        t = pl.col("t").str.strip_chars(" \t\r\n\u00a0\ufeff")
        frame = pl.DataFrame({"t": column.cast(pl.String)}).select(t.alias("t"))
        told = frame.filter(pl.col("t").is_not_null() & ~pl.col("t").str.to_lowercase().is_in(list(NOTHING)))
        return cls(told["t"].head(_LOOKED_AT), len(column))

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def distinct(self) -> int:
        return self.texts.n_unique()

    @property
    def filled(self) -> float:
        """Return the share of rows that have a value."""
        return min(1.0, len(self) / max(1, min(self.rows, _LOOKED_AT)))

    @property
    def few(self) -> bool:
        """Tell whether there are too few values to say anything of them."""
        return len(self) < _FEW_VALUES

    def share(self, look: str) -> float:
        """Return the share of values that have this look, from 0 to 1; 0 where there are none."""
        if look not in self._known:
            self._known[look] = LOOKS[look](self) if len(self) else 0.0
        return self._known[look]

    def words(self, table: str, *, several: bool = False) -> pl.DataFrame:
        """Return every different value (``v``), how often it is there (``n``), and the code that a table of
        common words reads in it (``c``), the most frequent first; with ``several`` the parts of lists.
        """
        if (table, several) not in self._words:
            counted = self.counted(several=several)
            self._words[table, several] = counted.with_columns(read_by_words(table, counted["v"]).alias("c"))
        return self._words[table, several]

    def counted(self, *, several: bool = False) -> pl.DataFrame:
        """Return every different value (``v``) with how often it is there (``n``), the most frequent
        first.
        """
        texts = self.texts
        if several:
            parts = texts.str.replace_all(SPLIT, "\x1f").str.split("\x1f").explode().str.strip_chars()
            texts = parts.filter(parts != "").drop_nulls()
        frame = texts.alias("v").to_frame().group_by("v").agg(pl.len().cast(pl.Int64).alias("n"))
        return frame.sort(["n", "v"], descending=[True, False])

    def best(self, looks: tuple[str, ...]) -> tuple[str, float]:
        """Return the look of several that most values have."""
        return max(((look, self.share(look)) for look in looks), key=lambda one: one[1])

    @cached_property
    def dates(self) -> Dates | None:
        """Return what the dates tell, where most values are dates."""
        if self.share("date") < 0.5:
            return None
        read = datetimes(self.texts, day_first=self._reads_better_day_first()).value.dt.year().drop_nulls()
        if read.is_empty():
            return None
        first, last = read.quantile(0.02, "nearest"), read.quantile(0.98, "nearest")
        parts = (
            pl.DataFrame({"t": self.texts})
            .select(
                pl.col("t")
                .str.extract(r"^\s*(\d{1,2})[/.\-\s]\d{1,2}[/.\-\s]\d{2,4}", 1)
                .cast(pl.Int32)
                .alias("a"),
                pl.col("t")
                .str.extract(r"^\s*\d{1,2}[/.\-\s](\d{1,2})[/.\-\s]\d{2,4}", 1)
                .cast(pl.Int32)
                .alias("b"),
            )
            .drop_nulls()
        )
        day = int(((parts["a"] > 12) & (parts["b"] <= 12)).sum())
        month = int(((parts["b"] > 12) & (parts["a"] <= 12)).sum())
        proved = None if day == month else day > month
        both = min(day, month) > 0
        # A slip or two of a keyboard is no second way of writing dates.
        if both and max(day, month) < 20 * min(day, month):
            proved = None
        return Dates(int(first or 0), int(last or 0), proved, both, parts.height)

    def _reads_better_day_first(self) -> bool:
        b = self.texts.str.extract(r"^\s*\d{1,2}[/.\-\s](\d{1,2})[/.\-\s]\d{2,4}", 1).cast(
            pl.Int32, strict=False
        )
        return int((b > 12).sum()) * 2 <= int(b.is_not_null().sum())

    def counts(self) -> list[tuple[str, int]]:
        """Return every different value with how often it is there, the most frequent first."""
        return [(str(v), int(n)) for v, n in self.counted().iter_rows()]


def _matching(pattern: str) -> Callable[[Values], float]:
    def share(values: Values) -> float:
        return _mean(values.texts.str.contains(pattern))

    return share


def _mean(hit: pl.Series) -> float:
    return int(hit.fill_null(False).sum()) / len(hit) if len(hit) else 0.0


def _date(values: Values) -> float:
    shaped = looks_like_date(values.texts)
    found = datetimes(values.texts)
    named = values.texts.str.contains(r"(?i)^\s*(?:[a-z]+,? )?\d{1,2}(?:st|nd|rd|th)?[\s\-]+[a-z]{3}")
    return _mean((shaped | named) & (found.value.is_not_null() | (found.problem == "date_impossible")))


def _birth(values: Values) -> float:
    years = _mean(values.texts.str.contains(r"^(19[0-9]{2}|20[0-2][0-9])$"))
    dates = values.dates
    if dates is None:
        return years
    wide = dates.last - dates.first >= _LEAST_YEARS or (len(values) < 20 and dates.last <= 2012)
    timed = _mean(values.texts.str.contains(r"\d:\d\d"))
    return max(years, values.share("date") if wide and timed < 0.5 else 0.0)


def _age(values: Values) -> float:
    low, _ = ages(values.texts)
    return _mean(low.value.is_not_null() & ~looks_like_date(values.texts))


def _phone(values: Values) -> float:
    return _mean(phones(values.texts).value.is_not_null() & ~values.texts.str.contains(r"[@]"))


def _whole_of_names(values: Values) -> float:
    """Two words or three that begin with capitals, as names of people do."""
    return _mean(values.texts.str.contains(_NAMES_OF_TWO))


def _email(values: Values) -> float:
    return _mean(emails(values.texts).value.is_not_null())


def _postcode(values: Values) -> float:
    short = values.texts.str.len_chars() <= 10
    return _mean(postcodes(values.texts).value.is_not_null() & short & values.texts.str.contains(r"\d"))


def _vehicle(values: Values) -> float:
    return _mean(values.texts.str.contains(_MARK) | values.texts.str.contains(_CAR) | _marks(values.texts))


def _marks(texts: pl.Series) -> pl.Series:
    found, _ = vehicles(texts)
    return found.value.is_not_null() & (texts.str.len_chars() <= 9) & texts.str.contains(r"\d")


def _handle(values: Values) -> float:
    found = handles(values.texts).value
    return _mean(found.is_not_null() & ~values.texts.str.contains(r"@.*\.\w{2,}$"))


def _account(values: Values) -> float:
    """Accounts that say so: with a platform, or an @ before them."""
    found = handles(values.texts).value
    said = found.list.first().str.starts_with("?:").not_() | values.texts.str.contains(r"^@")
    return _mean(found.is_not_null() & said & ~values.texts.str.contains(r"@.*\.\w{2,}$"))


def _said(table: str, *, several: bool = False) -> Callable[[Values], float]:
    """Return the share of values that the common words of a table read; of a list, each part counts."""

    def share(values: Values) -> float:
        told = values.words(table, several=several)
        if told.is_empty():
            return 0.0
        read = int(told["n"].filter(told["c"].is_not_null()).sum()) / int(told["n"].sum())
        return read if _mean_length(told["v"]) <= LONGEST_WORDS else 0.3 * read

    return share


def _mean_length(texts: pl.Series) -> float:
    mean = texts.str.len_chars().mean()
    return float(mean) if isinstance(mean, int | float) else 0.0


def _codes_read(values: Values, table: str) -> set[str]:
    """Return the codes that the words of a column say."""
    return set(values.words(table)["c"].drop_nulls().to_list())


def _listed(share: Callable[[Values], float], most: float = 0.6) -> Callable[[Values], float]:
    """Return the same where the values repeat, as those of a list do."""

    def repeating(values: Values) -> float:
        found = share(values)
        return found if len(values) < 8 or values.distinct <= max(6, most * len(values)) else 0.4 * found

    return repeating


def _role(values: Values) -> float:
    if values.share("text") >= 0.5:
        return 0.0
    found = _listed(_said("roles"))(values)
    kinds = _codes_read(values, "roles")
    return (
        found if kinds & {"victim", "suspect"} and (len(kinds) > 1 or values.distinct == 1) else 0.5 * found
    )


def _sex(values: Values) -> float:
    found = _said("sexes")(values)
    return found if {"male", "female"} & _codes_read(values, "sexes") and values.distinct <= 15 else 0.0


def _ethnicity(values: Values) -> float:
    found = _listed(_said("ethnicities"))(values)
    # Codes of one letter are anything; so are words such as "other".
    return found if _codes_read(values, "ethnicities") - {"NS", "O", "O9"} else 0.2 * found


def _outcome(values: Values) -> float:
    return _listed(_said("outcomes"))(values)


def _yes_no(values: Values) -> float:
    return _mean(values.texts.str.to_lowercase().is_in(_YES_NO)) if values.distinct <= 8 else 0.0


def _domestic(values: Values) -> float:
    """Words that say whether it is domestic: "Domestic abuse", "Non-DA"."""
    return (
        _mean(values.texts.str.contains(r"(?i)\bda\b|domestic|\bnon\b|\bdv\b"))
        if values.distinct <= 8
        else 0.0
    )


def _text(values: Values) -> float:
    words = values.texts.str.count_matches(r"\S+")
    long = _mean((words >= 5) | (values.texts.str.len_chars() >= 40))
    return long if values.distinct >= 0.2 * len(values) or len(values) < 8 else 0.6 * long


def _address(values: Values) -> float:
    return _mean(values.texts.str.contains(_STREET) & (values.texts.str.len_chars() <= 160))


def _place(values: Values) -> float:
    short = (values.texts.str.len_chars() <= 120) & values.texts.str.contains(r"\p{L}{3}|^\d{1,4}[a-zA-Z]?$")
    return 0.85 * _mean(short & ~values.texts.str.contains(r"[@]|^\d{1,2}/\d"))


def _town(values: Values) -> float:
    shaped = values.texts.str.contains(r"^\p{L}[\p{L}'’.\- ,&()]{1,40}$") & (
        values.texts.str.count_matches(r"\S+") <= 5
    )
    return _mean(shaped)


def _name(values: Values) -> float:
    shaped = values.texts.str.contains(_NAME) & (values.texts.str.count_matches(r"\S+") <= 4)
    found = _mean(shaped)
    return found if values.few or values.distinct > 4 or values.distinct >= 0.3 * len(values) else 0.5 * found


def _whole_name(values: Values) -> float:
    many = values.texts.str.count_matches(r"\S+")
    two = _mean(values.texts.str.contains(_WHOLE) & many.is_between(2, 5))
    one = _mean(values.texts.str.contains(_NAME) & (many == 1))
    varied = values.few or values.distinct > 4
    return (two + 0.6 * one) if varied else 0.4 * two


def _reference(values: Values) -> float:
    shaped = values.texts.str.contains(_REFERENCE) & values.texts.str.contains(r"\d")
    dated = looks_like_date(values.texts) & ~values.texts.str.contains(r"^\d{8}$")
    called = values.texts.str.replace_all(r"[\s()\-]", "").str.contains(_CALLED)
    # Whole numbers with a point behind them are sums, not references.
    return _mean(shaped & ~dated & ~called & ~values.texts.str.contains(r"^\d+\.\d+$"))


def _row_reference(values: Values) -> float:
    # A row or two that came twice do not make it another column.
    unique = values.distinct >= 0.97 * len(values) and values.filled > 0.95
    return _reference(values) if unique else 0.0


def _code(values: Values) -> float:
    short = _mean(values.texts.str.len_chars() <= 60)
    return short if values.distinct <= max(12, 0.5 * len(values)) else 0.5 * short


def _contact(values: Values) -> float:
    """Telephones and e-mail addresses in one column, where both are there."""
    mail, phone = values.share("email"), values.share("phone")
    return mail + phone if min(mail, phone) > 0.05 else 0.0


def _cro(values: Values) -> float:
    found = cros(values.texts)
    wrong = (
        found.problem == "cro_check_letter" if found.problem is not None else pl.Series([False] * len(values))
    )
    return _mean(found.value.is_not_null() | wrong)


def _pnc(values: Values) -> float:
    found = pnc_ids(values.texts)
    wrong = (
        found.problem == "pnc_check_letter" if found.problem is not None else pl.Series([False] * len(values))
    )
    return _mean(found.value.is_not_null() | wrong)


LOOKS: Mapping[str, Callable[[Values], float]] = {
    "any": lambda values: 0.9,
    "date": _date,
    "birth": _birth,
    "time": _matching(_TIME),
    "age": _age,
    "phone": _phone,
    "whole_postcode": _matching(_WHOLE_POSTCODE),
    "dialled": _matching(_DIALLED),
    "whole_of_names": _whole_of_names,
    "email": _email,
    "contact": _contact,
    "postcode": _postcode,
    "vehicle": _vehicle,
    "handle": _handle,
    "account": _account,
    "mark": lambda values: _mean(_marks(values.texts) & values.texts.str.contains(_MARK)),
    "pnc": _pnc,
    "cro": _cro,
    "uprn": _matching(_UPRN),
    "yes_no": _yes_no,
    "domestic": _domestic,
    "role": _role,
    "relationship": _listed(_said("relationships"), 0.8),
    "sex": _sex,
    "ethnicity": _ethnicity,
    "offence": _listed(_said("offences"), 0.8),
    "concern": _listed(_said("concerns"), 0.8),
    "outcome": _outcome,
    "record_type": _listed(_said("record_type")),
    "made_by": _listed(_said("made_by")),
    "report_channel": _listed(_said("report_channel")),
    "channels": _listed(_said("channels", several=True)),
    "behaviours": _said("behaviours", several=True),
    "text": _text,
    "address": _address,
    "place": _place,
    "town": _town,
    "name": _name,
    "whole_name": _whole_name,
    "reference": _reference,
    "row_reference": _row_reference,
    "code": _code,
}
"""How each look is recognised."""

_IN_WORDS: Mapping[str, str] = {
    "date": "dates",
    "birth": "dates",
    "time": "times",
    "age": "ages",
    "phone": "phone numbers",
    "email": "email addresses",
    "contact": "phone numbers or email addresses",
    "postcode": "postcodes",
    "whole_postcode": "postcodes",
    "vehicle": "vehicles",
    "handle": "accounts",
    "account": "accounts",
    "mark": "registration marks",
    "pnc": "PNC ids",
    "cro": "CRO numbers",
    "uprn": "numbers of the right length",
    "yes_no": "yes or no",
    "domestic": "words that say whether it is domestic",
    "role": "words for a victim, a suspect or somebody else",
    "relationship": "words for a relationship",
    "sex": "words or codes for a sex",
    "ethnicity": "words or codes for an ethnicity",
    "offence": "words for an offence",
    "concern": "words for what people ask about",
    "outcome": "outcomes",
    "record_type": "words for a kind of record",
    "made_by": "words for who told the sender",
    "report_channel": "ways of getting in touch",
    "channels": "ways in which something is done",
    "behaviours": "words for what was done",
    "text": "sentences",
    "address": "addresses",
    "place": "places",
    "town": "words such as towns have",
    "name": "words such as names have",
    "whole_name": "names of two words or more",
    "reference": "references",
    "row_reference": "references, each different",
    "code": "codes or words that repeat",
}


def in_words(values: Values, look: str) -> str:
    """Return how many values have a look, in words: "98 of 100 values are dates, from 1930 to 2012"."""
    hit, many = round(values.share(look) * len(values)), len(values)
    if look == "any":
        return ""
    said = f"{hit} of {many} values are {_IN_WORDS[look]}"
    if many == 1:
        said = f"the one value is {'one of ' if hit else 'none of '}{_IN_WORDS[look]}"
    if look in {"date", "birth"} and (dates := values.dates) is not None:
        said += (
            f", from {dates.first} to {dates.last}" if dates.first != dates.last else f", of {dates.first}"
        )
    return said


#: Of values that are short and repeat, so much may stand for codes of a meaning whose words they do not say.
_AS_CODES = 0.6


def agreement(values: Values, meaning: Meaning) -> tuple[str, float]:
    """Return the look of a meaning that fits a column best, and the share of values that have it.

    Where a meaning is coded, codes that say nothing by themselves ("01", "STK1") may be its codes: a person
    says what each is.
    """
    look, share = values.best(meaning.looks)
    if meaning.words and share < _AS_CODES and values.distinct <= 60 and values.share("code") > 0.9:
        return "code", _AS_CODES
    return look, share
