"""Make the feature columns of person records, each of what one part of a record says.

Every function of a value is worked out once for each distinct value; see :mod:`encoded_columns`.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.linkage.features import recorded_values
from lamplighter.linkage.features.encoded_columns import (
    SEPARATOR,
    Changed,
    Column,
    Lists,
    Spread,
    Texts,
    coded_lists,
    derived_lists,
    factorised,
    lists_of_each,
    numbers,
)
from lamplighter.linkage.features.names import called, family_names, formal_names, is_nickname, stem, words
from lamplighter.linkage.features.phonetic_codes import sounds
from lamplighter.linkage.features.titles import FEMALE_TITLES, MALE_TITLES

EXTRA, EXTRA_NUMBER = "x_", "n_"
"""How the names of further columns begin, which a foreign table has and the schema has not: texts, and
whole numbers."""
ALIAS = "\x1e"
SEXES = {
    **dict.fromkeys(("male", "m", "man", "boy", "1", "1.0"), "male"),
    **dict.fromkeys(("female", "f", "woman", "girl", "2", "2.0"), "female"),
    **dict.fromkeys(MALE_TITLES, "male"),
    **dict.fromkeys(FEMALE_TITLES, "female"),
}
"""The words, the codes of ISO 5218, and titles."""


def name_columns(frame: pl.DataFrame) -> dict[str, Column]:
    whole, family = factorised(_called(frame)), factorised(frame["surname"])
    # Every distinct value is taken apart once.
    names = [parted(v) for v in whole.values.to_list()]
    first = whole.each([first_of(*n) for n in names])
    families = family_names(family.values)
    sur = family.each([w if isinstance(w, str) else "".join(w) or None for w in families])
    made: dict[str, Column] = {
        "first": first,
        "middle": whole.each([middle_of(given) for given, _ in names]),
        "given": lists_of_each(whole, [given_of(*n) for n in names]),
        "first_class": lists_of_each(whole, [list(classes_of(*n)) for n in names]),
        "first_ph": first.each(sounds(first.values)),
        "first_stem": first.derived(stem),
        "byname": whole.derived(byname_of),
        "sur": sur,
        "sur_parts": lists_of_each(family, families),
        "sur_ph": sur.each(sounds(sur.values)),
    }
    if "middle_name" in frame.columns:
        made["middle"] = factorised(frame["middle_name"]).derived(lambda v: next(iter(words(v)), None))
    return made


def _called(frame: pl.DataFrame) -> pl.Series:
    """Given names as they are written, with the names in the aliases behind them."""
    if frame["nicknames"].null_count() == frame.height:
        return frame["forenames"]
    also = frame["nicknames"].list.drop_nulls()
    rows = (also.list.len() > 0).fill_null(False).arg_true()
    some = pl.DataFrame({"f": frame["forenames"].gather(rows), "a": also.gather(rows).list.join(SEPARATOR)})
    both = some.select(w=pl.concat_str(pl.col("f").fill_null(""), "a", separator=ALIAS))["w"]
    return frame["forenames"].scatter(rows, both)


def byname_of(whole: str) -> str | None:
    """Of a value that :func:`name_columns` put together, what somebody of whom no first name is told is
    called instead: 'Tank'."""
    given, _, aliases = whole.partition(ALIAS)
    called_so = [a for a in aliases.split(SEPARATOR) if a]
    alone = bool(called_so) and not words(given) and all(map(is_nickname, called_so))
    return called(called_so[0]) if alone else None


def parted(whole: str) -> tuple[list[str], list[str]]:
    """Return the given names and the names in the aliases of a value that :func:`name_columns` put
    together.
    """
    given, _, aliases = whole.partition(ALIAS)
    return words(given), [w for a in aliases.split(SEPARATOR) if (w := called(a))]


def first_of(given: list[str], also: list[str]) -> str | None:
    """Return the first name, or else what somebody is called: a name rather than a nickname."""
    if given:
        return given[0]
    return next((a for a in also if not is_nickname(a)), next(iter(also), None))


def middle_of(given: list[str]) -> str | None:
    return given[1] if len(given) > 1 else None


def given_of(given: list[str], also: list[str]) -> list[str]:
    return [w for w in (*given, *also) if len(w) > 1]


def classes_of(given: list[str], also: list[str]) -> set[str]:
    return {c for n in (*given[:1], *also) for c in formal_names(n)}


def sex_of(told: str) -> str | None:
    """Return the sex that a word, a code or a title tells: 'F', 'Mrs.'."""
    return SEXES.get(told.strip(" .").lower())


def birth_columns(frame: pl.DataFrame) -> dict[str, Column]:
    """Dates of birth, as they were written where they are texts; where only a year or an age is known,
    the first and last day that it allows."""
    dates = factorised(frame["birth_date"])
    if frame["birth_date"].dtype == pl.String:
        texts, days = dates.values, dates.values.str.to_date("%Y-%m-%d", strict=False)
    else:
        days = dates.values.cast(pl.Date())
        texts = days.dt.to_string("%Y-%m-%d")
    made: dict[str, Column] = {"birth_date": Texts(dates.codes, texts)}
    held = ("age_from", "age_to", *(("birth_year",) if "birth_year" in frame.columns else ()))
    if all(frame[name].null_count() == frame.height for name in held):
        exact = numbers(days).of(dates.codes)
        return made | {"born_from": exact, "born_to": exact}
    low, high = pl.col("age_from"), pl.coalesce("age_to", "age_from")
    year = pl.col("birth_year") if "birth_year" in frame.columns else pl.lit(None, dtype=pl.Int64())
    spans = frame.with_columns(_spelt(Texts(dates.codes, days)).alias("_day")).select(
        born_from=pl.coalesce("_day", pl.date(year, 1, 1), _years_before(high + 1).dt.offset_by("1d")),
        born_to=pl.coalesce("_day", pl.date(year, 12, 31), _years_before(low)),
    )
    return made | {"born_from": numbers(spans["born_from"]), "born_to": numbers(spans["born_to"])}


def _years_before(years: pl.Expr) -> pl.Expr:
    """Return the day so many years before the report; an age is a whole number from 0 to 120."""
    return pl.col("reported_at").dt.offset_by(pl.format("{}mo", -12 * years.clip(0, 120)))


def contact_columns(frame: pl.DataFrame) -> dict[str, Column]:
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
        "vrms": _each(marks, lambda m: m if recorded_values.is_full_mark(m) else None),
        "vrm_parts": _each(marks, lambda m: None if recorded_values.is_full_mark(m) else m.strip("*")),
        "vrm_ends": _each_many(marks, recorded_values.mark_ends),
    }


def core_of(handle: str) -> str:
    """Return an account's name without its platform: 'insta:dan' gives 'dan'."""
    return handle.partition(":")[2] or handle


