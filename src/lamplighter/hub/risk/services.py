"""The only writers of assessments: judge the risk, and agree to a lower level as a second agency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.accounts.staff import training
from lamplighter.hub.arrivals import selectors as arrivals
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import hooks
from lamplighter.hub.cases import rules as cases_rules
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.clocks import selectors as tasks
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.instruments.models import Sheet
from lamplighter.hub.risk import levels, policies, rules, selectors
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.models import Assessment, CitedInstrument, LowerAnswer
from lamplighter.hub.risk.plan import services as plan
from lamplighter.hub.risk.policies import Draft
from lamplighter.hub.risk.second_opinion import second_rater
from lamplighter.hub.risk.selectors import ANSWERED, DUE, LOWER, Risk
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

PURPOSE = "run clocks"
KIND = "risk"
PAGE, ONE, ANSWER = "risk:page", "risk:assessment", "risk:answer"


def who_could_act(user: User, case: Case) -> list[User]:
    """List those who can open the case: they can be given an action, or answer for a high level."""
    return list(people.on_the_case(case, "shared", str(user.agency_id)).select_related("agency"))


@transaction.atomic
def assess(
    user: User,
    case: Case,
    draft: Draft,
    *,
    seen: str | None = None,
    drawn: bool | None = None,
    at: dt.datetime | None = None,
) -> Assessment:
    """Judge the risk of a case. What is higher stands at once; what is lower, once a second agency agrees.

    Its tasks of assessing end, and the next begins after the interval of its levels. A high level needs
    somebody who answers for it, and an action. ``seen`` is the key of the assessment that the page showed, ""
    for none: where another stands, ``ConflictError`` carries it. ``drawn``: whether a second rater judges it
    too; ``None``: at random. Raises ``NotPossibleError``, also for words
    that repeat the vault.
    """
    with cases._told(at):
        cases._hold(case)
        second_rater.check_not_asked(user, case)
        before = _all(case)
        if seen is not None and str(before.newest.key if before.newest else "") != seen:
            raise ConflictError(newest=before.newest)
        now = moment.now()
        today = rules.day_of(now)
        reports, beside = [row.key for row in arrivals.reports(case)], hooks.citable(case)
        policies.check_judged(
            draft,
            [*reports, *(reason.key for reason in beside)],
            must_cite=bool(reports) or any(reason.is_incident for reason in beside),
            first=before.newest is None,
        )
        made = _row(user, case, draft, today)
        rests_on = _instruments(case, draft)
        lower = levels.lowered(made, before.judged)
        could = who_could_act(user, case)
        policies.check_lower(lower, draft, [p for p in could if p.agency_id != user.agency_id], today)
        made.at = now
        after = selectors.of_rows([*before.rows, made])
        running = [c for c in selectors.actions(case) if c.state == Clock.State.RUNNING]
        policies.check_high(after.level, draft, could, len(running), today)
        guarding.check(user, case, "shared", *draft.words())
        if not lower:
            made.asked, made.grounds = None, []
        made.save(force_insert=True)
        with as_service(PURPOSE):  # It is of whose the instrument is, and goes with it.
            for sheet in rests_on:
                row = {"owner_id": sheet.owner_id, "partition": sheet.partition, "sheet": sheet}
                CitedInstrument.objects.create(case=case, by=user, at=now, assessment=made, **row)
        # No level in the history: a second rater reads it too. The page of the assessment says it.
        cases.enter(user, case, KIND, "Risk assessed", body=made.changed, page=ONE, of_key=made.key)
        for action in draft.actions:
            plan.give(user, case, action, of_key=made.key)
        _answered(user, case)
        _again(user, case, after)
        if lower:
            _ask(user, case, made, lower)
        second_rater.draw(case, made, drawn)
        audit.record(
            user,
            "risk.assessed",
            f"assessment {made.key}",
            case=case,
            fields=["current", *JUDGEMENTS],
            lower=bool(lower),
        )
    return made


def _all(case: Case) -> Risk:
    """As the service: every assessment, also one that the writer may not read yet."""
    with as_service(PURPOSE):
        return selectors.current(case)


def _row(user: User, case: Case, draft: Draft, today: dt.date) -> Assessment:
    columns: dict[str, Any] = {}
    for name, said in draft.judged.items():
        columns |= {name: said.level, f"{name}_why": said.why.strip(), f"{name}_cites": list(said.cites)}
    return Assessment(
        **owned(
            user,
            case,
            current=draft.current,
            current_words=draft.current_words.strip(),
            definition=cases_rules.current_definition(today).code,
            changed=draft.changed.strip(),
            answers_for=draft.answers_for,
            grounds=list(draft.grounds),
            asked=draft.asked,
            trained=not training.lacking(user, "risk", today),
            **columns,
        )
    )


def _instruments(case: Case, draft: Draft) -> list[Sheet]:
    """Return the sheets that a draft cites, of those that its writer reads."""
    there = {one.sheet.key: one.sheet for one in selectors.citable(case)} if draft.instruments else {}
    policies.check_instruments(draft.instruments, there)
    return [there[key] for key in dict.fromkeys(draft.instruments)]


def _answered(user: User, case: Case) -> None:
    """End what the assessment answers: everybody's, except what another side alone knows of."""
    with as_service(PURPOSE):
        for clock in Clock.objects.filter(
            case=case,
            kind__in=(*ANSWERED, LOWER),
            state=Clock.State.RUNNING,
            starts_at__lte=moment.now(),  # told late of an earlier day, it answers nothing that came after
        ).select_related("owner"):
            # A trigger of one side's own ran for its agency alone, and says so by its key; one of a warning
            # for each that was warned.
            own = clock.kind == selectors.AGAIN and clock.of_key and clock.owner
            if own and not (user.agency and selectors.knew(clock.partition, own.pk, user.agency)):
                continue
            over = clock.kind == LOWER
            clocks.end(
                user,
                clock,
                why="The risk was assessed again." if over else "The risk was assessed.",
                state=Clock.State.CANCELLED if over else Clock.State.DONE,
            )


