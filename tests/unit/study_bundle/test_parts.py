"""A table that is read a part at a time is the same table, and says the same."""

import datetime as dt
import pickle
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from lamplighter.study_bundle.bundle import Metadata
from lamplighter.study_bundle.checking import Checked, check
from lamplighter.study_bundle.compact_rows import Packed, packed
from lamplighter.study_bundle.files import table_sources
from lamplighter.study_bundle.files.data_package import Form, write
from lamplighter.study_bundle.schema import kinds, tables

Frames = dict[str, pl.DataFrame]
Good = tuple[Metadata, Frames]


def same(one: Checked, other: Checked) -> None:
    assert one.counts == other.counts
    assert one.rejects.equals(other.rejects)
    assert (one.costs, one.answerable) == (other.costs, other.answerable)
    assert (one.bundle is None) == (other.bundle is None)
    if one.bundle is None or other.bundle is None:
        return
    assert (one.bundle.given, one.bundle.held_kinds) == (other.bundle.given, other.bundle.held_kinds)
    for name in tables():
        assert one.bundle.table(name).equals(other.bundle.table(name)), name
    for kind in kinds():
        assert one.bundle.events(kind).equals(other.bundle.events(kind)), kind


def in_parts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Checked:
    """The check of a folder with 150 rows a part."""
    with monkeypatch.context() as small:
        small.setattr(table_sources, "PART_ROWS", 150)
        small.setattr(table_sources, "PART_BYTES", 0)
        small.setattr("lamplighter.records.formats.text_lines.CHUNK", 20_000)
        return check(folder)


