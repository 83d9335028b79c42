"""What the comparison of two orders of the list measures."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks import accuracy


def days(*orders: tuple[list[int], list[int], set[int]]) -> pl.DataFrame:
    """For each day the places by the rules, by recency, and which courses have a serious act ahead."""
    return pl.concat(
        pl.DataFrame(
            {
                "seed": 1,
                "day": day,
                "course_id": [f"C{i}" for i in range(len(rules))],
                accuracy.RULES: rules,
                accuracy.RECENCY: recency,
                "serious": [i in serious for i in range(len(rules))],
            }
        )
        for day, (rules, recency, serious) in enumerate(orders)
    )


def test_concordance_is_the_share_of_the_others_behind() -> None:
    every = days(([1, 2, 3, 4], [4, 3, 2, 1], {0}), ([3, 1, 2, 4], [1, 2, 3, 4], {0, 1}))
    assert accuracy.concordances(every, accuracy.RULES)["ahead"].to_list() == pytest.approx([1.0, 0.5, 1.0])
    assert accuracy.concordances(every, accuracy.RECENCY)["ahead"].to_list() == pytest.approx([0.0, 1.0, 1.0])


def test_the_table_says_by_how_much_the_rules_are_better() -> None:
    table = accuracy.urgency_table(days(([1, 2, 3, 4], [4, 3, 2, 1], {0})))
    assert str(table.caption).startswith("Concordance better by +1.000 (+1.000 to +1.000")
    cells = [list(column.cells) for column in table.columns]
    assert [row[:2] for row in cells[3:]] == [
        ["1.000", "0.000"],
        ["1.00", "0.00"],
        ["1.00", "0.00"],
        ["1.00", "0.00"],
    ]
