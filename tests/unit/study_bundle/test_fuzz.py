"""A slice of the corpus of broken bundles; all 5,000 by ``python -m tools.verify.bundles``."""

import pytest

from tools.verify.bundles import broken, run

SLICES, EACH = 4, 30


@pytest.mark.parametrize("part", range(SLICES))
def test_broken_bundles_end_in_a_result_or_a_clean_error_and_lose_no_row(part: int) -> None:
    assert run(EACH, seed=1, first=part * EACH) == {}


def test_the_corpus_is_the_same_from_its_numbers_alone_and_not_all_alike() -> None:
    assert broken(7, 1) == broken(7, 1)
    some = [broken(n, 1) for n in range(24)]
    assert {kind for kind, _, _ in some} == {"csv", "parquet", "flat", "wide"}
    assert len({done for _, _, done in some}) > 15