def broken(events: pl.DataFrame) -> pl.DataFrame:
    """The same events with faults that no part can see by itself, and some that one can."""
    first, last = events.head(1), events.tail(1)
    other = last.with_columns(first["event_id"], pl.lit("2019-01-01").str.to_datetime().alias("at"))
    outcome = events.filter(pl.col("kind") == "outcome").head(3)
    return pl.concat(
        [
            events,
            first,  # the same row again, many parts later
            other,  # another row of the same key
            last.with_columns(pl.lit("E-x").alias("event_id"), pl.lit("nobody").alias("report_id")),
            last.with_columns(pl.lit("E-w").alias("event_id"), pl.lit("nobody").alias("report_id")),
            last.with_columns(pl.lit("E-y").alias("event_id"), first["event_id"].alias("refers_to")),
            last.with_columns(pl.lit("E-z").alias("event_id"), pl.lit("E-none").alias("refers_to")),
            outcome.with_columns(
                pl.lit("16").alias("code"), (pl.col("event_id") + "-again").alias("event_id")
            ),
        ]
    )


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_parts_say_what_the_whole_says(
    form: Form, good: Good, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = good[1] | {"events": broken(good[1]["events"])}
    folder = write(good[0], frames, tmp_path / "b", form).parent
    whole = check(folder)
    found = set(whole.rejects["reason_code"])
    asked = {"duplicate_row", "duplicate_key", "orphan", "refers_to_nothing", "outcome_16_without_withdrawal"}
    assert asked <= found
    same(whole, in_parts(folder, monkeypatch))
    short, every = whole.in_short, whole.rejects
    assert short["n"].sum() == every.height > short.height
    alike = [c for c in every.columns if c != "row"]
    counted = every.group_by(alike).agg(pl.col("row").min(), n=pl.len()).select(short.columns)
    assert counted.sort(alike).equals(short.sort(alike))


def test_outcomes_of_two_bases_are_seen_in_any_part(
    good: Good, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = good[1]["reports"]
    in_period = pl.col("at").dt.date() <= pl.lit(good[0].period_to)
    outcome = good[1]["events"].filter((pl.col("kind") == "outcome") & in_period)["report_id"][-1]
    early = pl.when(pl.col("report_id") == outcome).then(pl.lit(dt.datetime(2010, 1, 1)))
    # Known to the year only, so that the report stays: what is left out says nothing of what remains.
    vague = pl.when(pl.col("report_id") == outcome).then(pl.lit("year"))
    moved = reports.with_columns(
        early.otherwise(pl.col("recorded_at")).alias("recorded_at"),
        early.otherwise(pl.col("reported_at")).alias("reported_at"),
        vague.otherwise(pl.col("recorded_precision")).alias("recorded_precision"),
    )
    folder = write(good[0], good[1] | {"reports": moved}, tmp_path / "b", "parquet").parent
    assert "mixed_basis" in set(check(folder).rejects["reason_code"])
    same(check(folder), in_parts(folder, monkeypatch))


@pytest.mark.parametrize(
    "at",
    [
        pl.col("at").dt.truncate("1d"),
        pl.when(pl.int_range(pl.len()) < pl.len() - 1).then(pl.col("at").dt.truncate("1d")).otherwise("at"),
        pl.when(pl.int_range(pl.len()) == 3).then(pl.lit(dt.datetime(9999, 1, 1))).otherwise("at"),
        pl.col("at").dt.replace_time_zone("UTC"),
        pl.col("at").dt.date(),
    ],
    ids=["all at midnight", "all but the last at midnight", "one that is none", "with a zone", "dates"],
)
def test_times_mean_in_a_part_what_they_mean_in_the_whole(
    at: pl.Expr, good: Good, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(*good, tmp_path / "b", "parquet").parent
    events = good[1]["events"].drop("at_precision").with_columns(at.alias("at"))
    events.write_parquet(folder / "events.parquet", row_group_size=400)
    same(check(folder), in_parts(folder, monkeypatch))


def test_a_file_that_breaks_off_gives_no_rows_however_it_is_read(
    good: Good, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(*good, tmp_path / "b", "parquet").parent
    file = folder / "events.parquet"
    good[1]["events"].write_parquet(file, row_group_size=200, compression="uncompressed")
    place = pq.ParquetFile(file).metadata.row_group(2).column(0).data_page_offset
    data = bytearray(file.read_bytes())
    data[place : place + 40] = b"\xff" * 40  # the heading of a page in the middle
    file.write_bytes(data)
    whole, parts = check(folder), in_parts(folder, monkeypatch)
    assert whole.counts["events"].rows_in == 0
    assert "table_unreadable" in set(whole.rejects["reason_code"])
    same(whole, parts)


def test_a_refused_bundle_counts_its_rows_in_parts(
    good: Good, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(*good, tmp_path / "b", "csv").parent
    package = folder / "datapackage.json"
    package.write_text(package.read_text("utf-8").replace('"basis"', '"bases"'), "utf-8")
    found = in_parts(folder, monkeypatch)
    assert found.bundle is None
    assert found.counts["events"].rejected == good[1]["events"].height
    same(check(folder), found)


def test_packed_rows_come_out_as_they_went_in(good: Good) -> None:
    for name, table in tables().items():
        rows = good[1].get(name, pl.DataFrame(schema=table.polars_schema))
        lacking = [pl.lit(None, d).alias(c) for c, d in table.polars_schema.items() if c not in rows.columns]
        rows = rows.with_columns(lacking).select(list(table.columns)).cast(dict(table.polars_schema))
        held = Packed(table)
        for part in rows.iter_slices(9):
            held.put(part)
        assert held.height == rows.height
        assert held.rows().equals(rows)
        assert packed(table, rows).rows().equals(rows)
        assert {c for c in table.columns if held.filled(c)} == {
            c for c in table.columns if rows[c].null_count() < rows.height
        }


def test_some_columns_of_a_kind_are_those_of_the_whole(good: Good, tmp_path: Path) -> None:
    bundle = check(write(*good, tmp_path / "b", "parquet").parent).required()
    order = ["report_id", "at", "event_id"]
    compared = 0
    for kind in kinds():
        whole = bundle.events(kind)
        for asked in (("at", "event_id", "code", "status"), ("at", "event_id", "reasons")):
            columns = [c for c in whole.columns if c in {"report_id", *asked}]
            some = bundle.done(kind, asked)
            assert some.columns == columns, kind
            assert some.sort(order, nulls_last=True).equals(whole.select(columns)), kind
            compared += some.height
        assert bundle.done(kind, ()).columns == ["report_id"]
        assert bundle.done(kind).sort(order, nulls_last=True).equals(whole), kind
    assert compared > 1_000


def test_events_lie_in_memory_in_a_fifth_of_what_a_frame_takes(good: Good, tmp_path: Path) -> None:
    """As columns of enumerations and texts a million reports took a gigabyte."""
    events = check(write(*good, tmp_path / "b", "parquet").parent).required().table("events")
    ids = pl.format("E{}-{}", pl.int_range(pl.len()), "kind").alias("event_id")
    rows = pl.concat([events] * 20).with_columns(ids)
    held = packed(tables()["events"], rows)
    assert held.rows().equals(rows)
    assert len(pickle.dumps(held)) * 5 < rows.estimated_size()


def test_what_is_emptied_is_empty_and_nothing_else() -> None:
    table = tables()["events"]
    rows = pl.DataFrame(
        {
            "event_id": ["a", "b", "c"],
            "kind": ["outcome", "risk_review", "outcome"],
            "refers_to": ["x", "y", "z"],
        }
    )
    lacking = [pl.lit(None, d).alias(c) for c, d in table.polars_schema.items() if c not in rows.columns]
    held = packed(table, rows.with_columns(lacking))
    assert held.having("refers_to", pl.Series(["y", "w", None])).to_list() == ["y"]
    held.empty("refers_to", pl.Series([1, 2], dtype=pl.UInt32))
    assert held.rows()["refers_to"].to_list() == ["x", None, None]
    assert not held.filled("refers_to", "risk_review")
    assert held.filled("refers_to", "outcome")
