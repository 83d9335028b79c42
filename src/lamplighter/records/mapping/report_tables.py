"""One part of an extract, all lines of each of its reports together, to the five tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from lamplighter.records.canonical.phones import match_tokens
from lamplighter.records.mapping.consolidation import consolidated
from lamplighter.records.mapping.fields import Applied, apply_fields, clean, findings_of, placed
from lamplighter.records.mapping.mappings import FieldSpec, Mapping, Party
from lamplighter.records.mapping.offences_and_occasions import occasions_table, offences_table
from lamplighter.records.mapping.safe_contacts import contact_points
from lamplighter.records.mapping.unknown_words import together
from lamplighter.records.schema import PEOPLE, REPORTS, SAFE_CONTACTS, Bundle, empty_bundle
from lamplighter.records.validation.problems import FOUND_SCHEMA, found

HIDDEN = ("_ref", "_file", "_row", "_extra", "_raw", "_role", "_safe", "_rowref", "_other_file", "_other_row")


@dataclass(frozen=True, slots=True)
class Part:
    """Hold what one part gave: tables, findings, how many rows of which file were taken in or left out, and
    the words that no code table knows."""

    bundle: Bundle
    findings: pl.DataFrame
    accepted: dict[str, int]
    rejected: dict[str, int]
    unknown: pl.DataFrame


def data_columns(frame: pl.DataFrame) -> list[str]:
    """Return the source's own columns."""
    return [c for c in frame.columns if c not in HIDDEN]


def map_part(
    mapping: Mapping, report_rows: pl.DataFrame, person_rows: pl.DataFrame, match_key: bytes
) -> Part:
    """Map one part. Rows carry ``_ref`` (the report's reference), ``_file``, ``_row``, and optionally
    ``_raw`` and others.
    """
    same = report_rows is person_rows
    reports, offences, occasions, findings, unknown = _reports(mapping, report_rows)
    known = person_rows["_ref"].is_in(reports["_ref"].implode())
    astray = person_rows.filter(~known)
    findings.append(_per_file(astray, "link_no_report"))
    safe_of = _party_of_safe_contacts(mapping)
    made = [_people(mapping, person_rows.filter(known), match_key, safe=safe_of is None)]
    made += [
        _party(mapping, party, report_rows, match_key, safe=party.name == safe_of)
        for party in mapping.parties
    ]
    people = pl.concat([m.people for m in made])
    safe = pl.concat([m.safe for m in made])
    findings += [frame for m in made for frame in m.findings]
    lonely = reports.filter(~pl.col("_ref").is_in(people["_ref"].implode()))
    findings.append(
        _per_file(
            lonely.rename({"source_file": "_file"}).with_columns(
                pl.col("source_rows").list.first().alias("_row")
            ),
            "report_without_people",
        )
    )
    bundle = empty_bundle()
    bundle["reports"] = reports.select(REPORTS.columns)
    bundle["offences"] = offences
    bundle["occasions"] = occasions
    bundle["people"] = people.select(PEOPLE.columns)
    bundle["safe_contacts"] = safe
    accepted = _tally(person_rows.filter(known)) if not mapping.nested else {}
    if not same:
        for file, count in _tally(report_rows).items():
            accepted[file] = accepted.get(file, 0) + count
    words = together([*unknown, *(frame for m in made for frame in m.unknown)])
    return Part(bundle, pl.concat(findings, how="vertical"), accepted, _tally(astray), words)


def _tally(rows: pl.DataFrame) -> dict[str, int]:
    return dict(rows.group_by("_file").len().iter_rows()) if rows.height else {}


def _per_file(rows: pl.DataFrame, problem: str) -> pl.DataFrame:
    if rows.is_empty():
        return pl.DataFrame(schema=FOUND_SCHEMA)
    return pl.concat(
        found(str(file), part["_row"].to_list(), problem, refs=part["_ref"].to_list())
        for (file,), part in rows.group_by("_file", maintain_order=True)
    )


