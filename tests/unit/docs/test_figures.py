"""Figures of documents are those of the files that benchmarks write, and a changed one is refused."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks import harness
from tools import figures, generated_docs

DOCS = Path(__file__).parents[3] / "docs"
HELD = ("accuracy.md", "courses.md", "linkage-online.md", "linkage-results.md", "load.md", "server.md")


@pytest.fixture
def kept() -> Any:
    return copy.deepcopy(figures.kept())


def test_every_document_says_what_the_files_say(kept: figures.Kept) -> None:
    found = figures.documents(DOCS, kept)
    assert {path.name for path in found} >= set(HELD)
    assert [path for path, text in found.items() if path.read_text("utf-8") != text] == []
    assert figures.unsaid(DOCS, kept) == []


def test_a_changed_figure_of_a_table_is_refused(kept: Any, capsys: pytest.CaptureFixture[str],
                                                monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    kept["linkage"]["areas"]["rows"][0]["f1"] = 0.111
    monkeypatch.setattr(figures, "kept", lambda: kept)
    monkeypatch.setattr(generated_docs.sys, "argv", ["generated_docs.py", "--check"])
    monkeypatch.setattr(generated_docs, "MADE", {})
    assert generated_docs.main() == 1
    assert "Out of date: docs/linkage-results.md - run: make generate" in capsys.readouterr().out


def test_a_changed_figure_of_a_sentence_is_refused_with_its_place(
    kept: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept["imports"]["workbook"]["rows"][0]["processor"] = 58
    kept["accuracy"]["hidden"]["rows"][0]["F1"] = 0.9
    (workbook,) = [f for f in figures.unsaid(DOCS, kept) if "records.md" in f]
    assert workbook.startswith("docs/records.md does not say: took 58 seconds of processor")
    assert [f for f in figures.unsaid(DOCS, kept) if f.startswith("docs/../README.md")]
    monkeypatch.setattr(figures, "kept", lambda: kept)
    monkeypatch.setattr(generated_docs, "MADE", {})
    monkeypatch.setattr(figures, "documents", lambda docs, figures: {})
    monkeypatch.setattr(generated_docs.sys, "argv", ["generated_docs.py"])
    assert generated_docs.main() == 1  # also where documents are written: a sentence is put right by hand
    assert "took 58 seconds" in capsys.readouterr().out


def test_a_table_that_somebody_typed_over_is_refused(tmp_path: Path, kept: figures.Kept) -> None:
    text = (DOCS / "linkage-results.md").read_text("utf-8")
    (tmp_path / "page.md").write_text(text.replace("| 0.924; 0.920 |", "| 0.942; 0.920 |"), "utf-8")
    ((path, wanted),) = figures.documents(tmp_path, kept).items()
    assert path.read_text("utf-8") != wanted == text


def test_every_figure_names_its_command_commit_and_date(kept: figures.Kept) -> None:
    for told in (told for names in kept.values() for told in names.values()):
        assert re.fullmatch(r"[0-9a-f]{8}", told["commit"])
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", told["date"])
        assert told["command"]
        assert ("rows" in told) != ("printed" in told)
        assert told["commit"] in figures.source(told)


def test_the_tables_of_the_linkage_stand_in_blocks() -> None:
    """But for what is in short at the beginning, whose figures are held as sentences."""
    for page in ("linkage-results.md", "linkage-online.md", "accuracy.md"):
        text = figures.BLOCK.sub("", (DOCS / page).read_text("utf-8"))
        text = re.sub(r"## In short\n.*?\n## ", "", text, flags=re.S)
        text = re.sub(r"## The three sample exports\n.*", "", text, flags=re.S)
        assert not re.findall(r"^\|.*\d\.\d\d.*$", text, re.M), page


def test_several_seeds_stand_side_by_side_and_a_peer_is_told_by_its_name() -> None:
    rows = [
        {"table": "a", "seed": s, "rows": 1_200, "method": m, "f1": f}
        for s, m, f in ((1, "Lamplighter", 0.9), (1, "Splink 5", 0.5), (2, "Lamplighter", 0.8))
    ]
    shown = figures.Shown({"table": "table"}, {"rows": "{rows}", "F1": "{f1} ({f1@Splink:.1f})"}, {"a": "A"})
    assert shown.lines(rows)[2:] == ["| A | 1,200 | 0.900 (0.5); 0.800 () |"]


def test_a_benchmark_keeps_its_figures_only_when_asked_and_of_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness, "FIGURES", tmp_path)
    words = ["benchmarks", "--many", "2"]
    monkeypatch.setattr(harness.sys, "argv", words)
    monkeypatch.setattr(harness, "_commit", lambda: "0123abcd")

    def part() -> None:
        harness.say("one line")
        harness.keep("some", "printed")
        harness.keep("some", "rows", [{"what": "a", "f1": 0.123456}])

    harness.run_part("some", {"part": part})
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(harness.sys, "argv", [*words, harness.KEEP])
    harness.run_part("some", {"part": part})
    told = json.loads((tmp_path / "some.json").read_text("utf-8"))
    assert told["rows"]["rows"] == [{"what": "a", "f1": 0.1235}]
    assert told["printed"]["printed"] == ["one line"]
    assert told["rows"]["command"] == "python -m benchmarks.some --many 2"
    assert told["rows"]["commit"] == "0123abcd"


def test_what_is_not_committed_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = type("Done", (), {"stdout": " M src/lamplighter/linkage/__init__.py\n"})
    monkeypatch.setattr(harness.subprocess, "run", lambda *args, **kwargs: changed)
    with pytest.raises(SystemExit, match="commit these first"):
        harness._commit()
