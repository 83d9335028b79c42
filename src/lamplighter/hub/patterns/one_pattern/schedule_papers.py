"""A pattern as a schedule on paper, without the victim's addresses."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.courses.summaries import labels, sentences
from lamplighter.hub.patterns import presenters, selectors
from lamplighter.hub.patterns.models import Occasion
from lamplighter.hub.patterns.one_pattern import evidence, timeline
from lamplighter.hub.patterns.one_pattern.selectors import Reading
from lamplighter.linkage.explain import naming
from lamplighter.reporting.schedule import CourseSchedule, ScheduleFeature, ScheduleOccasion, withhold
from lamplighter.reporting.words import day, listed, span, when
from lamplighter.vocabulary.codes import code_set

CAUTION = (
    "This schedule puts together what was reported. It is not a finding of fact. "
    "Check each line against its report before it is relied on."
)
NOTES = (
    "Acts were read from the words recorded, by rules that are named and dated, and a person may have "
    "corrected them. References to s.2A(3) are to the examples of acts associated with stalking in the "
    "Protection from Harassment Act 1997.",
    "Addresses of {whose} are withheld.",
)
NOT_READ = (
    "Some agencies hold reports that were told to them in confidence. They are listed under sources by their "
    "date, and nothing of them is printed here. Ask each agency for its report."
)


def schedule(reading: Reading, *, as_at: dt.datetime, handling: str) -> CourseSchedule:
    """The schedule of one version of a pattern."""
    hidden = addresses(reading)

    def safe(text: str) -> str:
        return withhold(text, hidden)

    course = reading.course
    first, last = course.first_at, course.last_at
    relationship = (
        code_set("relationships").title(course.relationship) if course.relationship else "Not recorded"
    )
    facts = [
        ("Victim", _identified(reading.victim)),
        ("Suspect", _identified(reading.suspect)),
        ("Relationship", f"{relationship} (of the suspect to the victim)"),
        ("Agencies", listed([reading.agency(a) for a in course.agencies])),
    ]
    if first and last:
        facts.append(("Period", f"{day(first)} to {day(last)} ({span((last - first).days)})"))
    return CourseSchedule(
        title="Schedule of a course of conduct",
        reference=f"Pattern {course.course_id}",
        sentence=safe(presenters.sentence(reading)),
        as_at=as_at,
        facts=tuple((name, safe(value)) for name, value in facts),
        occasions=tuple(
            ScheduleOccasion(
                when=when(o.at, o.until, o.precision),
                what=labels.REPORTED_BY_SUSPECT if o.reversed else labels.acts(o.acts),
                recorded_as=_capital(sentences.offence(o.recorded_as)),
                agency=reading.agency(o.agency),
                reference=o.source_ref,
                account=safe(_account(reading, o)),
                limbs=labels.limbs(o.limbs),
                attribution=safe(timeline.attribution(o)),
            )
            for o in reading.occasions
        ),
        sources=tuple(
            f"{r['source_ref']} ({reading.agency(r['agency'])})"
            for r in sentences.in_time(reading.reports.values())
        )
        + tuple(e.words for e in reading.elsewhere),
        # What was not asked, or not written down, is no evidence of its absence, and is not printed.
        features=tuple(
            ScheduleFeature(f["title"], safe(_with_occasions(f))) for f in evidence.four(reading) if f["met"]
        ),
        notes=(
            *(n.format(whose="both people" if _both_report(reading) else "the victim") for n in NOTES),
            *([NOT_READ] if reading.elsewhere else []),
            unused_material(reading),
        ),
        caution=CAUTION,
        handling=handling,
        features_title="What the account speaks to: fixated, obsessive, unwanted, repeated",
        never_print=hidden,
    )


def unused_material(reading: Reading) -> str:
    """Return the item for the schedule of unused material: a search aid, and by which versions it read."""
    versions = reading.course.computation.rules_version.partition("; ")[2].replace("; ", ", ")
    found_on = day(timezone.localtime(reading.course.computed_at))
    rules = [f"{f.title} ({f.rule_version})" for f in reading.findings.values() if f.met]
    return (
        "For the schedule of unused material (MG6C): the reading of these reports by a search aid on "
        f"{found_on} ({versions or 'versions of the words not recorded'}), and the corrections that people "
        f"made of it. It is no evidence. Rules that were met, with their versions: {listed(rules)}."
    )


# The schedule of the other of two patterns holds it: where it goes, this person's words and homes must not.
SEE_REPORT = "Not printed here. See the report, and the schedule of the pattern with the roles reversed."


def _account(reading: Reading, o: Occasion) -> str:
    if o.reversed:
        return SEE_REPORT
    return reading.reports.get(o.report_id, {}).get("summary") or ""


def _both_report(reading: Reading) -> bool:
    return any(o.reversed for o in reading.occasions)


def addresses(reading: Reading) -> tuple[str, ...]:
    """Every address and postcode that any report holds for the victim, not only these reports.

    Of both people where each has reported the other: who is harmed is not for a machine to say.
    Also of reports whose words whoever prints may not read: what is withheld is printed nowhere.
    """
    course = reading.course
    suspect = course.suspect_person if _both_report(reading) else None
    return selectors.addresses_of({course.victim_person, *([suspect] if suspect else [])})


def _identified(rows: tuple[dict[str, object], ...]) -> str:
    if not rows:
        return "Not identified"
    # Every date of birth that was recorded: on paper, choosing one of two would hide that they differ.
    born = list(dict.fromkeys(day(b) for r in rows if isinstance(b := r.get("birth_date"), dt.date)))
    also = naming.also_called(rows)
    told = f"born {listed(born, 'or')}" + (", as recorded" if len(born) > 1 else "") if born else ""
    parts = [naming.heading(rows), told]
    if also:
        parts.append(f"also recorded as {listed([f'“{n}”' for n in also[:4]])}")
    return ", ".join(p for p in parts if p)


def _with_occasions(feature: dict[str, object]) -> str:
    links = feature["occasions"]
    numbers = [str(x["text"]).removeprefix("incident ") for x in links] if isinstance(links, list) else []
    if not numbers:
        return str(feature["words"])
    return f"{feature['words']} (On {'incident' if len(numbers) == 1 else 'incidents'} {listed(numbers)}.)"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
