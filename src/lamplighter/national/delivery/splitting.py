"""Split what a force holds into two files: who the people are, for the linker, and what was done, for the
analyst.

File 1, *identity*, holds a record's id and the fields of a party, and of its report nothing but a number, its
day and which earlier reports it names. File 2, *content*, holds dates, numbers and codes. No column of words
enters it, a code that is no code of its set is emptied, and before anything is written every other text of
file 2 is held against what file 1 tells of people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from lamplighter.linkage.features.names import words
from lamplighter.national.delivery import event_tables
from lamplighter.national.delivery.keys import Key, Release
from lamplighter.national.delivery.tokens import tokens_of
from lamplighter.national.errors import NationalError
from lamplighter.records.schema import TABLES_BY_NAME, Bundle, Field
from lamplighter.vocabulary.ages import AGE_BANDS
from lamplighter.vocabulary.codes import code_set

PARTY_FIELDS = (
    "role", "relationship", "surname", "forenames", "nicknames", "descriptor", "birth_date", "age_from",
    "age_to", "sex", "ethnicity", "phones", "emails", "handles", "address_text", "postcode", "town",
    "vehicles", "pnc_id", "cro", "source_person_ref", "match_tokens",
)  # fmt: skip
"""What the linker sees of a person in a report."""
GROUP_FIELDS = ("role", "sex", "ethnicity", "age_from", "age_to")
"""What the linker sees where an agency may not send names: enough to say how well each group is linked."""
CONTENT_TABLES = ("reports", "offences", "occasions")
_CONTENT_PEOPLE = ("role", "relationship", "sex", "ethnicity", "age_from", "age_to")
_NOT_OF_CONTENT = frozenset({"source_rows", "raw", "flags"})
_NAMED_BY = ("surname", "forenames", "town", "descriptor")
_WHOLE = ("postcode", "pnc_id", "cro", "source_person_ref", "address_text")
_LISTS = ("phones", "emails", "handles", "vehicles", "nicknames", "match_tokens")
_LEAST_LETTERS = 3
MOST_CODES = 200
RECORD, REPORT, LINKERS = "r", "c", "w"
"""The first letters of ids: of a person in a report and of a report for the analyst, and of both for the
linker."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hold what leaves a force. For the linker: ``people`` and ``reports`` (empty fields where no names may
    be sent), ``tokens`` and ``passing`` (record_id, record: the analyst's id, which the linker cannot read).
    For the analyst: ``content``, tables by name. ``emptied``: cells of content that were no code, by column;
    ``unknown``: ids in events of nobody and nothing that was delivered."""

    people: pl.DataFrame
    reports: pl.DataFrame
    tokens: pl.DataFrame
    passing: pl.DataFrame
    content: Mapping[str, pl.DataFrame]
    emptied: Mapping[str, int]
    unknown: Mapping[str, int]


def split(
    bundle: Bundle,
    force: str,
    own: Key,
    release: Key,
    *,
    shared: Key | None = None,
    names: bool = True,
    events: Mapping[str, pl.DataFrame] | None = None,
    coded: Collection[str] = (),
) -> Delivery:
    """Return the two files of a force.

    Args:
        bundle: ``people`` and ``reports``, and ``offences`` and ``occasions`` where there are any.
        own: the force's key; ``release``: the analyst's key of a purpose and release, which the linker has
        not. shared: the key of tokens, which forces and agencies share; without it no tokens are made. names:
        whether the linker may see names; without them it gets tokens alone. events: further tables for the
        analyst: dates, numbers and codes, by ``record_id`` or ``report_id``, or events (``event_tables``).
        coded: columns of these, as "table.column", that the force says hold codes: a code may be a surname
        too.

    Raises:
        NationalError: there are no people or reports, an id is missing or repeated, tokens have no key, or a
            table for the analyst says who somebody is.
    """
    people, reports = _given(bundle)
    if not names and shared is None:
        raise NationalError("Without names the linker needs tokens, which need the key that agencies share.")
    ids = _Ids.of(people, reports, force, own, release)
    content, emptied = _content(
        bundle, {n: f for n, f in (events or {}).items() if not _is_of_events(f)}, ids
    )
    unknown: dict[str, int] = {}
    for name, frame in (events or {}).items():
        if _is_of_events(frame):
            _new_name(name, content)
            content[name], lost = event_tables.sealed(frame, ids.records, force, own, release, shared)
            unknown |= {c.replace("events", name, 1): n for c, n in lost.items()}
    refuse_identities(content, people, coded, force)
    return Delivery(
        ids.for_linker(_party(people, force, names=names)),
        ids.reports_for_linker(reports, force),
        pl.DataFrame(schema=_TOKENS) if shared is None else ids.for_linker(tokens_of(people, shared)),
        ids.records.select("record_id", "record").sort("record_id"),
        content,
        emptied,
        unknown,
    )


_TOKENS = pl.Schema({"record_id": pl.String(), "kind": pl.String(), "token": pl.String()})


def _given(bundle: Bundle) -> tuple[pl.DataFrame, pl.DataFrame]:
    people, reports = bundle.get("people"), bundle.get("reports")
    if people is None or reports is None or not people.height:
        raise NationalError("A delivery needs the tables people and reports, with at least one person.")
    for frame, column, table in ((people, "record_id", "people"), (reports, "report_id", "reports")):
        if frame[column].null_count() or frame[column].n_unique() < frame.height:
            raise NationalError(f"An id is missing or there twice in the table {table}.", place=column)
    return people, reports


@dataclass(frozen=True, slots=True)
class _Ids:
    """``records``: own (the force's id), record_id (the linker's), record (the analyst's); ``told``: the same
    of reports, own, report_id, report."""

    records: pl.DataFrame
    told: pl.DataFrame

    @classmethod
    def of(cls, people: pl.DataFrame, reports: pl.DataFrame, force: str, own: Key, release: Key) -> _Ids:
        linker = own.derived("linker")

        def keyed(told: pl.Series, kind: str, letter: str, names: tuple[str, str]) -> pl.DataFrame:
            tokens = own.derived(kind, force).tokens(told.to_list())
            return pl.DataFrame(
                {
                    "own": told,
                    names[0]: linker.sealed(LINKERS, tokens),
                    names[1]: release.sealed(letter, tokens),
                }
            )

        every = pl.concat([reports["report_id"], people["report_id"].drop_nulls()]).unique().sort()
        return cls(
            keyed(people["record_id"], "record", RECORD, ("record_id", "record")),
            keyed(every, "report", REPORT, ("report_id", "report")),
        )

    def for_linker(self, frame: pl.DataFrame) -> pl.DataFrame:
        """``frame`` with the linker's ids for the force's, in their order: the force's own says who came
        first."""
        found = frame.rename({"record_id": "own"}).join(self.records.select("own", "record_id"), on="own")
        if "report_id" in frame.columns:
            numbered = self.told.select(report_id="own", told="report_id")
            found = found.join(numbered, on="report_id", how="left").drop("report_id")
            found = found.rename({"told": "report_id"})
        keys = [c for c in ("record_id", "report_id") if c in found.columns]
        rest = [c for c in frame.columns if c not in keys]
        return found.select(*keys, *rest).sort(*keys, *(c for c in rest if c in ("kind", "token")))

    def reports_for_linker(self, reports: pl.DataFrame, force: str) -> pl.DataFrame:
        """Return of each report its number, its day, and the numbers of the reports of this force that it
        names."""
        refs = _references(reports)
        numbered = self.told.select("own", "report_id")
        named = (
            refs.join(numbered, on="own")
            .join(numbered.rename({"own": "named", "report_id": "other"}), on="named")
            .group_by("report_id")
            .agg(related_refs=pl.col("other").unique().sort())
        )
        day = (
            pl.col("reported_at").cast(pl.Date) if "reported_at" in reports.columns else pl.lit(None, pl.Date)
        )
        return (
            reports.select(own="report_id", reported_at=day)
            .join(numbered, on="own")
            .join(named, on="report_id", how="left")
            .select(
                "report_id", "reported_at", source=pl.lit(force), source_ref="report_id",
                related_refs=pl.col("related_refs").fill_null(pl.lit([], dtype=pl.List(pl.String))),
            )
            .sort("report_id")
        )  # fmt: skip

    def for_analyst(self, frame: pl.DataFrame) -> pl.DataFrame:
        """``frame`` with the analyst's ids, in their order. Rows of nobody that was delivered are left
        out."""
        found = frame
        for column, table, name in (
            ("record_id", self.records, "record"), ("report_id", self.told, "report"),
        ):  # fmt: skip
            if column in found.columns:
                ids = table.select(pl.col("own").alias(column), name)
                found = found.join(ids, on=column, how="inner").drop(column)
        keys = [c for c in ("record", "report") if c in found.columns]
        return found.select(*keys, pl.exclude(keys)).sort(pl.all())


def _references(reports: pl.DataFrame) -> pl.DataFrame:
    """Return which reports name which others of the same force: own, named."""
    if not {"source_ref", "related_refs"} <= set(reports.columns):
        return pl.DataFrame(schema={"own": pl.String(), "named": pl.String()})
    plain = pl.col("ref").str.to_uppercase().str.replace_all(r"\s", "").str.replace_all(
        r"(^|[^0-9])0+(\d)", "${1}${2}"
    )  # fmt: skip
    known = reports.select(named="report_id", ref="source_ref").with_columns(plain)
    told = reports.select(own="report_id", ref="related_refs").explode("ref").drop_nulls()
    return told.with_columns(plain).join(known, on="ref").filter(pl.col("own") != pl.col("named"))


def _party(people: pl.DataFrame, force: str, *, names: bool) -> pl.DataFrame:
    schema = TABLES_BY_NAME["people"].polars_schema
    wanted = PARTY_FIELDS if names else GROUP_FIELDS
    columns = [
        pl.col(c).cast(schema[c]) if c in people.columns and c in wanted else pl.lit(None, schema[c]).alias(c)
        for c in PARTY_FIELDS
    ]
    return people.select("record_id", "report_id", *columns, source=pl.lit(force))


def _content(
    bundle: Bundle, events: Mapping[str, pl.DataFrame], ids: _Ids
) -> tuple[dict[str, pl.DataFrame], dict[str, int]]:
    found: dict[str, pl.DataFrame] = {}
    emptied: dict[str, int] = {}
    for name in ("people", *CONTENT_TABLES):
        frame = bundle.get(name)
        if frame is None:
            continue
        if name == "people":
            frame = with_age_bands(frame, bundle["reports"])
        fields = [f for f in TABLES_BY_NAME[name].fields if f.name in frame.columns and _may_leave(name, f)]
        keys = [c for c in ("record_id", "report_id") if c in frame.columns]
        coded = [_coded(f) for f in fields]
        found[name] = ids.for_analyst(frame.select(*keys, *coded))
        emptied |= _emptied(name, frame, fields)
    for name, frame in events.items():
        _new_name(name, found)
        if not {"record_id", "report_id"} & set(frame.columns):
            raise NationalError(
                f"The table {name} has neither record_id nor report_id, and is no table of events.",
                remedy="A table of events has event, and suspect or victim.",
            )
        found[name] = ids.for_analyst(frame)
    return found, emptied


def with_age_bands(people: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """Return people with the band of their age at the report where the date of birth alone tells it.

    The date itself never goes to the analyst; without a band nothing could be said by age.
    """
    if (
        not {"birth_date", "age_from", "age_to"} <= set(people.columns)
        or "reported_at" not in reports.columns
    ):
        return people
    on = reports.select("report_id", on=pl.col("reported_at").cast(pl.Date)).unique("report_id")
    found = people.join(on, on="report_id", how="left", maintain_order="left")
    born = pl.col("birth_date")
    had = pl.col("on").dt.ordinal_day() >= born.dt.ordinal_day()
    years = pl.col("on").dt.year() - born.dt.year() - pl.when(had).then(0).otherwise(1)
    open_ = pl.col("age_from").is_null() & pl.col("age_to").is_null()
    low, high = pl.col("age_from"), pl.col("age_to")
    for first, last in AGE_BANDS:
        mine = open_ & years.is_between(first, last)
        low, high = pl.when(mine).then(first).otherwise(low), pl.when(mine).then(last).otherwise(high)
    kinds = people.schema
    return found.with_columns(age_from=low.cast(kinds["age_from"]), age_to=high.cast(kinds["age_to"])).drop(
        "on"
    )


def _is_of_events(frame: pl.DataFrame) -> bool:
    return event_tables.is_table_of_events(frame.columns)


def _new_name(name: str, held: Mapping[str, pl.DataFrame]) -> None:
    if name in held:
        raise NationalError(f"The table {name} is made from the bundle: call the other one otherwise.")


def _may_leave(table: str, field: Field) -> bool:
    """Tell whether a column of the schema goes to the analyst: dates, numbers and codes of reports and what
    happened, and of people no more than their part and group."""
    if field.restricted or field.name in _NOT_OF_CONTENT or field.name in ("record_id", "report_id"):
        return False
    if table == "people":
        return field.name in _CONTENT_PEOPLE
    coded = field.codes is not None and field.kind in ("text", "texts")
    return coded or field.kind in ("date", "datetime", "integer", "boolean")


def _coded(field: Field) -> pl.Expr:
    """Return the column without what is no code of its set."""
    if field.codes is None:
        return pl.col(field.name)
    codes = list(code_set(field.codes).codes)
    if field.kind == "texts":
        return pl.col(field.name).list.eval(pl.element().filter(pl.element().is_in(codes)))
    return pl.when(pl.col(field.name).is_in(codes)).then(field.name).alias(field.name)


def _emptied(table: str, frame: pl.DataFrame, fields: list[Field]) -> dict[str, int]:
    found = {}
    for field in fields:
        if field.codes is None or field.kind != "text":
            continue
        own = frame[field.name]
        many = own.len() - own.null_count() - int(own.is_in(list(code_set(field.codes).codes)).sum())
        if many:
            found[f"{table}.{field.name}"] = many
    return found


def refuse_identities(
    content: Mapping[str, pl.DataFrame], people: pl.DataFrame, codes: Collection[str] = (), force: str = ""
) -> None:
    """Refuse tables for the analyst that say who somebody is.

    Every text that is neither an id of ours nor a code of a set is taken apart into words, and held against
    the words of names, places and descriptions, the numbers, accounts and addresses of ``people``, and their
    dates of birth. A column that is said to hold ``codes`` ("table.column") may have no more than
    :data:`MOST_CODES` values, none of them with a space.

    Raises:
        NationalError: a column holds one; the column is named, and not what it holds.
    """
    known = _known(people)
    births = set(people["birth_date"].drop_nulls().to_list()) if "birth_date" in people.columns else set()
    for name, frame in content.items():
        schema = TABLES_BY_NAME.get(name)
        coded = {f.name for f in schema.fields if f.codes} if schema else set()
        for column, kind in frame.schema.items():
            if column in ("record", "report") or column in coded:
                continue
            values = frame[column].explode() if isinstance(kind, pl.List) else frame[column]
            if _is_of_events(frame) and kind == pl.String and event_tables.says_nobody(column, values, force):
                continue
            if f"{name}.{column}" in codes and values.dtype == pl.String and _are_codes(values):
                continue
            if values.dtype == pl.String:
                told = values.drop_nulls().unique().to_list()
                if any(not known.isdisjoint(_parts(v)) for v in told):
                    raise _tells(name, column)
            elif values.dtype == pl.Date and column not in _DAYS and births and schema is None:
                own = values.drop_nulls()
                if own.len() and own.is_in(list(births)).mean() == 1.0:
                    raise _tells(name, column)


def _are_codes(values: pl.Series) -> bool:
    told = values.drop_nulls().unique()
    return told.len() <= MOST_CODES and not told.str.contains(r"\s").any()


_DAYS = frozenset({"reported_at", "started_at", "ended_at"})


def _tells(table: str, column: str) -> NationalError:
    return NationalError(
        f"The column {column} of the table {table} says who somebody is: names, numbers, addresses or dates "
        "of birth of people in this delivery stand in it.",
        remedy="Leave the column out, or give codes instead. Nothing was written.",
    )


def _parts(value: str) -> set[str]:
    """Return a text, whole and by its words, in the form in which it is compared."""
    plain = value.casefold().strip()
    return {plain, plain.replace(" ", ""), *(w for w in words(value) if len(w) >= _LEAST_LETTERS)}


def _known(people: pl.DataFrame) -> set[str]:
    found: set[str] = set()
    for column in (*_NAMED_BY, *_WHOLE, *_LISTS):
        if column not in people.columns:
            continue
        values = people[column].explode() if column in _LISTS else people[column]
        for value in values.drop_nulls().unique().to_list():
            if column in _NAMED_BY or column == "nicknames":
                found |= {w for w in words(value) if len(w) >= _LEAST_LETTERS}
            else:
                found |= {value.casefold(), value.casefold().replace(" ", "")}
    return found


def check_release(release: Release) -> None:
    """Refuse a purpose or a release that is no name of a folder.

    Raises:
        NationalError: it holds anything but small letters, digits and hyphens.
    """
    for told in (release.purpose, release.release):
        if not told or not all(c.isascii() and (c.islower() or c.isdigit() or c == "-") for c in told):
            raise NationalError(
                "A purpose and a release are lowercase letters, digits and hyphens: reoffending, 2027-q1."
            )
