"""From a bundle to persons and pairs of reports."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage import LinkResult, Model, settings
from lamplighter.linkage import link as of_reports
from lamplighter.linkage.clustering import clusters, decisions
from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.explain import explanations
from lamplighter.linkage.thresholds import TABLE_BUDGET
from lamplighter.linkage_tables import link
from tests.unit.linkage.made_up import Made, one, people, reports


def _pairs(groups: dict[str, str]) -> set[tuple[str, str]]:
    members: dict[str, list[str]] = {}
    for record, group in groups.items():
        members.setdefault(group, []).append(record)
    return {p for m in members.values() for p in itertools.combinations(sorted(m), 2)}


def test_finds_who_is_who(small: Made, linked: LinkResult) -> None:
    true, found = _pairs(small.truth), _pairs(dict(linked.persons.iter_rows()))
    assert len(true & found) / len(found) > 0.95
    assert len(true & found) / len(true) > 0.8


def test_frames_have_their_schemas(small: Made, linked: LinkResult) -> None:
    assert linked.pairs.schema == weight_bars.PAIRS_SCHEMA
    assert linked.report_pairs.schema == weight_bars.REPORT_PAIRS_SCHEMA
    assert set(linked.persons["record_id"]) == set(small.bundle["people"]["record_id"])
    assert (linked.pairs["left_record"] < linked.pairs["right_record"]).all()
    assert (linked.report_pairs["left_report"] < linked.report_pairs["right_report"]).all()


def test_the_order_of_rows_changes_nothing(small: Made, linked: LinkResult) -> None:
    turned = {k: v.sample(fraction=1, shuffle=True, seed=3) for k, v in small.bundle.items()}
    again = link(turned)
    assert again.model.version == linked.model.version
    assert again.persons.equals(linked.persons)
    assert again.report_pairs.equals(linked.report_pairs)


def test_bars_sum_to_the_weight_of_persons_and_of_reports(linked: LinkResult) -> None:
    for frame in (linked.pairs, linked.report_pairs):
        assert frame.height > 20
        for row in frame.iter_rows(named=True):
            bars = explanations.waterfall(row)
            weight = row.get("match_weight", row.get("weight"))
            assert math.fsum(b.weight for b in bars) == pytest.approx(weight, abs=1e-9)


def test_a_changed_bar_is_refused(linked: LinkResult) -> None:
    row = linked.pairs.row(0, named=True)
    row["levels"][0]["weight"] += 0.5
    with pytest.raises(ValueError, match="do not sum"):
        explanations.waterfall(row)


def test_no_value_of_a_record_is_in_an_explanation(small: Made, linked: LinkResult) -> None:
    told = json.dumps(linked.pairs["levels"].to_list() + linked.report_pairs["levels"].to_list())
    said = told + " ".join(explanations.sentence(r) for r in linked.pairs.iter_rows(named=True))
    for phone in small.bundle["people"]["phones"].explode().drop_nulls():
        assert phone not in said


def test_the_sentence_says_what_agrees_and_what_does_not(linked: LinkResult) -> None:
    row = linked.pairs.filter(pl.col("band") == "linked").sort("match_weight").row(-1, named=True)
    assert explanations.sentence(row).endswith(".")
    assert "same" in explanations.sentence(row)
    bars = explanations.waterfall(row)
    against = explanations.strongest_against(row)
    rest = [b.weight for b in bars if not b.comparison.startswith("_")]
    assert (against is None) == (min(rest) >= 0)


def test_a_first_name_links_through_the_victim_and_through_nothing_else(linked: LinkResult) -> None:
    victim = {
        "forenames": "Isla", "surname": "Quarrington", "birth_date": dt.date(1991, 5, 4), "sex": "female",
        "phones": ["+447195101083"],
    }  # fmt: skip
    rows = [
        one("a1", report_id="r1", role="victim", **victim),
        one(
            "a2",
            report_id="r1",
            role="suspect",
            relationship="ex_partner",
            forenames="David",
            surname="Smith",
            sex="male",
        ),
        one("b1", report_id="r2", role="victim", **victim),
        one("b2", report_id="r2", role="suspect", relationship="ex_partner", forenames="Dave", sex="male"),
        one(
            "c1",
            report_id="r3",
            role="victim",
            forenames="Orla",
            surname="Venn",
            birth_date=dt.date(1960, 1, 2),
        ),
        one("c2", report_id="r3", role="suspect", relationship="ex_partner", forenames="Dave", sex="male"),
    ]
    told = reports(
        *[
            {"report_id": r, "source": "x", "source_ref": r, "reported_at": dt.datetime(2025, 1, 1)}
            for r in ("r1", "r2", "r3")
        ]
    )
    result = link({"people": people(*rows), "reports": told}, model=linked.model)
    who = dict(result.persons.iter_rows())
    assert who["a2"] == who["b2"] != who["c2"]
    relation = {
        (r["left_report"], r["right_report"]): r["relation"]
        for r in result.report_pairs.iter_rows(named=True)
    }
    assert relation == {("r1", "r2"): "same_victim_same_suspect"}


@pytest.mark.parametrize(
    ("words", "band", "hold"),
    [
        (("ex_partner", "ex_partner"), "linked", None),
        (("stranger", "stranger"), "to_decide", weight_bars.UNNAMED),
        (("stranger", "acquaintance"), "to_decide", weight_bars.UNNAMED),
        ((None, None), "to_decide", weight_bars.UNNAMED),
    ],
)
def test_two_whom_nothing_names_are_joined_by_a_person(
    linked: LinkResult, words: tuple[str | None, str | None], band: str, hold: str | None
) -> None:
    """Whatever the rest of the two reports says: here every way to be described speaks for one suspect."""
    said = dict.fromkeys(linked.model.relation, (0.9, 0.01))
    model = replace(linked.model, relation=said, priors=replace(linked.model.priors, unnamed=1.0))
    victim = {
        "forenames": "Isla", "surname": "Quarrington", "birth_date": dt.date(1991, 5, 4), "sex": "female",
        "phones": ["+447195101083"],
    }  # fmt: skip
    rows = [
        row
        for report, word in zip(("r1", "r2"), words, strict=True)
        for row in (
            one(f"{report}/1", report_id=report, role="victim", **victim),
            one(f"{report}/2", report_id=report, role="suspect", relationship=word, sex="male"),
        )
    ]
    told = reports(
        *[
            {"report_id": r, "source": "x", "source_ref": r, "reported_at": dt.datetime(2025, 1, 1)}
            for r in ("r1", "r2")
        ]
    )
    result = link({"people": people(*rows), "reports": told}, model=model.named())
    pair = result.pairs.filter(left_record="r1/2", right_record="r2/2").row(0, named=True)
    assert pair["probability"] > model.bands.link_at
    assert (pair["band"], pair["hold"]) == (band, hold)
    who = dict(result.persons.iter_rows())
    assert (who["r1/2"] == who["r2/2"]) == (band == "linked")


def test_four_cells_and_swapped_roles_are_told_apart(linked: LinkResult) -> None:
    def person(forenames: str, surname: str, day: int) -> dict[str, object]:
        return {
            "forenames": forenames,
            "surname": surname,
            "birth_date": dt.date(1970 + day, 3, day),
            "sex": "female",
        }

    ann, bea, cat, dot = (
        person("Annika", "Quarle", 3),
        person("Beatrix", "Vossick", 9),
        person("Catrin", "Umber", 14),
        person("Dorothea", "Yarrowby", 21),
    )
    sides = {"r1": (ann, bea), "r2": (ann, bea), "r3": (ann, cat), "r4": (dot, bea), "r5": (bea, ann)}
    rows = [
        one(f"{r}/{n}", report_id=r, role=role, **who)
        for r, pair in sides.items()
        for n, role, who in ((1, "victim", pair[0]), (2, "suspect", pair[1]))
    ]
    told = reports(
        *[
            {"report_id": r, "source": "x", "source_ref": r, "reported_at": dt.datetime(2025, 1, 1)}
            for r in sides
        ]
    )
    result = link({"people": people(*rows), "reports": told}, model=linked.model)
    found = {
        (r["left_report"], r["right_report"]): r["relation"]
        for r in result.report_pairs.iter_rows(named=True)
    }
    assert found["r1", "r2"] == "same_victim_same_suspect"
    assert found["r1", "r3"] == "same_victim_other_suspect"
    assert found["r1", "r4"] == "same_suspect_other_victim"
    assert found["r1", "r5"] == "counter_report"
    assert ("r3", "r4") not in found


def test_a_named_reference_is_evidence_whatever_its_noughts(linked: LinkResult) -> None:
    rows = [
        one("a1", report_id="r1", role="victim", forenames="Isla", sex="female"),
        one("b1", report_id="r2", role="victim", forenames="Isla", sex="female"),
    ]

    def bits(refs: list[str]) -> float:
        told = reports(
            {"report_id": "r1", "source": "x", "source_ref": "4A/000148/22"},
            {"report_id": "r2", "source": "y", "source_ref": "HC-1", "related_refs": refs},
        )
        result = link({"people": people(*rows), "reports": told}, model=linked.model)
        return float(result.pairs["match_weight"][0]) if result.pairs.height else -99.0

    assert bits(["4A/00148/22"]) > bits([]) + 5
    assert bits(["4A/00149/22"]) == bits([])


def test_a_person_listed_twice_in_one_report_is_one_person(linked: LinkResult) -> None:
    details = {"forenames": "Jackson", "surname": "Quarle", "phones": ["+447195101083"], "sex": "male"}
    rows = [
        one("a1", report_id="r1", role="victim", birth_date=dt.date(2005, 4, 17), **details),
        one("a2", report_id="r1", role="reporting_person", **{**details, "forenames": "Jacksom"}),
        one("a3", report_id="r1", role="suspect", **details),
    ]
    who = dict(link(people(*rows), model=linked.model).persons.iter_rows())
    assert who["a1"] == who["a2"]
    assert who["a3"] != who["a1"], "the suspect of a report is never its victim"


def test_suspects_of_whom_nothing_is_known_are_for_a_person_to_decide(linked: LinkResult) -> None:
    victim = {
        "forenames": "Isla",
        "surname": "Quarrington",
        "birth_date": dt.date(1991, 5, 4),
        "sex": "female",
    }
    rows = [one(f"{r}1", report_id=r, role="victim", **victim) for r in ("x", "y")]
    rows += [
        one(f"{r}2", report_id=r, role="suspect", relationship="not_known", sex="male") for r in ("x", "y")
    ]
    result = link({"people": people(*rows), "reports": reports()}, model=linked.model)
    who = dict(result.persons.iter_rows())
    assert who["x2"] != who["y2"]
    assert result.report_pairs["relation"].to_list() == ["same_victim_suspect_unclear"]


def test_a_plain_frame_of_people_is_enough(small: Made, linked: LinkResult) -> None:
    frame = small.bundle["people"].select("record_id", "forenames", "surname", "birth_date", "phones")
    result = link(frame, model=linked.model)
    true = _pairs(small.truth)
    found = _pairs(dict(result.persons.iter_rows()))
    assert len(true & found) / len(found) > 0.9
    assert result.report_pairs.height == 0
    assert link(frame.head(0), model=linked.model).persons.height == 0


def test_repeated_record_ids_are_refused_and_missing_ones_are_numbers() -> None:
    assert link(pl.DataFrame({"forenames": ["Emily"]})).persons["record_id"].to_list() == ["000000000"]
    with pytest.raises(ValueError, match="once"):
        link(people(one("a"), one("a")))


def test_the_model_survives_json_and_says_when_it_was_changed(linked: LinkResult) -> None:
    text = json.dumps(linked.model.to_json())
    again = Model.from_json(json.loads(text))
    assert again == linked.model
    document = json.loads(text)
    document["priors"]["other"] *= 2
    with pytest.raises(ValueError, match="version"):
        Model.from_json(document)


def test_a_level_that_a_model_is_older_than_has_the_rates_of_the_table(
    small: Made, linked: LinkResult
) -> None:
    document = json.loads(json.dumps(linked.model.to_json() | {"version": ""}))
    mixture = document["mixture"]
    for rates in (mixture["random"], *mixture["rates"].values()):
        del rates["email"]["near"]
    again = link(small.bundle, model=Model.from_json(document))
    assert again.persons.equals(linked.persons)


@pytest.mark.parametrize("budget", [0.001, 0.02, 0.2])
def test_the_self_chosen_bar_keeps_to_its_budget_and_no_further(budget: float) -> None:
    bits = np.random.default_rng(1).normal(3, 5, 5_000)
    bands = settings.chosen_bands(bits, budget, dt.date(2026, 7, 1))
    p = 1 / (1 + 2.0**-bits)
    linked = np.sort(p[p >= bands.link_at])
    assert (1 - linked).mean() <= budget
    below = p[(p < bands.link_at) & (p >= 0.5)]
    if len(below):
        assert (1 - np.append(linked, below.max())).mean() > budget


def test_a_table_has_a_lower_bar_where_most_of_what_lies_under_the_strict_one_is_true() -> None:
    day = dt.date(2026, 7, 1)
    # A third of the pairs are three in four likely: under a budget of 5 % none of them would be linked.
    bits = np.r_[np.full(600, 12.0), np.full(300, np.log2(3.0)), np.full(500, -6.0)]
    strict = settings.chosen_bands(bits, TABLE_BUDGET, day, 0.3)
    bands = settings.bands_of_table(bits, None, day, 0.3)
    assert strict.link_at > 0.75 > bands.link_at > 0.7
    assert bands.false_link_budget == pytest.approx(300 * 0.25 / 900, abs=0.001)
    # A budget that is stated is kept, and where little is to be won the strict bar stays.
    assert settings.bands_of_table(bits, 0.05, day, 0.3) == strict
    assert settings.bands_of_table(bits[:600], None, day, 0.3).link_at == 0.3


def test_retraining_never_overturns_a_decision(small: Made, linked: LinkResult) -> None:
    joined = linked.pairs.filter((pl.col("band") == "linked") & (pl.col("match_weight") > 20)).row(
        0, named=True
    )
    apart = linked.persons["record_id"][0], linked.persons["record_id"][-1]
    log = _log(("not_same", joined["left_record"], joined["right_record"]), ("same", *apart))
    for bundle in (
        small.bundle,
        {
            k: v.filter(pl.col("report_id").hash(1) % 4 > 0) if k == "people" else v
            for k, v in small.bundle.items()
        },
    ):
        who = dict(link(bundle, decisions=log).persons.iter_rows())
        if {joined["left_record"], joined["right_record"]} <= set(who):
            assert who[joined["left_record"]] != who[joined["right_record"]]
        if set(apart) <= set(who):
            assert who[apart[0]] == who[apart[1]]


def test_only_decisions_made_by_then_count(small: Made, linked: LinkResult) -> None:
    pair = linked.pairs.filter(pl.col("match_weight") > 20).row(0, named=True)
    log = _log(("not_same", pair["left_record"], pair["right_record"]))
    for day, same in ((dt.date(2026, 6, 1), True), (dt.date(2026, 8, 1), False)):
        who = dict(link(small.bundle, model=linked.model, decisions=log, as_at=day).persons.iter_rows())
        assert (who[pair["left_record"]] == who[pair["right_record"]]) is same


def test_persons_can_be_worked_out_again_from_the_stored_pairs(linked: LinkResult) -> None:
    records = linked.persons.select("record_id").sample(fraction=1, shuffle=True, seed=1)
    stored = linked.pairs.sample(fraction=1, shuffle=True, seed=2)
    again = clusters.resolve(records, stored, link_at=linked.model.bands.link_at)
    assert again.persons.equals(linked.persons)


def _log(*rows: tuple[str, str, str]) -> pl.DataFrame:
    at = dt.datetime(2026, 7, 1, 9)
    return pl.DataFrame(
        [
            {
                "decision_id": f"d{i}",
                "at": at,
                "by": "anyone",
                "kind": k,
                "left_record": a,
                "right_record": b,
                "undoes": None,
                "reason": "test",
            }
            for i, (k, a, b) in enumerate(rows)
        ],
        schema=decisions.SCHEMA,
    )


@pytest.mark.parametrize(
    "given",
    [
        pl.DataFrame({"forenames": ["Emily"]}),
        {"people": pl.DataFrame({"forenames": ["Emily"]})},
        {"reports": pl.DataFrame({"report_id": ["r"]})},
        [{"report_id": "r", "role": "victim"}],
        "people.csv",
    ],
)
def test_whoever_hands_anything_but_people_in_reports_is_told_where_it_is_linked(given: object) -> None:
    with pytest.raises(TypeError, match=r"report_id and role.*lamplighter\.linkage_tables\.link"):
        of_reports(given)
