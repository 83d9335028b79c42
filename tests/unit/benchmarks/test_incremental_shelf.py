"""A shelf of which the first records lie in arrays answers as one that keeps each by itself."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks import incremental
from benchmarks.incremental import LaidShelf, people_of, placed
from benchmarks.memory_store import Shelf
from lamplighter.linkage import LinkResult, link
from lamplighter.linkage.features.compact_records import Compact
from lamplighter.linkage.online import arrivals
from lamplighter.linkage.online.scorer import Judge, Pair, pair_of
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.worlds.world import generate

World = tuple[Bundle, Bundle, LinkResult]


@pytest.fixture(scope="module")
def world() -> World:
    """All reports, those that are there at the beginning, and what linking these found."""
    whole = generate(5, person_records=900).bundle
    reports = whole["reports"].sort("reported_at", "report_id")
    there = reports.head(reports.height * 9 // 10)
    begun = {"reports": there, "people": whole["people"].join(there, on="report_id", how="semi")}
    return {"reports": reports, "people": whole["people"]}, begun, link(begun)


def proposed(shelf: Shelf, new: list[Compact]) -> set[Pair]:
    found = shelf.sharing(new)
    pairs = zip(found.one.tolist(), found.other.tolist(), strict=True)
    return {pair_of(found.people[a].record_id, found.people[b].record_id) for a, b in pairs}


@pytest.mark.parametrize("most", [6, 250])
def test_it_proposes_whom_the_other_proposes(
    world: World, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Also where keys become crowded, before and after the records came."""
    whole, begun, result = world
    monkeypatch.setattr(incremental, "most_for", lambda _: most)
    laid, plain = LaidShelf(result, begun), Shelf(most=most)
    every, there = people_of(whole), set(begun["reports"]["report_id"])
    for report in begun["reports"]["report_id"]:
        plain.add(every[report])
    met = 0
    for report, new in every.items():
        if report in there:
            continue
        pairs = proposed(plain, new)
        assert proposed(laid, new) == pairs
        met += len(pairs)
        plain.add(new)
        laid.add(new)
    assert met > 100
    everybody = [c for people in every.values() for c in people]
    assert {r: set(k) for r, k in laid.keys(everybody).items()} == {
        r: set(k) for r, k in plain.keys(everybody).items()
    }


def test_what_arrives_on_it_comes_to_what_linking_at_once_finds(world: World) -> None:
    whole, begun, result = world
    shelf, judge = LaidShelf(result, begun), Judge(result.model)
    there = set(begun["reports"]["report_id"])
    for report, new in people_of(whole).items():
        if report not in there:
            shelf.take(arrivals.arrive(new, shelf, judge), new)
    at_once = link(whole, model=result.model)
    place = at_once.persons.select(record="record_id").sort("record").with_row_index("row")
    pairs = placed(at_once.pairs.select("left_record", "right_record", weight="match_weight"), place)
    both = pairs.join(shelf.weights(place), on=["left", "right"], suffix="_arriving")
    assert both.height == pairs.height > 1_000
    assert (both["weight"] - both["weight_arriving"]).abs().max() <= 1e-9
    groups = pl.DataFrame({"record_id": list(shelf.persons()), "arrived": list(shelf.persons().values())})
    joined = at_once.persons.join(groups, on="record_id")
    assert joined.height == at_once.persons.height
    names = joined.select("person_id", "arrived").unique()
    assert names["person_id"].is_unique().all()
    assert names["arrived"].is_unique().all()
