"""The two phrase banks share no wording, cover the same acts, and make varied text."""

from __future__ import annotations

import re
from string import Formatter

import polars as pl
import pytest

from lamplighter.synthetic.courses.occasions import BEHAVIOURS
from lamplighter.synthetic.reports import narrative
from lamplighter.synthetic.worlds.world import World, generate
from lamplighter.vocabulary.codes import code_set


def lines(bank: str) -> list[str]:
    return [t for section in narrative.bank_text(bank).values() for texts in section.values() for t in texts]


def phrases_of_words(text: str, size: int) -> set[str]:
    bare = re.sub(r"\{\w+\}", " _ ", text.lower())
    words = re.findall(r"[a-z0-9']+|_", bare)
    grams = [words[i : i + size] for i in range(len(words) - size + 1)]
    return {" ".join(g) for g in grams if "_" not in g}


def test_banks_share_no_phrase() -> None:
    assert not set(lines("a")) & set(lines("b"))


def test_banks_share_almost_no_run_of_three_words() -> None:
    a = set().union(*(phrases_of_words(x, 3) for x in lines("a")))
    b = set().union(*(phrases_of_words(x, 3) for x in lines("b")))
    assert len(a & b) / min(len(a), len(b)) < 0.02, sorted(a & b)


@pytest.mark.parametrize("bank", ["a", "b"])
def test_a_bank_has_words_for_every_act_and_relationship(bank) -> None:
    text = narrative.bank_text(bank)
    special = {"unwanted_contact", "quarrel", "acquisitive", "breach"}
    assert set(BEHAVIOURS) - special <= set(text["acts"])
    assert {
        f"unwanted_contact_{c}" for c in ("phone", "text_message", "email", "social_media", "in_person")
    } <= set(text["acts"])
    assert set(text["acts"]) == set(narrative.bank_text("a")["acts"])
    assert set(text["relation"]) == set(narrative.bank_text("a")["relation"])
    assert sum(map(len, text["acts"].values())) > 180


@pytest.mark.parametrize("bank", ["a", "b"])
def test_phrases_use_known_slots_only(bank) -> None:
    for text in lines(bank):
        assert {name for _, name, _, _ in Formatter().parse(text) if name} <= set(narrative.SLOTS), text


def test_behaviours_are_codes_of_the_vocabulary() -> None:
    assert set(BEHAVIOURS) <= set(code_set("behaviours").codes)


@pytest.mark.parametrize("bank", ["a", "b"])
def test_text_is_varied_and_whole(bank) -> None:
    world = generate(51, person_records=6_000, bank=bank)
    stalking = world.truth.reports.filter(kind="stalking").join(world.bundle["reports"], on="report_id")
    texts = stalking["summary"]
    assert texts.n_unique() > 0.97 * texts.len()
    assert not texts.str.contains(r"[{}]").any()
    assert texts.str.ends_with(".").all() or texts.filter(~texts.str.ends_with(".")).is_empty()
    assert (texts == texts.str.to_uppercase()).mean() == pytest.approx(0.03, abs=0.02)
    denied = stalking.filter(pl.col("behaviours_denied").list.len() > 0)
    assert denied.height > 20
    both = denied.filter(pl.col("behaviours_denied").list.first().is_in(pl.col("behaviours_told")))
    assert both.is_empty()


def test_words_for_people_follow_the_agency(two_forces: World) -> None:
    reports = two_forces.bundle["reports"].with_columns(pl.col("summary").str.to_uppercase())
    in_a = reports.filter(source="force_a_rms")["summary"].str.contains(r"\b(?:IP|VIC|SUSP)\b").mean()
    in_b = reports.filter(source="force_b")["summary"].str.contains(r"\b(?:AGG|OFF|SUS)\b").mean()
    assert in_a > 0.4
    assert in_b > 0.4
    assert not reports.filter(source="helpline")["summary"].str.contains(r"\b(?:IP|AGG|SUSP)\b").mean() > 0.1
