"""Only what withstands the attack is released; what is blocked is named, and nothing of it is written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.disclosure import folders, gate
from lamplighter.disclosure.errors import DisclosureError
from lamplighter.disclosure.printed import Printed
from lamplighter.disclosure.tables import Release
from tests.unit.disclosure.builders import EXACT, POLICE, as_printed, cross, flat, release

SEX = flat("sex", "women", "men")
OUTCOME = flat("outcome", "charged", "withdrew", "open")
INNER = {
    ("women", "charged"): 40,
    ("women", "withdrew"): 61,
    ("women", "open"): 24,
    ("men", "charged"): 3,
    ("men", "withdrew"): 17,
    ("men", "open"): 15,
}


def edition(name: str) -> Release:
    one = release([SEX, OUTCOME], cross("funnel", [SEX, OUTCOME], INNER), name=name)
    return replace(one, edition=name)


def chart_of(printed: Printed) -> Mapping[str, bytes]:
    count = printed.tables[0].counts["women", "all"]
    return {"charts/women.svg": f"<svg><title>Women: {count:g}</title></svg>".encode()}


def test_released_with_its_charts_and_entered_in_the_ledger(tmp_path: Path) -> None:
    out, past = tmp_path / "out", tmp_path / "ledger"
    outcome = gate.publish(edition("first"), POLICE, out, past, draw=chart_of)
    assert isinstance(outcome, gate.Released)
    assert folders.read_printed(out) == outcome.printed
    assert sorted(p.name for p in out.rglob("*") if p.is_file()) == [
        "funnel.csv",
        "release.json",
        "women.svg",
    ]
    assert folders.ledger(past) == (outcome.printed,)
    # Nothing of the account leaves: no rule by which a cell is hidden, no true figure.
    for path in out.rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8")
            assert "cost" not in text
            assert "61" not in text
    with pytest.raises(DisclosureError, match="not empty"):
        gate.publish(edition("second"), POLICE, out)
    with pytest.raises(DisclosureError, match="edition already"):
        gate.publish(edition("first"), POLICE, tmp_path / "again", past)


def test_a_chart_of_true_figures_blocks(tmp_path: Path) -> None:
    def raw(_: Printed) -> Mapping[str, bytes]:
        return {"women.svg": b"<svg><title>Men who withdrew: 17</title></svg>"}

    out, past = tmp_path / "out", tmp_path / "ledger"
    outcome = gate.publish(edition("first"), POLICE, out, past, draw=raw)
    assert isinstance(outcome, gate.Blocked)
    assert outcome.tables == ("women.svg",)
    assert "17 is in <title> and in no protected table." in outcome.words
    assert not out.exists()
    assert not past.exists()


def test_what_an_earlier_release_gave_away_blocks_and_is_named() -> None:
    careless = as_printed(edition("careless"), EXACT, {})
    outcome = gate.release(edition("now"), POLICE, [careless])
    assert isinstance(outcome, gate.Blocked)
    assert outcome.tables[0] == "funnel"
    assert "It is printed in careless: funnel." in outcome.words
    assert outcome.account is not None
    assert "reports: outcome charged, sex men" in outcome.account.beyond_help


def test_attachments_stay_inside() -> None:
    for name in ("../outside.svg", "funnel.csv"):
        with pytest.raises(DisclosureError):
            gate.release(edition("first"), POLICE, draw=lambda _, name=name: {name: b""})


def test_the_attack_is_a_program(tmp_path: Path) -> None:
    folders.write_printed(as_printed(edition("careless"), EXACT, {"funnel": [("men", "charged")]}), tmp_path)
    words = [sys.executable, "-m", "lamplighter.disclosure.attack", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == "Broken: 1 finding in funnel.\n- funnel, men / charged: is 3, exactly.\n"
    (tmp_path / "release.json").unlink()
    assert subprocess.run(words, capture_output=True, text=True, check=False).returncode == 2


def test_the_command(tmp_path: Path) -> None:
    folders.write_release(edition("first"), tmp_path / "tables")
    past, account = tmp_path / "ledger", tmp_path / "account.json"
    words = ["publish", str(tmp_path / "tables"), "--earlier", str(past)]
    done = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out"), "--account", str(account)])
    assert done.exit_code == 0, done.output
    assert "12 cells: 1 hidden for themselves, 3 so that those cannot be worked out" in done.output
    assert "Withstood." in done.output
    because = {line["cell"]: line["because"] for line in json.loads(account.read_text("utf-8"))["hidden"]}
    assert because["reports: outcome charged, sex men"] == [
        "fewer people than the smallest count that is shown"
    ]
    assert sorted(p.name for p in past.iterdir()) == ["first-first"]
    charts = tmp_path / "charts"
    charts.mkdir()
    (charts / "raw.svg").write_text("<svg><text>61 withdrew</text></svg>", "utf-8")
    folders.write_release(edition("second"), tmp_path / "tables")
    done = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "two"), "--attach", str(charts)])
    assert done.exit_code == 1
    assert "Blocked: nothing was released." in done.output
    assert "raw.svg" in done.output
    assert not (tmp_path / "two").exists()
    done = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    done = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "x"), "--profile", "none"])
    assert done.exit_code == 2
    assert "police-victim" in done.output
