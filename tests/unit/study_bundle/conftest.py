"""A small good bundle, and what a check says of it once something is wrong."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from lamplighter.study_bundle.bundle import Metadata
from lamplighter.study_bundle.checking import Checked, check
from lamplighter.study_bundle.files.data_package import write
from lamplighter.synthetic.study_bundles.cohort import draw
from lamplighter.synthetic.study_bundles.scenarios import scenario
from lamplighter.synthetic.study_bundles.tables import metadata, tables

Frames = dict[str, pl.DataFrame]


@pytest.fixture(scope="session")
def good() -> tuple[Metadata, Frames]:
    cohort = draw(scenario("small"), 60, 11)
    made, _ = tables(cohort, 11)
    return metadata(cohort, made), made


@pytest.fixture
def checked_with(good: tuple[Metadata, Frames], tmp_path: Path) -> Callable[..., Checked]:
    """Check the good bundle with some tables or metadata put in place of its own."""

    def run(frames: Frames | None = None, about: Metadata | None = None) -> Checked:
        write(about or good[0], good[1] | (frames or {}), tmp_path / "b", "parquet")
        return check(tmp_path / "b")

    return run
