"""Same input, same bytes: in two processes that order sets, hash strings and share threads differently."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.synthetic.study_bundles.bundle import make

PROGRAM = """
import hashlib, json, sys
from pathlib import Path
from lamplighter.disclosure import profiles
from lamplighter.reporting.folder import report_files
from lamplighter.studies.review.engine import review
from lamplighter.studies.review.publication.publishing import publish_review
from lamplighter.studies.review.publication.report import report_of
from lamplighter.studies.review.results import Everything
from lamplighter.study_bundle import checking

checked = checking.check(sys.argv[1])
found = review(checked.required(), rejects=checked.rejects)
files = report_files(report_of(found, Everything(found.found)))
out = Path(sys.argv[2])
outcome = publish_review(found, "police-victim", out)
assert outcome.passed, outcome.words
left = [p for p in sorted(out.rglob("*")) if p.is_file()]
files |= {f"released/{p.relative_to(out).as_posix()}": p.read_bytes() for p in left}
print(json.dumps({name: hashlib.sha256(data).hexdigest() for name, data in files.items()}))
"""


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make("london", tmp_path_factory.mktemp("bundle"), reports=400).bundle.parent


def digests(bundle: Path, out: Path, **more: str) -> dict[str, str]:
    surroundings = os.environ | more
    # Our own program over our own folder.
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(bundle), str(out)],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
def test_two_processes_that_differ_in_hashing_and_threads(made_up: Path, tmp_path: Path) -> None:
    one, two = (
        digests(
            made_up,
            tmp_path / threads,
            PYTHONHASHSEED=seed,
            POLARS_MAX_THREADS=threads,
            OMP_NUM_THREADS=threads,
        )
        for seed, threads in (("1", "1"), ("4242", "2"))
    )
    assert list(one) == list(two)
    assert {name for name in one if one[name] != two[name]} == set()
    assert any(name.startswith("released/charts/") for name in one)


@pytest.mark.slow
def test_linear_algebra_with_one_thread_and_with_two(tmp_path: Path) -> None:
    """Enough reports for the products of matrices to be shared out, which changes the last digits of sums."""
    bundle = make("london", tmp_path / "bundle", reports=2_500).bundle.parent
    one, two = (
        digests(bundle, tmp_path / threads, OPENBLAS_NUM_THREADS=threads, POLARS_MAX_THREADS="1")
        for threads in ("1", "2")
    )
    assert list(one) == list(two)
    assert {name for name in one if one[name] != two[name]} == set()
    assert {"report.html", "release.json"} <= {name.rsplit("/", 1)[-1] for name in one}


def test_the_command_twice_into_two_folders(made_up: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        done = CliRunner().invoke(app, ["review", str(made_up), "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert files == sorted(
        p.relative_to(tmp_path / "two") for p in (tmp_path / "two").rglob("*") if p.is_file()
    )
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text("utf-8"))
    assert set(manifest["files"]) == {name.as_posix() for name in files} - {"manifest.json"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((tmp_path / "one" / name).read_bytes()).hexdigest() == digest


def test_nothing_is_written_over_what_is_not_of_the_report(made_up: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    done = CliRunner().invoke(app, ["review", str(made_up), "--out", str(tmp_path)])
    assert done.exit_code != 0
    assert (tmp_path / "notes.txt").read_text("utf-8") == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.txt"]
