"""Random instruments, as documents that a file could hold, and random answers to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from lamplighter.instruments.answers import Answer, State
from lamplighter.instruments.definition import Definition, Item, Type
from lamplighter.instruments.loading import definition

DAY = dt.date(2026, 5, 3)
TYPES = ("presence", "yes_no", "choice", "several", "number", "date", "words")


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document of several pages, on which rules read the pages before."""
    sections: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for page in range(draw(st.integers(1, 5))):
        before = list(items)
        section: dict[str, Any] = {"code": f"s{page}", "title": f"Page {page}"}
        if before and draw(st.booleans()):
            section["when"] = draw(rules(before))
        sections.append(section)
        for _ in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from(TYPES))
            code = f"q{len(items)}"
            item: dict[str, Any] = {"code": code, "section": f"s{page}", "text": f"Item {code}", "type": kind}
            if kind in {"choice", "several"}:
                item["option"] = [{"code": c, "text": c.upper()} for c in ("a", "b", "c")]
            if before and draw(st.booleans()):
                item["when"] = draw(rules(before))
            items.append(item)
    return {
        **dict.fromkeys(("code", "title", "version", "holder", "about", "about_whom", "side"), "x"),
        **{"licence": "open", "kind": "judgement", "use": "case", "roles": [], "from": DAY},
        "section": sections,
        "item": items,
    }


def rules(items: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return rules about these items. ``missing`` never stands under ``not``."""
    plain = st.sampled_from(items).flatmap(_compared)
    missing = st.sampled_from(items).map(lambda item: {"missing": item["code"]})
    negated = plain.map(lambda rule: {"not": rule})
    return st.recursive(
        st.one_of(plain, negated, missing),
        lambda inside: st.one_of(
            st.lists(inside, min_size=1, max_size=3).map(lambda several: {"all": several}),
            st.lists(inside, min_size=1, max_size=3).map(lambda several: {"any": several}),
            st.lists(inside, min_size=2, max_size=3).map(lambda several: {"at_least": [2, several]}),
        ),
        max_leaves=4,
    )


def _compared(item: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    code, kind = item["code"], item["type"]
    known: st.SearchStrategy[dict[str, Any]] = st.just({"known": code})
    if kind in {"presence", "yes_no"}:
        return st.one_of(
            known,
            st.sampled_from(["yes", "no", "does_not_apply"]).map(lambda v: {"is": [code, v]}),
            st.just({"in": [code, ["yes", "no"]]}),
        )
    if kind == "choice":
        return st.sampled_from("abc").map(lambda v: {"is": [code, v]})
    if kind == "several":
        return st.sampled_from(
            [{"any_of": [code, ["a", "b"]]}, {"all_of": [code, ["a", "b"]]}, {"count": [code, 2]}]
        )
    if kind == "number":
        return st.sampled_from([{"less": [code, 3]}, {"more": [code, 3]}])
    if kind == "date":
        return st.sampled_from([{"before": [code, DAY]}, {"after": [code, DAY]}])
    return known


def answer(item: Item) -> st.SearchStrategy[Answer]:
    """Return answers that fit an item, those that are left open among them."""
    values: dict[Type, st.SearchStrategy[Any]] = {
        Type.CHOICE: st.sampled_from("abc"),
        Type.SEVERAL: st.sets(st.sampled_from("abc"), min_size=1).map(lambda s: tuple(sorted(s))),
        Type.NUMBER: st.integers(0, 6),
        Type.DATE: st.integers(-2, 2).map(lambda n: DAY + dt.timedelta(n)),
        Type.WORDS: st.just("words"),
    }
    return st.sampled_from(item.states).flatmap(
        lambda state: (
            values[item.type].map(lambda v: Answer(state, v))
            if state is State.GIVEN
            else st.just(Answer(state))
        )
    )


@st.composite
def answered(draw: st.DrawFn) -> tuple[Definition, dict[str, Answer]]:
    """An instrument with answers to some of its items."""
    made = definition(draw(documents()))
    given = [item for item in made.items if draw(st.booleans())]
    return made, {item.code: draw(answer(item)) for item in given}
