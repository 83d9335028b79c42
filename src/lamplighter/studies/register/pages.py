"""Draw the register's pages: the country's page of silence, one a recommendation, one a force.

Fragments of HTML for a site that somebody else frames. Every number is a cell of ``tables`` and says which,
every date says its day, and all text of files is escaped. Nothing is put in an order of merit.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from lamplighter.reporting.words import day, number
from lamplighter.studies.register.entries import Claim, Evidence, Recommendation, Register, Source, known
from lamplighter.studies.register.loading import load
from lamplighter.studies.register.schema import CLAIMS, FINDINGS, NOT_HELD
from lamplighter.studies.register.tables import (
    CLAIMS as CLAIM_ROWS,
)
from lamplighter.studies.register.tables import (
    EVIDENCE as EVIDENCE_ROWS,
)
from lamplighter.studies.register.tables import (
    FORCE_GROUP,
    FORCES,
    PARTS,
    QUOTED,
    RECOMMENDATIONS,
    RULES,
    SILENCE,
    SOURCES,
    STANDINGS,
    Row,
    Slot,
    Tables,
    cell_key,
    tables,
)
from lamplighter.studies.register.verdicts import MEANINGS, NO_RESPONSE, STATUSES, WORDS

_MONTHS = tuple(f"{dt.date(2026, month, 1):%B}" for month in range(1, 13))
_FIGURE = re.compile(
    rf"(?P<d>\d{{1,2}})[ \u00a0](?P<m>{'|'.join(_MONTHS)})[ \u00a0](?P<y>\d{{4}})"
    rf"|(?P<mm>{'|'.join(_MONTHS)})[ \u00a0](?P<my>\d{{4}})"
    r"|(?P<year>\b(?:19|20)\d{2}\b)|(?P<n>\d+(?:\.\d+)*)"
)


@dataclass(frozen=True)
class Page:
    """One page: its path, its title, what stands in its body, and tables that belong to the site."""

    path: str
    title: str
    body: str
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)


def site_pages(register: Register | Path, as_at: dt.date) -> list[Page]:
    """Return every page of a register, or of the folder of one, as at a day. The first has all tables."""
    register = load(register) if isinstance(register, Path) else register
    found = tables(register, as_at)
    write = _Writer(register, found, as_at)
    first = Page("register/index.html", "What was asked, and what is known of it", write.country())
    rest = [
        *(
            Page(f"register/{one.id}.html", one.title, write.recommendation(one))
            for one in register.held(as_at)
        ),
        *(
            Page(f"register/forces/{f}.html", f"{register.title(f)}: what was asked of it", write.force(f))
            for f in found.forces
        ),
    ]
    return [dataclasses.replace(first, tables={**found.rows, QUOTED: list(write.quoted.values())}), *rest]


@dataclass(frozen=True)
class _Writer:
    register: Register
    tables: Tables
    as_at: dt.date
    quoted: dict[str, Row] = field(default_factory=dict)

    def cell(self, table: str, key: str, column: str) -> str:
        """Return the number of a cell, with the cell that it is."""
        value = self.tables.row(table, key)[column]
        shown = number(value) if isinstance(value, int) else str(value)
        return f'<data value="{value}" data-cell="data/{table}.csv#{escape(key)}/{column}">{shown}</data>'

    def text(self, table: str, key: str, column: str) -> str:
        """Return the text of a cell. A number in it is a row of the quoted ones; a date says its day."""
        return self._figures(str(self.tables.row(table, key)[column]), table, key, column)

    def _figures(self, words: str, table: str, key: str, column: str) -> str:
        numbers = itertools.count(1)

        def figure(found: re.Match[str]) -> str:
            whole = escape(found[0])
            if found["n"]:
                name = f"{key}--{column}--{next(numbers)}"
                self.quoted[name] = {"id": name, "value": whole, "table": table, "row": key, "column": column}
                return f'<data value="{whole}" data-cell="data/{QUOTED}.csv#{name}/value">{whole}</data>'
            if found["d"]:
                month = _MONTHS.index(found["m"]) + 1
                return f'<time datetime="{found["y"]}-{month:02}-{int(found["d"]):02}">{whole}</time>'
            if found["mm"]:
                return f'<time datetime="{found["my"]}-{_MONTHS.index(found["mm"]) + 1:02}">{whole}</time>'
            return f'<time datetime="{whole}">{whole}</time>'

        parts, at = [], 0
        for found in _FIGURE.finditer(words):
            parts += [escape(words[at : found.start()]), figure(found)]
            at = found.end()
        return "".join([*parts, escape(words[at:])])

    def country(self) -> str:
        def n(key: str) -> str:
            return self.cell(SILENCE, key, "count")

        rest = " and ".join(
            f"{n(key)} {words}"
            for key, words in (
                ("claimed_done", "are said to be done"),
                ("accepted", "are accepted"),
            )
        )
        return _blocks(
            "<h1>What was asked, and what is known of it</h1>",
            f"<p>As known on {_time(self.as_at)}. {n('forces')} police forces were each asked to do "
            f"{n('each')} things about stalking: {n('cells')} answers. For {n(NO_RESPONSE)} of them this "
            f"register holds no public evidence at all. Of the rest, {rest}. "
            f"Evidence has judged {n('judged')}.</p>",
            "<p><strong>No public evidence is not the same as nothing done.</strong> Forces have no national "
            f"duty to publish progress. Of {n('forces')} forces, the own pages of {n('unread_forces')} have "
            f"not been read for this register, and those of {n('whole_forces')} were read whole.</p>",
            "<h2>What is held of forces</h2>",
            self._statuses(),
            *(self._publication(s) for s in self.register.publications(self.as_at)),
            "<h2>Forces, by name</h2>",
            self._forces(),
            "<h2>How a status is found</h2>",
            "<p>Nobody writes a status down. It is worked out, as at any day, from what had been entered by "
            "that day. A body’s word makes it “said to be done”. Only evidence published after a rule "
            "was written makes it “shown to be done”, or says that it is not. A due date is never written "
            "over: a later date is an entry of its own.</p>",
        )

    def _statuses(self) -> str:
        rows = [
            (_th(escape(WORDS[s])), _td(self.cell(SILENCE, s, "count")), _td(escape(MEANINGS[s])))
            for s in STATUSES
        ]
        return _table(
            "Answers asked of police forces, by status", ("Status", "Answers", "What it means"), rows
        )

    def _publication(self, source: Source) -> str:
        def n(column: str) -> str:
            return self.cell(SOURCES, source.id, column)

        held = [r for r in self.register.held(self.as_at) if r.source == source.id]
        told = [r for r in held if r.says_something]
        rows = [
            (
                _th(f'<a href="{one.id}.html">{self.text(RECOMMENDATIONS, one.id, "title")}</a>'),
                _td(self._number(one)),
                _td(escape(self._to(one))),
                _td(_time(one.due) if one.due else "Not held"),
                _td(self._in_short(one)),
            )
            for one in told
        ]
        silent = ", ".join(
            f'<a href="{one.id}.html">{self._number(one)}</a>' for one in held if not one.says_something
        )
        title = self.text(SOURCES, source.id, "title")
        return _blocks(
            f"<h2>{title}</h2>",
            f"<p>{escape(source.publisher)}, {_time(source.published)}: "
            f"{n('recommendations')} recommendations. The exact words of {n('words_held')} are held. "
            f"What is asked is known, in our words, of {n('known_by_number')} by number and "
            f"{n('known_without_number')} without one. "
            # Each link says which publication it leads to, so that they can be told apart in a list of links.
            f"{_link(source.address, f'Read it: {_plain(source.title)}')}.</p>",
            f"<p>{self.text(SOURCES, source.id, 'held')}</p>",
            _table(
                f"{title}: recommendations of which something is known",
                ("Recommendation", "Number", "To", "First due date", "Status"),
                rows,
            )
            if rows
            else "<p>Nothing is held of any of them.</p>",
            f"<p>Of these nothing is held but their number: {silent}.</p>" if silent else "",
        )

    def _number(self, one: Recommendation) -> str:
        return self.text(RECOMMENDATIONS, one.id, "number") if one.numbered else "Not held"

    def _to(self, one: Recommendation) -> str:
        return "; ".join(self.register.title(t) for t in one.to) or "Not held"

    def _in_short(self, one: Recommendation) -> str:
        bodies = self.register.asked(one, self.as_at)
        if not bodies:
            return "For whom it is, is not held"
        if len(bodies) == 1:
            return escape(WORDS[self.tables.standings[one.id, bodies[0]].status])
        row = self.tables.row(RECOMMENDATIONS, one.id)
        return "; ".join(
            f"{escape(WORDS[s])}: {self.cell(RECOMMENDATIONS, one.id, s)}" for s in STATUSES if row[s]
        )

    def _forces(self) -> str:
        rows = [
            (
                f'<th scope="row"><a href="forces/{f}.html">{escape(self.register.title(f))}</a></th>',
                _td(self.cell(FORCES, f, "asked")),
                _td(self.cell(FORCES, f, NO_RESPONSE)),
                _td(escape(str(self.tables.row(FORCES, f)["its_own_pages"]).capitalize())),
            )
            for f in self.tables.forces
        ]
        heads = ("Force", "Asked", WORDS[NO_RESPONSE], "Its own pages, for this register")
        return _table("Forces, by name", heads, rows)

    def recommendation(self, one: Recommendation) -> str:
        source = self.register.sources[one.source]
        key = one.id
        facts = [
            ("Publication", f"{escape(source.title)}, {_time(source.published)}"),
            ("Number", self._number(one)),
            ("Addressed to", escape(self._to(one))),
            ("First due date", self._due(one)),
            ("Page", self.text(RECOMMENDATIONS, key, "page") if one.page else "Not held"),
        ]
        words = (
            f"<blockquote><p>{self.text(RECOMMENDATIONS, key, 'words')}</p></blockquote>"
            if one.words_held
            else "<p>Text not held. Nobody here has read the publication, and no words are made up.</p>"
        )
        asks = (
            f"<p>{self.text(RECOMMENDATIONS, key, 'asks')}</p>" if one.asks else f"<p>{_cap(NOT_HELD)}.</p>"
        )
        read = [f"<li>{_link(a, a)}</li>" for a in one.read_at]
        return _blocks(
            f"<h1>{self.text(RECOMMENDATIONS, key, 'title')}</h1>",
            '<p><a href="index.html">All recommendations</a></p>',
            _facts(facts),
            "<h2>Its exact words</h2>",
            words,
            "<h2>What it asks, in our words</h2>",
            asks,
            self._parts(one),
            f"<p>{self.text(RECOMMENDATIONS, key, 'note')}</p>" if one.note else "",
            "<h2>What would show that it was done</h2>",
            self._rules(one),
            "<h2>What was said</h2>",
            self._claims(one),
            "<h2>What the evidence shows</h2>",
            self._evidence(one),
            f"<h2>How it stands on {_time(self.as_at)}</h2>",
            self._verdicts(one),
            "<h2>Where it was read</h2>",
            f"<ul>{''.join(read)}</ul>",
            "<h2>What changed on this page</h2>",
            self._history(one),
        )

    def _due(self, one: Recommendation) -> str:
        if one.due is None:
            return "Not held"
        since = self.cell(RECOMMENDATIONS, one.id, "days_since_due")
        gone = f", {since} days ago" if one.due < self.as_at else ""
        return f"{_time(one.due)}{gone} ({_link(one.due_source, 'source')})"

    def _parts(self, one: Recommendation) -> str:
        rows = [
            (
                _th(self.text(PARTS, f"{one.id}--{p.number}", "number")),
                _td(self.text(PARTS, f"{one.id}--{p.number}", "asks")),
                _td(_cap(escape(p.words))),
            )
            for p in one.parts
        ]
        return (
            _table("Its parts", ("Part", "What it asks, in our words", "Exact words"), rows) if rows else ""
        )

    def _rules(self, one: Recommendation) -> str:
        if not (rules := [r for r in one.rules if r.written <= self.as_at]):
            why = self.text(RECOMMENDATIONS, one.id, "no_rule") if one.no_rule else ""
            why = why or "None can be written before its words are held."
            return f"<p>There is no rule of a verdict. {why}</p>"
        return _blocks(
            "<p>A rule judges only what is published after it was written.</p>",
            "<ul>"
            + "".join(
                f"<li>Written on {_time(r.written)} by {escape(r.by)}: "
                f"{self.text(RULES, f'{one.id}--{r.id}', 'text')}{self._bound(one, r.id)}</li>"
                for r in rules
            )
            + "</ul>",
        )

    def _bound(self, one: Recommendation, name: str) -> str:
        rule = one.rule(name)
        if not rule.measure:
            return ""
        which = "at_least" if rule.at_least is not None else "at_most"
        value = self.cell(RULES, f"{one.id}--{name}", which)
        measure = self.text(RULES, f"{one.id}--{name}", "measure")
        return f" Measure: {measure}, {which.replace('_', ' ')} {value}, with its whole interval."

    def _claims(self, one: Recommendation) -> str:
        claims = [c for c in one.claims if known(c, self.as_at)]
        if not claims:
            return "<p>Nothing that anybody said about it is held.</p>"
        return f"<ul>{''.join(self._claim(one, c) for c in claims)}</ul>"

    def _claim(self, one: Recommendation, c: Claim) -> str:
        of = "" if c.own else f", of {escape(self.register.title(c.about))},"
        when = f"no later than {_time(c.on)}" if c.by_then else f"on {_time(c.on)}"
        later = f" The later date: {_time(c.new_date)}." if c.new_date else ""
        not_own = "" if c.own else " It counts for nobody: a body answers for itself."
        return (
            f"<li><strong>{escape(self.register.title(c.by))}</strong>{of} {escape(CLAIMS[c.kind])}, {when}. "
            f"{self.text(CLAIM_ROWS, f'{one.id}--{c.number}', 'text')}{later}{not_own} "
            f"{_link(c.link, f'What {self.register.title(c.by)} says')}, entered on {_time(c.recorded)}.</li>"
        )

    def _evidence(self, one: Recommendation) -> str:
        evidence = [e for e in one.evidence if known(e, self.as_at)]
        if not evidence:
            return "<p>No evidence is held.</p>"
        return f"<ul>{''.join(self._one_evidence(one, e) for e in evidence)}</ul>"

    def _one_evidence(self, one: Recommendation, e: Evidence) -> str:
        key = f"{one.id}--{e.number}"
        told = (
            f" {self.text(EVIDENCE_ROWS, key, 'measure')}: {self.cell(EVIDENCE_ROWS, key, 'value')}"
            if e.value is not None
            else ""
        )
        if e.low is not None:
            low, high = (self.cell(EVIDENCE_ROWS, key, c) for c in ("low", "high"))
            told += f" (interval {low} to {high})"
        period = f" From {_time(e.first)} to {_time(e.last)}." if e.first and e.last else ""
        found = f" The rule was {FINDINGS[e.found]}." if e.found else ""
        judged = "" if e.rule else " It was there before the rule, or has none: it judges nothing."
        return (
            f"<li><strong>{escape(self.register.title(e.about))}</strong>, published on {_time(e.published)}."
            f"{told}{'.' if told else ''}{period}{found} {self.text(EVIDENCE_ROWS, key, 'text')}{judged} "
            f"{_link(e.link, f'Evidence about {self.register.title(e.about)}')}.</li>"
        )

    def _verdicts(self, one: Recommendation) -> str:
        bodies = self.register.asked(one, self.as_at)
        if not bodies:
            return "<p>It is not held for whom it is, so nobody’s answer can be told.</p>"
        rows = [self._verdict(one.id, b, self._body(b), "") for b in bodies]
        heads = ("Who", "Status", "Slipped", "Its own pages")
        return _table("How it stands, by name", heads, rows)

    def _body(self, body: str) -> str:
        name = escape(self.register.title(body))
        return f'<a href="forces/{body}.html">{name}</a>' if body in self.tables.forces else name

    def _verdict(self, slot: str, body: str, head: str, number_: str) -> tuple[str, ...]:
        row = self.tables.row(STANDINGS, cell_key(slot, body))
        slipped = row["days_slipped"]
        days = (
            f"{self.cell(STANDINGS, cell_key(slot, body), 'days_slipped')} days. "
            if slipped is not None
            else ""
        )
        since = row["since"]
        when = f", since {_time(since)}" if isinstance(since, dt.date) else ""
        return (
            f'<th scope="row">{head}</th>',
            *((_td(number_),) if number_ else ()),
            _td(f"{escape(str(row['words']))}{when}"),
            _td(f"{days}{escape(str(row['slip']))}"),
            *(() if number_ else (_td(escape(str(row["its_own_pages"]).capitalize())),)),
        )

    def _history(self, one: Recommendation) -> str:
        entries = [
            f"<li>{_time(c.on)}: "
            f"{self._figures(c.what, RECOMMENDATIONS, one.id, f'history-{number_}')} ({escape(c.by)})</li>"
            for number_, c in enumerate(one.upkeep.changes, 1)
            if c.on <= self.as_at
        ]
        late = " Its review is overdue." if one.upkeep.overdue(self.as_at) else ""
        return (
            f"<ul>{''.join(entries)}</ul><p>Written by {escape(one.upkeep.author)}. "
            f"{escape(one.upkeep.checker)}. To be reviewed by {_time(one.upkeep.next_review)}.{late}</p>"
        )

    def force(self, force: str) -> str:
        def n(column: str) -> str:
            return self.cell(FORCES, force, column)

        row = self.tables.row(FORCES, force)
        read = {
            "not read": "Its own pages have not been read for this register.",
            "read in part": "A part of its own pages was read for this register.",
            "read whole": "Its own pages were read whole for this register.",
        }[str(row["its_own_pages"])]
        return _blocks(
            f"<h1>{escape(self.register.title(force))}: what was asked of it</h1>",
            '<p><a href="../index.html">All forces and recommendations</a></p>',
            f"<p>As known on {_time(self.as_at)}. The chief constable was asked {n('asked')} things. For "
            f"{n(NO_RESPONSE)} of them no public evidence is held of what the force said or did. {read} It "
            "may have answered where nobody here has looked.</p>",
            self._of_all_forces(),
            *(self._asked(force, s) for s in self.register.publications(self.as_at)),
            self._said_by(force),
            self._looked(force),
            "<h2>Something is missing or wrong</h2>",
            "<p>A force can send the address of a public page that answers a recommendation. It is entered "
            "with its day and its address, and counts from then.</p>",
        )

    def _of_all_forces(self) -> str:
        """Return what somebody said of all forces together: it says nothing of any one of them."""
        said = [
            self._claim(one, c)
            for one in self.register.held(self.as_at)
            for c in one.claims
            if c.about == FORCE_GROUP and known(c, self.as_at)
        ]
        return f"<h2>Said of all forces together</h2><ul>{''.join(said)}</ul>" if said else ""

    def _asked(self, force: str, source: Source) -> str:
        slots = [s for s in self.tables.slots if s.source.id == source.id]
        if not slots:
            return ""
        rows = [self._verdict(s.key, force, self._slot(s), self._slot_number(s)) for s in slots]
        title = self.text(SOURCES, source.id, "title")
        return f"<h2>{title}</h2>" + _table(
            "What chief constables were asked", ("Recommendation", "Number", "Status", "Slipped"), rows
        )

    def _slot(self, slot: Slot) -> str:
        if slot.of is None:
            return "Not identified: its words are not held"
        title = self.text(RECOMMENDATIONS, slot.of.id, "title")
        return f'<a href="../{slot.of.id}.html">{title}</a>'

    def _slot_number(self, slot: Slot) -> str:
        return self._number(slot.of) if slot.of is not None else "Not held"

    def _said_by(self, force: str) -> str:
        said = [
            f'<li><a href="../{one.id}.html">{self.text(RECOMMENDATIONS, one.id, "title")}</a>'
            f"<ul>{''.join(self._claim(one, c) for c in claims)}</ul></li>"
            for one in self.register.held(self.as_at)
            if (claims := [c for c in one.claims if c.by == force and known(c, self.as_at)])
        ]
        told = f"<ul>{''.join(said)}</ul>" if said else "<p>Nothing that the force said is held.</p>"
        return f"<h2>What the force said</h2>{told}"

    def _looked(self, force: str) -> str:
        seen = [
            (s, x)
            for s in self.register.publications(self.as_at)
            for x in self.register.looked(s.id, force, self.as_at)
        ]
        if not seen:
            return "<h2>What was read</h2><p>Nothing that the force publishes was read for this register.</p>"
        entries = [
            f"<li>{_time(x.on)}: {self._figures(x.found, FORCES, force, f'read-{number_}')} "
            f"{_link(x.address, 'The page')}.</li>"
            for number_, (_, x) in enumerate(seen, 1)
        ]
        return f"<h2>What was read</h2><ul>{''.join(entries)}</ul>"


def _blocks(*parts: str) -> str:
    return "\n".join(p for p in parts if p)


def _time(on: dt.date) -> str:
    return f'<time datetime="{on}">{day(on)}</time>'


def _plain(words: str) -> str:
    """Return words without what stands in brackets and without figures, for the text of a link."""
    return " ".join(re.sub(r"\([^)]*\)|\d+", " ", words).split()).strip(" ,")


def _link(address: str, words: str) -> str:
    """Return a link out of the site; an address that is its own words keeps its digits inside the link."""
    shown = re.sub(r"https?://(www\.)?", "", words).split("/")[0] if words == address else words
    return f'<a href="{escape(address)}">{escape(shown)}</a>'


def _cap(words: str) -> str:
    return words[:1].upper() + words[1:]


def _th(words: str) -> str:
    return f'<th scope="row">{words}</th>'


def _td(words: str) -> str:
    return f"<td>{words}</td>"


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{told}</dd>" for name, told in facts) + "</dl>"


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    head = f"<caption>{caption}</caption><thead><tr>{top}</tr></thead>"
    # A wide table is moved on its own, also by keyboard, so that the page never is.
    label = re.sub("<[^>]+>", "", caption)
    label = "Table" if re.search(r"\d", label) else label  # every number is a cell, also one read aloud
    region = f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">'
    return f"{region}<table>{head}<tbody>{body}</tbody></table></div>"
