"""A streamed world is the world in memory, whatever the workers, and goes on after a stop."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import polars as pl
import pytest

from lamplighter.records.schema import TABLES
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.worlds import cell, stream, world
from lamplighter.synthetic.worlds.truth import Truth


@pytest.fixture
def parts_of_500(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small parts, so that a world of several parts is quick to make."""
    monkeypatch.setattr("lamplighter.synthetic.sampling.config.RECORDS_PER_CELL", 500)
    monkeypatch.setattr(cell, "RECORDS_PER_CELL", 500)


@pytest.mark.usefixtures("parts_of_500")
def test_streamed_parts_are_the_world_in_memory(tmp_path: Path) -> None:
    config = Config(seed=41, person_records=2_300)
    assert config.cells == 5
    seen: list[tuple[int, int]] = []
    written = stream.write(tmp_path, config, workers=1, progress=lambda done, of: seen.append((done, of)))
    whole = world.generate(41, person_records=2_300)
    for table in TABLES:
        assert stream.scan(tmp_path)[table.name].collect().equals(whole.bundle[table.name]), table.name
    for f in fields(Truth):
        found = pl.read_parquet(tmp_path / "truth" / f.name / "*.parquet")
        assert found.equals(getattr(whole.truth, f.name)), f.name
    assert written.person_records == whole.bundle["people"].height
    assert written.reports == whole.bundle["reports"].height
    assert seen == [(k, 5) for k in range(6)]


@pytest.mark.usefixtures("parts_of_500")
def test_ids_are_unique_across_parts() -> None:
    whole = world.generate(42, person_records=2_300)
    for table in TABLES:
        assert whole.bundle[table.name].select(table.key).is_unique().all(), table.name
    assert whole.truth.persons["person_id"].is_unique().all()
    assert whole.truth.courses["course_id"].is_unique().all()


@pytest.mark.usefixtures("parts_of_500")
def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    config = Config(seed=43, person_records=1_400)
    stream.write(tmp_path, config, workers=1)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*.parquet")}
    # As after a stop in part 1: its marker is missing and one of its files is half written.
    (tmp_path / "parts" / "00001.json").unlink()
    (tmp_path / "people" / "part-00001.parquet").write_bytes(b"half")
    kept = tmp_path / "people" / "part-00000.parquet"
    stamp = kept.stat().st_mtime_ns
    stream.write(tmp_path, config, workers=1)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*.parquet")} == before
    assert kept.stat().st_mtime_ns == stamp


def test_two_workers_write_what_one_writes(tmp_path: Path) -> None:
    config = Config(seed=44, person_records=100_500)
    stream.write(tmp_path / "one", config, workers=1)
    stream.write(tmp_path / "two", config, workers=2)
    one = sorted((tmp_path / "one").rglob("*.parquet"))
    assert len(one) == 2 * 10
    for path in one:
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path


def test_a_folder_with_another_world_is_refused(tmp_path: Path) -> None:
    stream.write(tmp_path, Config(seed=45, person_records=200), workers=1)
    with pytest.raises(ValueError, match="other settings"):
        stream.write(tmp_path, Config(seed=46, person_records=200), workers=1)


@pytest.mark.usefixtures("parts_of_500")
def test_two_people_never_share_a_mobile_unless_the_world_says_so() -> None:
    whole = world.generate(47, person_records=2_300)
    shown = (
        whole.bundle["people"]
        .select("record_id", "phones")
        .explode("phones")
        .filter(pl.col("phones").str.starts_with("+447"))
        .join(whole.truth.records.filter(~pl.col("wrong_nominal")), on="record_id")
    )
    owners = shown.group_by("phones").agg(pl.col("person_id").n_unique())
    # A mistyped digit may give somebody else's number, one time in many millions.
    assert owners["person_id"].max() == 1
