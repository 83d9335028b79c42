"""A review that is stopped says so, leaves no half report, and goes on from the models it had finished."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.cli.studies.reviewing import STOPPED
from lamplighter.studies.review.analyses import predictors as room
from lamplighter.studies.review.analyses.days_lost import days_lost
from lamplighter.studies.review.analyses.predictors import predictors
from lamplighter.studies.review.cohort import Cohort
from lamplighter.studies.review.finished import Finished, forget
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle import checking
from lamplighter.synthetic.study_bundles.bundle import make


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make("london", tmp_path_factory.mktemp("bundle"), reports=700).bundle.parent


@pytest.fixture(scope="module")
def cohort(made_up: Path) -> Cohort:
    return Cohort(checking.check(made_up).required(), settings())


def run_of(cohort: Cohort, folder: Path | None, heard: list[str]) -> Finished:
    return Finished.of(folder, cohort.bundle.digest, cohort.settings, heard.append)


def everything(cohort: Cohort, finished: Finished) -> tuple[Any, Any]:
    return predictors(cohort, finished), days_lost(cohort, finished)


def test_what_was_kept_is_what_is_made(cohort: Cohort, tmp_path: Path) -> None:
    plain = everything(cohort, run_of(cohort, None, []))
    first: list[str] = []
    assert everything(cohort, run_of(cohort, tmp_path, first)) == plain
    assert len(first) == 8
    again: list[str] = []
    assert everything(cohort, run_of(cohort, tmp_path, again)) == plain
    assert again == []
    assert len(plain[0][0]) == 4
    assert plain[0][0][0].hazards
    forget(tmp_path)
    assert not tmp_path.exists()


@pytest.mark.parametrize("fault", ["cut off", "another bundle", "not ours"])
def test_what_is_not_of_this_run_is_made_anew(cohort: Cohort, tmp_path: Path, fault: str) -> None:
    plain = predictors(cohort, run_of(cohort, tmp_path, []))
    file = tmp_path / "model-withdrawal-at-report.json"
    body = json.loads(file.read_text("utf-8"))
    whole = file.read_text("utf-8")
    other = {
        "cut off": whole[: len(whole) // 2],
        "another bundle": json.dumps(body | {"mark": "0" * 64}),
        "not ours": json.dumps(["a", "list"]),
    }
    file.write_text(other[fault], "utf-8")
    heard: list[str] = []
    assert predictors(cohort, run_of(cohort, tmp_path, heard)) == plain
    assert heard == ["Whether the victim withdrew"]


def test_a_bundle_without_a_digest_is_never_kept(cohort: Cohort, tmp_path: Path) -> None:
    predictors(cohort, Finished.of(tmp_path, "", cohort.settings, lambda _: None))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("by", ["the keyboard", "a scheduler"])
def test_the_command_is_stopped_and_goes_on(
    made_up: Path, tmp_path: Path, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, kept = tmp_path / "report", tmp_path / "report.unfinished"
    fitted: list[str] = []
    real = room._fit

    def fit(name: str, *more: Any) -> Any:
        if len(fitted) == 2:
            if by == "the keyboard":
                raise KeyboardInterrupt
            os.kill(os.getpid(), signal.SIGTERM)
        fitted.append(name)
        return real(name, *more)

    monkeypatch.setattr(room, "_fit", fit)
    before = signal.getsignal(signal.SIGTERM)
    stopped = CliRunner().invoke(app, ["review", str(made_up), "--out", str(out)])
    assert stopped.exit_code == STOPPED
    told = " ".join(stopped.output.split())
    assert "It was at: Whether the report had no further action." in told
    assert "2 finished models are kept in" in told
    assert "The same command goes on from there; to begin anew, delete that folder." in told
    assert signal.getsignal(signal.SIGTERM) is before
    assert not out.exists()
    assert len(list(kept.glob("*.json"))) == 2
    if by == "a scheduler":
        return
    fitted.append("and now to the end")
    went_on = CliRunner().invoke(app, ["review", str(made_up), "--out", str(out)])
    assert went_on.exit_code == 0, went_on.output
    assert fitted[3:] == ["no-further-action-at-report", "no-further-action-by-landmark"]
    assert not kept.exists()
    whole = CliRunner().invoke(app, ["review", str(made_up), "--out", str(tmp_path / "whole")])
    assert whole.exit_code == 0, whole.output
    for file in sorted(p for p in out.rglob("*") if p.is_file()):
        assert file.read_bytes() == (tmp_path / "whole" / file.relative_to(out)).read_bytes(), file
