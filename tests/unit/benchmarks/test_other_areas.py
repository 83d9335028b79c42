"""Areas of another maker: what they are made of, and how the linkage does where a home reports one man."""

from __future__ import annotations

import pytest

from benchmarks.linkage import Area, made, ours, scores, true_pairs
from lamplighter.linkage import link
from lamplighter.linkage.clustering import cluster_evidence


def test_an_area_is_what_its_seed_makes_it() -> None:
    area = Area(60, swapped=0.5)
    one, again, other = made(area, 1), made(area, 1), made(area, 2)
    assert one.bundle["people"].equals(again.bundle["people"])
    assert not one.bundle["people"].equals(other.bundle["people"])
    assert 0.3 < one.about["swapped_roles"].sum() / one.about.height < 0.7
    assert one.truth["record_id"].sort().equals(one.bundle["people"]["record_id"].sort())
    truth = true_pairs(one.about)
    assert len(truth)
    both = one.about.select("report_id", "a", "b")
    pairs = truth.join(both, left_on="left", right_on="report_id")
    pairs = pairs.join(both, left_on="right", right_on="report_id", suffix="_r")
    assert (pairs["a"] == pairs["a_r"]).all()
    assert (pairs["b"] == pairs["b_r"]).all()


def test_people_of_one_home_who_report_one_man_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a home shares is averaged over the pairs of records that have it, and so is what is taken away."""
    area = made(Area(700, of_home=0.2, again=0.35), 2)
    truth = true_pairs(area.about)

    def sure() -> float:
        return scores(ours(link(area.bundle)), area.about, truth, None)["recall_at_99"]

    averaged = sure()
    monkeypatch.setattr(cluster_evidence, "LASTING", frozenset())
    assert averaged > sure() + 0.015
    assert averaged > 0.87
