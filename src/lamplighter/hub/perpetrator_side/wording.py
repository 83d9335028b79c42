"""Sentences that several pages share, and the ones that are never said.

What a programme delivers is not what a person will do. A randomised
trial of 109 people found no difference by treatment or by completing it, so no
page may read as if it had made anybody less dangerous. ``FORBIDDEN`` is what a test looks for in
every template, every data file and every page of this context.
"""

from __future__ import annotations

from collections.abc import Sequence

from lamplighter.hub.design.environment import long_date, plural
from lamplighter.hub.perpetrator_side.legal_gate.gate import Gate
from lamplighter.hub.perpetrator_side.models import Ending
from lamplighter.hub.perpetrator_side.selectors import Course

CAUTION = (
    "Attending or finishing a programme says what was delivered. It is not a finding about how dangerous "
    "anybody is: a randomised trial of 109 people found no difference between those who finished and those "
    "who did not."
)
MEASURE_CAUTION = (
    "A score says how questions were answered on a day. It is not a judgement of danger, and a better score "
    "is not one either."
)
# In which case, of which victim, and who knows it: none of that is here to say.
OTHER_LIVE = "Another criminal matter about the same person is live."


def dose(course: Course) -> str:
    """``3 sessions attended of 4 offered``."""
    return f"{plural(len(course.attended), 'session')} attended of {course.offered} offered"


def gate_line(gate: Gate, *, others: bool = True) -> str:
    """The gate in one sentence; ``others``: that a matter is live in another case, for those of this side."""
    if gate.allows("direct_voluntary") and gate.allows("direct_required"):
        told = "Direct intervention is allowed, for volunteers and under a requirement"
    elif gate.allows("direct_voluntary"):
        told = "Direct intervention is allowed for volunteers"
    elif gate.allows("direct_required"):
        told = "Direct intervention is allowed under a requirement only"
    elif gate.rulings["direct_required"].waits:
        told = (
            "No voluntary direct intervention now. What a court, a licence or an order requires can go on "
            "after a recorded consultation with the officer in the case or the CPS"
        )
    else:
        told = "No direct intervention now. Advice and consultation are allowed"
    other = f" {OTHER_LIVE}" if others and gate.elsewhere else ""
    return f"Legal status: {gate.title.lower()}.{other} {told}."


def course_line(course: Course, *, named: bool = True) -> str:
    """An enrolment in one sentence; ``named``: which programme, which others on the case need not know."""
    what = course.programme.title if named else "a programme"
    begun = f"Enrolled in {what} on {long_date(course.enrolment.at)}"
    if course.ending is None:
        return f"{begun}: {dose(course)}."
    how = Ending.How(course.ending.how)
    end = "delivered in full" if how == Ending.How.COMPLETED else "ended before all of it was delivered"
    return f"{begun}; {end} on {long_date(course.ending.at)}: {dose(course)}."


def summary(gate: Gate, courses: Sequence[Course]) -> list[str]:
    """Write the published summary: the gate, where each programme stands, and what that does not mean."""
    lines = [course_line(course, named=False) for course in courses] or [
        "The agency that publishes this has enrolled nobody in a programme; another agency may have."
    ]
    return [gate_line(gate, others=False), *lines, CAUTION]
