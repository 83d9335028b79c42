"""Tell what differs between two days or two editions of the register, and what was written over.

For alerts: each change has an id that stays the same, its day, a sentence and the page that it is about. A
file may be added to; a first due date, a rule, or something that was said is never written over.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from lamplighter.reporting.words import day
from lamplighter.rule_files.faults import Fault, quoted
from lamplighter.studies.register.entries import (
    Claim,
    Evidence,
    Recommendation,
    Register,
    known,
)
from lamplighter.studies.register.schema import CLAIMS
from lamplighter.studies.register.verdicts import WORDS, Standing, standing


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``kind``: recommendation, rule, claim, evidence, withdrawn or verdict."""

    kind: str
    recommendation: str
    body: str
    on: dt.date
    text: str
    path: str
    before: str = ""
    after: str = ""

    @property
    def id(self) -> str:
        """Return an id that is the same however often the change is worked out."""
        told = "\n".join((self.kind, self.recommendation, self.body, str(self.on), self.text))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def changes(old: Register, new: Register, before: dt.date, after: dt.date) -> list[Change]:
    """Return what changed between ``old`` as at ``before`` and ``new`` as at ``after``, in order of days.

    Both may be one register: then it is what became known between the two days.
    """
    was = {r.id: r for r in old.held(before)}
    found = [
        change for one in new.held(after) for change in _of_one(old, was.get(one.id), new, one, before, after)
    ]
    return sorted(found, key=lambda c: (c.on, c.recommendation, c.kind, c.body, c.text))


def _of_one(
    old: Register,
    was: Recommendation | None,
    new: Register,
    one: Recommendation,
    before: dt.date,
    after: dt.date,
) -> Iterator[Change]:
    path = f"register/{one.id}.html"
    if was is None:
        yield Change("recommendation", one.id, "", one.recorded, f"“{one.title}” is in the register.", path)
    rules = {r.id for r in was.rules if r.written <= before} if was else set()
    for rule in one.rules:
        if rule.written <= after and rule.id not in rules:
            text = f"“{one.title}” has a rule of the verdict: {rule.text}"
            yield Change("rule", one.id, "", rule.written, text, path)
    yield from _entries(new, was, one, before, after, path)
    for body in new.asked(one, after):
        now = standing(new, one, body, after)
        then = standing(old, was, body, before).status if was and body in old.asked(was, before) else None
        if now.status != (then or "no_response"):
            words = WORDS[then] if then else ""
            text = f"“{one.title}”, {new.title(body)}: {WORDS[now.status]}"
            text += f", and before “{words}”." if words else "."
            yield Change("verdict", one.id, body, _day_of(now, after), text, path, words, WORDS[now.status])


def _day_of(now: Standing, after: dt.date) -> dt.date:
    """Return the day on which the newest entry behind a status was made."""
    entered = [*(c.recorded for c in now.claims), *(e.recorded for e in now.evidence)]
    return max(entered, default=after)


def _entries(
    register: Register,
    was: Recommendation | None,
    one: Recommendation,
    before: dt.date,
    after: dt.date,
    path: str,
) -> Iterator[Change]:
    old = {_name(e): e for e in was.entries if e.recorded <= before} if was else {}
    for entry in one.entries:
        kind = "claim" if isinstance(entry, Claim) else "evidence"
        body = entry.by if isinstance(entry, Claim) else entry.about
        if known(entry, after) and _name(entry) not in old:
            said = f"{CLAIMS[entry.kind]} ({day(entry.on)})" if isinstance(entry, Claim) else "evidence"
            text = f"“{one.title}”, {register.title(body)}: {said}. {entry.text}"
            yield Change(kind, one.id, body, entry.recorded, text, path)
        elif entry.withdrawn and entry.withdrawn <= after and _name(entry) in old:
            earlier = old[_name(entry)]
            if known(earlier, before):
                text = f"“{one.title}”, {register.title(body)}: an entry was withdrawn. {entry.why_withdrawn}"
                yield Change("withdrawn", one.id, body, entry.withdrawn, text, path)


def _name(entry: Claim | Evidence) -> tuple[str, int]:
    return type(entry).__name__, entry.number


def written_over(old: Register, new: Register) -> list[Fault]:
    """Return a fault for each thing of an earlier edition that a later one lost or changed.

    An entry may only be withdrawn, with a reason, and what was not held may be filled in.
    """
    found: list[Fault] = []
    for name, was in old.recommendations.items():
        file, one = f"{name}.toml", new.recommendations.get(name)
        if one is None:
            what = "the recommendation is gone."
            found.append(Fault("recommendation_gone", file, "", what, "Put the file back."))
            continue
        if was.due is not None and one.due != was.due:
            what = f"the first due date was {was.due}, and is {one.due or 'gone'}."
            remedy = f"Write date = {was.due}. A later date is a claim: kind = “date_moved” with new_date."
            found.append(Fault("due_date_written_over", file, "[due]", what, remedy))
        if was.words_held and one.words != was.words:
            remedy = "Put the words back as they were read."
            found.append(Fault("words_written_over", file, "key words", "the exact words changed.", remedy))
        rules = {r.id: r for r in one.rules}
        for rule in was.rules:
            if rules.get(rule.id) != rule:
                what = f"the rule {quoted(rule.id)} of {rule.written} changed, or is gone."
                remedy = "Put it back. Add a rule with a new id: it judges what is published after it."
                found.append(Fault("rule_written_over", file, "[[rule]]", what, remedy))
        now = {_name(e): e for e in one.entries}
        found += [
            Fault(
                "entry_written_over",
                file,
                f"[[{name_.lower()}]] {number}",
                "it changed, or is gone.",
                "Put it back in its place. Withdraw it with withdrawn and why_withdrawn; add at the end.",
            )
            for (name_, number), entry in ((_name(e), e) for e in was.entries)
            if not _stands(entry, now.get((name_, number)))
        ]
    return found


def _stands(was: Claim | Evidence, now: Claim | Evidence | None) -> bool:
    """Tell whether an entry is as it was, but that it may have been withdrawn since."""
    if now is None:
        return False
    if was.withdrawn is None:
        now = dataclasses.replace(now, withdrawn=None, why_withdrawn="")
    return now == was
