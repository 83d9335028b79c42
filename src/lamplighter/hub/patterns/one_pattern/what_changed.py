"""Say what a pattern says otherwise than its version before, and through which reports and words.

A reading follows from all reports of a pattern, so that one that joins can change what was read of others.
Whoever comes back to the page sees what went as well as what came.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from lamplighter.courses.summaries.labels import attribution, in_names, reading_title
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.patterns.models import Course, Finding
from lamplighter.hub.patterns.one_pattern.selectors import Reading
from lamplighter.hub.patterns.storage import OF_THE_CALENDAR
from lamplighter.reporting.words import count, day


@dataclass(frozen=True, slots=True)
class Changed:
    """``since``: when the version before was superseded. ``reading``: what it read as before, where that is
    otherwise; ``joined`` and ``left``: reports with why; ``lost`` and ``gained``: findings, with words."""

    since: str
    reading: str
    joined: list[str]
    left: list[str]
    lost: list[str]
    gained: list[str]

    @property
    def lines(self) -> list[str]:
        """Everything as sentences, what went before what came."""
        return [*filter(None, [self.reading]), *self.joined, *self.left, *self.lost, *self.gained]


def since_the_version_before(reading: Reading) -> Changed | None:
    """Return what is otherwise in a pattern than in the version before it; None where there is none."""
    course = reading.course
    earlier = (
        Course.objects.filter(course_id=course.course_id, computed_at__lt=course.computed_at)
        .order_by("-computed_at", "-pk")
        .first()
    )
    # Asked whether there is a version before or not, so that a page never tells by its length of asking.
    then = {f.rule_id: f for f in Finding.objects.filter(course=earlier.pk if earlier else None)}
    reports_left = sorted(set(earlier.report_ids) - set(course.report_ids)) if earlier else []
    held = {r["report_id"]: r for r in intake.rows(reports_left)["reports"]}
    if earlier is None:
        return None
    read_as = ""
    if earlier.reading != course.reading:
        before, now = reading_title(earlier.reading), reading_title(course.reading)
        read_as = f"Reads as {now[0].lower()}{now[1:]}. Before, it read as {before[0].lower()}{before[1:]}."
    left = [
        f"{held[r]['source_ref']} ({reading.agency(held[r]['agency'])}) left."
        for r in reports_left
        if r in held
    ]
    if unread := len(reports_left) - len(left):
        left.append(f"{count(unread, 'report')} that you cannot read left.")
    lost, gained = _findings(reading, earlier, then)
    day_of = day(timezone.localtime(course.computed_at))
    return Changed(day_of, read_as, _joined(reading, earlier), left, lost, gained)


def _joined(reading: Reading, earlier: Course) -> list[str]:
    """Return the reports that joined, each with why it is here."""
    joined = [r for r in reading.course.report_ids if r not in set(earlier.report_ids)]
    why = {o.report_id: attribution(o.attribution, o.reason) for o in reading.occasions}
    told = []
    for report_id in joined:
        report = reading.reports.get(report_id)
        if report is not None:
            reason = why.get(report_id) or "It names both people."
            told.append(f"{report['source_ref']} ({reading.agency(report['agency'])}) joined. {reason}")
    if unread := len(joined) - len(told):
        told.append(f"{count(unread, 'report')} that you cannot read joined.")
    return told


def _findings(reading: Reading, earlier: Course, then: dict[str, Finding]) -> tuple[list[str], list[str]]:
    """Return the findings that are not met any more, with what was said of them and what is now, and those
    that are met now. What only follows the calendar is no change."""
    now = reading.findings
    were, are = (set(c.rules_met) - OF_THE_CALENDAR for c in (earlier, reading.course))
    lost = [
        f"No longer met: {then[rule].title}. Before: “{_said(reading, then[rule])}”"
        + (f" Now: “{_said(reading, now[rule])}”" if rule in now else "")
        for rule in sorted(were - are)
        if rule in then
    ]
    gained = [
        f"Newly met: {now[rule].title}. “{_said(reading, now[rule])}”"
        for rule in sorted(are - were)
        if rule in now
    ]
    return lost, gained


def _said(reading: Reading, finding: Finding) -> str:
    return in_names(finding.words, reading.agency)
