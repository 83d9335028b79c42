"""The only writers about children of a case: the tasks that a child brings, and the answers that end them."""

from __future__ import annotations

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import rules as cases_rules
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.cases.participants import ages
from lamplighter.hub.cases.status import services as deadlines
from lamplighter.hub.children import policies, selectors
from lamplighter.hub.children.models import Answer
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError

PAGE = "children:page"
KIND = "safeguarding"


def case_opened(case: Case) -> None:
    """Start the tasks of a child, where one of the two people is known to be under 18."""
    if case.by is not None:
        _begin(case.by, case)


def people_changed(user: User, case: Case) -> None:
    """Start the tasks of a child where a correction says so, and end them where it says the contrary."""
    _begin(user, case)


@transaction.atomic
def answer(
    user: User, case: Case, side: str, code: str, given: str, words: str, *, seen: str | None = None
) -> Answer:
    """Answer a question about the child on ``side``; its task ends once it is done or found out.

    ``seen`` is the key of the answer that the page showed, "" for none: where another stands,
    ``ConflictError`` carries it. What is asked after a yes begins. Raises
    ``NotPossibleError``, also for words that repeat the vault.
    """
    cases._hold(case)
    rule = policies.check_asked([a.rule for a in selectors.asked(case, side)], code)
    policies.check_answer(given, words)
    before = selectors.answers(case).get((side, code))
    if seen is not None and str(before.key if before else "") != seen:
        raise ConflictError(newest=before)
    guarding.check(user, case, "shared", words)
    row = {"side": side, "question": code, "answer": given, "words": words.strip()}
    made = Answer.objects.create(**owned(user, case, **row))
    said = f"{rule.title} {made.get_answer_display()}"[:200]
    cases.enter(user, case, KIND, said, body=made.words, page=PAGE, of_key=made.key)
    if selectors.ends(rule, given):
        clocks.end_kind(user, case, kind_of(side, code), why=made.words)
    _begin(user, case)
    audit.record(user, "children.answered", f"case {case.key}", case=case, fields=["answer"], question=code)
    return made


def kind_of(side: str, code: str) -> str:
    """Return the kind of the task of a question."""
    return f"{selectors.PREFIX}{side}.{code}"


def _begin(user: User, case: Case) -> None:
    """Let the tasks run that are asked and not answered, each once; end those that are asked no longer."""
    young = ages.of_case(case)
    running = selectors.running(case)
    wanted = {}
    for side in Party.Side:
        # Of an age that is no longer known, what runs goes on: nobody has said that it is not needed.
        if young[side] != ages.Known.NO:
            for one in selectors.asked(case, side):
                if one.open:
                    wanted[kind_of(side, one.rule.code)] = (side, one.rule)
    for kind, clock in running.items():
        if kind not in wanted:
            clocks.end(user, clock, why=NO_LONGER, state=Clock.State.CANCELLED)
    now = moment.now()
    for kind, (side, rule) in wanted.items():
        if kind in running or young[side] != ages.Known.YES:
            continue
        # In the name of whoever must act, often another agency than that of whoever wrote.
        with as_service("run clocks"):
            clocks.start(
                user,
                case,
                kind,
                rule.extra["task"],
                due_at=cases_rules.due(rule, now),
                starts_at=now,
                why=f"Because the {ages.TITLES[side]} is under 18. The time is this hub’s own.",
                page=PAGE,
                owner=deadlines.whose(rule.extra["whose"], case, user),
            )


NO_LONGER = "It is not asked any more: an age or an answer was corrected."
