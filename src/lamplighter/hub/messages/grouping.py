"""Say which lines make one incident, and what it is in words. Nothing here asks the database.

The rule, as the page says it: what came on one day in one file is one incident, where somebody other than
the victim wrote, called or sent something. A row of a diary is one, and so is a picture of which the day is
not known.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from lamplighter.hub.messages.models import Line
from lamplighter.message_exports import dates
from lamplighter.message_exports.reading import TITLES
from lamplighter.message_exports.shapes import Entry, Kind
from lamplighter.records.validation.limits import LONGEST_TEXT
from lamplighter.reporting.words import clock as clock_words
from lamplighter.reporting.words import count

LONDON = ZoneInfo("Europe/London")
# Of what has no date.
FIRST, LAST = dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31)
RULE = (
    "What came on one day in this file is one draft, if somebody other than the victim wrote, called or "
    "sent something. Each row of a diary is one draft. You can part and join drafts, and leave one out."
)
VICTIM, SUSPECT, OTHER, NOT_KNOWN = "victim", "suspect", "other", "not_known"
ROLES = {
    SUSPECT: "The suspect",
    VICTIM: "The victim",
    OTHER: "Somebody else",
    NOT_KNOWN: "Not known",
}
KINDS = {
    Kind.MESSAGE: "message",
    Kind.MEDIA: "picture or file",
    Kind.CALL: "call",
    Kind.MISSED_CALL: "missed call",
    Kind.DELETED: "deleted message",
    Kind.DIARY: "diary entry",
    Kind.PICTURE: "screenshot",
}
CHANNELS = {"message": "text_message", "phone": "phone", "email": "email", "social_media": "social_media"}
EXACT, DAY, TWICE, NOT_DATED = "exact", "day", "twice", "not_known"
_LEFT = 600  # characters of the words kept for the sentence about what did not fit


@dataclass(slots=True)
class Group:
    """Lines that make one incident."""

    lines: list[Line] = field(default_factory=list)

    def told(self) -> dict[str, object]:
        """Return the columns of a draft that these lines make."""
        return {**when(self.lines), "channel": channel_of(self.lines), "words": words_of(self.lines)}


def clock_of(entry: Entry) -> tuple[dt.datetime | None, str, str]:
    """Return a line's time by the clock in London, how exact it is, and what to say of it."""
    if entry.when is None:
        return None, NOT_DATED, entry.note
    if entry.when.tzinfo is not None:
        try:
            wall = entry.when.astimezone(LONDON).replace(tzinfo=None)
        except (OverflowError, ValueError):
            return None, NOT_DATED, "Its date cannot be read."
        return wall, EXACT, entry.note
    if entry.day_only:
        return entry.when, DAY, entry.note
    note = entry.note
    if dates.is_twice(entry.when, LONDON):
        note = f"{note} The clock showed this time twice that night: it can be an hour later.".strip()
        return entry.when, TWICE, note
    if dates.never_was(entry.when, LONDON):
        note = f"{note} No clock in the UK showed this time: the phone may have been abroad.".strip()
    return entry.when, EXACT, note


def grouped(lines: Iterable[Line]) -> list[Group]:
    """Return the incidents that lines make by the rule; a line in none says why in ``left_out``."""
    days: dict[dt.date, Group] = {}
    alone = []
    for line in lines:
        if line.left_out:
            continue
        if line.kind == Kind.SYSTEM:
            line.left_out = Line.LeftOut.SYSTEM
        elif line.kind == Kind.UNSENT:
            line.left_out = Line.LeftOut.UNSENT
        elif line.kind == Kind.DIARY or line.happened_at is None:
            alone.append(Group([line]))
        else:
            days.setdefault(line.happened_at.date(), Group()).lines.append(line)
    found = []
    for group in days.values():
        if all(line.role == VICTIM for line in group.lines):
            for line in group.lines:
                line.left_out = Line.LeftOut.VICTIM
        else:
            found.append(group)
    return sorted([*found, *alone], key=lambda g: _first(g.lines))


def _first(lines: Sequence[Line]) -> tuple[bool, dt.datetime, int]:
    times = [line.happened_at for line in lines if line.happened_at]
    return not times, min(times, default=LAST), lines[0].place


