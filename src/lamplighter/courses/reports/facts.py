"""One report as the rules of this room see it: who, when, what was done, and the words behind it.

Built from a bundle and the persons that linkage found; nothing here decides
what belongs together.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypedDict

import polars as pl

from lamplighter.courses.coding import coder
from lamplighter.courses.coding.acts import Act, acts_of, corrected
from lamplighter.courses.coding.corrections import Correction, Key
from lamplighter.courses.coding.learned import NOTHING, Learned
from lamplighter.courses.results import Row
from lamplighter.courses.rules import span_of
from lamplighter.records.schema import Bundle
from lamplighter.vocabulary.codes import code_set

Rows: TypeAlias = Mapping[str, Sequence[Row]]

# Fields any one of which says who somebody is, or could lead to them.
IDENTIFYING = (
    "surname", "forenames", "nicknames", "birth_date", "phones", "emails", "handles", "vehicles",
    "pnc_id", "cro", "match_tokens",
)  # fmt: skip
CONTACT_FIELDS = ("phones", "emails", "handles", "vehicles")
_PHONE_IN_TEXT = re.compile(r"(?<!\d)(?:\+?44|0)\s?\(?\d(?:[\s()-]?\d){8,10}(?!\d)")
# What is taken is not given back ("++"): letters, digits and an underscore are read in linear time.
_HANDLE_IN_TEXT = re.compile(
    r"@[\w.]{3,}|\b[a-z]++[._]?[a-z]*+[._]?\d{2,}+[a-z]*+\d*+\b|\b[a-z]++[._][a-z]++[\w.]*\b"
)

# One of these stands in every account name: most words need not be looked at.
_MARK_OF_HANDLE = re.compile(r"[@\d_]|\.\w")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody as one report has them. ``person_id`` is the person linkage found."""

    record_id: str
    person_id: str
    role: str
    relationship: str | None
    named: bool
    identified: bool
    full: bool
    names: frozenset[str]
    contacts: frozenset[str]
    surname: str = ""
    postcode: str = ""
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One occasion of one report."""

    report_id: str
    occasion_seq: int
    at: dt.datetime | None
    until: dt.datetime | None
    precision: str
    acts: tuple[Act, ...]
    postcode: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One report. ``others`` are in it neither as victim nor as suspect: who saw it, or who reported it."""

    report_id: str
    source: str
    agency: str
    source_ref: str
    reported_at: dt.datetime | None
    recorded_as: str | None
    included: tuple[str, ...]
    summary: str
    impact: str
    domestic_abuse: bool | None
    outcome: str | None
    postcode: str | None
    refs: tuple[str, ...]
    victims: tuple[Party, ...]
    suspects: tuple[Party, ...]
    others: tuple[Party, ...]
    moments: tuple[Moment, ...]
    cues: frozenset[str]
    contacts_in_text: frozenset[str]
    names_in_text: frozenset[str] = field(default_factory=frozenset)
    record_type: str | None = None

    @property
    def acts(self) -> tuple[Act, ...]:
        return tuple(a for m in self.moments for a in m.acts)

    @property
    def says_stalking(self) -> bool:
        """Tell whether the police recorded stalking: what a helpline writes down is no crime record."""
        called = self.recorded_as == "stalking" or "stalking" in self.included
        return called and by_police(self.agency, self.record_type)

    @property
    def at(self) -> dt.datetime | None:
        return min((m.at for m in self.moments if m.at), default=self.reported_at)


def by_police(agency: str, record_type: str | None = None, kinds: Mapping[str, str] | None = None) -> bool:
    """Return whether a report is a police record: unless it is a contact, or known to be another service's.

    ``kinds``: kind by agency code, where more agencies are known than the code set lists.
    """
    if record_type == "contact":
        return False
    listed = code_set("agencies").codes.get(agency)
    kind = (kinds or {}).get(agency) or str(listed.extra.get("kind", "") if listed else "")
    return kind in {"", "police"}


