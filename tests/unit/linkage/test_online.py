"""Reports one at a time, or some at once, give what the batch gives."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from lamplighter.linkage import LinkResult, api, link
from lamplighter.linkage.arrays.pair_words import packed
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.blocking import blocking_rules, candidate_pairs, hashed_keys
from lamplighter.linkage.clustering import decisions, stable_ids
from lamplighter.linkage.clustering.decisions import standing
from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.dyads import report_candidates, weighed_pairs
from lamplighter.linkage.explain import explanations
from lamplighter.linkage.features import compact_frames, compact_records
from lamplighter.linkage.features.compact_records import Compact
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.online import arrivals
from lamplighter.linkage.online.compared_records import Met
from lamplighter.linkage.online.scorer import Judge, Weights
from lamplighter.linkage.thresholds import STAYS
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.worlds.world import generate
from tests.unit.linkage.made_up import Made
from tests.unit.linkage.memory_store import Shelf, kept_of, pair_of

Reports = dict[str, list[Compact]]
NOON = dt.datetime(2026, 7, 1, 12)


@pytest.fixture(scope="module")
def reports(small: Made) -> Reports:
    """Every report's people as they are prepared when it comes in alone."""
    people = defaultdict(list)
    for row in small.bundle["people"].iter_rows(named=True):
        people[row["report_id"]].append(row)
    rows = small.bundle["reports"].iter_rows(named=True)
    return {r["report_id"]: compact_records.of_report(r, people[r["report_id"]]) for r in rows}


@pytest.fixture(scope="module")
def judge(linked: LinkResult) -> Judge:
    return Judge(linked.model)


def arrived(reports: Reports, judge: Judge, order: list[str], shelf: Shelf | None = None) -> Shelf:
    shelf = Shelf() if shelf is None else shelf
    for report_id in order:
        shelf.take(arrivals.arrive(reports[report_id], shelf, judge), reports[report_id])
    return shelf


def groups(persons: dict[str, str]) -> set[frozenset[str]]:
    found = defaultdict(set)
    for record, person in persons.items():
        found[person].add(record)
    return {frozenset(g) for g in found.values()}


# What is kept of a record


def test_a_record_is_made_ready_alike_alone_and_with_all_others(small: Made, reports: Reports) -> None:
    people = small.bundle["people"].sort("record_id")
    features = prepare(people, small.bundle["reports"])
    together = dict(
        zip(features.record_ids, compact_frames.texts_of(features, small.bundle["reports"]), strict=True)
    )
    alone = {c.record_id: c for who in reports.values() for c in who}
    assert alone.keys() == together.keys()
    for record_id, c in alone.items():
        assert json.loads(c.text()) == json.loads(together[record_id])
        assert compact_records.read(record_id, c.report_id, c.text()) == c._replace(
            values=tuple(c.values), named_references=list(c.named_references)
        )


@pytest.mark.parametrize("most", [hashed_keys.MOST_RECORDS_A_KEY, 2])
def test_its_keys_are_those_of_the_batch(small: Made, reports: Reports, most: int) -> None:
    features = prepare(small.bundle["people"].sort("record_id"), small.bundle["reports"])
    together = kept_of(features, secret=b"of this hub", most=most)
    assert bool(len(together.crowded)) == (most == 2)
    held = defaultdict(set)
    for some, rows in together.sorted:
        for key, row in zip(some.tolist(), rows.tolist(), strict=True):
            held[features.record_ids[row]].add(key)
    shelf = Shelf(hashed_keys.Maker(b"of this hub"), most=most)
    for who in reports.values():
        shelf.add(who)
    everybody = list(shelf.people.values())
    assert {r: set(k) for r, k in shelf.keys(everybody).items()} == {r: held[r] for r in shelf.people}


