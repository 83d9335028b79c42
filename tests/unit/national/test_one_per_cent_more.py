"""A few records more are linked with little work, and it comes to what linking everything anew does."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lamplighter.national import run
from lamplighter.national.linking import border_reports, standing_borders
from lamplighter.national.linking.across_forces import Edges
from lamplighter.national.linking.border_reports import Judged
from lamplighter.national.linking.standing_borders import Before, Known, planned
from lamplighter.national.run import Linked
from lamplighter.records.schema import Bundle
from tests.unit.national.country import ALONE, RELEASE, Country, made, silent


def without_last(held: Bundle, share: float) -> Bundle:
    """The bundle of some weeks ago: without the newest reports, which have about a share of the records."""
    reports = held["reports"].sort("reported_at", "report_id")
    kept = reports.head(round(reports.height * (1 - share)))["report_id"]
    return {name: frame.filter(pl.col("report_id").is_in(kept.implode())) for name, frame in held.items()}


def deliver(country: Country, forces: Collection[str], share: float) -> None:
    for force in forces:
        country.deliver(force, without_last(country.held[force], share))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Country:
    """A country without the last hundredth of every force's reports, linked."""
    country = made(tmp_path_factory.mktemp("before"), seed=79, records=2_400, forces=4)
    deliver(country, country.held, 0.01)
    run.linked(country.linker, RELEASE, ALONE, silent)
    return country


def from_nothing(country: Country, folder: Path) -> Linked:
    """Everything linked anew under the same model and key, and what was learned with it."""
    copy = country.copied(folder)
    shutil.rmtree(copy.linker / "stages")
    return run.linked(copy.linker, RELEASE, ALONE, silent)


def same(one: Linked, other: Linked) -> None:
    assert one.index.records.equals(other.index.records)
    assert np.array_equal(one.group, other.group)
    for part in ("left", "right", "compared", "unnamed", "named", "kind"):
        assert np.array_equal(getattr(one.judged, part), getattr(other.judged, part)), part
    assert np.array_equal(one.judged.bars, other.judged.bars)
    assert np.array_equal(one.bits, other.bits)
    assert one.seen == other.seen


def counted(patch: pytest.MonkeyPatch) -> list[int]:
    """How many edges each job of stage C judges."""
    many: list[int] = []
    plain = border_reports.judged

    def judged(scene, left, right, *args, **more):  # type: ignore[no-untyped-def]  # as it is called
        if not more.get("only"):
            many.append(len(left))
        return plain(scene, left, right, *args, **more)

    patch.setattr(border_reports, "judged", judged)
    return many


@pytest.fixture
def edges_judged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    return counted(monkeypatch)


@dataclass(frozen=True)
class More:
    """A country with one force's newest reports, linked from what was there and from nothing, and how many
    edges were judged at each."""

    found: Linked
    anew: Linked
    few: int
    many: int


@pytest.fixture(scope="module")
def more(before: Country, tmp_path_factory: pytest.TempPathFactory) -> More:
    folder = tmp_path_factory.mktemp("more")
    country = before.copied(folder / "more")
    deliver(country, ["force-b"], 0.0)
    with pytest.MonkeyPatch.context() as patch:
        edges = counted(patch)
        found = run.linked(country.linker, RELEASE, ALONE, silent)
        few = sum(edges)
        anew = from_nothing(country, folder / "anew")
    return More(found, anew, few, sum(edges) - few)


def test_what_stands_is_not_judged_again_and_all_comes_to_the_same(more: More) -> None:
    assert more.found.made.count("force") == 1
    assert 0 < more.few < 0.5 * more.many
    same(more.found, more.anew)


def test_with_more_of_every_force_it_comes_to_the_same_too(
    before: Country, tmp_path: Path, edges_judged: list[int]
) -> None:
    country = before.copied(tmp_path / "more")
    deliver(country, country.held, 0.0)
    found = run.linked(country.linker, RELEASE, ALONE, silent)
    few = sum(edges_judged)
    anew = from_nothing(country, tmp_path / "anew")
    assert 0 < few < sum(edges_judged) - few
    same(found, anew)


