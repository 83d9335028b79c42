"""Lessons in words: what each says, how it stands, and what it changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.courses.coding.learned import SIGNS, is_readable
from lamplighter.courses.learning.effect import CONTRADICTS, FULFILS
from lamplighter.courses.summaries import labels
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.patterns.learning import phrases
from lamplighter.hub.patterns.models import (
    Correction,
    Lesson,
    LessonDecision,
    LessonIncident,
    LessonPattern,
    Occasion,
)
from lamplighter.reporting.words import count, day
from lamplighter.vocabulary.codes import code_set

Kind = LessonDecision.Kind
Address = Callable[[str], str]
"""Return where an act of one incident is taught."""
MOST_SHOWN = 50
UNREADABLE = "Learned, and not read since the list of acts or of words changed"


def words(phrase: str) -> str:
    """A phrase with its signs as words: 'kept vigil by [anybody, however called]'."""
    return " ".join(f"[{SIGNS[w]}]" if w in SIGNS else w for w in phrase.split())


def act(behaviour: str) -> str:
    """The title of an act."""
    codes = code_set("behaviours").codes
    return codes[behaviour].title if behaviour in codes else behaviour


def title(lesson: Lesson) -> str:
    """One lesson in a sentence."""
    said = {d.kind for d in lesson.decisions.all()}
    if Kind.ACCEPTED not in said:
        verb = "not to be" if lesson.holds_back else "to be"
    else:
        verb = ("was" if Kind.TAKEN_BACK in said else "is") + (" not" if lesson.holds_back else "")
    return f"“{words(lesson.phrase)}” {verb} read as: {act(lesson.behaviour)}"


def state(lesson: Lesson) -> str:
    """One word or two on how a lesson stands."""
    said = {d.kind for d in lesson.decisions.all()}
    if Kind.TAKEN_BACK in said:
        return "Undone"
    if Kind.ACCEPTED in said:
        return "Learned" if is_readable(phrases.phrase(lesson)) else UNREADABLE
    return "Refused or withdrawn" if said else "Waits for a decision"


def history(lesson: Lesson) -> list[str]:
    """Return what people said of a lesson, the first first."""
    agency = f", {lesson.by.agency.name}" if lesson.by.agency else ""
    told = [f"Proposed by {lesson.by.display_name}{agency} on {_day(lesson.at)}."]
    if lesson.origin:
        told = [f"Loaded by {lesson.by.display_name} on {_day(lesson.at)}, from {lesson.origin}."]
    verbs = {
        Kind.ACCEPTED: "Accepted by {} on {}, read from {}",
        Kind.REFUSED: "Refused or withdrawn by {} on {}",
        Kind.TAKEN_BACK: "Undone by {} on {}, read no more from {}",
    }
    for d in sorted(lesson.decisions.all(), key=lambda one: one.pk):
        said = verbs[Kind(d.kind)].format(d.by.display_name, _day(d.at), day(d.on))
        told.append(f"{said}: “{d.reason}”")
    return told


def corrected(correction: Correction) -> str:
    """Return who corrected an incident, when and why: what a lesson comes from."""
    verb = "took the act out" if correction.kind == Correction.Kind.REMOVE else "added the act"
    return f"{correction.by.display_name} {verb} on {_day(correction.at)}: “{correction.reason}”"


def row(lesson: Lesson) -> dict[str, Any]:
    """A lesson as a row of the list."""
    return {
        "title": title(lesson),
        "href": reverse("patterns:lesson", args=[lesson.key]),
        "state": state(lesson),
        "history": history(lesson),
    }


def named(numbers: Collection[int]) -> dict[int, dict[str, str]]:
    """Lessons by number, each in words with its address; one that whoever asks may not read without."""
    if not numbers:
        return {}
    hidden = {"text": "the hub learned it from words that you cannot read", "href": ""}
    found = {
        lesson.pk: {
            "text": f"{state(lesson).lower()}, {title(lesson)}",
            "href": reverse("patterns:lesson", args=[lesson.key]),
        }
        for lesson in phrases.lessons().filter(pk__in=numbers)
    }
    return {n: found.get(n, hidden) for n in numbers}


def effect(lesson: Lesson) -> dict[str, Any] | None:
    """Return what a lesson changes, as far as this person may see; None where it is not worked out yet."""
    made = getattr(lesson, "effect", None)
    if made is None:
        return None
    incidents = list(LessonIncident.objects.filter(lesson=lesson).order_by("report_id", "occasion_seq"))
    patterns = list(LessonPattern.objects.filter(lesson=lesson).order_by("course_id"))
    titles = _incidents(incidents)
    moved = [p for p in patterns if p.before != p.after]
    return {
        "at": made.at,
        "lines": [
            _counted(_of(incidents, "", gains=True), "would gain the act"),
            _counted(_of(incidents, "", gains=False), "would lose the act"),
            _counted(_of(incidents, FULFILS), "would read as somebody corrected it before"),
            _counted(_of(incidents, CONTRADICTS), "would read against an earlier correction, which stands"),
            _changed(len(patterns), len(moved)),
        ],
        "against": any(i.said == CONTRADICTS for i in incidents),
        "incidents": titles[:MOST_SHOWN],
        "more": max(0, len(titles) - MOST_SHOWN),
        "unread": len(incidents) - len(titles),
        "patterns": [
            {
                "href": reverse("patterns:pattern", args=[p.course_id]),
                "text": f"Pattern {p.course_id}",
                "reads": _reads(p),
            }
            for p in patterns[:MOST_SHOWN]
        ],
        "more_patterns": max(0, len(patterns) - MOST_SHOWN),
    }


def offered(report_id: str, occasion_seq: int, teach: Address, *, may: bool) -> list[dict[str, str]]:
    """Return what corrections of an incident can teach, and what somebody has taught from them already."""
    if not may:
        return []
    newest: dict[str, Correction] = {}
    rows = Correction.objects.filter(report_id=report_id, occasion_seq=occasion_seq)
    for correction in rows.exclude(kind=Correction.Kind.DECLINE).order_by("at", "pk"):
        newest[correction.behaviour] = correction
    made = phrases.of_incident(report_id, occasion_seq) if newest else {}
    lines = []
    for behaviour, correction in sorted(newest.items()):
        if behaviour in made:
            lesson = made[behaviour]
            lines.append(
                {
                    "href": reverse("patterns:lesson", args=[lesson.key]),
                    "text": title(lesson),
                    "state": "proposed or learned",
                }
            )
        elif correction.kind in (Correction.Kind.ADD, Correction.Kind.REMOVE):
            wrong = correction.kind == Correction.Kind.REMOVE
            what = "these words are not that act" if wrong else "which words say so"
            lines.append(
                {
                    "href": teach(behaviour),
                    "text": f"Teach the hub: {act(behaviour)}, {what}",
                    "state": "",
                }
            )
    return lines


def _of(incidents: Iterable[LessonIncident], said: str, *, gains: bool | None = None) -> int:
    return sum(i.said == said and (gains is None or i.gains == gains) for i in incidents)


def _counted(n: int, what: str) -> str:
    """'3 incidents would gain the act': of reports that the reader may count."""
    return f"{count(n, 'incident') if n else 'No incident'} that you can see {what}."


def _changed(n: int, moved: int) -> str:
    if not n:
        return "No pattern that you can see would change."
    reading = f"{moved} of them would read as something else" if moved else "nothing reads as something else"
    return f"{count(n, 'pattern')} that you can see would change; {reading}."


def _incidents(incidents: Collection[LessonIncident]) -> list[dict[str, str]]:
    """The incidents of which whoever asks may read the words: where each stands, or its report alone."""
    reports = {i.report_id for i in incidents}
    rows = Occasion.objects.filter(report_id__in=reports, course__superseded_at=None)
    places = {(o.report_id, o.occasion_seq): o for o in rows.select_related("course").order_by("-pk")}
    said = {"": "", FULFILS: ", as somebody corrected it before", CONTRADICTS: ", against a correction"}
    alone = {i.report_id for i in incidents if (i.report_id, i.occasion_seq) not in places}
    references = {r["report_id"]: r["source_ref"] for r in intake.rows(sorted(alone))["reports"]}
    keys = intake.report_keys(list(references))
    found = []
    for i in incidents:
        what = ("gains it" if i.gains else "loses it") + said[i.said]
        if o := places.get((i.report_id, i.occasion_seq)):
            href = reverse("patterns:occasion", args=[o.course.course_id, o.place])
            text = f"{o.source_ref}, incident {o.number} of pattern {o.course.course_id}"
        elif i.report_id in references:
            href = reverse("patterns:words_of", args=[keys[i.report_id], i.occasion_seq])
            text = f"{references[i.report_id]}, incident {i.occasion_seq} of a report in no pattern"
        else:
            continue
        found.append({"href": href, "text": text, "what": what})
    return found


def _reads(p: LessonPattern) -> str:
    before, after = (labels.reading_title(r) if r else "no pattern" for r in (p.before, p.after))
    if p.before == p.after:
        return f"reads as before: {after}; its acts change"
    return f"{before} would become {after}"


def _day(at: Any) -> str:
    return day(timezone.localtime(at))
