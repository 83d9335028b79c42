"""FOUR, answered on the demonstration’s case by the force’s stalking lead, and once more after the order."""

from __future__ import annotations

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.demo.cases import day
from lamplighter.hub.instruments import incidents, selectors, services
from lamplighter.instruments.answers import Answer, State
from lamplighter.instruments.definition import Item, Type

FIRST = {
    "threats": State.NOT_KNOWN,
    "property_damage": State.NO,
    "violence_history": State.NOT_ASKED,
    "substances": State.NOT_KNOWN,
    "criminal_history": State.NO,
    "threats_to_children": State.DOES_NOT_APPLY,
    "done_before": State.NOT_KNOWN,
    "orders_breached": State.NO,
}
LATER = FIRST | {"threats": State.YES, "violence_history": State.NO, "orders_breached": State.PARTLY}
WORDS = {
    "fear": "Sleeps at a friend’s flat and takes another way to work.",
    "is_current": "Messages in the last week.",
    "threats": "“You will see what happens”, in a message.",
    "find_out": "The officer in the case asks the earlier force by Friday.",
    "is_stalking": "Messages, waiting outside work and gifts, all after being told to stop.",
    "change_mind": "A month without any contact, also through others.",
}
CHOSEN: dict[str, str | tuple[str, ...]] = {
    "acts": ("contacting", "watching"),
    "separation": ("separated",),
    "is_stalking": "stalking",
}
DAYS = {"first_act": 2, "last_act": 6}


def tell(users: dict[str, User], case: Case) -> None:
    """Tell two answered instruments into ``case``. ``users`` by their user names: lead."""
    for number, states in ((8, FIRST), (33, LATER)):
        with as_person(users["lead"]), moment.at(day(number, 11)):
            _answer(users["lead"], case, states)


def _answer(user: User, case: Case, states: dict[str, State]) -> None:
    sheet = services.begin(user, case, "four")
    done: set[str] = set()
    while True:
        path = selectors.one(case, sheet.key).path
        page = next((p for p in path.pages if p.items and p.section.code not in done), None)
        if page is None:
            break
        shown = tuple(one.key for one in incidents.of_case(case, sheet.partition)[:2])
        given = {item.code: _one(item, states, shown) for item in page.items}
        services.answer_page(user, case, sheet.key, page.section.code, given)
        done.add(page.section.code)
    services.submit(user, case, sheet.key)


def _one(item: Item, states: dict[str, State], shown: tuple[str, ...]) -> Answer:
    state = states.get(item.code, State.YES)
    words = WORDS.get(item.code, "As recorded in the history.")
    if item.type in (Type.PRESENCE, Type.YES_NO):
        rests = shown if item.evidence and state in (State.YES, State.PARTLY) else ()
        return Answer(state, None, words if str(state) in item.words_for else "", rests)
    if item.type is Type.DATE:
        return Answer(State.GIVEN, day(DAYS[item.code]).date())
    if item.type is Type.WORDS:
        return Answer(State.GIVEN, words)
    if item.type is Type.JUDGEMENT:
        return Answer(State.GIVEN, CHOSEN[item.code], words, shown)
    return Answer(State.GIVEN, CHOSEN[item.code])
