"""Reading what is asked about a child of a case and what was answered, as at any moment."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import Moment, known
from lamplighter.hub.children import rules
from lamplighter.hub.children.models import Answer
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.config_files.dated import Rule

PREFIX = "child."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the answer that stands; ``None`` where nobody has answered."""

    rule: Rule
    answer: Answer | None

    @property
    def open(self) -> bool:
        """Tell whether somebody still has to do it, or to find it out."""
        return self.answer is None or not ends(self.rule, self.answer.answer)


def ends(rule: Rule, given: str) -> bool:
    """Return whether an answer ends the task of a question: of what is to be done, only yes."""
    return given == Answer.Given.YES or (given == Answer.Given.NO and not rule.extra.get("only_yes_ends"))


def answers(case: Case, as_at: Moment = None) -> dict[tuple[str, str], Answer]:
    """Return the answer that stood to each question, by side and code."""
    rows = known(Answer.objects.filter(case=case), as_at).select_related("by", "owner").order_by("pk")
    return {(row.side, row.question): row for row in rows}


def asked(case: Case, side: str, as_at: Moment = None) -> list[Asked]:
    """Return what is asked where the person of ``side`` is under 18, with what stands of it."""
    given = answers(case, as_at)
    day = timezone.localdate(as_at or moment.now())
    found = []
    for code, rule in rules.questions(side, day).items():
        before = given.get((side, str(rule.extra.get("after", ""))))
        if "after" in rule.extra and (before is None or before.answer != Answer.Given.YES):
            continue
        found.append(Asked(rule, given.get((side, code))))
    return found


def running(case: Case) -> dict[str, Clock]:
    """Return the tasks that run, by kind."""
    rows = Clock.objects.filter(case=case, kind__startswith=PREFIX, state=Clock.State.RUNNING)
    return {row.kind: row for row in rows.select_related("assigned_to", "owner")}