def channel_of(lines: Sequence[Line]) -> str:
    """Return the channel of an incident: of calls alone the telephone, else that of the file."""
    calls = all(line.kind in {Kind.CALL, Kind.MISSED_CALL} for line in lines)
    return "phone" if calls else lines[0].brought.channel


def when(lines: Sequence[Line]) -> dict[str, object]:
    """Return when an incident began and ended, and how exact that is: by what is not the victim's own."""
    mine = [line for line in lines if line.role != VICTIM] or list(lines)
    dated = sorted((line for line in mine if line.happened_at), key=lambda line: line.happened_at)
    if not dated:
        return {"started_at": None, "ended_at": None, "precision": NOT_DATED}
    start, end = dated[0].happened_at, dated[-1].happened_at
    if any(line.precision == DAY for line in dated):
        first = dt.datetime.combine(start.date(), dt.time())
        last = dt.datetime.combine(end.date(), dt.time(23, 59))
        return {
            "started_at": first,
            "ended_at": last,
            "precision": DAY if start.date() == end.date() else "range",
        }
    if dated[0].precision == TWICE:
        return {"started_at": start, "ended_at": end + dt.timedelta(hours=1), "precision": "range"}
    return {"started_at": start, "ended_at": end, "precision": EXACT if start == end else "range"}


def words_of(lines: Sequence[Line]) -> str:
    """Return what happened in words: how many of what, and what was written, each with its time.

    What the victim wrote herself is not in it: the hub would read her words as acts of the suspect. It stays
    with the lines.
    """
    told = [line for line in lines if line.role != VICTIM or line.kind == Kind.DIARY] or list(lines)
    told = sorted(told, key=lambda line: (line.happened_at or LAST, line.place))
    if all(line.kind in {Kind.DIARY, Kind.PICTURE} for line in told):
        said = "\n\n".join(line.text.strip() for line in told if line.text.strip())
        return _cut([said] if said else ["A picture. Nobody has typed what it says: it cannot be searched."])
    return _cut([f"{_summary(told)}:", *(_line(line) for line in told)])


def _summary(lines: Sequence[Line]) -> str:
    counts = Counter(line.kind for line in lines)
    what = ", ".join(count(n, KINDS.get(Kind(kind), kind)) for kind, n in counts.items())
    roles = {line.role for line in lines}
    by = {SUSPECT: "from the suspect", OTHER: "from somebody else", NOT_KNOWN: "from somebody not known"}
    said = by.get(next(iter(roles)), "") if len(roles) == 1 else ""
    title = TITLES.get(lines[0].brought.format, "")
    return " ".join(w for w in (what[:1].upper() + what[1:], said, f"({title})" if title else "") if w)


def _line(line: Line) -> str:
    clock = f"{clock_words(line.happened_at.time())} " if line.happened_at and line.precision != DAY else ""
    kind = Kind(line.kind)
    files = f" [{', '.join(line.files)}]" if line.files else ""
    text = line.text.strip()
    if kind is Kind.MESSAGE:
        return f"{clock}“{text}”{files}"
    title = KINDS.get(kind, line.kind)
    long = f", {line.seconds} seconds" if line.seconds else ""
    said = f": “{text}”" if text and kind is Kind.MEDIA and not text.startswith(("<", "\u200e")) else ""
    return f"{clock}{title[:1].upper()}{title[1:]}{long}{said}{files}"


def _cut(parts: Sequence[str]) -> str:
    """Return the parts as one text that a report can hold; what does not fit is counted, not lost."""
    kept, length = [], 0
    for number, part in enumerate(parts):
        if length + len(part) + 1 > LONGEST_TEXT - _LEFT:
            room = LONGEST_TEXT - _LEFT - length
            if number == 0 or room > 2_000:
                kept.append(f"{part[: max(room - 10, 0)]} …")
                number += 1
            left = len(parts) - number
            kept.append(
                f"The rest is in the file: {count(left, 'more entry', 'more entries')}."
                if left
                else "The rest is in the file."
            )
            break
        kept.append(part)
        length += len(part) + 1
    return "\n".join(kept)
