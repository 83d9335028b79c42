"""Each thing that is written down says which of the six operations it is; what is seen is a consultation."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import lamplighter.hub
from lamplighter.hub.audit.models import Operation

HUB = Path(lamplighter.hub.__file__).parent
# What is not a change of what is kept says so; the rest is an alteration unless it says otherwise.
MUST_BE = {
    "intake.report_saved": Operation.COLLECTION,
    "intake.files_received": Operation.COLLECTION,
    "intake.feed_received": Operation.COLLECTION,
    "intake.delivery_read": Operation.COLLECTION,
    "cases.referred": Operation.COLLECTION,
    "intake.rejects_downloaded": Operation.DISCLOSURE,
    "patterns.schedule": Operation.DISCLOSURE,
    "patterns.report_saved": Operation.COMBINATION,
    "people.undo": Operation.COMBINATION,
    "access.glass_broken": Operation.CONSULTATION,
}


def calls() -> list[tuple[str, str, str]]:
    """``(file, verb, operation)`` of every call that writes to the trail under a verb of its own."""
    found = []
    for path in sorted(HUB.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            # A page says what it shows to ``looks.at``, which has no actor: the database knows who asks.
            shown = node.func.attr == "at" and len(node.args) == 2
            if not shown and (node.func.attr not in {"record", "consulted"} or len(node.args) < 3):
                continue
            verb = node.args[0 if shown else 1]
            if isinstance(verb, ast.Constant) and isinstance(verb.value, str):
                said = {k.arg: k.value for k in node.keywords}.get("operation")
                name = said.attr.lower() if isinstance(said, ast.Attribute) else "alteration"
                operation = name if node.func.attr == "record" else "consultation"
                found.append((path.name, verb.value, operation))
    return found


@pytest.mark.parametrize("verb", sorted(MUST_BE))
def test_the_operation_is_the_right_one(verb: str) -> None:
    operations = {operation for _, name, operation in calls() if name == verb}
    assert operations == {MUST_BE[verb]}


def test_what_is_seen_is_a_consultation_and_what_is_seen_only_is_never_a_change() -> None:
    seen = [call for call in calls() if call[1].endswith(("seen", "searched"))]
    assert len(seen) >= 10
    assert [call for call in seen if call[2] != Operation.CONSULTATION] == []


def test_verbs_name_their_context() -> None:
    assert [call for call in calls() if "." not in call[1] or " " in call[1]] == []
