"""Prepare the pages of instruments, as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import presenters as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design.environment import long_date
from lamplighter.hub.instruments import library, policies
from lamplighter.hub.instruments.models import SheetEnd
from lamplighter.hub.instruments.selectors import Answered
from lamplighter.instruments.answers import TITLES, Answer, State
from lamplighter.instruments.comparing import Side, beside, poolable
from lamplighter.instruments.completing import lacking, words_of
from lamplighter.instruments.definition import Definition, Effect, Item, Type
from lamplighter.instruments.path import Page, Path
from lamplighter.instruments.schema import MEASURES
from lamplighter.instruments.scoring import band_of
from lamplighter.instruments.scoring import score as scored
from lamplighter.reporting.words import count, listed
from lamplighter.rule_files.faults import Fault

GONE = "Only its code is here: the version that it was answered with is not here any more."


def card(found: Answered) -> dict[str, Any]:
    """One sheet in a list."""
    end = found.end
    return {
        "key": found.sheet.key,
        "title": found.title,
        "version": found.sheet.version,
        "by": cases.by(found.sheet),
        "at": end.at if end else found.sheet.at,
        "is_draft": found.is_draft,
        "corrected_by": found.corrected_by,
        "corrects": found.sheet.corrects_id is not None,
    }


def offered(user: User, on: dt.date, refused: Mapping[library.Key, Sequence[Fault]]) -> list[dict[str, Any]]:
    """Each instrument of cases, with what keeps this person from beginning it."""
    return [
        {
            "one": one,
            "why_not": policies.why_not(user, one, on, refused.get((one.code, one.version), ())),
            "told": _told(user, one, on),
        }
        for one in library.of_cases(on)
    ]


def _told(user: User, one: Definition, on: dt.date) -> str:
    """Say that somebody's training is not in date, where they may answer all the same."""
    if policies.training_state(user, one, on) is not SheetEnd.Training.NOT_VALID:
        return ""
    return f"Your training in “{policies.topic_name(one)}” is not in date. You may answer; it is recorded."


# A draft ---------------------------------------------------------------------------------------------------


def tasks(case: Case, found: Answered) -> list[dict[str, Any]]:
    """The pages of a draft as a task list."""
    rows = []
    answers = found.answers
    for page in found.path.pages:
        status = _status(page, answers)
        row: dict[str, Any] = {"title": {"text": page.section.title}, "status": status}
        if page.items:
            row["href"] = reverse(
                "instruments:questions", args=[case.key, found.sheet.key, page.section.code]
            )
        rows.append(row)
    return rows


def _status(page: Page, answers: Mapping[str, Answer]) -> dict[str, Any]:
    if not page.items:
        return {"text": "Waits for an earlier page", "classes": "govuk-task-list__status--cannot-start-yet"}
    if not any(item.code in answers for item in page.items):
        return {"tag": {"text": "Not started", "classes": "govuk-tag--blue"}}
    left = [item for item in page.items if lacking(item, answers.get(item.code))]
    if left:
        return {"tag": {"text": f"{count(len(left), 'question')} left", "classes": "govuk-tag--light-blue"}}
    return {"text": "Completed"}


def waiting(one: Definition, path: Path) -> list[dict[str, str]]:
    """Return each question that waits, with when it is asked."""
    return [{"text": w.item.text, "when": words_of(one, w.rule)} for w in path.waiting]


def missing(found: Answered) -> list[dict[str, str]]:
    """Return what is missing before a draft can be submitted, page by page."""
    rows = []
    for page in found.path.pages:
        for item in page.items:
            for one in lacking(item, found.answers.get(item.code)):
                rows.append({"page": page.section.code, "text": item.text, "what": one.what})
    return rows


# Answers in words ------------------------------------------------------------------------------------------


def said(one: Definition, item: Item, answer: Answer | None) -> str:
    """Return an answer in words."""
    if answer is None:
        return "No answer"
    if answer.state is not State.GIVEN:
        return TITLES[answer.state]
    value = answer.value
    if isinstance(value, dt.date):
        return long_date(value)
    if isinstance(value, tuple):
        return listed([item.option(code) for code in value], "and")
    if item.type is Type.SCALE and one.scale and isinstance(value, int) and one.labels:
        return one.labels[value - one.scale.minimum]
    return item.option(str(value)) if item.options else str(value if value is not None else "")


