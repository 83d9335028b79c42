"""What was typed comes back from what was stored; and two people's corrections are put together."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.intake.new_report.drafts import pages_of
from lamplighter.hub.intake.new_report.forms import Typed, offence_choices, titles
from lamplighter.hub.intake.new_report.pages import document, occasion_step
from lamplighter.hub.intake.new_report.person_forms import ASKED
from lamplighter.hub.intake.reports.answers import Answers, merged, recall
from lamplighter.hub.intake.reports.sections import differences, of_pages
from lamplighter.records.reading.documents import _public

POLICE = Agency(code="force-a", name="Force A", kind=Agency.Kind.POLICE)
WORDS = st.text("abc é'-?", min_size=1, max_size=12).map(str.strip).filter(bool)
LINES = st.lists(
    st.from_regex(r"[0-9a-z@.:+ ]{1,12}", fullmatch=True).map(str.strip).filter(bool), max_size=3
)
DAY = st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2025, 12, 31))


def one_of(choices: list[tuple[str, str]]) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *(code for code, _ in choices)])


def parts(name: str, on: Any, *, day: bool = True) -> Typed:
    found = {f"{name}_month": [str(on.month)], f"{name}_year": [str(on.year)]}
    return found | ({f"{name}_day": [str(on.day)]} if day else {})


# What cannot be a number is refused on the page; what is said in place of one is not.
NUMBERS = ["01632 960 001", "+33 1 23 45 67 89", "07700-900 123", "(0117) 496 0002", "withheld"]


@st.composite
def reports(draw: st.DrawFn) -> Typed:
    return {
        "offence": [draw(st.sampled_from([c for c, _ in offence_choices(POLICE)]))],
        **parts("reported_at", draw(DAY)),
        "summary": [draw(st.sampled_from(["He came.\r\nTwice.", "He waited, again; and called"]))],
        "impact": [draw(st.sampled_from(["", "Cannot sleep"]))],
        "made_by": [draw(one_of(titles("made_by")))],
        "domestic_abuse": [draw(st.sampled_from(["yes", "no", "not_known", "not_asked"]))],
        "related_refs": [draw(st.sampled_from(["", "4A/1/26, HM 2"]))],
    }


@st.composite
def occasions(draw: st.DrawFn) -> Typed:
    precision = draw(st.sampled_from(["day", "exact", "month", "not_known"]))
    on = draw(DAY)
    return {
        "date_precision": [precision],
        **({} if precision == "not_known" else parts("on", on, day=precision != "month")),
        "at": ["22:15"] if precision == "exact" else [""],
        "place_text": [draw(st.sampled_from(["", "outside her work"]))],
        "place_postcode": [draw(st.sampled_from(["", "AV1 8ZQ"]))],
        "channel": [draw(one_of(titles("channels")))],
        "behaviours": draw(st.lists(st.sampled_from(["following", "damage", "loitering"]), unique=True)),
    }


@st.composite
def people(draw: st.DrawFn, *, suspect: bool) -> Typed:
    typed = {
        "forenames": [draw(WORDS)],
        "surname": [draw(st.sampled_from(["", "O'Nair"]))],
        "nicknames": [", ".join(draw(st.lists(st.sampled_from(["Dan", "D-Man", "Smiler"]), unique=True)))],
        **(parts("birth_date", draw(DAY)) if draw(st.booleans()) else {}),
        "age": [draw(st.sampled_from(["", "0", "34"]))],
        "sex": [draw(one_of(titles("sexes")))],
        "phones": ["\r\n".join(draw(st.lists(st.sampled_from(NUMBERS), unique=True)))],
        "emails": ["\r\n".join(draw(LINES))],
        "handles": [draw(st.sampled_from(["", "instagram:ada.two\r\nada_3"]))],
        "address_text": [draw(st.sampled_from(["", "14 Lark Rise"]))],
        "postcode": [draw(st.sampled_from(["", "AV1"]))],
        "vehicles": [draw(st.sampled_from(["", "AB12 CDE, XY1*"]))],
        "not_known": draw(st.lists(st.sampled_from([c for c, _ in ASKED]), unique=True)),
    }
    if suspect:
        typed["descriptor"] = [draw(st.sampled_from(["", "her ex"]))]
        typed["relationship"] = [draw(one_of(titles("relationships")))]
    return typed


@st.composite
def filled(draw: st.DrawFn) -> Answers:
    """Everything that somebody may have typed into the pages of one report."""
    many = draw(st.integers(1, 3))
    numbers = tuple(draw(st.permutations(range(1, many + 3)))[:many])
    pages = {
        "report": draw(reports()),
        "victim": draw(people(suspect=False)),
        "suspect": draw(people(suspect=True)) if draw(st.booleans()) else {"not_known": ["name"]},
        **{occasion_step(n): draw(occasions()) for n in range(1, many + 1)},
    }
    return Answers(pages, numbers)


def stored(answers: Answers) -> dict[str, Any]:
    """The report as ``raw`` of its version would hold it."""
    pages = pages_of(answers, POLICE)
    assert all(p.is_valid() for p in pages.values()), [p.errors for p in pages.values()]
    found: dict[str, Any] = json.loads(json.dumps(_public(document(list(pages.values()), answers.numbers))))
    return found


def said(answers: Answers) -> list[Any]:
    return of_pages(pages_of(answers, POLICE), answers.numbers)


@settings(max_examples=60)
@given(filled())
def test_every_answer_comes_back_from_what_was_stored(answers: Answers) -> None:
    whole = stored(answers)
    again = recall(whole)
    assert stored(again) == whole
    assert again.numbers == answers.numbers
    assert differences(said(answers), said(again)) == []


def test_how_to_reach_somebody_safely_is_in_no_answer() -> None:
    typed = {"forenames": ["Ada"], "safe_contact": ["through her sister"]}
    answers = Answers({"report": REPORT, "victim": typed, "suspect": {}, "occasion": OCCASION})
    whole = stored(answers)
    assert "sister" not in json.dumps(whole)
    assert "sister" not in repr(recall(whole))


REPORT: Typed = {
    "offence": ["stalking_s2a"],
    "summary": ["He came."],
    **parts("reported_at", dt.date(2026, 3, 1)),
}
OCCASION: Typed = {"date_precision": ["not_known"]}


def report_of(*occasions: tuple[int, str], suspect: str = "Dan", surname: str = "Marsh") -> Answers:
    pages: dict[str, Typed] = {
        "report": REPORT,
        "victim": {"forenames": ["Priya"]},
        "suspect": {"forenames": [suspect], "surname": [surname]},
    }
    for place, (_, words) in enumerate(occasions, 1):
        pages[occasion_step(place)] = OCCASION | {"place_text": [words]}
    return Answers(pages, tuple(n for n, _ in occasions))


def places(answers: Answers) -> dict[int, str]:
    return {n: typed["place_text"][0] for n, typed in answers.of_occasions().items()}


def test_what_i_did_not_change_is_theirs_and_what_both_changed_is_mine() -> None:
    base = report_of((1, "work"))
    mine = report_of((1, "work"), suspect="Daniel", surname="Marsh")
    theirs = report_of((1, "home"), suspect="Danny", surname="Marshe")
    found = merged(base, mine, theirs)
    assert found.pages["suspect"] == {"forenames": ["Daniel"], "surname": ["Marshe"]}
    assert places(found) == {1: "home"}


def test_occasions_that_either_added_are_there_and_none_is_mixed_with_another() -> None:
    base = report_of((1, "one"), (2, "two"))
    mine = report_of((1, "one"), (2, "two"), (3, "mine"))
    theirs = report_of((2, "two, nearer"), (3, "theirs"))
    # They took the first away, changed the second and added a third; so did I.
    assert places(merged(base, mine, theirs)) == {2: "two, nearer", 3: "theirs", 4: "mine"}


def test_an_occasion_that_i_changed_is_not_lost_because_they_took_it_away() -> None:
    base = report_of((1, "one"), (2, "two"))
    found = merged(base, report_of((1, "one, nearer"), (2, "two")), report_of((2, "two")))
    assert places(found) == {2: "two", 1: "one, nearer"}
    # And one that nobody changed is gone with either.
    assert places(merged(base, report_of((1, "one")), report_of((1, "one"), (2, "two")))) == {1: "one"}


@settings(max_examples=40)
@given(filled(), filled())
def test_whoever_changed_nothing_takes_what_the_other_says(base: Answers, theirs: Answers) -> None:
    kept = recall(stored(base))
    other = recall(stored(theirs))
    assert differences(said(merged(kept, kept, other)), said(other)) == []
    assert differences(said(merged(kept, other, kept)), said(other)) == []
