"""The long attack can be run in slices and ends with the table of the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.verify import disclosure


def run(monkeypatch: pytest.MonkeyPatch, kept: Path, *more: str) -> int:
    words = ["x", "--releases", "6", "--tables", "1", "--workers", "1", "--kept", str(kept), *more]
    monkeypatch.setattr("sys.argv", words)
    return disclosure.main()


def test_slices_go_on_where_the_last_one_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "lines.jsonl"
    assert run(monkeypatch, kept, "--minutes", "0") == disclosure.UNFINISHED
    done = disclosure.kept(kept)
    assert [line.seed for line in done] == [0]
    assert "5 releases are still to be done." in capsys.readouterr().out
    assert run(monkeypatch, kept) == 0
    assert sorted(line.seed for line in disclosure.kept(kept)) == [*range(6)]
    assert capsys.readouterr().out.endswith("Passed.\n")
    before = kept.read_bytes()
    assert run(monkeypatch, kept) == 0
    assert kept.read_bytes() == before
