"""What is worked out a part at a time comes out as it does at once; and what is kept of a pair is small."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from lamplighter.linkage import LinkResult, link
from lamplighter.linkage.clustering import agglomeration
from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.dyads import (
    dyad_frames,
    pair_context,
    report_candidates,
    report_pairs,
    weighed_pairs,
)
from lamplighter.linkage.explain import pair_bars
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.model import match_weights
from lamplighter.synthetic.worlds.world import generate
from tests.unit.linkage.made_up import Made

MOST_BYTES_A_PAIR = 111
MOST_BYTES_A_BAR = 32


def test_parts_of_any_size_give_the_same_weights_and_explanations(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = generate(11, person_records=900).bundle
    at_once = link(bundle)
    assert at_once.pairs.height > 1_000
    assert at_once.report_pairs.height > 300
    for room, name, few in (
        (match_weights, "AT_ONCE", 700),
        (pair_context, "_AT_ONCE", 300),
        (dyad_frames, "_AT_ONCE", 400),
        (dyad_frames, "_REPORTS_AT_ONCE", 500),
        (pair_bars, "_AT_ONCE", 70),
        (report_pairs, "_AT_ONCE", 40),
        (agglomeration, "_PAIRS_AT_ONCE", 50),
    ):
        monkeypatch.setattr(room, name, few)
    in_parts = link(bundle)
    assert in_parts.model.version == at_once.model.version
    assert in_parts.persons.equals(at_once.persons)
    # A mean of several pairs is a sum in the order in which they came.
    assert_frame_equal(in_parts.pairs, at_once.pairs, rel_tol=1e-12, abs_tol=1e-12)
    assert_frame_equal(in_parts.report_pairs, at_once.report_pairs, rel_tol=1e-12, abs_tol=1e-12)


def test_what_is_believed_of_a_pair_takes_few_bytes(small: Made, linked: LinkResult) -> None:
    """There are thirty for each record: a million records have tens of millions."""
    features = prepare(small.bundle["people"].sort("record_id"), small.bundle["reports"])
    references = report_candidates.references(features, small.bundle["reports"])
    believed = weighed_pairs.of_reports(features, linked.model, references)
    weighed, context = believed.weighed, believed.context
    arrays = [
        *(weighed.left, weighed.right, weighed.levels, weighed.evidence),
        *(context.prior, context.shared, context.described, context.matter, context.apart, context.related),
    ]
    kept = sum(a.nbytes for a in arrays) + believed.parts.estimated_size()
    assert len(weighed) > 1_000
    assert kept / len(weighed) <= MOST_BYTES_A_PAIR


def test_a_bar_holds_no_words(linked: LinkResult) -> None:
    for told in (linked.pairs, linked.report_pairs):
        bars = told["levels"].explode()
        assert bars.struct.field("words").dtype == weight_bars.WORD
        assert told.select("levels").estimated_size() / len(bars) <= MOST_BYTES_A_BAR


def test_groups_are_never_cut_where_a_part_ends() -> None:
    begins = np.zeros(1_000_000, dtype=bool)
    begins[[0, 3, 500_000, 500_001, 999_999]] = True
    parts = list(agglomeration._whole_groups(begins))
    assert [(p.start, p.stop) for p in parts] == [(0, 500_000), (500_000, 999_999), (999_999, 1_000_000)]
    assert pl.Series([begins[p.start] for p in parts]).all()
