"""Learned phrases as a dated file: written for another installation, and read with the same checks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lamplighter.courses.coding.learned import LearnedPhrase, PhraseError, parts
from lamplighter.vocabulary.codes import code_set

MOST_PHRASES = 2_000
_KEYS = {"behaviour", "phrase", "holds_back", "from", "until"}


@dataclass(frozen=True, slots=True)
class Given:
    """One phrase of a file: taught elsewhere, and nothing here until somebody accepts it."""

    behaviour: str
    phrase: str
    holds_back: bool
    starts: dt.date
    until: dt.date | None


def written(phrases: Iterable[LearnedPhrase], hub: str, day: dt.date) -> str:
    """Phrases as TOML. Who accepted each stays at home: another installation asks its own people."""
    lines = [
        "# What a hub learned from corrections of acts read from reports. Names and numbers are general.",
        f"hub = {_text(hub)}",
        f"day = {day.isoformat()}",
    ]
    for p in phrases:
        lines += ["", "[[phrase]]", f"behaviour = {_text(p.behaviour)}", f"phrase = {_text(p.phrase)}"]
        lines += [f"holds_back = {str(p.holds_back).lower()}", f"from = {p.starts.isoformat()}"]
        lines += [f"until = {p.until.isoformat()}"] if p.until else []
    return "\n".join(lines) + "\n"


def given(body: dict[str, Any]) -> tuple[str, list[Given]]:
    """The hub that wrote a file, and its phrases.

    Raises:
        PhraseError: naming the row that cannot be taken, and what to do.
    """
    rows = body.get("phrase")
    if not isinstance(rows, list) or not rows:
        raise PhraseError(
            "The file has no [[phrase]]. Export one from the other hub's page of what it learned."
        )
    if len(rows) > MOST_PHRASES:
        raise PhraseError(f"The file has {len(rows)} phrases, and at most {MOST_PHRASES} are taken at once.")
    return str(body.get("hub", "")), [_row(number, row) for number, row in enumerate(rows, start=1)]


def _row(number: int, row: Any) -> Given:
    def refuse(why: str) -> PhraseError:
        return PhraseError(f"Phrase {number} of the file: {why}")

    if not isinstance(row, dict):
        raise refuse("it is no table. Write [[phrase]] with behaviour, phrase and from.")
    if stranger := sorted(set(row) - _KEYS):
        raise refuse(f"“{stranger[0]}” is no key. The keys are {', '.join(sorted(_KEYS))}.")
    behaviour, phrase = row.get("behaviour"), row.get("phrase")
    if behaviour not in code_set("behaviours").codes:
        raise refuse("its behaviour is not on the list of acts. Correct it, or leave the phrase out.")
    if not isinstance(phrase, str):
        raise refuse("its phrase is missing. Write the words between quotation marks.")
    if not isinstance(row.get("holds_back", False), bool):
        raise refuse("holds_back is true or false.")
    starts, until = _day(row.get("from")), _day(row.get("until"))
    if starts is None or ("until" in row and (until is None or until <= starts)):
        raise refuse("its days are missing or not in order. Write from = 2026-11-30, and until a later day.")
    try:
        parts(phrase)
    except PhraseError as refused:
        raise refuse(str(refused)) from refused
    return Given(str(behaviour), phrase, bool(row.get("holds_back", False)), starts, until)


def _day(value: Any) -> dt.date | None:
    return value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else None


def _text(value: str) -> str:
    # A JSON string is a TOML one.
    return json.dumps(value, ensure_ascii=False)