def answered_pages(found: Answered, cited: Mapping[str, str]) -> list[dict[str, Any]]:
    """Everything that was asked, page by page, with its answers in words."""
    one = found.one
    if one is None:
        return []
    asked = set(found.asked)
    pages = []
    for section in one.sections:
        rows = [_row(found, one, item, cited) for item in one.within(section.code) if item.code in asked]
        if rows:
            pages.append({"title": section.title, "rows": rows})
    return pages


def _row(found: Answered, one: Definition, item: Item, cited: Mapping[str, str]) -> dict[str, Any]:
    answer = found.answers.get(item.code)
    return {
        "question": item.text,
        "answer": said(one, item, answer),
        "words": answer.words if answer and item.type is not Type.WORDS else "",
        "cites": _cites(answer, cited),
    }


def _cites(answer: Answer | None, cited: Mapping[str, str]) -> list[str]:
    return [cited[key] for key in answer.cites if key in cited] if answer else []


def score(found: Answered) -> dict[str, str]:
    """Return the score of what was submitted, with its band, in words; nothing where none is added up."""
    one = found.one
    if one is None or one.scale is None:
        return {}
    there = {item.code for item in one.items if item.type is Type.SCALE} & set(found.asked)
    given = {code: a.value for code, a in found.answers.items() if code in there and isinstance(a.value, int)}
    made = scored(one.scale, given)
    band = band_of(one.bands, made.total)
    note = (
        f"More points mean: {one.higher_means}. A score says how questions were answered. It is no judgement "
        "of danger, and no level of risk follows from it."
    )
    if made.total is None:
        left_out = count(made.missing, "question")
        return {"said": f"No score: {left_out} left open.", "band": "", "note": note}
    filled = f", {count(made.missing, 'question')} left open" if made.missing else ""
    return {
        "said": f"{made.total:g}, of {one.scale.lowest} to {one.scale.highest}{filled}.",
        "band": f"{band.title}: from {band.least:g} points. Source: {band.source}." if band else "",
        "note": note,
    }


def no_longer(found: Answered) -> list[dict[str, str]]:
    """Answers that are kept and not asked for any more."""
    if found.one is None or not found.is_draft:
        return []
    return [
        {"question": item.text, "answer": said(found.one, item, found.answers.get(item.code))}
        for item in found.path.no_longer
    ]


def effect(one: Effect) -> str:
    """Return a published effect in one sentence, with its interval and source."""
    low = f", {one.low:g} to {one.high:g}" if one.low is not None else ""
    rest = [text for text in (one.sample, one.note) if text]
    more = f". {'. '.join(rest)}" if rest else ""
    return f"{one.outcome}: {MEASURES[one.measure]} {one.size:g}{low}{more}. Source: {one.source}."


def compared(earlier: Answered, later: Answered) -> dict[str, Any]:
    """Two sheets side by side."""
    if earlier.one is None or later.one is None:
        return {"rows": [], "poolable": False, "same_version": False, "changed": None}
    sides = [Side(found.one, found.answers, found.asked) for found in (earlier, later) if found.one]
    rows = [
        {
            "question": (row.later or row.earlier).text,  # type: ignore[union-attr]  # one of the two is there
            "before_question": row.earlier.text if row.reworded and row.earlier else "",
            "was": _beside(earlier.one, row.earlier, row.was, asked=row.earlier is not None),
            "now": _beside(later.one, row.later, row.now, asked=row.later is not None),
            "was_words": row.was.words
            if row.was and row.earlier and row.earlier.type is not Type.WORDS
            else "",
            "now_words": row.now.words if row.now and row.later and row.later.type is not Type.WORDS else "",
            "changed": row.changed,
            "reworded": row.reworded,
        }
        for row in beside(*sides)
    ]
    return {
        "rows": rows,
        "poolable": poolable(earlier.one, later.one),
        "same_version": earlier.one.digest == later.one.digest,
        "changed": sum(bool(row["changed"]) for row in rows),
    }


def _beside(one: Definition, item: Item | None, answer: Answer | None, *, asked: bool) -> str:
    if item is None:
        return "This version does not ask it"
    return said(one, item, answer) if answer else "Not asked for" if asked else ""
