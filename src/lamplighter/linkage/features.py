"""Person records as the columns that the comparison levels look at.

Every function of a value is worked out once for each distinct value; see :mod:`coded`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from lamplighter.linkage import values
from lamplighter.linkage.coded import (
    NOTHING,
    SEPARATOR,
    Changed,
    Column,
    Lists,
    Numbers,
    Rows,
    Spread,
    Texts,
    coded_lists,
    derived_lists,
    factorised,
    numbers,
)
from lamplighter.linkage.names import called, formal_names, sound, stem, words
from lamplighter.linkage.sql_scene import Columns

LIST_COLUMNS = ("phones", "emails", "handles", "vehicles", "match_tokens", "nicknames")
TEXT_COLUMNS = (
    "role", "relationship", "descriptor", "surname", "forenames", "sex", "ethnicity", "address_text",
    "postcode", "town", "pnc_id", "cro", "source_person_ref", "report_id",
)  # fmt: skip
FACTS = pl.Schema(
    {
        "record_id": pl.String(),
        "report_id": pl.String(),
        "source": pl.String(),
        "role": pl.String(),
        "relationship": pl.String(),
        "recorded_as": pl.String(),
    }
)
"""What is known of a record besides the features: where it stands."""
EXTRA, EXTRA_NUMBER = "x_", "n_"
"""How the names of further columns begin, which a foreign table has and the schema has not: texts, and
whole numbers."""
ALIAS = "\x1e"
SEXES = {
    **dict.fromkeys(("male", "m", "man", "boy", "1", "1.0"), "male"),
    **dict.fromkeys(("female", "f", "woman", "girl", "2", "2.0"), "female"),
}
"""The words, and the codes of ISO 5218."""


FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"first", "first_ph", "first_class", "first_stem", "given"}),
    frozenset({"sur", "sur_ph", "sur_parts"}),
    frozenset({"birth_date", "born_from", "born_to"}),
    frozenset({"dwelling", "house", "street", "postcode", "outward", "town"}),
    frozenset({"handles", "handle_cores", "handle_text", "platforms"}),
    frozenset({"vrms", "vrm_parts", "vrm_prefixes"}),
    frozenset({"phones", "tokens"}),
)
"""Columns that are made of the same recorded values."""


@dataclass(slots=True)
class Features:
    """Features of n records: ``columns`` by name, and ``facts`` (:data:`FACTS`), a row a record."""

    columns: Columns
    facts: pl.DataFrame
    _held: dict[str, bool] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.facts.height

    @property
    def record_ids(self) -> pl.Series:
        return self.facts["record_id"]

    def has(self, name: str) -> bool:
        """Whether any record has something in this column."""
        if name not in self._held:
            column = self.columns.by_name.get(name)
            if isinstance(column, (Texts, Lists)):
                self._held[name] = bool((column.codes >= 0).any())
            else:
                self._held[name] = column is not None and bool(column.known.any())
        return self._held[name]

    def of(self, rows: Rows) -> Features:
        """Some of the records, in the order of ``rows``."""
        kept: dict[str, Column] = {}
        for name, column in self.columns.by_name.items():
            if isinstance(column, Texts):
                kept[name] = Texts(column.codes[rows], column.values)
            elif isinstance(column, Lists):
                kept[name] = Lists(column.codes[rows], column.starts, column.elements, column.values)
            else:
                kept[name] = Numbers(column.numbers[rows], column.known[rows])
        return Features(Columns(kept), self.facts[rows])


def prepare(people: pl.DataFrame, reports: pl.DataFrame | None = None) -> Features:
    """Features of every record of ``people``, in the same order.

    ``people`` needs ``record_id``; every other column of the schema of records is used when it
    is there, and so is any column whose name begins with ``x_`` (texts) or ``n_`` (whole numbers).
    ``reports`` gives the date at which an age was true; without it ages are not used (birth dates are).
    Raises ``ValueError`` when ``record_id`` is missing or repeated.
    """
    frame = _dated(_complete(people), reports)
    parts = (_names, _births, _contacts, _homes, _identifiers, _extras)
    with ThreadPoolExecutor(2) as pool:
        # Names are Python's work, the rest is not: side by side they take the time of one.
        made = pool.map(lambda part: part(frame), parts)
        found: dict[str, Column] = {name: column for own in made for name, column in own.items()}
    facts = frame.select([pl.col(n).cast(t) for n, t in FACTS.items()])
    return Features(Columns(found), facts)


def _complete(people: pl.DataFrame) -> pl.DataFrame:
    if "record_id" not in people.columns:
        raise ValueError("A frame of people needs a column 'record_id'.")
    if people["record_id"].n_unique() != people.height:
        raise ValueError("Each 'record_id' must appear once.")
    missing: list[pl.Expr] = []
    for name in TEXT_COLUMNS:
        if name not in people.columns:
            missing.append(pl.lit(None, dtype=pl.String()).alias(name))
    for name in LIST_COLUMNS:
        if name not in people.columns:
            missing.append(pl.lit(None, dtype=pl.List(pl.String())).alias(name))
    for name, kind in (("birth_date", pl.Date()), ("age_from", pl.Int64()), ("age_to", pl.Int64())):
        if name not in people.columns:
            missing.append(pl.lit(None, dtype=kind).alias(name))
    return people.with_columns(missing)


def _dated(frame: pl.DataFrame, reports: pl.DataFrame | None) -> pl.DataFrame:
    """``frame`` with what its reports say of every record: source, date and kind of matter."""
    if reports is not None and reports.height and "reported_at" in reports.columns:
        wanted = [c for c in ("report_id", "source", "reported_at", "recorded_as") if c in reports.columns]
        dated = reports.select(wanted).unique("report_id", keep="last")
        dated = dated.with_columns(pl.col("reported_at").cast(pl.Date))
        frame = frame.drop("source", "recorded_as", "reported_at", strict=False).join(
            dated, on="report_id", how="left", maintain_order="left"
        )
    if "reported_at" in frame.columns:
        frame = frame.with_columns(pl.col("reported_at").cast(pl.Date))
    for name, kind in (("source", pl.String()), ("recorded_as", pl.String()), ("reported_at", pl.Date())):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=kind).alias(name))
    return frame


def _names(frame: pl.DataFrame) -> dict[str, Column]:
    also = pl.col("nicknames").list.drop_nulls()
    known = also.list.len().fill_null(0) > 0
    called_too = pl.concat_str(pl.col("forenames").fill_null(""), also.list.join(SEPARATOR), separator=ALIAS)
    whole = factorised(frame.select(n=pl.when(known).then(called_too).otherwise("forenames"))["n"])
    family = factorised(frame["surname"])
    first = whole.derived(first_of)
    sur = family.derived(lambda v: "".join(words(v)) or None)
    made: dict[str, Column] = {
        "first": first,
        "middle": whole.derived(middle_of),
        "given": derived_lists(whole, given_of),
        "first_class": derived_lists(whole, classes_of),
        "first_ph": first.derived(sound),
        "first_stem": first.derived(stem),
        "sur": sur,
        "sur_parts": derived_lists(family, words),
        "sur_ph": sur.derived(sound),
    }
    if "middle_name" in frame.columns:
        made["middle"] = factorised(frame["middle_name"]).derived(lambda v: next(iter(words(v)), None))
    return made


def _split(whole: str) -> tuple[list[str], list[str]]:
    """The given names and the names in the aliases of a value that :func:`_names` put together."""
    given, _, aliases = whole.partition(ALIAS)
    return words(given), [w for a in aliases.split(SEPARATOR) if (w := called(a))]


def first_of(whole: str) -> str | None:
    given, also = _split(whole)
    return next(iter(given or also), None)


def middle_of(whole: str) -> str | None:
    given, _ = _split(whole)
    return given[1] if len(given) > 1 else None


def given_of(whole: str) -> list[str]:
    given, also = _split(whole)
    return [w for w in (*given, *also) if len(w) > 1]


def classes_of(whole: str) -> set[str]:
    given, also = _split(whole)
    return {c for n in (*given[:1], *also) for c in formal_names(n)}


def _births(frame: pl.DataFrame) -> dict[str, Column]:
    """Dates of birth, as they were written where they are texts; where only a year or an age is known,
    the first and last day that it allows."""
    low, high = pl.col("age_from"), pl.coalesce("age_to", "age_from")
    written = frame["birth_date"].dtype == pl.String
    exact = pl.col("birth_date").str.to_date("%Y-%m-%d", strict=False) if written else pl.col("birth_date")
    year = pl.col("birth_year") if "birth_year" in frame.columns else pl.lit(None, dtype=pl.Int64())
    spans = frame.select(
        born_from=pl.coalesce(exact, pl.date(year, 1, 1), _years_before(high + 1).dt.offset_by("1d")),
        born_to=pl.coalesce(exact, pl.date(year, 12, 31), _years_before(low)),
    )
    dates = factorised(frame["birth_date"])
    texts = dates.values if written else dates.values.cast(pl.Date()).dt.to_string("%Y-%m-%d")
    return {
        "birth_date": Texts(dates.codes, texts),
        "born_from": numbers(spans["born_from"]),
        "born_to": numbers(spans["born_to"]),
    }


def _years_before(years: pl.Expr) -> pl.Expr:
    """The day so many years before the report; an age is a whole number from 0 to 120."""
    return pl.col("reported_at").dt.offset_by(pl.format("{}mo", -12 * years.clip(0, 120)))


def _contacts(frame: pl.DataFrame) -> dict[str, Column]:
    handles = coded_lists(frame["handles"])
    marks = coded_lists(frame["vehicles"])
    cores = _each(handles, core_of)
    return {
        "phones": coded_lists(frame["phones"]),
        "tokens": coded_lists(frame["match_tokens"]),
        "emails": coded_lists(frame["emails"]),
        "handles": handles,
        "handle_cores": cores,
        "platforms": _each(handles, platform_of),
        "handle_text": _joined(cores),
        "vrms": _each(marks, lambda m: m if values.is_full_mark(m) else None),
        "vrm_parts": _each(marks, lambda m: None if values.is_full_mark(m) else m.strip("*")),
        "vrm_prefixes": _each_many(marks, values.mark_prefixes),
    }


def core_of(handle: str) -> str:
    """An account's name without its platform: 'insta:dan' gives 'dan'."""
    return handle.partition(":")[2] or handle