def facts(
    bundle: Bundle,
    persons: pl.DataFrame,
    corrections: Mapping[Key, tuple[Correction, ...]] | None = None,
    learned: Learned = NOTHING,
) -> dict[str, Fact]:
    """Every report of the bundle as a :class:`Fact`, by report id, in order of id.

    Args:
        bundle: the five tables (``lamplighter.records.schema``).
        persons: columns record_id, person_id. A record it does not hold is a person of its own.
        corrections: from :func:`lamplighter.courses.coding.corrections.newest`.
        learned: what the installation learned, of the day on which the words are read.
    """
    people = bundle["people"].join(
        persons.select("record_id", "person_id").unique("record_id"), on="record_id", how="left"
    )
    offences = bundle["offences"].select("report_id", "offence_seq", "classification", "offence_group")
    return _facts(
        bundle["reports"].sort("report_id").iter_rows(named=True),
        offences.sort("report_id", "offence_seq").iter_rows(named=True),
        bundle["occasions"].sort("report_id", "occasion_seq").iter_rows(named=True),
        people.sort("record_id").iter_rows(named=True),
        corrections or {},
        learned,
    )


def facts_of(
    rows: Rows,
    person_of: Mapping[str, str],
    corrections: Mapping[Key, tuple[Correction, ...]],
    learned: Learned = NOTHING,
) -> dict[str, Fact]:
    """:func:`facts` of a few reports as plain rows.

    Args:
        rows: reports, offences, occasions and people.
        person_of: person by record id. A record it does not hold is a person of its own.
        corrections: from :func:`lamplighter.courses.coding.corrections.newest`.
        learned: as for :func:`facts`.
    """
    return _facts(
        sorted(rows["reports"], key=lambda r: str(r["report_id"])),
        sorted(rows["offences"], key=lambda r: (r["report_id"], r["offence_seq"])),
        sorted(rows["occasions"], key=lambda r: (r["report_id"], r["occasion_seq"])),
        (
            row | {"person_id": person_of.get(row["record_id"])}
            for row in sorted(rows["people"], key=lambda r: str(r["record_id"]))
        ),
        corrections,
        learned,
    )


def _facts(
    reports: Iterable[Row],
    offences: Iterable[Row],
    occasions: Iterable[Row],
    people: Iterable[Row],
    corrections: Mapping[Key, tuple[Correction, ...]],
    learned: Learned,
) -> dict[str, Fact]:
    """Rows in the order of their keys; ``people`` come with their person."""
    parties: dict[str, list[Party]] = defaultdict(list)
    for row in people:
        parties[row["report_id"]].append(_party(row))
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in offences:
        if row["offence_group"]:
            groups[row["report_id"]].append((row["classification"], row["offence_group"]))
    moments: dict[str, list[Row]] = defaultdict(list)
    for row in occasions:
        moments[row["report_id"]].append(row)
    return {
        (of := row["report_id"]): _fact(row, parties[of], groups[of], moments[of], corrections, learned)
        for row in reports
    }


def _party(row: Mapping[str, Any]) -> Party:
    names = {
        w.lower() for key in ("forenames", "surname") for w in re.findall(r"[^\W\d_]{2,}", row[key] or "")
    }
    names |= {w.lower() for n in row["nicknames"] or () for w in re.findall(r"[^\W\d_]{2,}", n)}
    contacts = {c for key in CONTACT_FIELDS for c in row[key] or () if c}
    return Party(
        record_id=row["record_id"],
        person_id=row["person_id"] or f"record:{row['record_id']}",
        role=row["role"],
        relationship=row["relationship"],
        named=bool(names),
        identified=any(row[key] for key in IDENTIFYING),
        full=bool(row["surname"] and row["forenames"]),
        names=frozenset(names),
        contacts=frozenset(contacts),
        surname=(row["surname"] or "").lower(),
        postcode=(row["postcode"] or "").upper(),
        sex=row["sex"] if row["sex"] in ("male", "female") else "",
    )


class Called(TypedDict):
    """Hold by what the words of a report may call its two parties; see ``coding.coder.code``."""

    victim_words: frozenset[str]
    suspect_words: frozenset[str]
    sexes: tuple[str, str]


