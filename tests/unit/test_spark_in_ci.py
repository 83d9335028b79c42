"""The tests of the engine on Spark are never skipped in CI, and what they need has a lock of its own."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from tools import ensure_spark

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nothing_is_got(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensure_spark, "get", lambda: None)


def java_that_says(folder: Path, told: str) -> str:
    programme = folder / "bin" / "java"
    programme.parent.mkdir(exist_ok=True)
    programme.write_text(f"#!/bin/sh\necho '{told}' >&2\n")
    programme.chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ('openjdk version "17.0.21" 2026-10-20', 17),
        ('java version "1.8.0_202"', 8),
        ('openjdk version "25" 2025-09-16', 25),
        ("Unrecognized option", 0),
    ],
)
def test_a_java_says_which_it_is(
    told: str, version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", java_that_says(tmp_path, told))
    assert ensure_spark.java() == version


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("1", 1), ("", 0), ("false", 0)])
def test_a_missing_java_fails_in_ci_and_is_said_elsewhere(
    ci: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert ensure_spark.main() == status
    told = capsys.readouterr().out
    assert "NO SPARK: Spark needs Java 17 or newer." in told
    assert ("SKIPPED" in told) == (status == 0)


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_so_does_another_pyspark_than_the_locked_one(
    ci: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("JAVA_HOME", java_that_says(tmp_path, 'openjdk version "21.0.2"'))
    for version, expected in (("", status), ("3.5.9", status), (ensure_spark.locked(), 0)):
        monkeypatch.setattr(ensure_spark, "installed", lambda version=version: version)
        assert ensure_spark.main() == expected


def test_spark_is_here_in_ci() -> None:
    if ensure_spark.in_ci():
        assert ensure_spark.lacking() == ""
    assert ensure_spark.in_ci() == (os.environ.get("CI", "").lower() not in ("", "0", "false"))


def test_the_lock_is_of_what_the_extra_names_with_hashes_and_no_address() -> None:
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = [line for line in (ROOT / "requirements/spark.in").read_text("utf-8").split("\n") if line]
    assert [line for line in named if not line.startswith("#")] == extra["spark"]
    locked = ensure_spark.LOCKED.read_text("utf-8")
    assert locked.count("--hash=sha256:") >= locked.count("==") >= 2
    assert not re.search(r"https?:|index-url|find-links", locked)


def test_make_test_and_make_coverage_get_it_and_make_install_does_not() -> None:
    targets = (ROOT / "Makefile").read_text("utf-8").split("\n\n")
    having = {t.split("\n")[1].split(":")[0] for t in targets if "tools/ensure_spark.py" in t}
    assert having == {"test", "coverage"}
    assert "pyspark" not in (ROOT / "requirements/dev.txt").read_text("utf-8")