def test_a_force_that_leaves_takes_its_judgements_along(
    before: Country, tmp_path: Path, edges_judged: list[int]
) -> None:
    country = before.copied(tmp_path / "less")
    shutil.rmtree(country.linker / "deliveries" / RELEASE.label / "force-d")
    found = run.linked(country.linker, RELEASE, ALONE, silent)
    few = sum(edges_judged)
    anew = from_nothing(country, tmp_path / "anew")
    assert few < 0.2 * sum(edges_judged)
    same(found, anew)


@pytest.mark.parametrize("stage", ["_write_border", "_write_borders", "_write_consolidated"])
def test_killed_with_a_little_more_and_run_again_it_comes_to_the_same(
    before: Country, more: More, tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Nothing catches it, as nothing catches a kill."""

    def killed(*args: object) -> None:
        raise Killed

    country = before.copied(tmp_path / "more")
    deliver(country, ["force-b"], 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(run, stage, killed)
        with pytest.raises(Killed):
            run.linked(country.linker, RELEASE, ALONE, silent)
    same(run.linked(country.linker, RELEASE, ALONE, silent), more.anew)


def test_what_was_judged_under_another_model_does_not_stand(
    before: Country, tmp_path: Path, edges_judged: list[int]
) -> None:
    country = before.copied(tmp_path)
    sources = next((country.linker / "models").glob("*/sources.json"))
    sources.write_text(sources.read_text("utf-8").replace("0.", "0.1", 1), "utf-8")
    run.linked(country.linker, RELEASE, ALONE, silent)
    edges = pl.read_parquet(next((country.linker / "stages/borders").glob("*/edges.parquet")))
    assert sum(edges_judged) == edges.height


def test_two_who_are_told_apart_by_no_name_are_judged_all_anew(before: Country) -> None:
    """Should the hashes of two persons ever be the same, nothing is taken for what it is not."""
    borders = next((before.linker / "stages/borders").glob("*/ground.json")).parent
    index = run.linked(before.linker, RELEASE, ALONE, silent).index
    known = standing_borders.Known.of(index)
    frame = pl.read_parquet(borders / "edges.parquet").with_columns(evidence=pl.lit(0.0))
    edges, old = standing_borders.Edges.of(frame), standing_borders.Before.read(borders)
    assert len(standing_borders.planned(edges, known, old).rows) == 0
    known.name[1] = known.name[0]
    assert len(standing_borders.planned(edges, known, old).rows) == len(edges)


def test_whom_reports_alone_brought_together_is_judged_again_when_one_has_another_report(
    tmp_path: Path,
) -> None:
    """Persons 1 and 3 stand in reports with 0 and 2, whose edge is as it was; 1 stands in a new one too."""
    n = 10
    names = np.arange(100, 100 + n, dtype=np.uint64)
    beside = pl.DataFrame({"person": [0, 1, *range(2, n)], "report": [0, 0, 1, 1, *range(4, n)]})
    edges = Edges(np.array([0, 4, 5, 6]), np.array([2, 7, 8, 9]), np.zeros(4))
    one = pl.DataFrame({"left": [1], "right": [3], "bar0": [0.0], "compared0": [True], "unnamed": [False],
                        "named": [True], "kind": [0], "leaning": [0.0]})  # fmt: skip
    before = Known(names, names, beside)
    standing_borders.write(tmp_path, edges, before, Judged.of(one), border_reports.NOTHING_SEEN)
    more = pl.concat([beside, pl.DataFrame({"person": [1], "report": [50]})])
    held = names.copy()
    held[1] += 1
    read = Before.read(tmp_path)
    assert planned(edges, before, read).rows.tolist() == []
    plan = planned(edges, Known(names, held, more), read)
    assert plan.rows.tolist() == [0]
    assert plan.judged is not None
    assert len(plan.judged.left) == 0
