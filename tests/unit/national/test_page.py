"""The page says what was linked, how well for whom, who is late and what was capped."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
from typer.testing import CliRunner

from lamplighter.cli.country.national_page import page
from lamplighter.cli.main import app
from lamplighter.national.delivery import deliveries
from lamplighter.national.release.links import Published
from lamplighter.reporting.html_page import html_page
from tests.unit.national.country import RELEASE, Country

NAMED = ["--purpose", RELEASE.purpose, "--release", RELEASE.release]


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<body")[2]))


def test_the_page_tells_groups_forces_and_what_is_missing(published: Published) -> None:
    quality = pl.read_parquet(published.folder / "quality.parquet")
    giant = {
        "persons": 812,
        "forces": ["force-a", "force-b"],
        "held_by": ["Telephone"],
        "bar": 8.0,
        "edges_cut": 640,
    }
    told = {
        **published.told,
        "capped": [giant],
        "forces": {**published.told["forces"], "late": ["force-y"], "withdrawn": {"force-z": "2027-01-01"}},
    }
    shown = text_of(html_page(page(told, quality)))
    for words in (
        "force-a and force-b",
        "female",
        "35 to 44",
        "White",
        "Late",
        "force-y",
        "force-z",
        "Telephone".lower(),
    ):
        assert words in shown, words
    assert "812" in shown
    assert "640" in shown
    assert "Withdrawn" in shown


def test_without_anything_missing_the_page_says_so(published: Published) -> None:
    quality = pl.read_parquet(published.folder / "quality.parquet")
    shown = text_of(html_page(page(published.told, quality)))
    assert "No force is late." in shown
    assert "No group of records was too large" in shown


def test_quality_adds_up(published: Published) -> None:
    quality = pl.read_parquet(published.folder / "quality.parquet")
    for scope in ("within", "across"):
        every = quality.filter(scope=scope, by="all").row(0, named=True)
        assert every["links"] > 0
        assert 0 < every["precision"] <= 1
        assert every["recall_least"] <= every["recall"]
        for by in ("force_pair", "sex", "age_band", "ethnicity"):
            parts = quality.filter(scope=scope, by=by)
            assert abs(parts["links"].sum() - every["links"]) <= parts.height
            assert abs(parts["missed_links"].sum() - every["missed_links"]) < 0.1


def test_the_commands_from_a_delivery_to_the_page(delivered: Country, tmp_path: Path) -> None:
    run = CliRunner().invoke
    linker, analyst = tmp_path / "linker", tmp_path / "analyst"
    for force in ("force-a", "force-b"):
        folder = tmp_path / "held" / force
        folder.mkdir(parents=True)
        for name, frame in delivered.held[force].items():
            frame.write_parquet(folder / f"{name}.parquet")
        keys = ["--force-key", str(tmp_path / "keys" / force)]
        to = ["--linker", str(linker), "--analyst", str(analyst)]
        done = run(app, ["national", "deliver", str(folder), "--force", force, *keys, *to, *NAMED])
        assert done.exit_code == 0, done.output
    assert (tmp_path / "keys/force-a").read_text() != (tmp_path / "keys/force-b").read_text()
    (tmp_path / "expected.txt").write_text("force-a\nforce-b\nforce-x\n")
    both = ["--linker", str(linker), "--analyst", str(analyst)]
    done = run(
        app, ["national", "link", *both, *NAMED, "--workers", "1", "--expect", str(tmp_path / "expected.txt")]
    )
    assert done.exit_code == 0, done.output
    assert "Late, and not in this release: force-x." in done.output
    shown = run(app, ["national", "status", "--linker", str(linker), *NAMED])
    assert "force-x" in shown.output
    assert "force-a" in shown.output
    gone = run(app, ["national", "withdraw", "force-b", "--linker", str(linker), "--analyst", str(analyst)])
    assert gone.exit_code == 0
    assert not list(analyst.rglob("content/force-b"))
    assert [f.force for f in deliveries.forces_of(linker, RELEASE).present] == ["force-a"]
    told = run(app, ["national", "page", "--analyst", str(analyst), *NAMED])
    assert told.exit_code == 0
    assert "<h1" in (analyst / RELEASE.label / "links/page.html").read_text()


def test_the_linker_needs_no_key_of_the_analyst_or_of_a_force(delivered: Country, tmp_path: Path) -> None:
    """What the linker reads is its own folder; what it writes goes where the analyst looks."""
    from lamplighter.national import run
    from lamplighter.national.release import links
    from tests.unit.national.country import ALONE, silent

    copy = delivered.copied(tmp_path)
    for path in (
        copy.analyst / "key",
        *(copy.analyst / "release-keys").iterdir(),
        *(copy.folder / "forces").rglob("key"),
    ):
        path.unlink()
    found = run.linked(copy.linker, RELEASE, ALONE, silent)
    assert links.publish(found, copy.linker, copy.analyst, RELEASE, silent).told["persons"] > 0