def test_among_many_records_a_weak_key_alone_proposes_nobody(
    small: Made, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    features = prepare(small.bundle["people"].sort("record_id"), small.bundle["reports"])
    ids = features.record_ids.to_list()
    every = {pair_of(ids[a], ids[b]) for a, b in zip(*weighed_pairs._proposed(features)[0], strict=True)}
    monkeypatch.setattr(candidate_pairs, "MOST_RECORDS_A_KEY", hashed_keys.MOST_RECORDS_A_KEY)
    batch = {pair_of(ids[a], ids[b]) for a, b in zip(*weighed_pairs._proposed(features)[0], strict=True)}
    shelf, alone = Shelf(), set()
    for people in reports.values():
        found = shelf.sharing(people)
        both = zip(found.one.tolist(), found.other.tolist(), strict=True)
        alone |= {pair_of(found.people[i].record_id, found.people[j].record_id) for i, j in both}
        shelf.add(people)
    of = {c.record_id: c for people in reports.values() for c in people}
    assert alone == {p for p in batch if of[p[0]].report_id != of[p[1]].report_id}
    weak = {k.name for k in blocking_rules.key_kinds() if k.weak}
    made = {r: hashed_keys.Maker().keys(c.values) for r, c in of.items()}
    kinds = [k.name for k in blocking_rules.key_kinds()]
    assert len(every - batch) > 100
    for a, b in every - batch:
        (key,) = made[a].keys() & made[b].keys()
        assert kinds[made[a][key][0]] in weak


def test_a_key_shows_nobodys_details(small: Made) -> None:
    features = prepare(small.bundle["people"], small.bundle["reports"])
    found = hashed_keys.keys_of(features)
    assert found.columns == ["record_id", "kind", "key"]
    assert found.schema == hashed_keys.KEY_SCHEMA
    assert set(found["kind"]) <= {k.name for k in blocking_rules.key_kinds()}
    # Whoever knows every name but not the secret cannot tell which key is whose.
    secret = hashed_keys.keys_of(features, secret=b"of this hub")
    assert not set(secret["key"]) & set(found["key"])
    again = hashed_keys.keys_of(features, secret=b"of this hub")
    assert again.equals(secret)


# The same weights


def weighed_alike(bundle: Bundle, model: Model) -> int:
    """Hold every pair that the batch weighs to what it weighs one by one; how many there are."""
    features = prepare(bundle["people"].sort("record_id"), bundle["reports"])
    references = report_candidates.references(features, bundle["reports"])
    batch = weighed_pairs.of_reports(features, model, references)
    texts = compact_frames.texts_of(features, bundle["reports"])
    rows = zip(features.record_ids, features.facts["report_id"], texts, strict=True)
    people = [compact_records.read(*row) for row in rows]
    judge, met = Judge(model), Met()
    at = np.array(met.add(people), dtype=np.int64)
    pairs = packed(at[batch.weighed.left], at[batch.weighed.right])
    alone = judge.judged(pairs, Weights(judge, met))
    assert (alone.levels == batch.weighed.levels).all()
    assert alone.frequencies == pytest.approx(batch.weigher.frequencies(batch.weighed), abs=1e-9)
    assert alone.evidence == pytest.approx(batch.weighed.evidence, abs=1e-9)
    for name in ("prior", "shared", "described", "matter", "apart", "related"):
        assert getattr(alone.context, name) == pytest.approx(getattr(batch.context, name), abs=1e-9)
    assert alone.bits == pytest.approx(batch.bits, abs=1e-9)
    assert [weight_bars.HOLDS[h] for h in alone.hold.tolist()] == api.holds(batch).to_list()
    return len(pairs)


def test_every_weight_is_that_of_the_batch(small: Made, linked: LinkResult) -> None:
    """The same pairs, weighed by arrays and one by one."""
    assert weighed_alike(small.bundle, linked.model) > 1_000


def test_every_weight_of_a_made_up_world_is_that_of_the_batch() -> None:
    bundle = generate(12, person_records=1_500).bundle
    assert weighed_alike(bundle, link(bundle).model) > 3_000


def test_beliefs_persons_and_reasons_are_those_of_the_batch(
    small: Made, linked: LinkResult, judge: Judge, reports: Reports
) -> None:
    batch = link(small.bundle, model=linked.model)
    shelf = arrived(reports, judge, sorted(reports))
    assert groups(shelf.persons()) == groups(dict(batch.persons.iter_rows()))
    stored = {(r["left_record"], r["right_record"]): r for r in batch.pairs.iter_rows(named=True)}
    assert shelf.ties.keys() == stored.keys()
    for pair, tie in shelf.ties.items():
        assert tie.weight == pytest.approx(stored[pair]["match_weight"], abs=1e-9)
        assert tie.hold == stored[pair]["hold"]
        told = [(b["comparison"], b["title"], b["level"], b["words"]) for b in tie.levels]
        assert told == [(b["comparison"], b["title"], b["level"], b["words"]) for b in stored[pair]["levels"]]
        assert explanations.waterfall({"levels": tie.levels, "match_weight": tie.weight})


# The order of arrival, and what is taken back


@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_the_order_of_arrival_changes_nobody(reports: Reports, judge: Judge, seed: int) -> None:
    some = sorted(reports)[:60]
    order = random.Random(seed).sample(some, len(some))
    one = arrived(reports, judge, some)
    other = arrived(reports, judge, order)
    assert groups(one.persons()) == groups(other.persons())
    assert one.ties.keys() == other.ties.keys()
    for pair, tie in one.ties.items():
        assert tie.weight == pytest.approx(other.ties[pair].weight, abs=1e-9)


@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_many_reports_at_once_come_to_the_same(reports: Reports, judge: Judge, seed: int) -> None:
    some = sorted(reports)[:60]
    rng = random.Random(seed)
    cuts = sorted(rng.sample(range(1, 60), 4))
    order = rng.sample(some, len(some))
    one = arrived(reports, judge, some)
    other = Shelf()
    for start, end in itertools.pairwise([0, *cuts, 60]):
        people = [c for r in order[start:end] for c in reports[r]]
        other.take(arrivals.arrive(people, other, judge), people)
    assert groups(one.persons()) == groups(other.persons())
    assert one.ties.keys() == other.ties.keys()
    for pair, tie in one.ties.items():
        assert tie.weight == pytest.approx(other.ties[pair].weight, abs=1e-9)


def test_keys_of_a_report_are_looked_up_once(judge: Judge) -> None:
    """When somebody joins a person some of whose records share no key with theirs, too."""

    class Asked(Shelf):
        def together(self, people: Sequence[Compact]) -> tuple[Rows, Rows]:
            again.update(c.report_id for c in people)
            return super().together(people)

    def told(report: str, **known: object) -> list[Compact]:
        person = {"record_id": f"{report}-1", "report_id": report, "role": "suspect"}
        return compact_records.of_report({"report_id": report}, [person | known])

    shelf, again = Asked(), set[str]()
    name = {"forenames": "Xerxes", "surname": "Ploughright"}
    arriving = {
        "A": told(
            "A", **name, emails=["xerxes@example.org"], pnc_id="2012/0123456X", phones=["447700900123"]
        ),
        "B": told("B", emails=["xerxes@example.org"], pnc_id="2012/0123456X"),
        "C": told("C", **name, phones=["447700900123"]),
    }
    arrived(arriving, judge, list(arriving), shelf)
    assert len(groups(shelf.persons())) == 1
    assert ("B-1", "C-1") in shelf.ties
    assert not again


def test_reports_of_one_delivery_that_name_each_other_are_looked_at(judge: Judge) -> None:
    def told(report: str, own: str, names: list[str], person: str) -> list[Compact]:
        row = {"report_id": report, "source_ref": own, "related_refs": names}
        people = [
            {"record_id": f"{report}-{role}", "report_id": report, "role": role, "forenames": person}
            for role in ("victim", "suspect")
        ]
        return compact_records.of_report(row, people)

    people = [*told("A", "4A/0012", [], "Ilse"), *told("B", "77", ["4a/12"], "Noor")]
    found = arrivals.arrive(people, Shelf(), judge)
    assert ("A-suspect", "B-suspect") in {b.pair for b in found.beliefs}


def test_a_person_who_only_grows_is_not_remembered_as_they_were() -> None:
    nothing = standing(None)
    first = stable_ids.named([["a", "b"]], [], nothing)
    grown = stable_ids.named([["a", "b", "c"]], first.memory, nothing)
    assert [r for r in grown.memory if not r[3]] == []
    joined = stable_ids.named([["a", "b", "c"], ["d"]], grown.memory, nothing)
    merged = stable_ids.named([["a", "b", "c", "d"]], joined.memory, nothing)
    assert {r[0] for r in merged.memory if not r[3]} == {"a", "b", "c", "d"}
    again = dict(stable_ids.named([["a", "b", "c"], ["d"]], merged.memory, nothing).persons)
    assert again == dict(joined.persons)


@settings(max_examples=10, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_undoing_gives_back_exactly_who_was_there(
    reports: Reports, judge: Judge, data: st.DataObject
) -> None:
    shelf = arrived(reports, judge, sorted(reports)[:60])
    records = sorted(shelf.people)
    before = shelf.persons()
    made: list[str] = []
    for number in range(data.draw(st.integers(1, 4))):
        kind = data.draw(st.sampled_from(["same", "not_same"]))
        pair = data.draw(st.lists(st.sampled_from(records), min_size=2, max_size=2, unique=True))
        made.append(said(shelf, judge, number, kind, pair))
        if kind == "not_same":
            assert shelf.persons()[pair[0]] != shelf.persons()[pair[1]]
    for number, decision in enumerate(reversed(made), start=len(made)):
        row = next(d for d in shelf.decisions if d["decision_id"] == decision)
        said(shelf, judge, number, "undo", [row["left_record"], row["right_record"]], undoes=decision)
    assert shelf.persons() == before


def said(
    shelf: Shelf, judge: Judge, number: int, kind: str, pair: list[str], undoes: str | None = None
) -> str:
    decision = f"{number:04d}"
    left, right = sorted(pair)
    shelf.decide(
        {
            "decision_id": decision,
            "at": NOON + dt.timedelta(minutes=number),
            "by": "somebody",
            "kind": kind,
            "left_record": left,
            "right_record": right,
            "undoes": undoes,
            "reason": "a test",
        }
    )
    shelf.take(arrivals.resettle(pair, shelf, judge))
    return decision


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_whom_decisions_bring_together_or_part_are_who_they_are_when_all_is_linked_with_them(
    small: Made, reports: Reports, judge: Judge, linked: LinkResult, data: st.DataObject
) -> None:
    """Whom somebody joins is compared with each other, as those are whom a link joins."""
    shelf = arrived(reports, judge, sorted(reports))
    records = sorted(shelf.people)
    for number in range(data.draw(st.integers(1, 4))):
        kind = data.draw(st.sampled_from(["same", "not_same"]))
        first = data.draw(st.sampled_from(records))
        # Of one report, of one person, or anybody.
        near = [r for r in records if r != first and r.split("/")[0] == first.split("/")[0]]
        other = data.draw(st.sampled_from(near) | st.sampled_from([r for r in records if r != first]))
        said(shelf, judge, number, kind, [first, other])
    log = pl.DataFrame(shelf.decisions, schema=decisions.SCHEMA)
    anew = link(small.bundle, model=linked.model, decisions=log)
    assert groups(dict(anew.persons.iter_rows())) == groups(shelf.persons())


def test_a_decision_stands_when_more_reports_arrive(reports: Reports, judge: Judge) -> None:
    order = sorted(reports)
    shelf = arrived(reports, judge, order[:60])
    joined = next(sorted(g) for g in sorted(groups(shelf.persons()), key=len, reverse=True))
    said(shelf, judge, 1, "not_same", joined[:2])
    arrived(reports, judge, order[60:], shelf)
    persons = shelf.persons()
    assert persons[joined[0]] != persons[joined[1]]


def test_persons_whom_nothing_touched_keep_their_ids(reports: Reports, judge: Judge) -> None:
    order = sorted(reports)
    shelf = arrived(reports, judge, order[:-10])
    before = shelf.persons()
    reached: set[str] = set()
    for report_id in order[-10:]:
        found = arrivals.arrive(reports[report_id], shelf, judge)
        reached |= {r for r, _ in found.named.persons}
        shelf.take(found, reports[report_id])
    after = shelf.persons()
    assert {r: after[r] for r in before if r not in reached} == {
        r: before[r] for r in before if r not in reached
    }
    assert len(reached) < len(before)


def test_pairs_have_the_schema_of_the_batch(reports: Reports, judge: Judge, linked: LinkResult) -> None:
    shelf = arrived(reports, judge, sorted(reports)[:20])
    found = arrivals.arrive(reports[sorted(reports)[20]], shelf, judge)
    rows = [{n: getattr(b, n) for n in linked.pairs.columns} for b in found.beliefs]
    assert pl.DataFrame(rows, schema=linked.pairs.schema).height == len(found.beliefs)


# A new model


def test_who_was_linked_stays_a_little_longer_than_it_takes_to_join(small: Made, linked: LinkResult) -> None:
    """A stricter model under which one link falls just short: it stays, and only for who was linked."""
    weakest = linked.pairs.filter(band="linked").sort("match_weight").row(0, named=True)
    stricter = bar_above(linked, weakest["match_weight"] + 1.0)
    before = linked.pairs.filter(band="linked")
    anew = link(small.bundle, model=stricter)
    kept = link(small.bundle, model=stricter, previous_ids=linked.memory, previous_links=before)
    of = pl.col("left_record").eq(weakest["left_record"]) & pl.col("right_record").eq(weakest["right_record"])
    (alone,), (stayed,) = (
        r.pairs.filter(of).select("band", "hold", "match_weight").rows() for r in (anew, kept)
    )
    assert alone[:2] == ("to_decide", None)
    assert stayed == ("linked", "kept", alone[2])
    assert dict(kept.persons.iter_rows()) == dict(linked.persons.iter_rows())
    # Lower still, it leaves.
    gone = link(
        small.bundle,
        model=bar_above(linked, weakest["match_weight"] + STAYS + 0.1),
        previous_ids=linked.memory,
        previous_links=before,
    )
    assert gone.pairs.filter(of)["hold"].to_list() == [None]


def bar_above(linked: LinkResult, bits: float) -> Model:
    bands = replace(linked.model.bands, link_at=1 / (1 + 2.0**-bits))
    return replace(linked.model, bands=bands).named()


def test_whom_only_a_decision_joined_part_when_it_is_undone_under_a_new_model(
    small: Made, linked: LinkResult
) -> None:
    weakest = linked.pairs.filter((pl.col("band") == "to_decide") & pl.col("hold").is_null())
    pair = weakest.sort("match_weight", descending=True).row(0, named=True)
    log = [("1", NOON, "same", None), ("2", NOON + dt.timedelta(hours=1), "undo", "1")]
    rows = [
        (d, at, "somebody", kind, pair["left_record"], pair["right_record"], undoes, "a test")
        for d, at, kind, undoes in log
    ]
    said_so = pl.DataFrame(rows[:1], schema=decisions.SCHEMA, orient="row")
    joined = link(small.bundle, model=linked.model, decisions=said_so)
    who = dict(joined.persons.iter_rows())
    assert who[pair["left_record"]] == who[pair["right_record"]]
    after = link(
        small.bundle,
        model=linked.model,
        decisions=pl.DataFrame(rows, schema=decisions.SCHEMA, orient="row"),
        previous_ids=joined.memory,
        previous_links=joined.pairs.filter(band="linked"),
    )
    assert groups(dict(after.persons.iter_rows())) == groups(dict(linked.persons.iter_rows()))
