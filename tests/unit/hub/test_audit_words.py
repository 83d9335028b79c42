"""Every verb and every kind of subject that the software writes into the trail has words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from lamplighter.hub.audit import words
from lamplighter.hub.oversight.audit_log import selectors

HUB = Path(__file__).resolve().parents[3] / "src" / "lamplighter" / "hub"
WRITERS = {"record", "consulted", "note", "_write_down", "at"}


def _texts(node: ast.expr) -> Iterator[str]:
    """What an argument can be: "x.y"; with ``*`` for a value that is only known when it runs."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(v.value) if isinstance(v, ast.Constant) else "*" for v in node.values)


def written() -> Iterator[tuple[str, str]]:
    """Every (verb, subject) in a call that writes an event."""
    for path in HUB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(
                getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", "")
            )
            if not isinstance(node, ast.Call) or name not in WRITERS or len(node.args) < 2 + (name != "at"):
                continue
            place = 2 if name in {"note", "_write_down"} else 0 if name == "at" else 1
            verbs = list(_texts(node.args[place]))
            if name == "note":
                verbs = [f"perpetrator_side.{verb}" for verb in verbs]
            for verb in verbs:
                if "." in verb:
                    for subject in list(_texts(node.args[place + 1])) if place < 2 else ["report *"]:
                        yield verb, subject


def test_every_verb_has_words() -> None:
    verbs = {verb for verb, _ in written()}
    assert len(verbs) > 120
    beginnings = {verb.split("*")[0] for verb in verbs if "*" in verb and not verb.startswith("*")}
    without = {verb for verb in verbs if "*" not in verb} - set(words.VERBS)
    assert without == set()
    assert {b for b in beginnings if not any(verb.startswith(b) for verb in words.VERBS)} == set()
    assert {text for text in words.VERBS.values() if "_" in text or "." in text} == set()


def test_every_kind_of_subject_has_words() -> None:
    kinds = {subject.split(" ")[0] for _, subject in written() if subject.endswith("*")} - {"*"}
    assert kinds - set(words.SUBJECTS) == set()


@pytest.mark.parametrize("verb", ["clocks.mine_seen", "cases.triaged", "patterns.decided.not_a_course"])
def test_no_code_is_shown(verb: str) -> None:
    assert words.in_words(verb) == words.VERBS[verb]


def test_an_unknown_verb_is_made_readable() -> None:
    assert words.in_words("kites.flown_high") == "Kites: flown high"


def test_an_id_is_not_shown_and_a_name_that_people_use_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "_accounts", lambda events: {"user 9f0c": "Asha Bell"})
    monkeypatch.setattr(selectors, "_agencies", lambda events: {"agency force-a": "Force A"})
    key = "0585d340-aaaa-4bbb-8ccc-1234567890ab"
    subjects = {
        f"case {key}": ("Case LL-7KQ2-M9XB", 7),
        f"note {key}": ("Note, case LL-7KQ2-M9XB", 7),
        "pattern C-7KQ2M9": ("Pattern C-7KQ2M9", None),
        "user 9f0c": ("Asha Bell", None),
        "agency force-a": ("Force A", None),
        f"report {key}": ("Report", None),
        "broken glass": ("Emergency access reviews", None),
        "work list": ("Work list", None),
    }
    events = [
        SimpleNamespace(pk=n, subject=subject, case_id=case)
        for n, (subject, (_, case)) in enumerate(subjects.items())
    ]
    assert list(selectors.subjects(events, {7: "LL-7KQ2-M9XB"}).values()) == [
        told for told, _ in subjects.values()
    ]
