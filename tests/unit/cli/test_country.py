"""From what 4 made-up forces hold to a report on who stalked again, by the commands that people have."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from lamplighter.cli.main import app

FORCES = 4
RELEASE = ("--purpose", "reoffending", "--release", "2026-q4")
PREPARED = ("--title", "A made-up country", "--extracted-on", "2026-06-30", "--from", "2016-07-01")


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(w) for w in words])


def done(*words: object) -> str:
    found = run(*words)
    assert found.exit_code == 0, found.output
    return " ".join(found.output.split())


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the analyst, linker and forces, with links made."""
    folder = tmp_path_factory.mktemp("country")
    done(
        "synth",
        "country",
        "--out",
        folder / "world",
        "--seed",
        8,
        "--person-records",
        3000,
        "--forces",
        FORCES,
    )
    sides = ("--linker", folder / "linker", "--analyst", folder / "analyst", *RELEASE)
    for force in sorted(p.name for p in (folder / "world").glob("force-*")):
        said = done(
            "national", "deliver", folder / "world" / force, "--force", force,
            "--force-key", folder / "keys" / f"{force}.key", "--token-key", folder / "keys" / "shared.key",
            "--events", folder / "world" / force / "events.parquet", *sides,
        )  # fmt: skip
        assert "events (" in said
    done("national", "link", *sides, "--workers", 1)
    return folder


def test_what_forces_deliver_becomes_a_report_on_who_stalked_again(linked: Path, tmp_path: Path) -> None:
    country = linked / "analyst" / "reoffending-2026-q4"
    done(
        "reoffending", "prepare", country, *PREPARED, "--source", "Made-up forces", "--made-up",
        "--hub", "North hub=force-01,force-02",
    )  # fmt: skip
    delivered = sum(pl.read_parquet(p).height for p in (country / "content").glob("*/events.parquet"))
    said = done("reoffending", "check", country)
    assert f"{delivered:,} events read" in said
    assert "20 drawn partitions" in said
    done("reoffending", "report", country, "--out", tmp_path / "report")
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert "What a minister may read out" in page
    # Nobody's name reached the analyst's side of it.
    people = pl.concat(
        [pl.read_parquet(p, columns=["surname"]) for p in (linked / "world").glob("force-*/people.parquet")]
    )
    surnames = set(people["surname"].drop_nulls().to_list())
    assert len(surnames) > 100
    assert not [name for name in surnames if len(name) > 5 and f" {name} " in page]


def test_a_country_is_prepared_once_and_only_where_forces_delivered(linked: Path, tmp_path: Path) -> None:
    nothing = run("reoffending", "prepare", tmp_path, *PREPARED, "--source", "Made-up forces")
    assert "no force has delivered a table of events" in str(nothing.exception)
    country = tmp_path / "country"
    country.mkdir()
    for name in ("content", "links"):
        (country / name).symlink_to(linked / "analyst" / "reoffending-2026-q4" / name)
    asked = ("reoffending", "prepare", country, *PREPARED, "--source", "Made-up forces")
    strange = run(*asked, "--hub", "North hub=force-99")
    assert "force-99 is no force of the file" in str(strange.exception)
    assert not (country / "country.toml").exists()
    done(*asked)
    again = run(*asked)
    assert "is there already" in str(again.exception)
    told = json.loads((country / "links" / "links.json").read_text("utf-8"))
    assert set(told["forces"]["present"]) == {f"force-0{n}" for n in range(1, FORCES + 1)}