def called(victims: Iterable[Party], suspects: Iterable[Party]) -> Called:
    """Return the names, and the one sex, of the victims of a report and of its suspects."""
    names, sexes = [], []
    for side in (list(victims), list(suspects)):
        names.append(frozenset(n for p in side for n in p.names))
        told = {p.sex for p in side}
        sexes.append(told.pop() if len(told) == 1 else "")
    return {"victim_words": names[0], "suspect_words": names[1] - names[0], "sexes": (sexes[0], sexes[1])}


def _fact(
    row: Mapping[str, Any],
    parties: Iterable[Party],
    offences: list[tuple[str, str]],
    occasions: list[Row],
    corrections: Mapping[Key, tuple[Correction, ...]],
    learned: Learned,
) -> Fact:
    victims = tuple(p for p in parties if p.role == "victim")
    suspects = tuple(p for p in parties if p.role == "suspect")
    others = tuple(p for p in parties if p.role not in {"victim", "suspect"})
    recorded = row["recorded_as"] or next((g for k, g in offences if k == "principal"), None)
    included = tuple(dict.fromkeys(g for k, g in offences if k != "principal" and g != recorded))
    summary, impact = row["summary"] or "", row["impact"] or ""
    names = called(victims, suspects)
    reading = coder.read(summary, **names, learned=learned)
    cues = set(reading.cue_names()) | {c.cue for c in coder.read(impact).cues}
    if not occasions:
        occasions = [{"occasion_seq": 1, "started_at": None, "ended_at": None, "date_precision": None}]
    moments = []
    for occasion in occasions:
        own = reading
        if occasion.get("narrative"):
            own = coder.read(occasion["narrative"], **names, learned=learned)
            cues |= own.cue_names()
        acts = acts_of(own, occasion, cues, {recorded, *included})
        key = (row["report_id"], int(occasion["occasion_seq"]))
        acts = corrected(acts, corrections.get(key, ()))
        at = _when(occasion["started_at"], occasion["ended_at"], row["reported_at"])
        moments.append(
            Moment(
                report_id=row["report_id"],
                occasion_seq=key[1],
                at=at or row["reported_at"],
                until=occasion["ended_at"],
                precision=(occasion["date_precision"] or "not_known") if at else "not_known",
                acts=acts,
                postcode=occasion.get("place_postcode") or row["location_postcode"],
            )
        )
    words = summary.lower()
    return Fact(
        report_id=row["report_id"],
        source=row["source"],
        agency=row["agency"],
        source_ref=row["source_ref"],
        reported_at=row["reported_at"],
        recorded_as=recorded,
        included=included,
        summary=summary,
        impact=impact,
        domestic_abuse=row["domestic_abuse"],
        outcome=row["outcome"],
        postcode=row["location_postcode"],
        refs=tuple(row["related_refs"] or ()),
        victims=victims,
        suspects=suspects,
        others=others,
        moments=tuple(moments),
        cues=frozenset(cues),
        contacts_in_text=contacts_in(words),
        names_in_text=frozenset(re.findall(r"[^\W\d_]{3,}", words)),
        record_type=row.get("record_type"),
    )


def _when(
    start: dt.datetime | None, end: dt.datetime | None, reported: dt.datetime | None
) -> dt.datetime | None:
    """The time by which an occasion takes its place: its start, or its end when the window is too long to
    mean it."""
    if start is None or end is None or end - start <= span_of("joining.window"):
        return start
    return end if reported is None or end <= reported + dt.timedelta(days=1) else start


def contacts_in(text: str) -> frozenset[str]:
    """Telephone numbers ('+44...') and account names (bare, lower case) that a text mentions."""
    phones = {
        "+44" + re.sub(r"\D", "", m).removeprefix("44").removeprefix("0")
        for m in _PHONE_IN_TEXT.findall(text)
    }
    marked = " ".join(w for w in text.lower().split() if _MARK_OF_HANDLE.search(w))
    handles = {m.lstrip("@") for m in _HANDLE_IN_TEXT.findall(marked)}
    return frozenset(phones | handles)
