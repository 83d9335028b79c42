"""Releases as values: what is refused, and that folders give back what was written."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.disclosure import folders, profiles
from lamplighter.disclosure.errors import DisclosureError, FolderNotReadable, ProfileNotFound, TablesNotValid
from lamplighter.disclosure.protect import protect
from lamplighter.disclosure.tables import Cell, Code, Curve, Dimension, Model, Release, Summary, Table
from tests.unit.disclosure.builders import POLICE, cross, flat, release
from tools.verify.disclosure import draw

SEX = flat("sex", "women", "men")
TABLE = cross("by-sex", [SEX], {("women",): 120, ("men",): 35})
FULL = release(
    [SEX],
    TABLE,
    Table(
        "days", "Days", "days of support", ("sex",), {("women",): Cell(812.5, 40, 90.0, 60.5)}, "magnitude"
    ),
    curves=(Curve("c", "Curve", "incidence", (1.0, 2.5), (12, 15), (200, 180), (0.06, 0.139)),),
    summaries=(Summary("ages", "Ages", "reports", ("sex",), "mean", {("women",): (31.25, 120)}, decimals=1),),
    models=(Model("m", "Model", 155, 4, 22, {"men": 1.234567}),),
    quoted={"London review": (45.0, 41.0)},
)


def test_a_folder_gives_back_the_release(tmp_path: Path) -> None:
    folders.write_release(FULL, tmp_path)
    assert folders.read_release(tmp_path) == FULL


def test_a_printed_folder_gives_back_the_print(tmp_path: Path) -> None:
    printed = protect(FULL, POLICE).printed
    folders.write_printed(printed, tmp_path)
    assert folders.read_printed(tmp_path) == printed


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_random_releases_come_back(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    drawn = draw(seed, small=True).release
    folder = tmp_path_factory.mktemp("release")
    folders.write_release(drawn, folder)
    assert folders.read_release(folder) == drawn
    assert folders.release_files(drawn) == folders.release_files(folders.read_release(folder))


@pytest.mark.parametrize(
    "codes",
    [
        (Code("all"),),
        (Code("a"), Code("a")),
        (Code("a", parent="b"),),
        (Code("a", parent="b"), Code("b", parent="a")),
        (Code("a", within="b"),),
    ],
)
def test_dimensions_that_are_refused(codes: tuple[Code, ...]) -> None:
    with pytest.raises(TablesNotValid):
        Dimension("place", codes)


def test_tables_that_are_refused() -> None:
    for cells in (
        {("women",): Cell(-1.0)},
        {("women",): Cell(1.5)},
        {("other",): Cell(1.0)},
        {(): Cell(1.0)},
    ):
        with pytest.raises(TablesNotValid):
            release([SEX], Table("t", "T", "reports", ("sex",), cells))
    with pytest.raises(TablesNotValid, match="twice"):
        release([SEX], TABLE, TABLE)
    with pytest.raises(TablesNotValid, match="No dimension"):
        release([], TABLE)


def test_tables_that_do_not_add_up_are_refused_by_name_and_without_a_count() -> None:
    wrong = Table("by-sex", "By sex", "reports", ("sex",), {**TABLE.cells, ("all",): Cell(156.0)})
    with pytest.raises(TablesNotValid, match="by-sex") as caught:
        protect(release([SEX], wrong), POLICE)
    assert not any(digits in str(caught.value) for digits in ("155", "156", "120", "35"))


def test_a_cell_that_two_tables_count_differently_is_refused() -> None:
    other = Table("again", "Again", "reports", ("sex",), {("women",): Cell(121.0)})
    with pytest.raises(TablesNotValid, match="again, women"):
        protect(release([SEX], TABLE, other), POLICE)


def test_other_figures_for_the_same_state_of_the_data_are_refused() -> None:
    first = protect(release([SEX], TABLE), POLICE).printed
    more = cross("by-sex", [SEX], {("women",): 220, ("men",): 35})
    with pytest.raises(TablesNotValid, match="as_at"):
        protect(Release("next", "Next", "2027", (SEX,), (more,)), POLICE, [first])


def test_broken_folders_say_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(FolderNotReadable, match=r"release\.json"):
        folders.read_release(tmp_path)
    folders.write_release(release([SEX], TABLE), tmp_path)
    good = (tmp_path / "by-sex.csv").read_text("utf-8")
    for text in (
        good + "women,3\n",
        good.replace("women,120", "women"),
        good.replace("120", "many"),
        "sex\nx",
    ):
        (tmp_path / "by-sex.csv").write_text(text, "utf-8")
        with pytest.raises(DisclosureError):
            folders.read_release(tmp_path)
    (tmp_path / "by-sex.csv").unlink()
    with pytest.raises(FolderNotReadable):
        folders.read_release(tmp_path)
    (tmp_path / "release.json").write_text(json.dumps({"format": "other"}), "utf-8")
    with pytest.raises(FolderNotReadable, match="not a folder of tables"):
        folders.read_release(tmp_path)


def test_a_ledger_with_a_folder_that_is_no_release_is_refused(tmp_path: Path) -> None:
    assert folders.ledger(None) == folders.ledger(tmp_path / "none") == ()
    (tmp_path / "2025").mkdir()
    with pytest.raises(FolderNotReadable):
        folders.ledger(tmp_path)


def test_profiles_by_name_and_date(tmp_path: Path) -> None:
    assert {p.name for p in profiles.every()} == {"police-victim", "moj-convictions", "tre"}
    assert (POLICE.threshold, POLICE.zeros_hidden, POLICE.base) == (10, True, 5)
    assert profiles.profile("moj-convictions").threshold == 5
    with pytest.raises(ProfileNotFound, match="police-victim"):
        profiles.profile("police")
    with pytest.raises(ProfileNotFound):
        profiles.profile("tre", date(2020, 1, 1))
    file = tmp_path / "own.toml"
    file.write_text('[[profile]]\nname = "own"\nfrom = 2026-01-01\ndominance = [1, 50]\n', "utf-8")
    with pytest.raises(TablesNotValid, match="threshold"):
        profiles.every(file)