def _again(user: User, case: Case, risk: Risk) -> None:
    """Start the task of the next assessment, at the end of the interval of the levels that stand."""
    newest = risk.newest
    if newest is None or risk.due_at is None:
        return
    holder = newest.answers_for or newest.by or user
    with as_service(PURPOSE):
        clocks.start(
            user,
            case,
            DUE,
            "Assess the risk again",
            due_at=risk.due_at,
            starts_at=newest.at,
            why="The interval follows from the levels of the last assessment. It is this hub’s own.",
            assigned_to=None if tasks.is_kept_off(holder, case) else holder,
            owner=holder.agency,
            page=PAGE,
            of_key=newest.key,
        )


def _ask(user: User, case: Case, made: Assessment, lower: Collection[str]) -> None:
    title, due = rules.limit("lower", moment.now())
    reader = made.asked
    # In the name of another agency: the rules of the wall let a person add rows of their own alone.
    with as_service(PURPOSE):
        clocks.start(
            user,
            case,
            LOWER,
            title,
            due_at=due,
            why="You are named to agree, for a second agency. Until you do, the level stays as it was.",
            assigned_to=reader,
            owner=reader.agency if reader else None,
            page=ANSWER,
            of_key=made.key,
        )


@transaction.atomic
def answer_lower(
    user: User, case: Case, row: Assessment, said: str, words: str, *, at: dt.datetime | None = None
) -> LowerAnswer:
    """Agree to a lower level, or refuse, as the person who is named. Agreed, it stands from now on.

    Raises ``ConflictError`` where it waits for nobody any more.
    """
    with cases._told(at):
        cases._hold(case)
        before = _all(case)
        if before.waits is None or before.waits.pk != row.pk:
            raise ConflictError(
                "This has been answered, or the risk was assessed again. Nothing was changed."
            )
        if user.pk != row.asked_id or user.agency_id == row.owner_id:
            raise NotPossibleError("Only the person of another agency who is named answers.")
        if said not in LowerAnswer.Answer.values:
            raise NotPossibleError("Say whether you agree.", "answer")
        policies.check_reason(words, "words")
        guarding.check(user, case, "shared", words)
        made = LowerAnswer.objects.create(
            **owned(user, case, assessment=row, answer=said, words=words.strip())
        )
        agreed = said == LowerAnswer.Answer.AGREED
        title = (
            "Lower level of risk: agreed by a second agency" if agreed else "Lower level of risk: not agreed"
        )
        cases.enter(user, case, KIND, title, body=made.words, page=ONE, of_key=row.key)
        with as_service(PURPOSE):
            for clock in Clock.objects.filter(case=case, kind=LOWER, state=Clock.State.RUNNING):
                clocks.end(user, clock, why=f"{made.get_answer_display()}.")
            if agreed:
                for clock in Clock.objects.filter(case=case, kind=DUE, state=Clock.State.RUNNING):
                    clocks.end(user, clock, why="The level changed.", state=Clock.State.CANCELLED)
        if agreed:
            _again(user, case, _all(case))
        audit.record(user, f"risk.lower_{said}", f"assessment {row.key}", case=case, fields=["answer"])
    return made