def raw_json(rows: pl.DataFrame, columns: list[str]) -> pl.Series:
    """Return the source's cells as received, as one JSON object a row; cells that were empty are left out."""
    present = [c for c in columns if c in rows.columns]
    if not present:
        return pl.Series(["{}"] * rows.height, dtype=pl.String)
    cells = rows.select(
        pl.when(pl.col(c).str.strip_chars() == "").then(None).otherwise(pl.col(c).str.strip_chars()).alias(c)
        for c in present
    )
    text = cells.select(pl.struct(present).struct.json_encode().alias("j"))
    # Inside a JSON string every quotation mark has a backslash before it, so this meets empty cells only.
    return text.select(
        pl.col("j").str.replace_all(r'"[^"\\]+":null,?', "").str.replace(r",\}$", "}")
    ).to_series()


def _reports(
    mapping: Mapping, rows: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, list[pl.DataFrame], list[pl.DataFrame]]:
    specs = {"reports": mapping.reports, "offences": mapping.offences, "occasions": mapping.occasions}
    used = sorted({c for group in specs.values() for s in group for c in s.source if c in rows.columns})
    spec = mapping.file(mapping.report_rows)
    raw_columns = (
        spec.as_received([c for c in data_columns(rows) if c in used or c == spec.report])
        if mapping.report_rows == mapping.person_rows
        else [c for c in spec.as_received(data_columns(rows)) if c not in _of_parties(mapping)]
    )
    if not mapping.people:
        # No row is a person's: what nobody has a use for was said of the report.
        others = [c for c in spec.as_received(data_columns(rows)) if c not in _of_parties(mapping)]
        raw_columns = list(dict.fromkeys([*raw_columns, *others]))
    tidy, notes = clean(rows, used, mapping.nulls)
    numbered = tidy.select("_ref", *used).with_row_index("_first")
    variants = (
        numbered.group_by("_ref", *used, maintain_order=True)
        .agg(pl.col("_first").first(), pl.len().alias("_n"))
        .sort("_first")
    )
    where = rows.select("_file", "_row", "_ref")[variants["_first"].to_list()]
    findings = [_noted(notes, rows)]
    unknown: list[pl.DataFrame] = []
    mapped: dict[str, pl.DataFrame] = {}
    for table, group in specs.items():
        applied: Applied = apply_fields(variants, group, table, mapping)
        findings.append(findings_of(applied, where))
        unknown += applied.unknown
        mapped[table] = (
            pl.DataFrame([*applied.columns.values()])
            if applied.columns
            else pl.DataFrame({"_": [None] * variants.height})
        )
    sources = (
        rows.select("_ref", "_file", "_row")
        .group_by("_ref", maintain_order=True)
        .agg(pl.col("_file").first().alias("source_file"), pl.col("_row").sort().alias("source_rows"))
    )
    raws = rows["_raw"] if "_raw" in rows.columns else None
    first_rows = rows[variants["_first"].to_list()]
    raw = raws.gather(variants["_first"]) if raws is not None else raw_json(first_rows, raw_columns)
    keys = variants.select("_ref", "_n", "_first")
    flat = pl.concat(
        [
            keys,
            *(f.rename({c: f"{t}.{c}" for c in f.columns}) for t, f in mapped.items()),
            raw.alias("raw").to_frame(),
        ],
        how="horizontal",
    )
    one, disagreements = consolidated(flat)
    if disagreements.height:
        spots = disagreements.join(sources, on="_ref", how="left")
        findings.append(
            spots.select(
                pl.col("source_file").alias("file"),
                pl.col("source_rows").list.first().alias("row"),
                "column",
                pl.lit("lines_disagree").alias("problem"),
                pl.lit(None, pl.Int64).alias("length"),
                pl.col("_ref").alias("report_ref"),
            )
        )
    reports = one.select(
        "_ref",
        "raw",
        *(pl.col(c).alias(c.removeprefix("reports.")) for c in one.columns if c.startswith("reports.")),
    )
    offences = offences_table(one, mapping)
    occasions = occasions_table(one, mapping)
    principal = offences.filter(pl.col("offence_seq") == 1).select(
        "report_id", pl.col("offence_group").alias("recorded_as")
    )
    reports = (
        reports.with_columns(
            (pl.lit(f"{mapping.name}:") + pl.col("_ref")).alias("report_id"),
            pl.lit(mapping.name).alias("source"),
            pl.lit(mapping.agency).alias("agency"),
            pl.col("_ref").alias("source_ref"),
        )
        .join(principal, on="report_id", how="left", maintain_order="left")
        .join(sources, on="_ref", how="left", maintain_order="left")
    )
    reports = _without_own(reports)
    missing = [f for f in REPORTS.columns if f not in reports.columns]
    reports = reports.with_columns(pl.lit(None, REPORTS.polars_schema[f]).alias(f) for f in missing)
    return (
        reports.select("_ref", *(pl.col(c).cast(t) for c, t in REPORTS.polars_schema.items())),
        offences,
        occasions,
        findings,
        unknown,
    )


