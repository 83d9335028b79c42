"""What somebody is told who checks a folder of their own instruments: every fault, its line and remedy."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import openpyxl
from typer.testing import CliRunner, Result

from lamplighter.cli.main import app
from lamplighter.instruments import loading

ROOT = Path(__file__).parents[3]
FAULTY = ROOT / "tests/data/instruments/faulty"
BASE = ROOT / "tests/data/instruments/base.toml"


def check(folder: Path) -> Result:
    return CliRunner().invoke(app, ["instruments", "check", str(folder)])


def test_five_planted_faults_are_all_told_at_once_and_the_docs_show_it() -> None:
    found = check(FAULTY)
    assert found.exit_code == 1
    places = re.findall(r"^walk_home/1.toml:(\d+): ", found.output, re.MULTILINE)
    assert len(places) == 5
    assert places == sorted(places, key=int)
    assert found.output.count("    To do: ") == 5
    text = (FAULTY / "walk_home/1.toml").read_text("utf-8")
    names = {fault.name for fault in loading.faults(text, "walk_home/1.toml")}
    assert names == {
        "effect_without_source",
        "option_is_a_state",
        "required_behind_rule",
        "unknown_answer",
        "unknown_item",
    }
    # Each is on the line that is named: the table of the question that it is about.
    lines = text.split("\n")
    assert {lines[int(number) - 1] for number in places} == {"[[item]]"}
    page = (ROOT / "docs/instruments.md").read_text("utf-8")
    assert f"```text\n{found.output}```" in page


def test_what_the_hub_alone_knows_is_checked_too_roles_partitions_topics_and_folders(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    (folder / "example").mkdir(parents=True)
    text = BASE.read_text("utf-8").replace('["investigator"]', '["detective"]')
    (folder / "example" / "1.toml").write_text(text, "utf-8")
    said = check(folder).output
    assert "“detective” is not known here" in said
    # It stands where the key stands, also where the fault is one of keys and types.
    line = next(n for n, one in enumerate(text.split("\n"), 1) if one.startswith("roles ="))
    assert f"example/1.toml:{line}: key roles" in said
    (folder / "example" / "1.toml").write_text(BASE.read_text("utf-8"), "utf-8")
    assert check(folder).exit_code == 0
    (folder / "example").rename(folder / "other")
    assert "not in a folder of that name" in check(folder).output


def test_a_folder_that_is_none_or_holds_nothing_is_said_in_a_line(tmp_path: Path) -> None:
    for folder, said in ((tmp_path / "none", "is no folder"), (tmp_path, "holds no file CODE/VERSION.toml")):
        found = check(folder)
        assert found.exit_code == 2
        assert said in found.output


def test_all_that_is_shipped_is_without_a_fault(tmp_path: Path) -> None:
    shipped = Path(str(loading.__file__)).with_name("data")
    shutil.copytree(shipped, tmp_path / "data")
    found = check(tmp_path / "data")
    assert (found.exit_code, found.output) == (
        0,
        f"{len(loading.shipped_texts())} files read: nothing is wrong.\n",
    )


def test_the_questions_are_a_workbook_for_whoever_reviews_the_wording(tmp_path: Path) -> None:
    out = tmp_path / "wording.xlsx"
    shipped = Path(str(loading.__file__)).with_name("data")
    found = CliRunner().invoke(app, ["instruments", "wording", str(shipped), "--out", str(out)])
    assert found.exit_code == 0, found.output
    book = openpyxl.load_workbook(out)
    # What is known by name only has no question to review.
    assert [name for name in book.sheetnames if name != "Explains the columns"] == ["four 1", "moving_on 1"]
    one = loading.load(loading.shipped_texts()["four/1.toml"], "four/1.toml")
    cells = [[str(cell or "") for cell in row] for row in book["four 1"].iter_rows(values_only=True)]
    told = {row[1]: row for row in cells if len(row) > 2 and row[1] in one.by_code}
    assert list(told) == [item.code for item in one.items]
    assert told["fixated"][2] == one.by_code["fixated"].text
    assert any("Source:" in row[10] for row in told.values())
    assert any(row[8] for row in told.values())
    assert {row[11] + row[12] for row in told.values()} == {""}
    refused = CliRunner().invoke(
        app, ["instruments", "wording", str(FAULTY), "--out", str(tmp_path / "no.xlsx")]
    )
    assert refused.exit_code == 1
    assert not (tmp_path / "no.xlsx").exists()
