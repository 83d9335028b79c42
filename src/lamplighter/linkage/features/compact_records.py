"""Make a person record ready once, as one short text: what a report that was just saved is compared with.

The text is a JSON list: the part the person plays and what the report says of itself (:data:`FACTS`), then
the feature columns in the order of :data:`COLUMNS`. Making it from a frame (:func:`compact_frames.texts_of`)
and from one report (:func:`of_report`) gives the same texts.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from lamplighter.linkage.features import feature_columns as made
from lamplighter.linkage.features import recorded_values
from lamplighter.linkage.features.encoded_columns import SEPARATOR
from lamplighter.linkage.features.names import sound, stem, words

VERSION = 6
"""Raised when a text is made in another way: texts of an earlier version are made anew."""
FACTS = ("part", "relationship", "recorded_as", "reported_on", "own_reference", "named_references")
COLUMNS = (
    "first", "middle", "given", "first_class", "first_ph", "first_stem", "byname",
    "sur", "sur_parts", "sur_ph", "birth_date", "born_from", "born_to", "phones", "tokens", "emails",
    "handles", "handle_cores", "platforms", "handle_text", "vrms", "vrm_parts", "vrm_ends", "dwelling",
    "house", "street", "postcode", "outward", "town", "sex", "eth", "eth_group", "pnc", "cro", "nominal",
)  # fmt: skip
AT = {name: i for i, name in enumerate(COLUMNS)}
_EPOCH = dt.date(1970, 1, 1).toordinal()
_LATEST = 50_000
_SPACE = re.compile(r"\s")
_NOUGHTS = re.compile(r"(^|[^0-9])0+(?=\d)")


class Compact(NamedTuple):
    """One record: where it stands, and ``values``, its features in the order of :data:`COLUMNS`.
    ``reported_on`` is the day of its report, counted from 1 January 1970."""

    record_id: str
    report_id: str
    part: str
    relationship: str | None
    recorded_as: str | None
    reported_on: int | None
    own_reference: str | None
    named_references: Sequence[str]
    values: tuple[Any, ...]

    def text(self) -> str:
        """Return the record as it is kept."""
        return json.dumps([*self[2:8], *self.values], ensure_ascii=False, separators=(",", ":"))


def read(record_id: str, report_id: str, text: str) -> Compact:
    """Return a record from its text."""
    part, relationship, recorded_as, day, own, named, *rest = orjson.loads(text)
    return Compact(record_id, report_id, part, relationship, recorded_as, day, own, named, tuple(rest))


def values_in(text: str) -> tuple[Any, ...]:
    """Return the features alone."""
    return tuple(orjson.loads(text)[len(FACTS) :])


# From one report


def of_report(report: Mapping[str, Any], people: Iterable[Mapping[str, Any]]) -> list[Compact]:
    """Return the people of one report, each as :func:`texts_of` has them; rows as in the schema of
    records.
    """
    rows = sorted(people, key=lambda p: str(p["record_id"]))
    listed = any(p.get("role") == "victim" for p in rows)
    own, named = reference(report.get("source_ref")), references(report.get("related_refs"))
    day = report.get("reported_at")
    day = day.date() if isinstance(day, dt.datetime) else day
    return [
        Compact(
            p["record_id"],
            p["report_id"],
            _part(p.get("role"), listed),
            p.get("relationship"),
            report.get("recorded_as"),
            None if day is None else day.toordinal() - _EPOCH,
            own,
            named,
            _values(p, report.get("source"), day),
        )
        for p in rows
    ]


def _part(role: str | None, victim_listed: bool) -> str:
    """As :func:`lamplighter.linkage.dyads.pair_context.part_of` has it."""
    if role == "victim" or (role == "reporting_person" and not victim_listed):
        return "V"
    return "S" if role == "suspect" else "O"


def reference(text: str | None) -> str | None:
    """Return an agency's reference without case, spaces and leading noughts of its numbers."""
    return None if text is None else _NOUGHTS.sub(r"\1", _SPACE.sub("", text.upper()))


def references(texts: Sequence[str] | None) -> list[str]:
    """Return the same for several."""
    return [r for t in texts or () if t is not None and (r := reference(t)) is not None]