def _without_own(reports: pl.DataFrame) -> pl.DataFrame:
    """A report does not relate to itself."""
    if "related_refs" not in reports.columns:
        return reports
    others = pl.col("related_refs").list.set_difference(pl.concat_list("_ref"))
    return reports.with_columns(
        pl.when(others.list.len() > 0).then(others).otherwise(None).alias("related_refs")
    )


def _noted(notes: list[tuple[str, pl.Series, str]], rows: pl.DataFrame) -> pl.DataFrame:
    frames = [
        pl.DataFrame({"_at": at.cast(pl.Int64)}).with_columns(
            pl.lit(column).alias("column"),
            pl.lit(problem).alias("problem"),
            pl.lit(None, pl.Int64).alias("length"),
        )
        for column, at, problem in notes
    ]
    return placed(pl.concat(frames), rows) if frames else pl.DataFrame(schema=FOUND_SCHEMA)


class Made(NamedTuple):
    """People of one kind, their safe contacts, what was found wrong on the way, and unknown words."""

    people: pl.DataFrame
    safe: pl.DataFrame
    findings: list[pl.DataFrame]
    unknown: list[pl.DataFrame]


def _of_parties(mapping: Mapping) -> set[str]:
    """Return the file's own columns that are one party's and nobody else's business."""
    spec = mapping.file(mapping.report_rows)
    group = (*mapping.reports, *mapping.offences, *mapping.occasions)
    shared = {c for s in group for c in spec.as_received(s.source)}
    return {c for party in mapping.parties for c in spec.as_received(party.columns)} - shared


def _party_of_safe_contacts(mapping: Mapping) -> str | None:
    """Return the party whom a row's safe contact is of: the victim beside others; ``None`` for the row's
    person.
    """
    if mapping.people or not mapping.parties:
        return None
    victims = [p.name for p in mapping.parties if p.role == "victim"]
    return (victims or [mapping.parties[0].name])[0]


def _people(mapping: Mapping, rows: pl.DataFrame, match_key: bytes, *, safe: bool) -> Made:
    """Return the persons whom rows, or objects within a report's object, are of: one each."""
    if not mapping.people and not mapping.nested:
        nobody = pl.DataFrame(schema={"_ref": pl.String, **PEOPLE.polars_schema})
        return Made(nobody, pl.DataFrame(schema=SAFE_CONTACTS.polars_schema), [], [])
    report_only = (
        {
            c
            for group in (mapping.reports, mapping.offences, mapping.occasions)
            for s in group
            for c in s.source
        }
        | _of_parties(mapping)
        if mapping.report_rows == mapping.person_rows
        else set()
    )
    spec = mapping.file(mapping.person_rows)
    columns = spec.as_received([c for c in data_columns(rows) if c not in report_only])
    columns = [c for c in columns if c not in report_only]
    columns += ["_extra"] if "_extra" in rows.columns else []
    made = _persons(mapping, mapping.people, rows, columns, match_key, safe=safe)
    if "_other_row" not in rows.columns:
        return made
    return made._replace(findings=[_to_other(f, mapping, rows) for f in made.findings])