def platform_of(handle: str) -> str:
    """An account's platform; of a name alone the name."""
    return handle.partition(":")[0]


def _as_texts(lists: Lists) -> Texts:
    """The distinct lists as texts with a separator."""
    items = lists.values.to_list()
    whole = [
        SEPARATOR.join(items[e] for e in lists.elements[a:b])
        for a, b in zip(lists.starts[:-1], lists.starts[1:], strict=True)
    ]
    return Texts(lists.codes, pl.Series(whole, dtype=pl.String()))


def _each(lists: Lists, function: Changed) -> Lists:
    return _each_many(lists, lambda v: [w] if (w := function(v)) else [])


def _each_many(lists: Lists, function: Spread) -> Lists:
    return derived_lists(_as_texts(lists), lambda v: [w for one in v.split(SEPARATOR) for w in function(one)])


def _joined(lists: Lists) -> Texts:
    whole = _as_texts(lists)
    return Texts(whole.codes, whole.values.str.replace_all(SEPARATOR, " ", literal=True))


def _homes(frame: pl.DataFrame) -> dict[str, Column]:
    if "house" in frame.columns or "street" in frame.columns:
        made = _homes_in_parts(frame)
    else:
        home = factorised(frame["address_text"]).derived(values.dwelling)
        made = {
            "dwelling": home,
            "house": home.derived(values.house_of),
            "street": home.derived(values.street_of),
        }
    codes = factorised(frame["postcode"])
    return {
        **made,
        "postcode": codes.derived(values.postcode),
        "outward": codes.derived(values.outward),
        "town": factorised(frame["town"]).derived(values.place),
    }


