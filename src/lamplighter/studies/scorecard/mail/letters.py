"""Write changes by topic in plain text: the rows of ``changes.csv`` that a subscriber asked for.

The subject says nothing of who asked for what: it may show on a locked telephone. A message has no picture,
no link with a code in it, and no request is made when it is read.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lamplighter.reporting.words import day, number
from lamplighter.studies.scorecard.changes import NAME
from lamplighter.studies.scorecard.folder import ScorecardError
from lamplighter.studies.scorecard.mail.subscribers import (
    COUNTRY,
    EVERYTHING,
    FORCE,
    MEASURE,
    REGISTER,
    Post,
)
from lamplighter.vocabulary.codes import code_set

SUBJECT = "An update that you asked for"
MOST_TOLD = 40  # changes in one message; the page has all
#: Files of the site that are not of the register.
_OWN = frozenset(
    [
        "about",
        "alarms",
        "breaks",
        "changes",
        "charts",
        "comparison",
        "corrections",
        "editions",
        "figures",
        "findings",
        "lines",
        "measures",
        "published",
        "quarters",
        "released",
        "releases",
        "replies",
        "rules",
        "sight",
        "sizes",
        "sources",
    ]
)


@dataclass(frozen=True, slots=True)
class Change:
    """One row of ``changes.csv``, and the topics that it belongs to."""

    id: str
    on: dt.date
    what: str
    was: str
    now: str
    page: str
    topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Told:
    """Contents of a site: title and publisher, changes, oldest first, and the titles of measures."""

    title: str
    publisher: str
    contact: str
    changes: tuple[Change, ...]
    measures: Mapping[str, str]


def read_changes(site: Path) -> Told:
    """Return what changed on a site. Raises ``ScorecardError`` where it is none."""
    if not (site / "data" / f"{NAME}.csv").is_file():
        raise ScorecardError(
            f"There is no data/{NAME}.csv.",
            file=site.name,
            remedy="Name the folder that `lamplighter scorecard build --since` wrote.",
        )
    tables = {path.stem: _rows(path) for path in sorted((site / "data").glob("*.csv"))}
    about = {key: row["words"] for key, row in tables["about"].items()}
    changes = [_change(row, tables) for row in tables[NAME].values() if not _only_time(row)]
    return Told(
        about["title"],
        about["publisher"],
        about["contact"],
        tuple(sorted(changes, key=lambda c: c.on)),
        {key: row["title"] for key, row in tables["measures"].items()},
    )


def _rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def _only_time(row: Mapping[str, str]) -> bool:
    """Tell whether nothing changed but the day: how long a recommendation has been due grows by itself."""
    return Path(row["file"]).stem not in _OWN and row["column"].startswith("days")


def _shown(value: str) -> str:
    """Return a figure as a page shows it."""
    if not re.fullmatch(r"-?\d+(?:\.\d+)?", value):
        return value
    return number(float(value), 1 if "." in value else 0).replace("\u2009", ",")


def _change(row: Mapping[str, str], tables: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Change:
    stem = Path(row["file"]).stem
    held = tables.get(stem, {}).get(row["row"], {})
    topics = {EVERYTHING}
    if stem not in _OWN:
        topics.add(REGISTER)
    force = held.get("force", "") or (row["row"] if stem == "replies" else "")
    if not force and row["page"].startswith("forces/"):
        force = Path(row["page"]).stem
    if force:
        topics.add(COUNTRY if force == "all" else f"{FORCE}{force}")
    measure = held.get("measure", "") or (row["row"] if stem == "measures" else "")
    if measure:
        topics.add(f"{MEASURE}{measure}")
    return Change(
        row["id"],
        dt.date.fromisoformat(row["on"]),
        row["what"],
        _shown(row["was"]),
        _shown(row["now"]),
        row["page"],
        frozenset(topics),
    )


def topic_words(topic: str, told: Told) -> str:
    """Return what a topic is called."""
    if topic.startswith(FORCE):
        return code_set("forces").codes[topic.removeprefix(FORCE)].title
    if topic.startswith(MEASURE):
        name = topic.removeprefix(MEASURE)
        return told.measures.get(name, name)
    return {
        EVERYTHING: "everything on the site",
        COUNTRY: "England and Wales together",
        REGISTER: "the register of recommendations",
    }[topic]


def letter(topic: str, changes: Sequence[Change], told: Told, post: Post) -> str:
    """Return the text of one message, of the changes of one topic."""
    site = post.site.rstrip("/")
    one = len(changes) == 1
    lines = [
        f"{told.title}",
        "",
        f"You asked to be told when something changes about: {topic_words(topic, told)}.",
        "One thing has changed." if one else f"{len(changes)} things have changed.",
        "",
    ]
    for place, change in enumerate(changes[:MOST_TOLD], 1):
        was = f"It was {change.was}. " if change.was else ""
        now = f"It is {change.now}." if change.now else "It is no longer given."
        lines += [
            f"{place}. {change.what}",
            f"   {was}{now} Since {day(change.on)}.".replace("\u00a0", " "),
            f"   {site}/{change.page}",
            "",
        ]
    if len(changes) > MOST_TOLD:
        lines += [f"And {len(changes) - MOST_TOLD} more, which are on the page below.", ""]
    lines += [
        "A change says that a figure is another, and not why.",
        f"All changes: {site}/changes.html",
        f"To report an error: {told.contact}",
        "",
        "-- ",
        f"This was sent because this address was given to {told.publisher} to be told of changes.",
        f"To stop these messages, write STOP to {post.stop}, or reply with the word STOP.",
        "The address is used for nothing else and is given to nobody. Nobody is told whether you read this.",
    ]
    return "\n".join(lines) + "\n"
