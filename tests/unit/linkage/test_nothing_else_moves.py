"""Order, copies and strangers, where two people stand in each record: nobody moves who should not.

Reports are linked with a model that is given. A table of two people a row is fitted anew each time: copies
and strangers change the rates a little, and one record in a hundred may then fall to the other side of the
bar. Of tables of people: ``test_tables``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.linkage import LinkResult
from lamplighter.linkage_tables import PairsResult, link, link_pairs
from tests.unit.linkage.made_up import Made, made
from tests.unit.linkage.tables import Mates, mates, pairs_table, strangers

COPIED = st.lists(st.integers(0, 400), min_size=1, max_size=6)
NEW = "new "
"""What the ids of records that are added begin with."""


def without_new(now: Mates, before: Mates) -> Mates:
    return {r: frozenset(m for m in now[r] if not m.startswith(NEW)) for r in before}


def moved(now: Mates, before: Mates) -> float:
    """The share of the earlier records that are with other earlier records than before."""
    left = without_new(now, before)
    return sum(left[r] != before[r] for r in before) / len(before)


def shuffled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    columns = np.random.default_rng(seed).permutation(frame.columns).tolist()
    return frame.select(columns).sample(fraction=1, shuffle=True, seed=seed)


class TestReports:
    @given(seed=st.integers(0, 10_000))
    @settings(max_examples=4, deadline=None)
    def test_the_order_of_rows_and_columns_tells_nothing(
        self, small: Made, linked: LinkResult, seed: int
    ) -> None:
        turned = {name: shuffled(frame, seed) for name, frame in small.bundle.items()}
        again = link(turned, model=linked.model)
        assert again.persons.equals(linked.persons)
        assert again.pairs.equals(linked.pairs)
        assert again.report_pairs.equals(linked.report_pairs)

    @given(copied=COPIED, turn=st.integers(0, 99))
    @settings(max_examples=6, deadline=None)
    def test_a_report_that_came_twice_joins_the_first_and_moves_nobody(
        self, small: Made, linked: LinkResult, copied: list[int], turn: int
    ) -> None:
        people, reports = small.bundle["people"], small.bundle["reports"]
        some = reports[sorted({c % reports.height for c in copied})]
        theirs = people.join(some.select("report_id"), on="report_id", how="semi")
        new = pl.concat_str(pl.lit(NEW), "report_id")
        more = {
            "reports": pl.concat([reports, some.with_columns(report_id=new)]),
            "people": pl.concat(
                [
                    people,
                    theirs.with_columns(report_id=new, record_id=pl.concat_str(pl.lit(NEW), "record_id")),
                ]
            ),
        }
        before = mates(linked.persons.iter_rows())
        turned = {name: frame.sample(fraction=1, shuffle=True, seed=turn) for name, frame in more.items()}
        now = mates(link(turned, model=linked.model).persons.iter_rows())
        assert without_new(now, before) == before
        full = theirs.drop_nulls(["forenames", "surname", "birth_date"])
        assert all(f"{NEW}{record}" in now[record] for record in full["record_id"])

    @given(seed=st.integers(100, 200), dyads=st.integers(1, 12))
    @settings(max_examples=6, deadline=None)
    def test_reports_about_strangers_move_nobody(
        self, small: Made, linked: LinkResult, seed: int, dyads: int
    ) -> None:
        strange = _strangers(made(dyads, seed).bundle)
        more = {name: pl.concat([frame, strange[name]]) for name, frame in small.bundle.items()}
        before = mates(linked.persons.iter_rows())
        now = mates(link(more, model=linked.model).persons.iter_rows())
        assert without_new(now, before) == before
        assert not any(m.startswith(NEW) for r in before for m in now[r])


def _strangers(bundle: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Reports of people who have nothing in common with anybody else's."""
    new = pl.concat_str(pl.lit(NEW), "report_id")
    written = pl.col("forenames", "surname").str.to_uppercase().str.replace_all("[AEIOU]", "ZQ")
    people = bundle["people"].with_columns(
        written,
        pl.col("phones").list.eval(pl.element().str.replace(r"^\+44", "+49")),
        pl.col("handles").list.eval(pl.concat_str(pl.element(), pl.lit("zq"))),
        report_id=new,
        record_id=pl.concat_str(pl.lit(NEW), "record_id"),
        birth_date=pl.col("birth_date").dt.offset_by("-70y"),
        address_text=pl.lit("9 Zqzq, Qylstow"),
        postcode=pl.lit("QX9 9ZZ"),
        town=pl.lit("Qylstow"),
    )
    reports = bundle["reports"].with_columns(
        report_id=new, source_ref=pl.concat_str(pl.lit("Q"), "source_ref"), source=pl.lit("helpline")
    )
    return {"people": people, "reports": reports}


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return pairs_table().drop("truth")


