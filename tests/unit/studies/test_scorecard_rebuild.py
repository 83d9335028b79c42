"""The programme that builds a site again elsewhere: it says where two sites differ, and that none does."""

from pathlib import Path

import pytest

from tools.verify import scorecard_rebuild as rebuild


def test_a_byte_a_file_and_a_length_that_differ_are_named(tmp_path: Path) -> None:
    for name, files in {
        "one": {"a.html": "same", "b.html": "a long page that says 13", "c.csv": "x", "only.csv": ""},
        "two": {"a.html": "same", "b.html": "a long page that says 14", "c.csv": "xy"},
    }.items():
        for file, text in files.items():
            (tmp_path / name / "data").mkdir(parents=True, exist_ok=True)
            (tmp_path / name / "data" / file).write_text(text)
    found = list(rebuild.differences(tmp_path / "one", tmp_path / "two"))
    assert [line.partition(",")[0].split()[0] for line in found] == [
        "data/b.html",
        "data/c.csv",
        "data/only.csv",
    ]
    assert "byte 23" in found[0]
    assert list(rebuild.differences(tmp_path / "one", tmp_path / "one")) == []


@pytest.mark.parametrize("hangs_on", [None, "TZ", "PYTHONHASHSEED", "LANG", "POLARS_MAX_THREADS", "folder"])
def test_a_site_that_hangs_on_where_it_is_built_fails(
    hangs_on: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def build(python: str, folder: Path, out: Path, day: str, register: str, more: dict[str, str]) -> None:
        out.mkdir()
        said = str(folder) if hangs_on == "folder" else more.get(hangs_on or "", "")
        (out / "index.html").write_text(f"{day} {register} {said}")

    monkeypatch.setattr(rebuild, "build", build)
    (tmp_path / "kept").mkdir()
    status = rebuild.main([str(tmp_path / "kept"), "--as-at", "2026-11-30"])
    told = capsys.readouterr().out
    assert status == (hangs_on is not None)
    assert ("the same bytes" in told) is (hangs_on is None)
    assert ("index.html, byte" in told) is (hangs_on is not None)