def platform_of(handle: str) -> str:
    """Return an account's platform; of a name alone the name."""
    return handle.partition(":")[0]


def _as_texts(lists: Lists) -> Texts:
    """Return the distinct lists as texts with a separator."""
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


def home_columns(frame: pl.DataFrame) -> dict[str, Column]:
    if "house" in frame.columns or "street" in frame.columns:
        made = _homes_in_parts(frame)
    else:
        home = factorised(frame["address_text"]).derived(recorded_values.dwelling)
        made = {
            "dwelling": home,
            "house": home.derived(recorded_values.house_of),
            "street": home.derived(recorded_values.street_of),
        }
    codes = factorised(frame["postcode"])
    return {
        **made,
        "postcode": codes.derived(recorded_values.postcode),
        "outward": codes.derived(recorded_values.outward),
        "town": factorised(frame["town"]).derived(recorded_values.place),
    }


def _homes_in_parts(frame: pl.DataFrame) -> dict[str, Column]:
    """Return the same from a table that keeps the flat, the number and the street apart."""
    nothing = pl.lit(None, dtype=pl.String())
    parts = [pl.col(c) for c in ("unit", "house") if c in frame.columns]
    numbered = pl.concat_str(parts, separator=" ", ignore_nulls=True).replace("", None) if parts else nothing
    # A number by itself goes with a line of address that has only the street.
    named = pl.col("street" if "street" in frame.columns else "address_text")
    given = frame.with_columns(_number=numbered, _named=named)
    number = factorised(given["_number"]).derived(recorded_values.plain)
    street = factorised(given["_named"]).derived(recorded_values.street)
    both = pl.DataFrame({"n": _spelt(number), "s": _spelt(street)})
    return {
        "dwelling": factorised(both.select(w=pl.concat_str("n", "s", separator=" "))["w"]),
        "house": number,
        "street": street,
    }


def _spelt(texts: Texts) -> pl.Series:
    """Return a column of texts, as the series it was made from."""
    places = np.where(texts.codes < 0, len(texts.values), texts.codes)
    return texts.values.extend_constant(None, 1).gather(pl.Series(places))


def identifier_columns(frame: pl.DataFrame) -> dict[str, Column]:
    ethnicity = factorised(frame["ethnicity"]).derived(lambda v: None if v == "NS" else v)
    nominal = frame.select(n=pl.format("{}:{}", "source", "source_person_ref"))["n"]
    return {
        "sex": factorised(frame["sex"]).derived(sex_of),
        "eth": ethnicity.derived(lambda v: v if len(v) > 1 else None),
        "eth_group": ethnicity.derived(lambda v: v[:1]),
        "pnc": factorised(frame["pnc_id"]),
        "cro": factorised(frame["cro"]),
        "nominal": factorised(nominal),
    }


def extra_columns(frame: pl.DataFrame) -> dict[str, Column]:
    """Further columns of a foreign table: numbers stay numbers, texts lose case and marks."""
    made: dict[str, Column] = {}
    for name in frame.columns:
        if name.startswith(EXTRA):
            made[name] = factorised(frame[name].cast(pl.String())).derived(recorded_values.plain)
        elif name.startswith(EXTRA_NUMBER):
            made[name] = numbers(frame[name])
    return made
