"""Answers to the open example, for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.instruments import selectors, services
from lamplighter.hub.instruments.models import Sheet
from lamplighter.instruments.answers import Answer, State
from lamplighter.instruments.definition import Definition, Item, Type

DAY = dt.date(2026, 5, 3)


def an_incident(user: User, case: Case, title: str = "Waited outside her work", **rest: Any) -> str:
    """A line of the history that an answer can cite; returns its key."""
    with identity.as_person(user):
        return str(cases.enter(user, case, "note", title, **rest).key)


def fit(item: Item, cites: tuple[str, ...], **changes: State) -> Answer:
    """An answer that lacks nothing: yes with incidents and words, unless ``changes`` say otherwise."""
    state = changes.get(item.code, State.YES)
    shown = cites if item.evidence and state not in (State.NOT_KNOWN, State.NOT_ASKED, State.NO) else ()
    if item.type in (Type.PRESENCE, Type.YES_NO):
        return Answer(state, None, "Because it was seen", shown)
    values: Mapping[Type, Any] = {
        Type.SEVERAL: (item.options[0].code,) if item.options else (),
        Type.JUDGEMENT: item.options[0].code if item.options else "",
        Type.DATE: DAY,
        Type.WORDS: "PC Reed asks the employer by Friday",
    }
    if item.type is Type.JUDGEMENT:
        return Answer(State.GIVEN, values[item.type], "All four are there", cites)
    return Answer(State.GIVEN, values[item.type])


def answer_all(user: User, case: Case, sheet: Sheet, cites: tuple[str, ...], **changes: State) -> None:
    """Answer a draft page by page, along its path."""
    with identity.as_person(user):
        done: set[str] = set()
        while True:
            found = selectors.one(case, sheet.key)
            left = [page for page in found.path.pages if page.items and page.section.code not in done]
            if not left:
                return
            page = left[0]
            given = {item.code: fit(item, cites, **changes) for item in page.items}
            services.answer_page(user, case, sheet.key, page.section.code, given)
            done.add(page.section.code)


def submitted(user: User, case: Case, code: str = "four", **changes: State) -> Sheet:
    """An instrument answered and submitted."""
    cites = (an_incident(user, case),)
    with identity.as_person(user):
        sheet = services.begin(user, case, code)
    answer_all(user, case, sheet, cites, **changes)
    with identity.as_person(user):
        services.submit(user, case, sheet.key)
    return sheet


def version_of(sheet: Sheet) -> Definition:
    found = selectors.one(sheet.case, sheet.key).one
    assert found is not None
    return found
