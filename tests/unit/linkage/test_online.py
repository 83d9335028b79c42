"""One report at a time gives what the batch gives."""

from __future__ import annotations

import polars as pl
import pytest

from lamplighter.linkage import LinkResult, blocking, keys, link, online
from lamplighter.linkage.ids import MEMORY_SCHEMA
from lamplighter.linkage.results import PAIRS_SCHEMA
from tests.unit.linkage.made_up import Made


def test_a_key_shows_nobodys_details(small: Made) -> None:
    found = keys.candidate_keys(small.bundle["people"], small.bundle["reports"])
    assert found.columns == ["record_id", "kind", "key"]
    assert found.schema == keys.KEY_SCHEMA
    assert set(found["kind"]) <= {k.name for k in blocking.key_kinds()}
    # Whoever knows every name but not the secret cannot tell which key is whose.
    secret = keys.candidate_keys(small.bundle["people"], small.bundle["reports"], secret=b"of this hub")
    assert not set(secret["key"]) & set(found["key"])
    again = keys.candidate_keys(small.bundle["people"], small.bundle["reports"], secret=b"of this hub")
    assert again.equals(secret)


def test_rare_keys_come_first_and_common_ones_are_passed_over() -> None:
    wanted = pl.DataFrame({"record_id": ["a"] * 3, "kind": ["born", "phone", "email"], "key": [7, 8, 9]})
    counts = pl.DataFrame({"key": [7, 8], "records": [keys.MOST_RECORDS_A_KEY + 1, 3]})
    assert keys.rarest_first(wanted, counts)["key"].to_list() == [9, 8]


def test_matching_one_report_gives_the_weights_of_the_batch(small: Made, linked: LinkResult) -> None:
    people, reports = small.bundle["people"], small.bundle["reports"]
    batch = {
        (r[0], r[1]): r[2]
        for r in linked.pairs.select("left_record", "right_record", "match_weight").iter_rows()
    }
    compared = 0
    for report in reports["report_id"].sort().head(12):
        new = people.filter(report_id=report)
        others = people.filter(pl.col("report_id") != report)
        found = online.match(new, others, linked.model, reports=reports)
        assert found.schema == PAIRS_SCHEMA
        for left, right, weight in found.select("left_record", "right_record", "match_weight").iter_rows():
            if (left, right) in batch:
                compared += 1
                assert weight == pytest.approx(batch[left, right], abs=1e-9)
    assert compared > 20


def test_arrival_order_does_not_change_the_persons(small: Made, linked: LinkResult) -> None:
    people, reports = small.bundle["people"], small.bundle["reports"]
    batch = _groups(link(small.bundle, model=linked.model).persons)
    for seed in (1, 2):
        assert _groups(_one_by_one(people, reports, linked, seed)) == batch


def _one_by_one(people: pl.DataFrame, reports: pl.DataFrame, linked: LinkResult, seed: int) -> pl.DataFrame:
    order = reports["report_id"].sample(fraction=1, shuffle=True, seed=seed)
    memory = pl.DataFrame(schema=MEMORY_SCHEMA)
    stored = pl.DataFrame(schema=PAIRS_SCHEMA)
    table = keys.candidate_keys(people, reports)
    arrived: list[str] = []
    for report in order:
        new = people.filter(report_id=report)
        seen = people.filter(pl.col("report_id").is_in(arrived))
        # As the hub does: records by key, then whole reports, and the whole of their persons.
        near = (
            table.filter(pl.col("record_id").is_in(new["record_id"].to_list()))
            .select("key")
            .join(table, on="key")
        )
        hits = seen.filter(pl.col("record_id").is_in(near["record_id"].to_list()))["report_id"]
        close = seen.filter(pl.col("report_id").is_in(hits.to_list()))
        whose = memory.filter(pl.col("record_id").is_in(close["record_id"].to_list()))["person_id"]
        members = memory.filter(pl.col("person_id").is_in(whose.to_list()) & pl.col("current"))["record_id"]
        rest = seen.filter(pl.col("record_id").is_in(members.to_list()))["report_id"]
        around = seen.filter(pl.col("report_id").is_in([*hits, *rest]))
        found = online.arrive(
            new, around, linked.model, reports=reports, stored_pairs=stored, previous_ids=memory
        )
        changed = found.memory["record_id"].to_list()
        memory = pl.concat([memory.filter(~pl.col("record_id").is_in(changed)), found.memory])
        stored = pl.concat([stored, found.pairs])
        arrived.append(report)
    return memory.filter("current").select("record_id", "person_id")


def _groups(persons: pl.DataFrame) -> set[frozenset[str]]:
    return {frozenset(g) for g in persons.group_by("person_id").agg("record_id")["record_id"].to_list()}