def _values(person: Mapping[str, Any], source: str | None, day: dt.date | None) -> tuple[Any, ...]:
    handles = _listed(person.get("handles"))
    ethnicity = person.get("ethnicity")
    ethnicity = None if ethnicity == "NS" else ethnicity
    ref = person.get("source_person_ref")
    sex = person.get("sex")
    return (
        *_given_names(person.get("forenames"), _aliases(person.get("nicknames"))),
        *_family_name(person.get("surname")),
        *_born(person, day),
        _listed(person.get("phones")),
        _listed(person.get("match_tokens")),
        _listed(person.get("emails")),
        handles,
        *_accounts(tuple(handles or ())),
        *_marks(tuple(_listed(person.get("vehicles")) or ())),
        *_home(person.get("address_text")),
        *_postcode(person.get("postcode")),
        None if person.get("town") is None else recorded_values.place(person["town"]),
        None if sex is None else made.sex_of(sex),
        ethnicity if ethnicity and len(ethnicity) > 1 else None,
        ethnicity[:1] if ethnicity is not None else None,
        person.get("pnc_id"),
        person.get("cro"),
        None if source is None or ref is None else f"{source}:{ref}",
    )


def _listed(texts: Sequence[str | None] | None) -> list[str] | None:
    kept = [t for t in texts or () if t is not None]
    return kept if any(kept) or len(kept) > 1 else None


def _aliases(texts: Sequence[str | None] | None) -> str | None:
    kept = [t for t in texts or () if t is not None]
    return SEPARATOR.join(kept) if kept else None


@lru_cache(_LATEST)
def _given_names(forenames: str | None, aliases: str | None) -> tuple[Any, ...]:
    whole = forenames if aliases is None else f"{forenames or ''}{made.ALIAS}{aliases}"
    if whole is None:
        return (None,) * 7
    given, also = made.parted(whole)
    first = made.first_of(given, also)
    return (
        first,
        made.middle_of(given),
        _distinct(made.given_of(given, also)),
        _distinct(made.classes_of(given, also)),
        None if first is None else sound(first),
        None if first is None else stem(first),
        made.byname_of(whole),
    )


@lru_cache(_LATEST)
def _family_name(surname: str | None) -> tuple[Any, ...]:
    if surname is None:
        return (None, None, None)
    parts = words(surname)
    whole = "".join(parts) or None
    return whole, _distinct(parts), None if whole is None else sound(whole)


def _distinct(texts: Iterable[str]) -> list[str] | None:
    return sorted(set(texts)) or None


def _born(person: Mapping[str, Any], day: dt.date | None) -> tuple[str | None, int | None, int | None]:
    exact = person.get("birth_date")
    if exact is not None:
        number = exact.toordinal() - _EPOCH
        return exact.isoformat(), number, number
    low, high = person.get("age_from"), person.get("age_to")
    high = low if high is None else high
    begin = None if high is None or day is None else _years_before(day, high + 1) + 1
    return None, begin, None if low is None or day is None else _years_before(day, low)


def _years_before(day: dt.date, years: int) -> int:
    year = day.year - min(max(years, 0), 120)
    try:
        return day.replace(year=year).toordinal() - _EPOCH
    except ValueError:  # the 29th of February
        return dt.date(year, 2, 28).toordinal() - _EPOCH


def _accounts(handles: tuple[str, ...]) -> tuple[Any, ...]:
    if not handles:
        return (None, None, None)
    cores = _distinct(c for h in handles if (c := made.core_of(h)))
    return (
        cores,
        _distinct(p for h in handles if (p := made.platform_of(h))),
        " ".join(cores) if cores else None,
    )


def _marks(marks: tuple[str, ...]) -> tuple[Any, ...]:
    if not marks:
        return (None, None, None)
    whole = [m for m in marks if recorded_values.is_full_mark(m)]
    partial = [p for m in marks if not recorded_values.is_full_mark(m) and (p := m.strip("*"))]
    return (
        _distinct(whole),
        _distinct(partial),
        _distinct(p for m in marks for p in recorded_values.mark_ends(m)),
    )


@lru_cache(_LATEST)
def _home(address: str | None) -> tuple[str | None, str | None, str | None]:
    home = None if address is None else recorded_values.dwelling(address)
    if home is None:
        return None, None, None
    return home, recorded_values.house_of(home), recorded_values.street_of(home)


@lru_cache(_LATEST)
def _postcode(code: str | None) -> tuple[str | None, str | None]:
    return (None, None) if code is None else (recorded_values.postcode(code), recorded_values.outward(code))