def _party(mapping: Mapping, party: Party, rows: pl.DataFrame, match_key: bytes, *, safe: bool) -> Made:
    """Return the persons of one party who stand beside others in the rows of reports."""
    columns = [c for c in party.columns if c in rows.columns]
    tidy, _ = clean(rows.select(columns), columns, mapping.nulls)
    there = tidy.select(pl.any_horizontal(pl.col(c).is_not_null() for c in columns)).to_series()
    # The victim of a report of two suspects stands in both rows.
    alike = pl.concat([rows.select("_ref"), tidy], how="horizontal").select(pl.struct(pl.all()))
    rows = rows.filter(there & alike.to_series().is_first_distinct())
    number = pl.int_range(1, pl.len() + 1).over("_ref")
    several = pl.when(number > 1).then(pl.lit("-") + number.cast(pl.String)).otherwise(pl.lit(""))
    rows = rows.with_columns(
        (pl.col("_ref") + pl.lit(f"/{party.name}") + several).alias("_rowref"),
        pl.lit(party.role).alias("_role"),
    )
    raw = mapping.file(mapping.report_rows).as_received(party.columns)
    if "_raw" in rows.columns:
        rows = rows.drop("_raw")
    return _persons(mapping, party.fields, rows, raw, match_key, safe=safe)


def _persons(
    mapping: Mapping,
    fields: tuple[FieldSpec, ...],
    rows: pl.DataFrame,
    raw_columns: list[str],
    match_key: bytes,
    *,
    safe: bool,
) -> Made:
    """One person a row by ``fields``; ``raw_columns`` are kept as received."""
    used = sorted({c for s in fields for c in s.source if c in rows.columns})
    tidy, notes = clean(rows, used, mapping.nulls)
    applied = apply_fields(tidy, fields, "people", mapping)
    findings = [_noted(notes, rows), findings_of(applied, rows)]
    raw = rows["_raw"] if "_raw" in rows.columns else raw_json(rows, raw_columns)
    people = pl.DataFrame([rows["_ref"], raw.alias("raw"), *applied.columns.values()])
    if "_role" in rows.columns:
        said = pl.col("role") if "role" in people.columns else pl.lit(None, pl.String)
        people = people.with_columns(pl.coalesce(pl.lit(rows["_role"]), said).alias("role"))
    people = people.with_columns(
        (pl.lit(f"{mapping.name}:") + rows["_rowref"]).alias("record_id"),
        (pl.lit(f"{mapping.name}:") + pl.col("_ref")).alias("report_id"),
    )
    contacts = pl.DataFrame(schema=SAFE_CONTACTS.polars_schema)
    if safe:
        people, contacts = _safe_contacts(mapping, people, rows, match_key)
    missing = [f for f in PEOPLE.columns if f not in people.columns]
    people = people.with_columns(pl.lit(None, PEOPLE.polars_schema[f]).alias(f) for f in missing)
    return Made(
        people.select("_ref", *(pl.col(c).cast(t) for c, t in PEOPLE.polars_schema.items())),
        contacts,
        findings,
        applied.unknown,
    )


def _to_other(frame: pl.DataFrame, mapping: Mapping, rows: pl.DataFrame) -> pl.DataFrame:
    """Findings about cells of a joined file say where they stand in that file, once."""
    others = {c for j in mapping.joins for c in mapping.file(j.other).columns} - {j.on for j in mapping.joins}
    if frame.is_empty():
        return frame
    spots = rows.select("_file", "_row", "_other_file", "_other_row").unique(["_file", "_row"])
    first = pl.col("column").str.split("/").list.first().is_in(list(others))
    return (
        frame.join(
            spots, left_on=["file", "row"], right_on=["_file", "_row"], how="left", maintain_order="left"
        )
        .with_columns(
            pl.when(first).then("_other_file").otherwise("file").alias("file"),
            pl.when(first).then("_other_row").otherwise("row").alias("row"),
        )
        .select(list(FOUND_SCHEMA))
        .unique(["file", "row", "column", "problem"], maintain_order=True, keep="first")
    )


def _safe_contacts(
    mapping: Mapping, people: pl.DataFrame, rows: pl.DataFrame, match_key: bytes
) -> tuple[pl.DataFrame, pl.DataFrame]:
    if "_safe" not in rows.columns:
        return people, pl.DataFrame(schema=SAFE_CONTACTS.polars_schema)
    details = rows["_safe"]
    points = contact_points(details)
    people = people.with_columns(match_tokens(points, match_key).alias("match_tokens"))
    safe = people.select(
        "record_id", pl.lit(mapping.agency).alias("agency"), details.alias("details")
    ).filter(pl.col("details").is_not_null())
    return people, safe.cast(SAFE_CONTACTS.polars_schema)
