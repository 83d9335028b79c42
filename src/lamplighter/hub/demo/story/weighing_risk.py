"""The risk of the demonstration's case: a first assessment, a breach on a Friday night, and a lower level.

After the victim's side: what the advocates know alone is set aside by their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.arrivals import selectors as arrivals
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, Status
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.demo.story import orders as story_orders
from lamplighter.hub.my_work import services as finishing
from lamplighter.hub.risk import selectors, services
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.plan import services as plan
from lamplighter.hub.risk.policies import Action, Draft, Said
from lamplighter.hub.risk.triggers import services as triggers

Users = dict[str, User]
FRIDAY = 4
WHY = {
    "violence": "Follows on foot and waits at the home. No threat and no weapon is known of.",
    "persistence": "Nothing that was said or ordered has stopped it for more than a week.",
    "recurrence": "The same was reported about an earlier partner.",
    "harm": "The victim has changed shifts and sleeps elsewhere on some nights.",
}


def tell(users: Users, case: Case) -> None:
    """The story, from the day after the referral to the answer of the second agency."""
    friday = _friday(case)
    tuesday = friday + dt.timedelta(days=4)
    with _on(users, "investigator", case.opened_at + dt.timedelta(hours=22)) as user:
        services.assess(user, case, _draft(case, {"harm": "not_known"}), drawn=False)
    _plan(users, case)
    _set_aside_by_the_advocate(users, case)
    with _on(users, "investigator", friday.replace(hour=22, minute=40)) as user:
        told = "Seen outside the victim’s work at 9:50pm, which bail forbids. Not found there by officers."
        story_orders.breach(user, case, timezone.localdate(friday), told)
    with _on(users, "lead", tuesday.replace(hour=9)) as user:
        services.assess(user, case, _high(users, case, timezone.localdate(tuesday)), drawn=False)
        plan.measure(user, case, "arrest", "done", "Arrested on Monday for the breach, by Force B.")
        plan.measure(user, case, "bail", "in_hand", "Remand was asked for. The hearing is on Thursday.")
    _do_what_was_agreed(users, case, tuesday)
    lower = tuesday + dt.timedelta(days=9)
    with _on(users, "lead", lower.replace(hour=11)) as user:
        services.assess(
            user,
            case,
            _draft(
                case,
                {},
                changed="Remanded in custody since the hearing. The prison blocks the victim’s numbers.",
                answers_for=user,
                grounds=("custody",),
                asked=users["advocate"],
            ),
            drawn=False,
        )
    with _on(users, "advocate", (lower + dt.timedelta(days=1)).replace(hour=15)) as user:
        waits = selectors.current(case).waits
        if waits is not None:
            words = "Agreed while the remand lasts. To be looked at again on the day of the next hearing."
            services.answer_lower(user, case, waits, "agreed", words)
    story_orders.follow(users, case, friday)


def others(users: Users, case: Case) -> None:
    """Assess the hub's other cases that somebody works on; those that wait for a decision have the task."""
    by = users["coordinator"]
    with identity.as_person(by):
        for other in Case.objects.exclude(pk=case.pk).order_by("pk"):
            state = cases.current(other)
            if state is None or state.name not in (
                Status.Name.CONSULTATION,
                Status.Name.ADVICE_ONLY,
                Status.Name.STEP_DOWN,
            ):
                continue
            low = dict.fromkeys(JUDGEMENTS, "low") if state.name == Status.Name.ADVICE_ONLY else {}
            with moment.at(min(other.opened_at + dt.timedelta(hours=20), timezone.now())):
                services.assess(by, other, _draft(other, low), drawn=False)


@contextmanager
def _on(users: Users, who: str, at: dt.datetime) -> Iterator[User]:
    with identity.as_person(users[who]), moment.at(min(at, timezone.now())):
        yield users[who]


def _friday(case: Case) -> dt.datetime:
    """The first Friday that is three weeks or more after the case was opened."""
    day = timezone.localtime(case.opened_at + dt.timedelta(days=20))
    return day + dt.timedelta(days=(FRIDAY - day.weekday()) % 7)


def _draft(case: Case, said: dict[str, str], **rest: object) -> Draft:
    """Moderate, unless ``said``; the reasons cite the latest incidents that the case shows."""
    cites = tuple(row.key for row in arrivals.reports(case)[:2])
    judged = {}
    for name, why in WHY.items():
        level = said.get(name, "moderate")
        missing = "Nobody has asked the victim yet, alone and in safety."
        known = level != "not_known"
        judged[name] = Said(level, why if known else missing, cites if known else ())
    words = "The last act that the case shows was within the time of the definition."
    return Draft("yes", words, judged, **rest)  # type: ignore[arg-type]  # columns of the draft


def _high(users: Users, case: Case, today: dt.date) -> Draft:
    deeds = (
        ("Arrest for the breach, and ask for a remand", "investigator", 0),
        ("Go through the safety plan with the victim again", "advocate", 1),
        ("Advise on what a remand may set off", "clinician", 3),
    )
    return _draft(
        case,
        {"violence": "high", "persistence": "high"},
        changed="Waited at the victim’s work on Friday night, in breach of bail; gone when police came.",
        answers_for=users["lead"],
        actions=tuple(Action(text, users[who], today + dt.timedelta(days=days)) for text, who, days in deeds),
        # FOUR, as the lead answered it before.
        instruments=tuple(one.sheet.key for one in selectors.citable(case, moment.now())),
    )


def _plan(users: Users, case: Case) -> None:
    at = case.opened_at + dt.timedelta(days=9)
    with _on(users, "investigator", at) as user:
        made = plan.write(
            user,
            case,
            plan.Words(
                what="Comes to the victim’s work at the end of a late shift",
                whom="The victim, and colleagues who stand in the way",
                signs="Asks others for the rota; is seen in the car park",
                response="Reception calls 999 and says “stalking”; two people walk the victim to the car",
                mind="A month without an approach at liberty, or a job in another town",
            ),
        )
        action = Action("Agree with the victim’s employer who walks with whom", user, timezone.localdate(at))
        plan.act(user, case, action, of_key=made.thread)
    with _on(users, "advocate", at + dt.timedelta(days=2)) as user:
        plan.view(
            user,
            case,
            "Afraid above all of Friday nights. Wants the employer to know, and not the family.",
            shared="The late shift on Fridays is the worst time. Please do not ring on those evenings.",
            until=timezone.localdate(at + dt.timedelta(days=90)),
            how="spoken",
        )


def _do_what_was_agreed(users: Users, case: Case, start: dt.datetime) -> None:
    """Each ends their own actions, with the outcome; the one of the clinician is late."""
    outcomes = {
        "investigator": "Arrested the same day and charged with the breach. Remand asked for.",
        "advocate": "Gone through together. The alarm is fitted, and a colleague walks along on Fridays.",
    }
    for who, outcome in outcomes.items():
        with _on(users, who, start + dt.timedelta(hours=8)) as user:
            for clock in selectors.actions(case):
                if clock.assigned_to == user and clock.state == Clock.State.RUNNING:
                    finishing.done(user, clock, outcome)


def _set_aside_by_the_advocate(users: Users, case: Case) -> None:
    """What the advocates alone know, on their own side."""
    with _on(users, "advocate", case.opened_at + dt.timedelta(days=18)) as user:
        for row in selectors.unanswered(selectors.triggers(case), selectors.current(case)):
            if row.partition == "advocacy":
                reason = "Came back to it in private the same week. The pressure came from a relative."
                triggers.set_aside(user, case, row, reason)
