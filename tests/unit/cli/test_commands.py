"""The commands, run as a person would run them, on small made-up exports."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app, main
from lamplighter.records.reading.recognise import sort_out
from lamplighter.synthetic import exports
from lamplighter.synthetic.worlds.world import generate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three agencies' exports of one made-up world, without its truth."""
    made = tmp_path_factory.mktemp("exports")
    exports.write(generate(11, person_records=1_000, forces=2), made)
    shutil.rmtree(made / "truth")
    (made / "README.txt").write_text("Not an extract.")
    return made


def test_read_writes_a_bundle_that_reads_back_alike(folder: Path, tmp_path: Path) -> None:
    first = CliRunner().invoke(app, ["read", str(folder), "--out", str(tmp_path / "one")])
    assert first.exit_code == 0, first.output
    again = CliRunner().invoke(app, ["read", str(tmp_path / "one"), "--out", str(tmp_path / "two")])
    assert again.exit_code == 0, again.output
    assert (tmp_path / "one" / "people.parquet").exists()
    left, right = (
        pl.read_parquet(tmp_path / name / "people.parquet").sort("record_id") for name in ("one", "two")
    )
    assert left.equals(right)


def test_files_are_told_apart_by_their_first_line_whatever_their_name(folder: Path, tmp_path: Path) -> None:
    for i, path in enumerate(sorted(p for p in folder.iterdir() if p.name != "README.txt")):
        shutil.copy(path, tmp_path / f"x{i}.dat")
    sorted_out = sort_out([tmp_path])
    assert {name: len(paths) for name, paths in sorted_out.files.items()} == {
        "force_a_rms": 1,
        "force_b": 3,
        "helpline": 1,
    }


def test_a_wrong_input_ends_with_one_message_and_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "sys.argv", ["lamplighter", "trace", str(tmp_path / "gone.csv"), "--out", str(tmp_path)]
    )
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "gone.csv" in told
    assert "Traceback" not in told


def test_synth_exports_keeps_the_truth_aside(tmp_path: Path) -> None:
    made = CliRunner().invoke(app, ["synth", "exports", "--person-records", "1000", "--out", str(tmp_path)])
    assert made.exit_code == 0, made.output
    assert (tmp_path / "truth" / "reports.parquet").exists()
    assert len(sort_out([tmp_path]).files) == 3


def test_synth_takes_the_number_of_forces_and_the_phrase_bank(tmp_path: Path) -> None:
    small = ["--person-records", "1000", "--forces"]
    for bank in "ab":
        call = ["synth", "world", *small, "3", "--bank", bank, "--out", str(tmp_path / bank)]
        made = CliRunner().invoke(app, call)
        assert made.exit_code == 0, made.output
    a, b = (pl.read_parquet(tmp_path / bank / "reports" / "*.parquet") for bank in "ab")
    for reports in (a, b):
        assert set(reports["agency"]) == {"force-a", "force-b", "force-c", "helpline"}
    assert not set(a["summary"].drop_nulls()) & set(b["summary"].drop_nulls())
    call = ["synth", "exports", *small, "1", "--bank", "b", "--out", str(tmp_path / "one")]
    made = CliRunner().invoke(app, call)
    assert made.exit_code == 0, made.output
    reports = pl.read_parquet(tmp_path / "one" / "truth" / "reports.parquet")
    assert set(reports["report_id"].str.split(":").list.first()) == {"force_a_rms", "helpline"}


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (["exports", "--forces", "3"], "only two forces have an export format"),
        (["exports", "--forces", "0"], "greater than or equal to 1"),
        (["exports", "--bank", "c"], "'c' is not one of 'a', 'b'"),
        (["world", "--forces", "31"], "less than or equal to 30"),
        (["world", "--bank", "B2"], "'B2' is not one of 'a', 'b'"),
    ],
)
def test_synth_says_what_is_wrong_with_a_value(tmp_path: Path, call: list[str], told: str) -> None:
    done = CliRunner().invoke(app, ["synth", *call, "--out", str(tmp_path / "no")])
    assert done.exit_code == 2
    assert call[1] in done.output
    assert told in " ".join(done.output.split())
    assert not (tmp_path / "no").exists()


def test_synth_does_not_write_one_world_over_another(tmp_path: Path) -> None:
    call = ["synth", "world", "--person-records", "1000", "--out", str(tmp_path), "--bank"]
    assert CliRunner().invoke(app, [*call, "a"]).exit_code == 0
    done = CliRunner().invoke(app, [*call, "b"])
    assert done.exit_code == 2
    assert "a world with other settings; choose another folder" in " ".join(done.output.split())