def _homes_in_parts(frame: pl.DataFrame) -> dict[str, Column]:
    """The same from a table that keeps the flat, the number and the street apart."""
    nothing = pl.lit(None, dtype=pl.String())
    parts = [pl.col(c) for c in ("unit", "house") if c in frame.columns]
    numbered = pl.concat_str(parts, separator=" ", ignore_nulls=True).replace("", None) if parts else nothing
    # A number by itself goes with a line of address that has only the street.
    named = pl.col("street" if "street" in frame.columns else "address_text")
    given = frame.with_columns(_number=numbered, _named=named)
    number = factorised(given["_number"]).derived(values.plain)
    street = factorised(given["_named"]).derived(values.street)
    both = pl.DataFrame({"n": _spelt(number), "s": _spelt(street)})
    return {
        "dwelling": factorised(both.select(w=pl.concat_str("n", "s", separator=" "))["w"]),
        "house": number,
        "street": street,
    }


def _spelt(texts: Texts) -> pl.Series:
    """A column of texts, as the series it was made from."""
    places = pl.Series(texts.codes, dtype=pl.Int64()).replace(NOTHING, None)
    return pl.concat([texts.values, pl.Series([None], dtype=pl.String())]).gather(
        places.fill_null(len(texts.values))
    )


def _identifiers(frame: pl.DataFrame) -> dict[str, Column]:
    ethnicity = factorised(frame["ethnicity"]).derived(lambda v: None if v == "NS" else v)
    nominal = frame.select(n=pl.format("{}:{}", "source", "source_person_ref"))["n"]
    return {
        "sex": factorised(frame["sex"]).derived(lambda v: SEXES.get(v.strip().lower())),
        "eth": ethnicity.derived(lambda v: v if len(v) > 1 else None),
        "eth_group": ethnicity.derived(lambda v: v[:1]),
        "pnc": factorised(frame["pnc_id"]),
        "cro": factorised(frame["cro"]),
        "nominal": factorised(nominal),
    }


def _extras(frame: pl.DataFrame) -> dict[str, Column]:
    """Further columns of a foreign table: numbers stay numbers, texts lose case and marks."""
    made: dict[str, Column] = {}
    for name in frame.columns:
        if name.startswith(EXTRA):
            made[name] = factorised(frame[name].cast(pl.String())).derived(values.plain)
        elif name.startswith(EXTRA_NUMBER):
            made[name] = numbers(frame[name])
    return made


def related(columns: set[str]) -> set[str]:
    """Columns with those that are made of the same recorded values."""
    return columns.union(*(family for family in FAMILIES if family & columns))
