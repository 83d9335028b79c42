"""Check a case before an outcome drops it: done and missing, on whichever side it lies.

The checks are asked as the service, which reads every side but the vault. Who asks is told by name what is
missing on the sides that they read; of every other side they are told how many things, and who was asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, LegalStatus
from lamplighter.hub.cases.status import hooks
from lamplighter.hub.cases.status.hooks import Check, MissingError
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.closing import rules, selectors
from lamplighter.hub.closing.models import Considered, Signature
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side.models import CodeUpdate
from lamplighter.reporting.words import count

PURPOSE = "run clocks"
# What is asked before anybody proposes; the rest comes after the proposal.
SIGN, TOLD = "closing.sign", "closing.told"
AFTER = (f"{SIGN}.lead", f"{SIGN}.supervisor", TOLD, f"{TOLD}.review")
ASKED_SIDE = "closing.asked"
SIDES = {
    "advocacy": "the victim’s side",
    "police": "the police’s side",
    "health": "the suspect’s side",
    "warning": "the coordinators’ side",
}
ASKED = {
    "advocacy": "The victim’s advocate has been asked.",
    "police": "The force has been asked.",
    "health": "They have been asked.",
    "warning": "They have been asked.",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """Every check, those that this person reads by name, and the others as a sentence a side."""

    every: tuple[Check, ...]
    mine: tuple[Check, ...]
    elsewhere: tuple[str, ...]

    @property
    def missing(self) -> list[Check]:
        return [check for check in self.mine if not check.done]

    @property
    def first(self) -> bool:
        """Tell whether everything that comes before a proposal is done, on every side."""
        return all(check.done for check in self.every if check.code not in AFTER)

    @property
    def all(self) -> bool:
        return all(check.done for check in self.every)


def of(user: User, case: Case, outcome: str, *, asking: bool = False) -> Checked:
    """Return what is done and what is missing, as far as this person may be told. Asked as the service.

    ``asking``: whoever calls asks the other sides now (``services.refused``); else they are only said to
    have been asked where they were.
    """
    with as_service(PURPOSE):
        every = hooks.checks(case, outcome)
        running = Clock.objects.filter(case=case, kind=ASKED_SIDE, state=Clock.State.RUNNING)
        asked = set(running.values_list("partition", flat=True))
    sides = readable(user, case)
    hidden = Counter(check.side for check in every if check.side not in sides and not check.done)
    return Checked(
        tuple(every),
        tuple(check for check in every if check.side in sides),
        tuple(_elsewhere(side, n, asking or side in asked) for side, n in sorted(hidden.items())),
    )


def readable(user: User, case: Case) -> set[str]:
    """Return the sides that this person reads of a case: their own agency's, where it works on it."""
    on_case = cases.works_on(user, case)
    # A check says nothing of whose row it is: the suspect's side is for those who read every row of it.
    owner = {"health": ""}
    own = {side for side in SIDES if form_readers.reads(user, side, owner.get(side, str(user.agency_id)))}
    return {"shared", *(own if on_case else own & {"warning"})}


def _elsewhere(side: str, number: int, asked: bool) -> str:
    what = "One thing" if number == 1 else count(number, "thing")
    told = ASKED[side] if asked else "They are asked once somebody proposes an outcome, or closes the case."
    return f"{what} on {SIDES[side]} {'is' if number == 1 else 'are'} missing. {told}"


def checks(case: Case, outcome: str) -> list[Check]:
    """Return this context's own checks: what was considered, who signed, what the victim was told."""
    return [*_considered(case, outcome), *_signed(case), *_told(case)]


def _considered(case: Case, outcome: str) -> list[Check]:
    found = selectors.considered(case)
    wanted = [w for w in Considered.What if w != Considered.What.SUSPECT or rules.names_suspect(outcome)]
    return [
        Check(
            f"closing.{what.value}",
            what.label,
            what in found,
            "Recorded." if what in found else "Nobody has recorded that it was considered.",
            page="closing:considered",
        )
        for what in wanted
    ]


def _signed(case: Case) -> list[Check]:
    found = selectors.proposed(case)
    rows = []
    for capacity in Signature.Capacity:
        signature = found.signed(capacity) if found else None
        done = signature is not None and signature.answer == "agreed"
        if found is None:
            says = "No outcome is proposed yet."
        elif signature is None:
            says = "Not signed yet. Whoever proposed it cannot sign."
        else:
            says = f"{signature.get_answer_display()}."
        rows.append(
            Check(f"{SIGN}.{capacity}", f"Signed by a {capacity.label.lower()}", done, says, "closing:page")
        )
    return rows


def _told(case: Case) -> list[Check]:
    found = selectors.proposed(case)
    update = (
        CodeUpdate.objects.filter(case=case, event__key=found.event).select_related("event").first()
        if found and found.event
        else None
    )
    if update is None:
        says = "Not told yet." if found and found.event else "The victim is told once two people have signed."
    else:
        late = update.told_at > update.event.due_at
        says = "Told after the time of the Code had passed." if late else "Told within the time of the Code."
    offered = bool(found and selectors.review_offered(found.row))
    return [
        Check(TOLD, "The victim was told of the decision", update is not None, says, "closing:page"),
        Check(
            f"{TOLD}.review",
            "The victim was told of the right to a review",
            offered,
            "Told." if offered else "Not told yet.",
            "closing:page",
        ),
    ]


def before_closing(user: User, case: Case, outcome: str) -> None:
    """Refuse to close a case as dropped while something is missing, or without the outcome that drops it.

    Raises :class:`MissingError`, which lists what is missing, and ``NotPossibleError``.
    """
    found = selectors.proposed(case)
    if not outcome:
        _check_nothing_dropped(case, found)
        return
    if outcome not in rules.dropping(rules.day_of(moment.now())):
        raise NotPossibleError("Choose an outcome from the list.", "dropped_as")
    if found is None or found.row.outcome != outcome or found.overridden is None:
        checked = of(user, case, outcome, asking=True)
        if found is None or found.row.outcome != outcome or not checked.all:
            raise refusal(checked, outcome, found)


def refusal(checked: Checked, outcome: str, found: selectors.Proposed | None = None) -> MissingError:
    """Return the refusal that names what is missing, each with the page where it is done."""
    number = sum(not check.done for check in checked.every)
    other = (
        f" {rules.called(found.row.outcome)} is proposed." if found and found.row.outcome != outcome else ""
    )
    return MissingError(
        f"The case cannot be dropped as outcome {outcome} yet: {count(number, 'thing')} "
        f"{'is' if number == 1 else 'are'} missing.{other}",
        "dropped_as",
        missing=checked.missing,
        elsewhere=checked.elsewhere,
    )


def _check_nothing_dropped(case: Case, found: selectors.Proposed | None) -> None:
    if found is not None and not found.refused:
        raise NotPossibleError(
            f"{rules.called(found.row.outcome)} is proposed. Choose it, or let a signatory refuse it first.",
            "dropped_as",
        )
    standing: Sequence[LegalStatus] = cases.legal_standing(case)
    if any(row.name == LegalStatus.Name.NO_ACTION for row in standing):
        raise NotPossibleError(
            "The criminal matter stands at no further action. Choose the outcome that ended it.", "dropped_as"
        )
