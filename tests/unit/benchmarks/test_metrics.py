"""The yardsticks agree with figures worked out by hand."""

import polars as pl
import pytest

from benchmarks import linkage, strata
from lamplighter.linkage.explain.accuracy import b_cubed, pairwise


def frame(groups: dict[str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {"item": list(groups), "group": list(groups.values())}, schema={"item": pl.String, "group": pl.String}
    )


TRUTH = frame({"a": "1", "b": "1", "c": "1", "d": "2", "e": "2", "f": None})


def test_the_truth_scores_one() -> None:
    score = pairwise(TRUTH, TRUTH, "item", "group")
    assert (score.precision, score.recall, score.f1, score.truth) == (1.0, 1.0, 1.0, 4)
    assert b_cubed(TRUTH, TRUTH, "item", "group").f1 == 1.0
    assert linkage.wholly_found(TRUTH, TRUTH, "item", "group") == (2, 2)


def test_by_hand() -> None:
    found = frame({"a": "x", "b": "x", "c": "y", "d": "y", "e": "y", "f": None})
    score = pairwise(found, TRUTH, "item", "group")
    # Ours holds ab, cd, ce, de; the truth holds ab, ac, bc, de.
    assert score.precision == pytest.approx(2 / 4)
    assert score.recall == pytest.approx(2 / 4)
    cubed = b_cubed(found, TRUTH, "item", "group")
    assert cubed.precision == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3 + 1) / 6)
    assert cubed.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)
    assert linkage.wholly_found(found, TRUTH, "item", "group") == (0, 2)


def test_an_item_nobody_found_stands_alone() -> None:
    found = frame({"a": "x", "b": "x"})
    assert pairwise(found, TRUTH, "item", "group").recall == pytest.approx(1 / 4)


def test_pairs_without_a_grouping() -> None:
    ours = pl.DataFrame({"left": ["a", "a"], "right": ["b", "c"]})
    true = pl.DataFrame({"left": ["a", "b"], "right": ["b", "c"]})
    score = linkage.pairwise_sets(ours, true)
    assert (score.precision, score.recall) == (0.5, 0.5)


def test_strata_are_told_with_precision_recall_and_what_is_found_whole() -> None:
    tally = pl.DataFrame(
        {"truth": [3, 1], "right": [3, 0], "found": [3.0, 1.0], "whole": [True, False]},
        schema_overrides={"found": pl.Float64},
    )
    told = strata.told_of(tally)
    assert (told["precision"], told["recall"], told["F1"]) == (0.75, 0.75, 0.75)
    assert (told["from"], told["to"], told["whole"]) == (0.0, 1.0, 0.5)


def test_no_word_is_left_and_nothing_else_is_taken() -> None:
    bundle = {
        "reports": pl.DataFrame({"report_id": ["a"], "summary": ["He rang."], "impact": ["Afraid."]}),
        "occasions": pl.DataFrame({"report_id": ["a"], "narrative": ["Rang."]}),
        "people": pl.DataFrame({"forenames": ["Amy"]}),
    }
    left = strata.without_words(bundle)
    assert left["reports"].rows() == [("a", None, None)]
    assert left["occasions"].rows() == [("a", None)]
    assert left["people"].rows() == [("Amy",)]
