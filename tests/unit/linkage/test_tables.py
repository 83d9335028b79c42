"""Any table of people: its columns understood, linked, and nothing changed that should not change."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import astuple

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.foreign import hospital, register
from lamplighter.linkage import LinkResult, Model
from lamplighter.linkage.arrays.pair_ids import packed
from lamplighter.linkage.blocking.recall_estimate import Recall
from lamplighter.linkage.model.one_to_one import competing, without_repeats
from lamplighter.linkage.model.sources import Sources
from lamplighter.linkage_tables import link, weighed_pairs
from lamplighter.linkage_tables.column_roles.columns import ColumnUnknown, understood
from tests.unit.linkage.tables import Mates, grouped_right, mates, persons_table, strangers


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return persons_table(250)


@pytest.fixture(scope="module")
def linked(table: pl.DataFrame) -> LinkResult:
    return link(table.drop("truth"), columns={"record_id": "ref"})


def groups(result: LinkResult) -> Mates:
    """Who is with whom."""
    return mates(result.persons.iter_rows())


def foreign_people(people: int, seed: int, like: pl.DataFrame) -> pl.DataFrame:
    """Rows for a table ``like`` this, of people who have nothing in common with anybody in it."""
    others = strangers(persons_table(people, seed).cast(pl.String()))
    return others.with_columns(ref=pl.concat_str(pl.lit("other"), "ref")).select(like.columns)


def kept(before: Mates, now: Mates) -> float:
    """Share of the earlier records that are with the same earlier records as before."""
    same = sum(frozenset(m for m in now[r] if m in before) == mates for r, mates in before.items())
    return same / len(before)


class TestColumns:
    def test_are_guessed_from_their_names_and_contents(self, table: pl.DataFrame) -> None:
        told = understood(table).taken_for
        assert told == {
            "fname": "forenames",
            "lname": "surname",
            "dob": "birth_date",
            "street_address": "address_text",
            "zip": "postcode",
            "mobile": "phones",
            "truth": None,
            "ref": None,
        }

    @pytest.mark.parametrize(
        "said",
        [
            {"forenames": "a", "surname": "b"},
            {"a": "forenames", "b": "surname"},
            {"first name": "a", "last_name": "b"},
        ],
    )
    def test_are_said_either_way_round_and_by_other_names(self, said: dict[str, str]) -> None:
        frame = pl.DataFrame({"a": ["Ann"], "b": ["Quarle"]})
        assert understood(frame, said).taken_for == {"a": "forenames", "b": "surname"}

    def test_a_list_leaves_all_others_out(self, table: pl.DataFrame) -> None:
        told = understood(table, ["fname", "lname"]).taken_for
        assert {c for c, f in told.items() if f} == {"fname", "lname"}

    def test_a_column_that_is_not_there_is_named_with_those_that_are(self) -> None:
        frame = pl.DataFrame({"a": ["Ann"]})
        with pytest.raises(ColumnUnknown, match=r"no column 'b' for 'surname'\. Columns are: a"):
            understood(frame, {"surname": "b"})
        with pytest.raises(ColumnUnknown, match="no field 'surnam': is 'surname' meant"):
            understood(frame, {"surnam": "a"})

    def test_a_field_of_another_name_is_a_further_column(self) -> None:
        frame = pl.DataFrame({"a": [f"{n:09d}" for n in range(50)], "b": ["x", "y"] * 25})
        found = understood(frame, {"staff number": "a", "grade": "b", "only": True})
        assert {e.title: e.kind for e in found.extras} == {"A": "identifier", "B": "category"}

    def test_dates_in_whichever_order_they_are_written(self) -> None:
        frame = pl.DataFrame({"dob": ["03/04/1980", "25/12/1990", "31-01-1975", None]})
        assert understood(frame).people["birth_date"].to_list() == [
            "1980-04-03",
            "1990-12-25",
            "1975-01-31",
            None,
        ]
        other = pl.DataFrame({"dob": ["04/03/1980", "12/25/1990"]})
        assert understood(other).people["birth_date"].to_list() == ["1980-04-03", "1990-12-25"]

    def test_something_that_is_no_table_is_refused(self) -> None:
        with pytest.raises(TypeError, match="table of people"):
            link(["Ann Quarle"])  # type: ignore[arg-type]  # what a caller may do


class TestLinking:
    def test_finds_who_is_who(self, table: pl.DataFrame, linked: LinkResult) -> None:
        precision, recall = grouped_right(linked.persons, table.select("ref", "truth"))
        assert precision > 0.95
        assert recall > 0.8

    def test_says_how_many_were_never_looked_at(self, table: pl.DataFrame, linked: LinkResult) -> None:
        recall = linked.notes["recall_of_keys"]
        truth = dict(table.select("ref", "truth").iter_rows())
        found = sum(
            truth[a] == truth[b] for a, b in linked.pairs.select("left_record", "right_record").iter_rows()
        )
        sizes = table.group_by("truth").len()["len"]
        assert found / float((sizes * (sizes - 1) / 2).sum()) == pytest.approx(recall.estimate, abs=0.05)
        assert recall.lower <= recall.estimate <= recall.upper

    def test_a_kept_model_shows_no_value_and_weighs_the_same(
        self, table: pl.DataFrame, linked: LinkResult
    ) -> None:
        text = json.dumps(linked.model.to_json()).lower()
        # Four letters and more: a short one may stand in a hash.
        values = {str(v).lower() for c in ("fname", "lname", "mobile", "zip") for v in table[c].drop_nulls()}
        assert not [v for v in values if len(v) > 3 and f'"{v}"' in text]
        again = link(
            table.drop("truth"), columns={"record_id": "ref"}, model=Model.from_json(json.loads(text))
        )
        assert again.pairs.select("left_record", "right_record", "match_weight").equals(
            linked.pairs.select("left_record", "right_record", "match_weight")
        )

    def test_the_hash_of_values_needs_the_secret(self, table: pl.DataFrame) -> None:
        one, other = (
            link(table.drop("truth"), columns={"record_id": "ref"}, secret=s).model
            for s in (b"one", b"other")
        )
        assert one.frequencies.hidden().keys() == other.frequencies.hidden().keys()
        assert not set(one.frequencies.hidden()["first"]) & set(other.frequencies.hidden()["first"])

    def test_a_tables_order_of_rows_and_columns_changes_nothing(
        self, table: pl.DataFrame, linked: LinkResult
    ) -> None:
        turned = table.drop("truth").sample(fraction=1, shuffle=True, seed=9)
        turned = turned.select(sorted(turned.columns, reverse=True))
        again = link(turned, columns={"record_id": "ref"})
        assert again.persons.sort("record_id").equals(linked.persons.sort("record_id"))


class TestProperties:
    """With one model: what a person adds to a table must not move anybody else."""

    @given(copied=st.lists(st.integers(0, 400), min_size=1, max_size=6), turn=st.integers(0, 99))
    @settings(max_examples=6, deadline=None)
    def test_copies_of_records_move_nobody(
        self, table: pl.DataFrame, linked: LinkResult, copied: list[int], turn: int
    ) -> None:
        plain = table.drop("truth")
        rows = plain[sorted({c % plain.height for c in copied})]
        more = pl.concat([plain, rows.with_columns(ref=pl.concat_str(pl.lit("copy"), "ref"))])
        more = more.sample(fraction=1, shuffle=True, seed=turn)
        again = link(more, columns={"record_id": "ref"}, model=linked.model)
        before, now = groups(linked), groups(again)
        for record, others in before.items():
            assert {m for m in now[record] if not m.startswith("copy")} == others
        told = dict(linked.persons.iter_rows())
        for ref in rows.filter(pl.col("fname").is_not_null() & pl.col("dob").is_not_null())["ref"]:
            if len(before[ref]) > 1 or told[ref]:
                assert f"copy{ref}" in now[ref]

    @given(seed=st.integers(100, 200), people=st.integers(1, 30))
    @settings(max_examples=6, deadline=None)
    def test_people_who_have_nothing_in_common_with_anybody_move_nobody(
        self, table: pl.DataFrame, linked: LinkResult, seed: int, people: int
    ) -> None:
        plain = table.drop("truth")
        more = pl.concat([plain, foreign_people(people, seed, plain)])
        now = groups(link(more, columns={"record_id": "ref"}, model=linked.model))
        assert {r: g for r, g in now.items() if not r.startswith("other")} == groups(linked)


class TestFittedAnew:
    """With a model fitted on what there is: the order tells nothing, and what is added moves next to nobody.

    Copies and strangers do change the rates that are learned, so that a pair at the bar may fall to its
    other side: one record in a hundred may, where a model that is given (above) lets none.
    """

    @given(seed=st.integers(0, 10_000))
    @settings(max_examples=4, deadline=None)
    def test_the_order_of_rows_and_columns_changes_no_weight(
        self, table: pl.DataFrame, linked: LinkResult, seed: int
    ) -> None:
        whole = table.drop("truth")
        columns = np.random.default_rng(seed).permutation(whole.columns).tolist()
        again = link(
            whole.select(columns).sample(fraction=1, shuffle=True, seed=seed), columns={"record_id": "ref"}
        )
        assert groups(again) == groups(linked)
        pairs = linked.pairs.join(again.pairs, on=["left_record", "right_record"], suffix="_again")
        assert pairs.height == linked.pairs.height == again.pairs.height
        assert (pairs["match_weight"] - pairs["match_weight_again"]).abs().max() < 1e-9

    @given(copied=st.lists(st.integers(0, 400), min_size=1, max_size=6), turn=st.integers(0, 99))
    @settings(max_examples=4, deadline=None)
    def test_copies_of_records_move_next_to_nobody(
        self, table: pl.DataFrame, linked: LinkResult, copied: list[int], turn: int
    ) -> None:
        plain = table.drop("truth")
        rows = plain[sorted({c % plain.height for c in copied})]
        more = pl.concat([plain, rows.with_columns(ref=pl.concat_str(pl.lit("copy"), "ref"))])
        now = groups(link(more.sample(fraction=1, shuffle=True, seed=turn), columns={"record_id": "ref"}))
        assert kept(groups(linked), now) >= 0.99
        for ref in rows.filter(pl.col("fname").is_not_null() & pl.col("dob").is_not_null())["ref"]:
            assert f"copy{ref}" in now[ref]

    @given(seed=st.integers(100, 200), people=st.integers(1, 30))
    @settings(max_examples=4, deadline=None)
    def test_people_who_have_nothing_in_common_with_anybody_move_next_to_nobody(
        self, table: pl.DataFrame, linked: LinkResult, seed: int, people: int
    ) -> None:
        plain = table.drop("truth")
        more = pl.concat([plain, foreign_people(people, seed, plain)])
        now = groups(link(more, columns={"record_id": "ref"}))
        assert kept(groups(linked), now) >= 0.99
        assert not any(m.startswith("other") for r in groups(linked) for m in now[r])


def looked_at(table: pl.DataFrame, result: LinkResult) -> float:
    """The share of true pairs among those of a result; records are numbered by row."""
    truth = table["truth"].to_list()
    pairs = result.pairs.select("left_record", "right_record").iter_rows()
    seen = sum(truth[int(a)] == truth[int(b)] for a, b in pairs)
    return seen / sum(n * (n - 1) // 2 for n in Counter(truth).values())


def test_what_links_bring_along_is_no_more_than_was_missed_where_somebody_is_there_thrice() -> None:
    proposed = Recall(0.8, 0.7, 0.9)
    assert astuple(proposed.with_brought(0.1, 0.9)) == pytest.approx((0.88, 0.77, 0.99))
    assert astuple(proposed.with_brought(0.5, 0.5)) == pytest.approx((0.9, 0.85, 0.95))


class TestRivals:
    def test_only_where_nobody_is_there_twice(self) -> None:
        sources = Sources(np.array([0, 0, 1, 1]), ("a", "b"))
        left, right = np.array([0, 0, 1]), np.array([1, 2, 3])
        groups_ = sources.groups(left, right)
        assert without_repeats(sources, groups_, np.array([-20.0, 9.0, 9.0])).tolist() == [True, True]
        assert without_repeats(sources, groups_, np.array([9.0, 9.0, 9.0])).tolist() == [False, True]

    def test_the_better_of_two_takes_from_the_other(self) -> None:
        sources = Sources(np.array([0, *[1] * 400, *[0] * 399]), ("a", "b"))
        left, right = np.array([0, 0]), np.array([1, 2])
        change = competing(sources, left, right, np.array([10.0, 4.0]))
        assert change[1] < -5
        # The other one alone has odds of 16: the first is 17 times less sure than by itself.
        assert change[0] == pytest.approx(-np.log2(17), abs=0.01)

    def test_a_rival_that_has_a_better_match_takes_nothing_away(self) -> None:
        sources = Sources(np.array([0, 0, *[1] * 400, *[0] * 398]), ("a", "b"))
        # The second record of a would do for the first of b as well, but is surely the second of b.
        left, right = np.array([0, 1, 1]), np.array([2, 2, 3])
        change = competing(sources, left, right, np.array([4.0, 4.0, 14.0]))
        assert change[0] == pytest.approx(0.0, abs=0.05)
        assert change[1] < -9

    def test_beliefs_are_those_of_all_ways_to_match(self) -> None:
        """Counted out: every way in which each record has one match at most, by its odds."""
        odds = np.array([[8.0, 2.0, 0.5], [4.0, 16.0, 1.0]])
        total, each = 0.0, np.zeros_like(odds)
        for first in (None, 0, 1, 2):
            for second in (None, 0, 1, 2):
                if first is not None and first == second:
                    continue
                chosen = [(i, j) for i, j in ((0, first), (1, second)) if j is not None]
                weight = float(np.prod([odds[i, j] for i, j in chosen]))
                total += weight
                for i, j in chosen:
                    each[i, j] += weight
        true = each / total
        sources = Sources(np.array([0, 0, 1, 1, 1, *[0] * 998, *[1] * 997]), ("a", "b"))
        left, right = np.repeat([0, 1], 3), np.tile([2, 3, 4], 2)
        bits = np.log2(odds.ravel())
        found = 1 / (1 + np.exp2(-(bits + competing(sources, left, right, bits))))
        first_alone = 1 / (1 + np.exp2(-bits))
        assert np.abs(found - true.ravel()).max() < 0.05
        assert np.abs(found - true.ravel()).max() < np.abs(first_alone - true.ravel()).max() / 3


def test_pairs_are_packed_and_found_again() -> None:
    assert packed(np.array([3]), np.array([5]), 10).tolist() == [35]


class TestForeignTables:
    """What tables of other people have shown."""

    def test_dates_of_several_systems_in_one_column(self) -> None:
        frame = pl.DataFrame(
            {"dob": ["05/25/1994", "12/13/1980", "19191204", "3 Apr 1980", "o5/13/l994", "1980-02-31", "?"]}
        )
        assert understood(frame).people["birth_date"].to_list() == [
            "1994-05-25",
            "1980-12-13",
            "1919-12-04",
            "1980-04-03",
            "1994-05-13",
            "1980-02-31",
            None,
        ]

    def test_without_a_birth_date_nobody_is_taken_for_their_father(self) -> None:
        frame = persons_table(400, loss=0.03).select("ref", "truth", "fname", "lname", "street_address")
        found = link(frame.drop("truth"), columns={"record_id": "ref"})
        precision, recall = grouped_right(found.persons, frame.select("ref", "truth"))
        assert precision > 0.9
        assert recall > 0.85

    def test_two_columns_whose_names_differ_by_marks_alone_are_both_kept(self) -> None:
        frame = pl.DataFrame({"last_name": ["a", "b"], "Größe": ["x", "y"], "gr-e": ["x", "z"]})
        said = {"Größe": "text", "gr-e": "text"}
        assert len({e.column for e in understood(frame, said).extras}) == 2

    def test_somebody_recorded_seventy_times_is_one_person(self) -> None:
        rng = np.random.default_rng(4)
        table = persons_table(120, seed=8)
        often = table.filter(pl.col("fname").is_not_null() & pl.col("dob").is_not_null()).head(1)
        many = pl.concat([often] * 90).with_columns(
            ref=pl.Series([f"again{n}" for n in range(90)]),
            mobile=pl.Series([f"07{n}" for n in rng.integers(10**8, 10**9, 90)]),
        )
        found = link(pl.concat([table, many]).drop("truth"), columns={"record_id": "ref"})
        again = found.persons.filter(pl.col("record_id").str.starts_with("again"))
        assert again["person_id"].n_unique() == 1

    def test_in_a_small_table_all_of_one_name_are_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        table = register(303)
        found = link(table.drop("truth"))
        monkeypatch.setattr(weighed_pairs, "FEW", 0)
        alone = link(table.drop("truth"))
        assert looked_at(table, alone) < 0.93 < 0.95 < looked_at(table, found)
        assert alone.notes["recall_of_keys"].estimate < 0.9 < found.notes["recall_of_keys"].estimate
        assert not any(name.endswith("_alone") for name in alone.model.keys)

    def test_the_share_that_was_looked_at_lies_where_it_is_said_to(self) -> None:
        # Of more rows than are looked at whole.
        table = hospital(303, persons=1_700)
        found = link(table.drop("truth"))
        missed = found.notes["recall_of_keys"]
        assert missed.lower <= looked_at(table, found) <= missed.upper
        assert missed.upper - missed.lower < 0.06

    @given(seed=st.integers(0, 10_000))
    @settings(max_examples=4)
    def test_the_order_of_rows_and_columns_changes_nothing(
        self, table: pl.DataFrame, linked: LinkResult, seed: int
    ) -> None:
        whole = table.drop("truth")
        columns = np.random.default_rng(seed).permutation(whole.columns).tolist()
        turned = whole.select(columns).sample(fraction=1, shuffle=True, seed=seed)
        again = link(turned, columns={"record_id": "ref"}, model=linked.model)
        assert groups(again) == groups(linked)
