"""Linking forces in stages comes to what linking all of them at once does, and goes on where it was
stopped."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.linkage import link
from lamplighter.linkage.explain.accuracy import Score, pairwise
from lamplighter.national import jobs, run, stages
from lamplighter.national.delivery import deliveries
from lamplighter.national.errors import NationalError, StageFailed
from lamplighter.national.release import links
from lamplighter.national.release.links import Published
from lamplighter.national.run import Linked
from tests.unit.national.country import ALONE, RELEASE, Country, linkers_ids, silent

TABLES = ("persons", "partitions", "quality")


def groups_of(found: Linked) -> pl.DataFrame:
    group = found.group[found.index.records["person"].to_numpy()]
    return found.index.records.select("record_id", person=pl.Series(group))


def across(found: pl.DataFrame, truth: pl.DataFrame) -> tuple[float, float]:
    """Precision and recall of pairs of records of two forces."""
    both = truth.join(found.rename({"person": "ours"}), on="record_id")

    def pairs(*keys: str) -> int:
        sizes = both.group_by(*keys).len()["len"].cast(pl.Int64)
        return int((sizes * (sizes - 1) // 2).sum())

    right = pairs("ours", "person") - pairs("ours", "person", "force")
    return right / (pairs("ours") - pairs("ours", "force")), right / (
        pairs("person") - pairs("person", "force")
    )


def told(published: Published) -> dict[str, pl.DataFrame]:
    return {name: pl.read_parquet(published.folder / f"{name}.parquet") for name in TABLES}


def again(country: Country, settings: run.Settings = ALONE) -> tuple[Linked, Published]:
    found = run.linked(country.linker, RELEASE, settings, silent)
    return found, links.publish(found, country.linker, country.analyst, RELEASE, silent)


def test_in_stages_is_as_good_as_all_at_once(linked: Linked, country: Country) -> None:
    people = pl.concat([f.people() for f in linked.index.forces])
    reports = pl.concat([f.told() for f in linked.index.forces])
    whole = link({"people": people, "reports": reports}).persons.rename({"person_id": "person"})
    truth = country.truth.select("record_id", "person")

    def score(found: pl.DataFrame) -> Score:
        return pairwise(found, truth, "record_id", "person")

    assert score(groups_of(linked)).f1 >= score(whole).f1 - 0.003
    precision, recall = across(groups_of(linked), country.truth)
    assert precision > 0.97
    assert recall > 0.85
    assert recall >= across(whole, country.truth)[1] - 0.02


def test_only_pairs_of_two_forces_are_weighed_and_each_once(linked: Linked) -> None:
    linker = linked.index.forces[0].folder.parents[2]
    edges = pl.read_parquet(next((linker / "stages/across").glob("*/edges.parquet")))
    assert edges.height == edges.select("left", "right").unique().height
    assert (
        linked.index.force_of[edges["left"].to_numpy()] != linked.index.force_of[edges["right"].to_numpy()]
    ).all()
    judged = linked.judged
    assert len(judged) == len(set(zip(judged.left.tolist(), judged.right.tolist(), strict=True)))


def test_the_contract_of_the_analysts_files(published: Published, country: Country) -> None:
    found = told(published)
    persons, drawn = found["persons"], found["partitions"]
    assert dict(persons.schema) == dict.fromkeys(("record", "force", "role", "person"), pl.String())
    assert dict(drawn.schema) == {"draw": pl.Int64(), "record": pl.String(), "person": pl.String()}
    content = pl.concat(
        [pl.read_parquet(p) for p in sorted(country.analyst.glob("*/content/*/people.parquet"))]
    )
    assert persons["record"].sort().to_list() == content["record"].sort().to_list()
    assert set(drawn["draw"]) == set(range(1, 21))
    both = drawn.join(persons, on="record", how="left")
    assert both["person_right"].null_count() == 0
    assert (both["person"] != both["person_right"]).all()
    assert drawn.select("draw", "record").is_duplicated().sum() == 0
    assert {"release", "purpose", "inputs", "forces", "never_looked_at", "capped"} <= set(published.told)


def test_run_again_nothing_is_made_and_all_is_the_same(
    country: Country, published: Published, tmp_path: Path
) -> None:
    copy = country.copied(tmp_path)
    found, once_more = again(copy)
    assert found.made == ()
    assert all(told(once_more)[n].equals(told(published)[n]) for n in TABLES)


@pytest.mark.parametrize("stage", ["force", "across", "border", "consolidated", "publish"])
def test_killed_at_any_stage_and_run_again_it_comes_to_the_same(
    delivered: Country, country: Country, published: Published, tmp_path: Path, stage: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    copy = delivered.copied(tmp_path)
    # The same keys and model: another linker would give other pseudonyms.
    shutil.copytree(country.linker / "models", copy.linker / "models")
    for name in ("key",):
        shutil.copy(country.linker / name, copy.linker / name)

    class Killed(BaseException):
        """Nothing catches it, as nothing catches a kill."""

    def killed(folder: Path) -> None:
        (folder / "half.parquet").write_bytes(b"half of a file")
        raise Killed

    with monkeypatch.context() as patch:
        if stage == "publish":
            patch.setattr(links, "_put", lambda *args: killed(copy.analyst))
        else:
            names = {"force": "_write_force", "border": "_write_border"}
            name = names.get(stage, f"_write_{stage}")
            patch.setattr(run, name, lambda *args: killed(args[-1]))
        with pytest.raises(Killed):
            again(copy)
    _, resumed = again(copy)
    assert all(told(resumed)[n].equals(told(published)[n]) for n in TABLES)
    assert not list(copy.linker.rglob("half.parquet"))


def test_what_was_damaged_after_it_was_published_is_made_anew(country: Country, tmp_path: Path) -> None:
    copy = country.copied(tmp_path)
    first = next(iter(sorted((copy.linker / "stages/force").glob("*/persons.parquet"))))
    before = first.read_bytes()
    first.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    found = run.linked(copy.linker, RELEASE, ALONE, silent)
    assert found.made == ("force",)
    assert first.read_bytes() == before


def test_one_force_with_more_reports_is_the_only_one_that_is_linked_anew(
    country: Country, linked: Linked, published: Published, tmp_path: Path
) -> None:
    copy = country.copied(tmp_path)
    held = dict(copy.held["force-b"])
    few = held["reports"].sort("report_id").head(held["reports"].height - 3)
    held["reports"] = few
    held["people"] = held["people"].filter(pl.col("report_id").is_in(few["report_id"].implode()))
    copy.deliver("force-b", held)
    found, once_more = again(copy)
    assert found.made.count("force") == 1
    assert found.country.model.version == linked.country.model.version
    # Whoever was not touched is called as before.
    before = told(published)["persons"]
    now = told(once_more)["persons"].join(before, on="record", suffix="_before")
    assert (now["person"] == now["person_before"]).mean() > 0.99


def test_a_late_force_is_named_and_a_withdrawn_one_leaves_the_rest_as_it_was(
    country: Country, published: Published, tmp_path: Path
) -> None:
    copy = country.copied(tmp_path)
    deliveries.expect(copy.linker, ["force-z"])
    gone = deliveries.withdraw(copy.linker, "force-c", copy.analyst)
    assert gone == 2
    assert not list(copy.folder.glob("*/**/force-c/*.parquet"))
    found, once_more = again(copy)
    assert found.forces.late == ("force-z",)
    assert list(found.forces.withdrawn) == ["force-c"]
    assert once_more.told["forces"]["late"] == ["force-z"]
    assert "force" not in found.made
    before = told(published)["persons"].filter(pl.col("force") != "force-c")
    now = told(once_more)["persons"]
    assert now["record"].sort().to_list() == before["record"].sort().to_list()
    changed = now.join(before, on="record", suffix="_before").filter(
        pl.col("person") != pl.col("person_before")
    )
    # Hardly anybody is another person but whoever hung together through its records alone, and that is told.
    # (Which keys are too common to be looked at depends on how many people there are.)
    theirs = told(published)["persons"].filter(force="force-c")["person"]
    assert (~changed["person_before"].is_in(theirs.implode())).sum() <= 0.003 * now.height
    assert 0 < once_more.told["changes"]["split"] <= changed["person"].n_unique() < 20
    # No record of it is remembered.
    memory = pl.read_parquet(copy.linker / "memory.parquet")
    theirs = linkers_ids(copy, "force-c", copy.held["force-c"]["people"]["record_id"].to_list())
    assert not memory["record_id"].is_in(theirs.implode()).any()
    with pytest.raises(NationalError, match="has withdrawn"):
        copy.deliver("force-c")


def test_a_large_force_is_cut_into_blocks_and_its_persons_stay_whole(
    delivered: Country, country: Country, linked: Linked, tmp_path: Path
) -> None:
    copy = delivered.copied(tmp_path)
    shutil.copytree(country.linker / "models", copy.linker / "models")
    shutil.copy(country.linker / "key", copy.linker / "key")
    cut = run.linked(copy.linker, RELEASE, replace(ALONE, most_records_a_job=200), silent)
    assert max(own.figures["blocks"] for own in cut.within) > 2
    truth = country.truth.select("record_id", "person")
    whole, parts = (pairwise(groups_of(f), truth, "record_id", "person") for f in (linked, cut))
    assert parts.f1 >= whole.f1 - 0.02


def test_several_processes_come_to_the_same(
    country: Country, delivered: Country, published: Published, tmp_path: Path
) -> None:
    copy = delivered.copied(tmp_path)
    shutil.copytree(country.linker / "models", copy.linker / "models")
    shutil.copy(country.linker / "key", copy.linker / "key")
    _, found = again(copy, replace(ALONE, workers=2))
    assert all(told(found)[n].equals(told(published)[n]) for n in TABLES)


def test_two_releases_have_no_id_in_common(country: Country, published: Published, tmp_path: Path) -> None:
    copy = country.copied(tmp_path)
    later = replace(RELEASE, release="2027-q2")
    for force in copy.held:
        copy.deliver(force, release=later)
    found = run.linked(copy.linker, later, ALONE, silent)
    # What was linked stays good: the analyst's ids are no part of it.
    assert found.made == ()
    second = told(links.publish(found, copy.linker, copy.analyst, later, silent))["persons"]
    first = told(published)["persons"]
    assert second.height == first.height
    assert not set(first["record"]) & set(second["record"])
    assert not set(first["person"]) & set(second["person"])
    # Whoever holds the keys turns the one into the other.
    named = ["--purpose", RELEASE.purpose, "--release", RELEASE.release, "--to", later.release]
    out, table = tmp_path / "turned.parquet", published.folder / "persons.parquet"
    for column, keys in (
        ("person", ["--linker", str(copy.linker)]), ("record", ["--analyst", str(copy.analyst)]),
    ):  # fmt: skip
        command = ["national", "transcode", str(table), "--column", column, "--out", str(out)]
        done = CliRunner().invoke(app, [*command, *named, *keys])
        assert done.exit_code == 0, done.output
        assert set(pl.read_parquet(out)[column]) == set(second[column])
    refused = CliRunner().invoke(
        app, ["national", "transcode", str(table), "--column", "person", "--out", str(out), *named]
    )
    assert refused.exit_code == 2


def test_a_decision_is_kept_within_a_force_and_across_forces(
    country: Country, linked: Linked, tmp_path: Path
) -> None:
    copy = country.copied(tmp_path)
    own = (
        groups_of(linked)
        .join(linked.index.records.select("record_id", "force"), on="record_id")
        .sort("record_id")
    )
    joined = own.join(own, on="person", suffix="_2").filter(pl.col("record_id") < pl.col("record_id_2"))
    inside = joined.filter(pl.col("force") == pl.col("force_2")).row(0, named=True)
    border = joined.filter(pl.col("force") != pl.col("force_2")).row(0, named=True)
    apart = own.filter(pl.col("force") == "force-a").row(0, named=True)
    other = own.filter((pl.col("force") == "force-b") & (pl.col("person") != apart["person"])).row(
        0, named=True
    )
    rows = [
        ("not_same", inside["record_id"], inside["record_id_2"]),
        ("not_same", border["record_id"], border["record_id_2"]),
        ("same", apart["record_id"], other["record_id"]),
    ]
    log = pl.DataFrame(
        {
            "decision_id": [f"d{i}" for i in range(3)], "at": ["2027-01-01T10:00:00"] * 3,
            "by": ["a reader"] * 3, "kind": [r[0] for r in rows], "left_record": [r[1] for r in rows],
            "right_record": [r[2] for r in rows], "undoes": [None] * 3, "reason": ["seen"] * 3,
        },
        schema_overrides={"undoes": pl.String()},
    ).with_columns(pl.col("at").str.to_datetime())  # fmt: skip
    log.write_parquet(copy.linker / "decisions.parquet")
    found, published = again(copy)
    group = dict(groups_of(found).iter_rows())
    for kind, left, right in rows:
        assert (group[left] == group[right]) == (kind == "same")
    # And in every draw.
    passing = pl.concat([f.passing() for f in found.index.forces])
    record = dict(passing.iter_rows())
    tables = told(published)
    base = dict(tables["persons"].select("record", "person").iter_rows())
    for draw in range(1, 21):
        of = base | dict(tables["partitions"].filter(draw=draw).select("record", "person").iter_rows())
        for kind, left, right in rows:
            assert (of[record[left]] == of[record[right]]) == (kind == "same")


def test_a_failure_in_a_process_ends_the_run_in_words_without_values(tmp_path: Path) -> None:
    def fails(folder: Path) -> None:
        raise ValueError("Zebedee Quartermain")

    with pytest.raises(StageFailed) as failed:
        jobs.outputs(stages.Stages(tmp_path), [jobs.Job("force", "force-a", {}, fails)], silent, 1)
    assert "ValueError in test_run.py" in str(failed.value)
    assert "Quartermain" not in str(failed.value)
