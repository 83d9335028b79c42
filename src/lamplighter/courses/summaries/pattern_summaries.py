"""Every pattern of a result as a person reads it: one sentence, then who, when, what, and why.

The sentences are those of the hub's pages (:mod:`lamplighter.courses.summaries.sentences`). How to reach
somebody safely is no part of any of it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from lamplighter.courses.results import CourseResult
from lamplighter.courses.summaries import labels, sentences
from lamplighter.linkage.explain import explanations, naming
from lamplighter.linkage.results import LinkResult
from lamplighter.records.schema import Bundle
from lamplighter.reporting.patterns_page import Account, Joined, Occasion, Party, Pattern, Same
from lamplighter.reporting.words import NOT_SHOWN, count, day, listed, sentence, when
from lamplighter.vocabulary.codes import code_set

Row = dict[str, Any]
VICTIM, SUSPECT = "Victim", "Suspect"
_STALKING = "stalking"
_LEAST_AGAINST = -0.5  # bits; anything nearer to nought speaks against nothing
_MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Agencies:
    """Return the names of agencies and their kinds (such as "police"), by code."""

    titles: Mapping[str, str]
    kinds: Mapping[str, str]

    @staticmethod
    def known(more: Mapping[str, tuple[str, str]] | None = None) -> Agencies:
        """Return those of the code set, and ``more`` with title and kind, where a mapping gives them."""
        codes = code_set("agencies").codes.values()
        titles = {c.code: c.title for c in codes}
        kinds = {c.code: str(c.extra.get("kind", "")) for c in codes}
        for code, (title, kind) in (more or {}).items():
            if title:
                titles[code] = title
            if kind:
                kinds[code] = kind
        return Agencies(titles, kinds)

    def title(self, code: str) -> str:
        return self.titles.get(code, code)


class _Link(NamedTuple):
    """A linked pair of records, with its row."""

    left_record: str
    right_record: str
    match_weight: float
    row: Row


@dataclass(frozen=True, slots=True)
class _Material:
    """Everything about the reports of patterns, by report, by record and by person."""

    reports: dict[str, Row]
    people: dict[str, list[Row]]
    included: frozenset[str]
    links: dict[str, list[_Link]]
    agencies: Agencies


def summaries(
    bundle: Bundle, linked: LinkResult, found: CourseResult, agencies: Agencies
) -> Iterator[Pattern]:
    """Yield every pattern, those flagged as possible stalking first, each in the order of the list.

    ``found`` and ``linked`` are results on ``bundle``.
    """
    courses = found.courses.filter(pl.col("kind") == "pattern").sort(
        ["flagged", "urgency_rank"], descending=[True, False], maintain_order=True
    )
    ids = courses["course_id"].implode()
    occasions: dict[str, list[Row]] = defaultdict(list)
    for row in found.occasions.filter(pl.col("course_id").is_in(ids)).iter_rows(named=True):
        occasions[row["course_id"]].append(row)
    findings: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in found.findings.filter(pl.col("course_id").is_in(ids)).iter_rows(named=True):
        findings[row["course_id"]][row["rule_id"]] = row
    material = _material(bundle, linked, occasions, agencies)
    for number, course in enumerate(courses.iter_rows(named=True), 1):
        key = course["course_id"]
        yield _pattern(number, course, occasions[key], findings[key], material)


def _material(
    bundle: Bundle, linked: LinkResult, occasions: Mapping[str, Sequence[Row]], agencies: Agencies
) -> _Material:
    wanted = pl.Series([r["report_id"] for rows in occasions.values() for r in rows], dtype=pl.String)
    wanted = wanted.unique().implode()
    reports = bundle["reports"].filter(pl.col("report_id").is_in(wanted))
    people = (
        bundle["people"]
        .filter(pl.col("report_id").is_in(wanted))
        .drop("raw", "match_tokens")
        .join(linked.persons, on="record_id", how="left", maintain_order="left")
    )
    by_report: dict[str, list[Row]] = defaultdict(list)
    for row in people.iter_rows(named=True):
        by_report[row["report_id"]].append(row)
    included = bundle["offences"].filter(
        pl.col("report_id").is_in(wanted) & (pl.col("offence_group") == _STALKING)
    )
    return _Material(
        {r["report_id"]: r for r in reports.drop("raw").iter_rows(named=True)},
        by_report,
        frozenset(included["report_id"]),
        _links(linked, people),
        agencies,
    )


def _links(linked: LinkResult, people: pl.DataFrame) -> dict[str, list[_Link]]:
    """The links among records of one person in these reports, by person."""
    person = people.select("record_id", "person_id")
    pairs = (
        linked.pairs.filter(pl.col("band") == "linked")
        .join(person, left_on="left_record", right_on="record_id")
        .join(person, left_on="right_record", right_on="record_id", suffix="_right")
        .filter(pl.col("person_id") == pl.col("person_id_right"))
    )
    found: dict[str, list[_Link]] = defaultdict(list)
    for row in pairs.iter_rows(named=True):
        link = _Link(row["left_record"], row["right_record"], row["match_weight"], row)
        found[row["person_id"]].append(link)
    return found


def _pattern(
    number: int, course: Row, accounts: Sequence[Row], findings: Mapping[str, Row], m: _Material
) -> Pattern:
    reports = {a["report_id"]: m.reports[a["report_id"]] for a in accounts}
    rows = sorted(
        (p for r in reports for p in m.people.get(r, ())),
        key=lambda p: (str(m.reports[p["report_id"]]["reported_at"] or ""), p["record_id"]),
    )
    victim = [p for p in rows if p["person_id"] == course["victim_person"]]
    suspect = [p for p in rows if course["suspect_person"] and p["person_id"] == course["suspect_person"]]
    victim_name, suspect_name = naming.called(victim), _suspect_called(suspect)
    forward = [a["at"] for a in accounts if a["at"] and not a["reversed"]]
    held = sentences.in_time(reports.values())
    never, by_police, stalking = _recorded_as_stalking(held, m)
    relationship = course["relationship"]
    return Pattern(
        number=number,
        reference=course["course_id"],
        title=sentence(f"{victim_name} and {suspect_name}").rstrip("."),
        sentence=sentences.of_pattern(held, victim_name, suspect_name, forward, m.agencies.kinds, m.included),
        flagged=course["flagged"],
        reading=labels.reading_title(course["reading"]),
        reasons=tuple(course["reading_reasons"]),
        stalking=stalking,
        never=never,
        never_by_police=not by_police,
        parties=(
            _party(VICTIM, victim, ""),
            _party(SUSPECT, suspect, code_set("relationships").title(relationship) if relationship else ""),
        ),
        relationship=code_set("relationships").title(relationship) if relationship else "",
        weigh=_found(findings, labels.FIRST, m),
        four=tuple(_four(findings, rule) for rule in labels.FOUR),
        also=_found(findings, [r for r in findings if _elsewhere_said(r)], m),
        occasions=tuple(_occasions(accounts, course, m)),
        same=tuple(_same(VICTIM, victim, m)) + tuple(_same(SUSPECT, suspect, m)),
        reports=len(reports),
        first=course["first_at"].date() if course["first_at"] else None,
        last=course["last_at"].date() if course["last_at"] else None,
        agencies=tuple(dict.fromkeys(m.agencies.title(r["agency"]) for r in held)),
        references=tuple(f"{r['source_ref']} ({m.agencies.title(r['agency'])})" for r in held),
        recorded_as=sentences.recorded_as(held),
    )


def _suspect_called(rows: Sequence[Row]) -> str:
    return naming.called(rows) if rows else "somebody not yet identified"


def _elsewhere_said(rule: str) -> bool:
    """Whether a rule is none of the four signs, of those to weigh first, or of the letters of the law."""
    told = {*labels.FOUR, *labels.FIRST, "course.occasions", "hidden"}
    return rule not in told and not rule.startswith("limb.")


def _found(findings: Mapping[str, Row], rules: Sequence[str], m: _Material) -> tuple[tuple[str, str], ...]:
    met = [findings[r] for r in rules if r in findings and findings[r]["met"]]
    return tuple((f["title"], labels.in_names(f["words"], m.agencies.title)) for f in met)


def _four(findings: Mapping[str, Row], rule: str) -> tuple[str, bool, str]:
    finding = findings.get(rule)
    if finding is None:
        return rule.split(".")[1].capitalize(), False, NOT_SHOWN
    return finding["title"], finding["met"], finding["words"]


def _recorded_as_stalking(reports: Sequence[Mapping[str, Any]], m: _Material) -> tuple[bool, bool, str]:
    """Whether nobody recorded stalking, whether a police force did, and a sentence by agency.

    A helpline writes down what a caller says; that is no crime record, so forces are told apart from others.
    """
    every, said = Counter[str](), Counter[str]()
    for r in reports:
        every[r["agency"]] += 1
        said[r["agency"]] += r["recorded_as"] == _STALKING or r["report_id"] in m.included
    police = [a for a in every if m.agencies.kinds.get(a) == "police"]
    by_police = any(said[a] for a in police)
    if not said.total():
        return True, False, "No agency recorded any of these reports as stalking."
    told = [f"by {m.agencies.title(a)} in {said[a]} of {count(every[a], 'report')}" for a in every if said[a]]
    words = f"Recorded as stalking {listed(told)}."
    silent = [m.agencies.title(a) for a in police if not said[a]]
    if police and not by_police:
        words += " No police force recorded stalking."
    elif silent:
        words += f" Not by {listed(silent, 'or')}."
    return False, by_police, words


def _party(role: str, rows: Sequence[Row], relationship: str) -> Party:
    if not rows:
        return Party(role, "Not identified", ())
    born = list(dict.fromkeys(day(r["birth_date"]) for r in rows if r.get("birth_date")))
    also = naming.also_called(rows)
    described = naming.described(rows)
    facts = [
        relationship,
        f"Born {listed(born, 'or')}" + (", as recorded" if len(born) > 1 else "") if born else "",
        f"Also recorded as {listed([f'“{n}”' for n in also[:_MOST_NAMES]])}" if also else "",
        f"Described as {described}" if described else "",
        f"{count(len(rows), 'record')} in these reports",
    ]
    return Party(role, naming.heading(rows), tuple(f for f in facts if f))


def _occasions(accounts: Sequence[Row], course: Row, m: _Material) -> Iterator[Occasion]:
    numbered: dict[int, list[Row]] = defaultdict(list)
    for a in accounts:
        numbered[a["occasion_no"]].append(a)
    for number, told in numbered.items():
        first = told[0]
        yield Occasion(
            number=number,
            when=_when(first, m.reports[first["report_id"]]),
            at=first["at"].date() if first["at"] else None,
            acts=labels.acts(list(dict.fromkeys(x for a in told for x in a["acts"]))),
            channel=labels.channels(list(dict.fromkeys(c for a in told for c in a["channels"]))),
            accounts=tuple(_account(a, course, m) for a in told),
            why_here=labels.attribution(first["attribution"], first["reason"]),
            turned=first["reversed"],
        )


def _when(occasion: Row, report: Row) -> str:
    if occasion["precision"] == "not_known" and report["reported_at"]:
        return f"Date not known; reported on {day(report['reported_at'])}"
    return when(occasion["at"], occasion["until"], occasion["precision"])


def _account(a: Row, course: Row, m: _Material) -> Account:
    report = m.reports[a["report_id"]]
    here = m.people.get(a["report_id"], [])
    return Account(
        report_id=a["report_id"],
        recorded_as=sentences.offence(report["recorded_as"]),
        as_stalking=report["recorded_as"] == _STALKING or a["report_id"] in m.included,
        agency=m.agencies.title(report["agency"]),
        reference=report["source_ref"] or "",
        reported=report["reported_at"].date() if report["reported_at"] else None,
        words=report["summary"] or "",
        impact=report["impact"] or "",
        victim_as_named=_as_named([p for p in here if p["person_id"] == course["victim_person"]]),
        suspect_as_named=_as_named([p for p in here if p["person_id"] == course["suspect_person"]]),
    )


def _as_named(rows: Sequence[Row]) -> str:
    names = [naming.heading([r]) for r in rows]
    return "; ".join(dict.fromkeys(n for n in names if n != "Not identified")) or "Not named"


def _same(who: str, rows: Sequence[Row], m: _Material) -> Iterator[Same]:
    """Why the records of one of the two are one person. Nothing is said of a single record."""
    by_id = {r["record_id"]: r for r in rows}
    if not rows:
        yield Same(who, (), "Nobody is identified. Each report says above why it is here.")
        return
    if len(by_id) < 2:
        yield Same(who, (), "There is one record, so nothing had to be joined.")
        return
    chosen = explanations.backbone(m.links.get(rows[0]["person_id"], []), list(by_id))
    lines = []
    for link in chosen:
        left, right = (_place(by_id[r], m) for r in (link.left_record, link.right_record))
        between = f"Two records in {left}" if left == right else f"{left} and {right}"
        lines.append(_joined(between, link.row))
    note = (
        ""
        if len(lines) == len(by_id) - 1
        else "The other records are joined by way of records in reports that are not in this pattern."
    )
    yield Same(who, tuple(lines), note)


def _joined(between: str, row: Row) -> Joined:
    if row["levels"] is None:
        return Joined(between, "the reasons were not kept, because there are too many pairs.", "", _sure(row))
    worst = explanations.strongest_against(row)
    against = (
        f"Strongest point against: {_lower(explanations.said_once(worst))}."
        if worst and worst.weight <= _LEAST_AGAINST
        else "Nothing recorded contradicts this."
    )
    return Joined(between, _lower(explanations.sentence(row)), against, _sure(row))


def _lower(text: str) -> str:
    """With a small first letter, unless the word is an abbreviation: 'PNC id differs' stays."""
    return text[:1].lower() + text[1:] if not text[1:2].isupper() else text


def _sure(row: Row) -> str:
    """How sure the linkage is, rounded down: nothing is ever said to be more likely than it is held to be."""
    share = math.floor(1000 * float(row["probability"])) / 10
    if share >= 99.9:
        return "How sure: more than 99.9%."
    return f"How sure: {share:.1f}%." if share >= 99 else f"How sure: {math.floor(share)}%."


def _place(row: Row, m: _Material) -> str:
    report = m.reports[row["report_id"]]
    return f"{report['source_ref']} ({m.agencies.title(report['agency'])})"