@pytest.fixture(scope="module")
def paired(table: pl.DataFrame) -> PairsResult:
    return link_pairs(table, columns={"record_id": "ref"})


def both_kinds(found: PairsResult) -> tuple[Mates, Mates]:
    """Who is with whom: records of the same two people, and each record's parties."""
    parties = found.persons.select(pl.concat_str("record_id", "party", separator="/"), "person_id")
    return mates(found.dyads.iter_rows()), mates(parties.iter_rows())


class TestTwoPeopleARow:
    @given(seed=st.integers(0, 10_000))
    @settings(max_examples=3, deadline=None)
    def test_the_order_of_rows_and_columns_tells_nothing(
        self, table: pl.DataFrame, paired: PairsResult, seed: int
    ) -> None:
        # Whose column comes first is the first party.
        turned = shuffled(table.drop("victim_fname"), seed).insert_column(
            0, table.sample(fraction=1, shuffle=True, seed=seed)["victim_fname"]
        )
        again = link_pairs(turned, columns={"record_id": "ref"})
        assert both_kinds(again) == both_kinds(paired)
        pairs = paired.pairs.join(again.pairs, on=["left_record", "right_record"], suffix="_again")
        assert pairs.height == paired.pairs.height == again.pairs.height
        assert (pairs["both"] - pairs["both_again"]).abs().max() < 1e-9

    @given(copied=COPIED, turn=st.integers(0, 99))
    @settings(max_examples=4, deadline=None)
    def test_a_record_that_came_twice_joins_the_first_and_moves_nobody(
        self, table: pl.DataFrame, paired: PairsResult, copied: list[int], turn: int
    ) -> None:
        some = table[sorted({c % table.height for c in copied})]
        more = pl.concat([table, some.with_columns(ref=pl.concat_str(pl.lit(NEW), "ref"))])
        again = link_pairs(more.sample(fraction=1, shuffle=True, seed=turn), columns={"record_id": "ref"})
        for now, before in zip(both_kinds(again), both_kinds(paired), strict=True):
            assert moved(now, before) <= 0.01
        dyads = both_kinds(again)[0]
        assert all(f"{NEW}{record}" in dyads[record] for record in some["ref"])

    @given(seed=st.integers(100, 200), dyads=st.integers(1, 20))
    @settings(max_examples=4, deadline=None)
    def test_records_about_strangers_move_nobody(
        self, table: pl.DataFrame, paired: PairsResult, seed: int, dyads: int
    ) -> None:
        again = link_pairs(
            pl.concat([table, _strange_rows(table, dyads, seed)]), columns={"record_id": "ref"}
        )
        for now, before in zip(both_kinds(again), both_kinds(paired), strict=True):
            assert moved(now, before) <= 0.01
            assert not any(m.startswith(NEW) for r in before for m in now[r])


def _strange_rows(table: pl.DataFrame, dyads: int, seed: int) -> pl.DataFrame:
    """Rows for a table like this, of people who have nothing in common with anybody in it."""
    rows = strangers(strangers(pairs_table(dyads, seed), "victim_"), "suspect_")
    return rows.with_columns(ref=pl.concat_str(pl.lit(NEW), "ref")).select(table.columns)
