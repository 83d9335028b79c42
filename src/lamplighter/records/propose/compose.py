"""From a sample and a person's choices to a mapping: the parts of its TOML, as plain data.

What a column means is turned into fields and transforms by the rules below, one function a group of fields.
The mapping says all of it in full, so that a later release reads it as this one does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lamplighter.records.mapping.mappings import NULLS, plain_code
from lamplighter.records.propose.choices import Choices, Key, rows_are, used_tables
from lamplighter.records.propose.codes import BY_TITLE, YES_NO, words_table
from lamplighter.records.propose.columns.headings import whose_of
from lamplighter.records.propose.columns.looks import SPLIT, Values
from lamplighter.records.propose.columns.meanings import LEFT_OUT, NOT_USED, meanings
from lamplighter.records.propose.proposal import Proposal
from lamplighter.records.propose.questions import DAY
from lamplighter.records.propose.sample import Table

Body = dict[str, Any]
Row = dict[str, Any]
_SHAPES = {
    "date": r"(?i)^\d{1,4}[/.-]\d|^\d{8}$|^\d{1,2}(st|nd|rd|th)? ?-?[a-z]{3}",
    "email": "@",
    "postcode": r"(?i)^[a-z]{1,2}\d",
    "yes_no": "(?i)^(y|n|yes|no|true|false|t|f|1|0|u|unknown)$",
    "pnc": "/",
    "phone": r"^\+?\(?\d",
    "sex": r"(?i)^([mfuxoin]|male|female|man|woman|unknown|not known|not stated|other|non.?binary|\d)$",
    "ethnicity": "^[A-Z][0-9A-Z]?$",
}
_SHAPED = {
    "reported_at": "date",
    "happened_from": "date",
    "happened_to": "date",
    "emails": "email",
    "place_postcode": "postcode",
    "postcode": "postcode",
    "domestic_abuse": "yes_no",
    "marker": "yes_no",
    "pnc_id": "pnc",
    "birth_date": "date",
    "phones": "phone",
    "sex": "sex",
    "ethnicity": "ethnicity",
}
"""Meanings whose values have one shape, and which. By it a shifted line is told from a good one."""
_NEARLY_ALL = 0.98
_TIMES = {
    "reported_at": "reported_time",
    "happened_from": "happened_from_time",
    "happened_to": "happened_to_time",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Hold whose system it is: the mapping's name, the system's name in words, the agency's code and kind,
    and what the agency is called."""

    name: str
    title: str
    agency: str
    kind: str
    agency_title: str = ""


class NotComposableError(ValueError):
    """The choices are no mapping; the text says what to change. Pages ask ``choices.problems`` first."""


def compose(
    proposal: Proposal, choices: Choices, source: Source, since: dt.date | None = None, note: str = ""
) -> Body:
    """Return the parts of a mapping as plain data, for :func:`.written.mapping_toml`.

    Raises:
        NotComposableError: something is missing that only a person can say.
    """
    return _Composer(proposal, choices, source, since, note).body()


class _Composer:
    def __init__(
        self, proposal: Proposal, choices: Choices, source: Source, since: dt.date | None, note: str
    ) -> None:
        self.proposal, self.choices, self.source = proposal, choices, source
        self.since, self.note = since, note
        self.json = proposal.tables[0].json
        self.nested = any(t.level for t in proposal.tables)
        self.rows_are = rows_are(proposal, choices)
        self.maps: dict[str, dict[str, str]] = {}
        self.tables = used_tables(proposal, choices)
        self.joined: dict[str, list[Row]] = {t.name: [] for t in self.tables}
        self.names = self._file_names()
        self.aliases = self._aliases()
        self._values: dict[Key, Values] = {}

    def body(self) -> Body:
        if not self.choices.having("report_reference"):
            raise NotComposableError("No column is the report's own reference.")
        groups = self._groups()
        body: Body = {
            "source": {
                "name": self.source.name,
                "agency": self.source.agency,
                **({"agency_title": self.source.agency_title} if self.source.agency_title else {}),
                "agency_kind": self.source.kind,
                "title": self.source.title,
                "format": "json_lines" if self.json else "delimited",
                **({"from": self.since} if self.since else {}),
                **({"note": self.note} if self.note else {}),
                **({"nulls": [*NULLS, *self.choices.nulls]} if self.choices.nulls else {}),
            },
            "columns": self._columns_said(),
            **self._layout(),
            "files": [self._file(t) for t in self.tables if not t.level],
        }
        if neighbours := self._neighbours():
            body["key_from"] = {"neighbours": " ".join(neighbours)}
        if self.json:
            body["json"] = self._json()
        for table, rows in groups.items():
            if table != "parties" and rows:
                body[table] = {"fields": rows}
        if groups["parties"]:
            body["parties"] = groups["parties"]
        if self.maps:
            body["maps"] = self.maps
        return body

    # Files ------------------------------------------------------------------------

    def _file_names(self) -> dict[str, str]:
        """What each table of the sample is called in the mapping."""
        plain = [t for t in self.tables if not t.level]
        if len(plain) == 1:
            return {plain[0].name: "contacts" if self.json else "rows"}
        main = self._main()
        names = {main: "reports"}
        persons = [t.name for t in plain if t.name != main]
        names_people = [
            n for n in persons if self._has(n, "surname", "whole_name", "forenames", "birth_date")
        ]
        people = (names_people or persons)[-1]
        names[people] = "people"
        for name in persons:
            names.setdefault(name, "links")
        if len(set(names.values())) < len(names):
            raise NotComposableError("There are more files than reports, people and what links them.")
        return names

    def _has(self, table: str, *wanted: str) -> bool:
        return any(t == table and m in wanted for (t, _), (m, _) in self.choices.columns.items())

    def _main(self) -> str:
        def weight(name: str) -> int:
            own = [m for (t, _), (m, _) in self.choices.columns.items() if t == name]
            return sum(meanings()[m].of == "report" and not m.endswith("reference") for m in own)

        return max((t.name for t in self.tables if not t.level), key=weight)

    def _person_table(self) -> str | None:
        """Return the table of its own that people are in, or ``None``."""
        return next((t for t, name in self.names.items() if name == "people"), None)

    def _link_table(self) -> str | None:
        return next((t for t, name in self.names.items() if name == "links"), None)

    def _aliases(self) -> dict[str, dict[str, str]]:
        """Columns of the people's file by another name, where the links' file has one that is called so; and
        the column that joins the two by one name in both."""
        links, people = self._link_table(), self._person_table()
        if links is None or people is None:
            return {}
        left, right = self._join_column(links), self._join_column(people)
        ours = set(self.proposal.table(links).columns)
        taken = {c: f"PERSON_{c}" for c in self.proposal.table(people).columns if c in ours and c != right}
        return {people: taken | ({right: left} if right != left else {})}

    def _join_column(self, table: str) -> str:
        found = [c for t, c in self.choices.having("person_reference") if t == table]
        if not found:
            raise NotComposableError("No column joins the people to the reports.")
        return found[0]

    def _column(self, key: Key) -> str:
        """Return a column by the name that the mapping has for it."""
        return self.aliases.get(key[0], {}).get(key[1], key[1])

    def _layout(self) -> Body:
        people, links = self._person_table(), self._link_table()
        if people is None:
            return {}
        rows = {"reports": "reports", "people": "links" if links else "people"}
        join = {"to": "links", "other": "people", "on": self._column((people, self._join_column(people)))}
        return {"rows": rows} | ({"joins": [join]} if links else {})

    def _columns_said(self) -> Body:
        """What each column means, by the mapping's names: what a person reads first, and the page again."""
        said: dict[str, dict[str, str]] = {}
        for table in self.tables:
            name = table.level or self.names[table.name]
            for column in table.columns:
                meaning, whose = self.choices.columns.get((table.name, column), (NOT_USED, ""))
                told = f"{whose}: {meaning}" if whose else meaning
                said.setdefault(name, {})[self._column((table.name, column))] = told
        return said

    def _file(self, table: Table) -> Body:
        name = self.names[table.name]
        own = {c: self._column((table.name, c)) for c in table.columns}
        report = next((own[c] for t, c in self.choices.having("report_reference") if t == table.name), None)
        row = self._row_reference(table)
        spec: Body = {"name": name, "pattern": f"(?i){name}"}
        if not self.json:
            spec |= {"encoding": table.encoding, "delimiter": table.delimiter, "quote": '"'}
            if table.above and not table.sheet:
                spec["above"] = table.above
            spec["columns"] = list(own.values())
            spec["required"] = self._required(table, report, row)
        if report is not None:
            spec["report"] = report
        if row is not None:
            spec["row"] = row
        if shape := self._row_shape(table):
            spec["row_shape"] = shape
        last = table.columns[-1]
        if not self.json and self.choices.meaning(table.name, last) == "summary":
            spec["free_text"] = own[last]
        for option, meaning in (("safe", "safe_contact"), ("left_out", LEFT_OUT)):
            columns = [own[c] for c in table.columns if self.choices.meaning(table.name, c) == meaning]
            if columns:
                spec[option] = columns
        if self.aliases.get(table.name):
            spec["aliases"] = self.aliases[table.name]
        if shapes := ({} if self.json else self._shapes(table)):
            spec["shapes"] = shapes
        if self.joined[table.name]:
            spec["joined"] = self.joined[table.name]
        return spec

    def _row_reference(self, table: Table) -> str | None:
        """Return the column of a row's own reference, or that of the people or reports that have a row
        each.
        """
        found = [c for t, c in self.choices.having("row_reference") if t == table.name]
        if found:
            return self._column((table.name, found[0]))
        if self.nested:
            own = self._named("person_reference")
            return own[0] if own else None
        if self._link_table() is not None and self.names[table.name] == "people":
            return self._column((table.name, self._join_column(table.name)))
        if self._person_table() is not None and self.names[table.name] == "reports":
            return next(c for t, c in self.choices.having("report_reference") if t == table.name)
        return None

    def _required(self, table: Table, report: str | None, row: str | None) -> list[str]:
        role = [self._column(k) for k in self.choices.having("role") if k[0] == table.name]
        return list(dict.fromkeys(c for c in (report, row, *role) if c is not None))

    def _row_shape(self, table: Table) -> str | None:
        """How a row begins, where it begins with a reference that always has one form."""
        first = table.columns[0]
        if self.json or not self.choices.meaning(table.name, first).endswith("_reference"):
            return None
        values = self._of((table.name, first)).texts
        kinds = values.str.replace_all(r"\d+", "9").str.replace_all(r"[A-Za-z]+", "A").value_counts(sort=True)
        if not len(values) or int(kinds["count"][0]) < _NEARLY_ALL * len(values):
            return None
        form = str(kinds.to_series(0)[0])
        if not any(c in form for c in "/-.") and "A9" not in form:
            return None
        parts = {"9": r"\d+", "A": "[A-Za-z]+"}
        return "".join(parts.get(c, "\\" + c if c in ".-+()[]" else c) for c in form)

    def _shapes(self, table: Table) -> dict[str, str]:
        found = {}
        for column in table.columns:
            shape = _SHAPES.get(_SHAPED.get(self.choices.meaning(table.name, column), ""))
            if shape is None:
                continue
            texts = self._of((table.name, column)).texts
            if len(texts) >= 10 and int(texts.str.contains(shape).sum()) >= _NEARLY_ALL * len(texts):
                found[self._column((table.name, column))] = shape
        return found

    def _neighbours(self) -> list[str]:
        """Columns in which the rows of one report agree, so that a row that lost its reference finds its
        report. Only where the account of what happened is among them: less could fit another report."""
        if self.json or self.rows_are != "people" or self._person_table() is not None:
            return []
        own = [(k, m) for k, (m, _) in self.choices.columns.items() if meanings()[m].of == "report"]
        columns = [self._column(k) for k, m in own if not m.endswith("reference")]
        return columns if any(m == "summary" for _, m in own) and not any(" " in c for c in columns) else []

    def _json(self) -> Body:
        levels = [t for t in self.proposal.tables if t.level]
        main = next(t for t in self.tables if not t.level)
        body: Body = {}
        safe = {c for t in levels for c in t.columns if self.choices.meaning(t.name, c) == "safe_contact"}
        keys = [
            p.removeprefix("$.").split(".")[0]
            for t in levels
            for c, p in zip(t.columns, t.paths, strict=True)
            if c in safe
        ]
        if keys:
            body["restricted"] = list(dict.fromkeys(keys))
        body["restricted_words"] = ["safe"]
        body["report"] = dict(zip(main.columns, main.paths, strict=True))
        if levels:
            body["person"] = {
                c: p
                for t in levels
                for c, p in zip(t.columns, t.paths, strict=True)
                if c not in safe and self.choices.meaning(t.name, c) != LEFT_OUT
            }
            body["people"] = [
                {
                    "path": t.level,
                    **({"many": True} if t.many else {}),
                    **(
                        {}
                        if self._has(t.name, "role")
                        else {"role": self._answer(f"level:{t.level}", t.level)}
                    ),
                }
                for t in levels
            ]
        return body

    def _answer(self, key: str, what: str) -> str:
        try:
            return self.choices.answers[key]
        except KeyError:
            raise NotComposableError(f"Nobody said who stands under “{what}”.") from None

    # Fields -----------------------------------------------------------------------

    def _groups(self) -> dict[str, list[Row]]:
        parties = [] if self.nested else self.choices.people()
        own = self._people_fields("") if self.nested or self.rows_are != "parties" else []
        return {
            "reports": self._report_fields(),
            "offences": self._offence_fields(),
            "occasions": self._occasion_fields(),
            "people": own,
            "parties": self._parties(parties),
        }

    def _parties(self, keys: list[str]) -> list[Row]:
        found = []
        suspect = next((k for k in keys if whose_of(k).role == "suspect"), None)
        related = self.choices.having("relationship")
        if related and suspect is None and self.rows_are == "parties":
            # All that is known of a suspect may be how they know the victim.
            keys, suspect = [*keys, "suspect"], "suspect"
        for key in keys:
            fields = self._people_fields(key, related=key == suspect and self.rows_are == "parties")
            found.append({"name": key.replace("_", "-"), "role": whose_of(key).role, "fields": fields})
        return found

    def _named(self, meaning: str, whose: str = "") -> list[str]:
        """Return the columns of a meaning, each once, by the mapping's names."""
        return list(dict.fromkeys(map(self._column, self.choices.having(meaning, whose))))

    def _of(self, key: Key) -> Values:
        if key not in self._values:
            self._values[key] = Values.of(self.proposal.table(key[0]).rows[key[1]])
        return self._values[key]

    def _dated(self, meaning: str) -> list[str]:
        """Return the column of a date, put together with that of its time where it has one."""
        keys = self.choices.having(meaning)
        if not keys:
            return []
        times = [k for k in self.choices.having(_TIMES[meaning]) if k[0] == keys[0][0]]
        return [self._join(keys[0][0], [keys[0], times[0]], " ")] if times else [self._column(keys[0])]

    def _join(self, table: str, keys: list[Key], sep: str) -> str:
        columns = [self._column(k) for k in keys]
        name = " + ".join(columns)
        if all(j["name"] != name for j in self.joined[table]):
            self.joined[table].append({"name": name, "from": columns, "with": sep})
        return name

    def _day_first(self, *meanings_of: str) -> Row:
        """``day_first`` where the sample proves, or a person said, that the month comes first."""
        for meaning in meanings_of:
            for key, (m, _) in self.choices.columns.items():
                if m != meaning or (dates := self._of(key).dates) is None:
                    continue
                if dates.day_first is not None:
                    return {} if dates.day_first else {"day_first": False}
                if dates.ambiguous and self.choices.answers.get("day_first", DAY) != DAY:
                    return {"day_first": False}
        return {}

    def _report_fields(self) -> list[Row]:
        rows: list[Row] = []
        if told := self._dated("reported_at"):
            rows.append(field("reported_at", told, "datetime", **self._day_first("reported_at")))
        rows.append(self._record_type())
        for name, into in (("report_channel", "report_channel"), ("made_by", "made_by")):
            for column in self._named(name)[:1]:
                rows.append(self._coded(into, name, column, otherwise="not_known"))
        if summary := self._named("summary"):
            rows.append(_text("summary", summary, "\n"))
        if impact := self._named("impact"):
            rows.append(_text("impact", impact, "\n"))
        for column in self._named("domestic_abuse")[:1]:
            rows.append(field("domestic_abuse", column, "yes_no", **self._yes_no("domestic_abuse", column)))
        rows += [field("flags", c, "words", split=r"[\s;,|~]+") for c in self._named("flags")]
        rows += [
            field("domestic_abuse", c, "flag_in", flag=key.removeprefix("da_flag:"))
            for key, answer in self.choices.answers.items()
            for c in self._named("flags")
            if key.startswith("da_flag:") and answer == "yes"
        ]
        rows += [
            field("flags", c, "marker", flag=self._marker_word(c), **self._yes_no("marker", c))
            for c in self._named("marker")
        ]
        for column in self._named("outcome")[:1]:
            rows.append(self._coded("outcome", "outcome", column))
        if places := self._named("place_text"):
            rows.append(_text("location_text", places, ", "))
        rows += [field("location_postcode", c, "postcode") for c in self._named("place_postcode")[:1]]
        rows += [field("related_refs", c, "references_or_text") for c in self._named("other_reference")]
        rows += [field("related_refs", c, "references_in") for c in summary]
        return rows

    def _marker_word(self, column: str) -> str:
        return column.replace("_", " ").strip().lower()

    def _record_type(self) -> Row:
        for column in self._named("record_type")[:1]:
            return self._coded("record_type", "record_type", column, otherwise=self._usual_type())
        kind_of = [*self._named("offence_title"), *self._named("offence_code")][:1]
        if self.source.kind != "police" or not kind_of:
            return field("record_type", None, "constant", value=self._usual_type())
        return self._by_offence(kind_of[0])

    def _usual_type(self) -> str:
        return "crime" if self.source.kind == "police" else "contact"

    def _by_offence(self, column: str) -> Row:
        """Whether it is a crime, by what it is recorded as."""
        codes = self._table_of("offence_title", column) or self._table_of("offence_code", column)
        kinds = {w: "non_crime" if c.startswith("nc_") else "crime" for w, c in codes.items() if c}
        options: Row = {}
        if kinds:
            options["map"] = self._put("record_type", kinds)
        return field(
            "record_type", column, "code", **options, words="kind_of_offence", when_empty=self._usual_type()
        )

    def _offence_fields(self) -> list[Row]:
        titles, codes = self._named("offence_title")[:1], self._named("offence_code")[:1]
        rows: list[Row] = []
        if titles or codes:
            source = [*codes, *titles]
            tables, by = [], []
            for at, (name, column) in enumerate(
                [*(("offence_code", c) for c in codes), *(("offence_title", c) for c in titles)]
            ):
                if table := self._table_of(name, column):
                    tables.append(self._put(name, table))
                    by.append(at)
            options: Row = {"map": tables, "by": by} if tables else {}
            rows.append(
                field(
                    "_principal",
                    source,
                    "code",
                    **options,
                    words=words_table("offence_title", self.source.kind),
                    words_on=len(source) - 1,
                    otherwise=self._other_offence(),
                )
            )
        rows += [field("raw_code", c) for c in codes] + [field("raw_title", c) for c in titles]
        for column in self._named("offence_included")[:1]:
            options = {}
            if table := self._table_of("offence_included", column):
                options = {"map": self._put("offence_included", table)}
            words = words_table("offence_included", self.source.kind)
            rows.append(
                field(
                    "_included",
                    column,
                    "words",
                    split=SPLIT,
                    **options,
                    words=words,
                    otherwise=self._other_offence(),
                )
            )
        return rows

    def _other_offence(self) -> str:
        return "other" if self.source.kind == "police" else "contact_other"

    def _occasion_fields(self) -> list[Row]:
        rows: list[Row] = []
        if when := [*self._dated("happened_from"), *self._dated("happened_to")]:
            order = self._day_first("happened_from", "happened_to")
            rows.append(field(["started_at", "ended_at", "date_precision"], when, "span", **order))
        if places := self._named("place_text"):
            rows.append(_text("place_text", places, ", "))
        rows += [field("place_postcode", c, "postcode") for c in self._named("place_postcode")[:1]]
        for column in self._named("behaviours")[:1]:
            rows.append(self._coded("behaviours", "behaviours", column, do="codes", split=SPLIT))
            rows.append(field("behaviours_raw", column, "words", split=SPLIT))
        for column in self._named("occasion_channel")[:1]:
            rows.append(self._coded("channel", "occasion_channel", column, otherwise="not_known"))
        return rows

    def _people_fields(self, whose: str, *, related: bool | None = None) -> list[Row]:
        rows: list[Row] = []
        if not whose:
            rows += self._role()
        for column in (
            self._named("relationship")[:1] if related is not False and (related or not whose) else []
        ):
            rows.append(self._coded("relationship", "relationship", column))
            rows.append(field("relationship_raw", column))
        rows += self._name_fields(whose)
        rows += self._birth(whose)
        for name in ("sex", "ethnicity"):
            for column in self._named(name, whose)[:1]:
                rest: Row = {"otherwise": "not_known"} if name == "sex" else {}
                rows.append(self._coded(name, name, column, **rest))
        for name in ("phones", "emails", "handles"):
            if columns := self._named(name, whose):
                rows.append(field(name, columns, name))
        rows += [field(["phones", "emails"], c, "contacts") for c in self._named("contact", whose)]
        rows += self._home(whose)
        if cars := self.choices.having("vehicles", whose):
            column = self._column(cars[0]) if len(cars) == 1 else self._join(cars[0][0], cars, " ")
            rows.append(field(["vehicles", "vehicle_descriptions"], column, "vehicles"))
        rows += [field("pnc_id", c, "pnc_id") for c in self._named("pnc_id", whose)[:1]]
        rows += [field("cro", c, "cro") for c in self._named("cro", whose)[:1]]
        rows += [field("source_person_ref", c, "upper") for c in self._named("person_reference", whose)[:1]]
        return rows

    def _role(self) -> list[Row]:
        for column in self._named("role")[:1]:
            rest: Row = {"otherwise": "involved", "when_empty": "involved", "missing": True}
            return [self._coded("role", "role", column, **rest)]
        if self.nested:
            return []
        said = self.choices.answers.get("people")
        if said is None and self._person_table() is None and not self.choices.people():
            raise NotComposableError("Nobody said which part the people in the rows play.")
        return [field("role", None, "constant", value=said or "involved")]

    def _name_fields(self, whose: str) -> list[Row]:
        surname, given = self._named("surname", whose)[:1], self._named("forenames", whose)
        parts = ["surname", "forenames", "descriptor"]
        rows: list[Row] = []
        if surname or given:
            only = {} if surname else {"given_only": True}
            rows.append(field(parts, [*surname, *given], "names", **only))
        whole = self._named("whole_name", whose)
        order = {"surname_first": True} if self.choices.answers.get("surname_first") == "yes" else {}
        rows += [field(parts, c, "whole_name", **order) for c in whole[:1]]
        if nick := self._named("nicknames", whose):
            rows.append(field("nicknames", nick, "nicknames"))
        if told := [*surname, *given, *whole]:
            rows.append(field("nicknames", told, "other_names"))
        return rows

    def _birth(self, whose: str) -> list[Row]:
        born, aged = self.choices.having("birth_date", whose)[:1], self.choices.having("age", whose)[:1]
        if not (born or aged):
            return []
        options: Row = self._birth_form(born[0]) if born else {}
        source = [self._column(k) for k in (*born, *aged)]
        return [field(["birth_date", "age_from", "age_to"], source, "birth_or_age", **options)]

    def _birth_form(self, key: Key) -> Row:
        """Return the form that nearly all dates of birth have; one in another form is read with a warning."""
        values, dates = self._of(key), self._of(key).dates
        options: Row = {}
        if dates is not None and dates.day_first is False:
            options["day_first"] = False
        elif dates is not None and dates.day_first is None and dates.ambiguous:
            options = {} if self.choices.answers.get("day_first", DAY) == DAY else {"day_first": False}
        for form in (r"^\s*\d{1,2}/\d{1,2}/\d{4}", r"^\s*\d{4}-\d{2}-\d{2}", r"^\s*\d{1,2}-\d{1,2}-\d{4}"):
            if len(values) >= 10 and int(values.texts.str.contains(form).sum()) >= 0.9 * len(values):
                return options | {"form": form}
        return options

    def _home(self, whose: str) -> list[Row]:
        rows: list[Row] = []
        lines, towns = self._named("address", whose), self._named("town", whose)[:1]
        if lines:
            rows.append(_text("address_text", [*lines, *towns], ", "))
        if towns:
            rows.append(field("town", towns, "text"))
        elif len(lines) == 1:
            rows.append(field("town", lines, "last_part"))
        rows += [field("postcode", c, "postcode") for c in self._named("postcode", whose)[:1]]
        rows += [field("uprn", c, "text") for c in self._named("uprn", whose)[:1]]
        return rows

    # Codes ------------------------------------------------------------------------

    def _table_of(self, meaning: str, column: str) -> dict[str, str]:
        """Return the code table of a column, by the words of the sample."""
        found: dict[str, str] = {}
        for key, (m, _) in self.choices.columns.items():
            if m == meaning and self._column(key) == column:
                found |= {w: c for w, c in self.choices.codes.get(key, {}).items() if c != BY_TITLE}
        return found

    def _put(self, meaning: str, table: dict[str, str]) -> str:
        """Add a code table and return its name; columns whose tables do not contradict share one."""
        names = [meaning, *(f"{meaning}_{n}" for n in range(2, 50))]
        name = next(n for n in names if _agree(self.maps.get(n, {}), table))
        self.maps.setdefault(name, {}).update(table)
        return name

    def _coded(self, into: str, meaning: str, column: str, *, do: str = "code", **rest: Any) -> Row:
        options: Row = {}
        if table := self._table_of(meaning, column):
            options["map"] = self._put(meaning, table)
        return field(into, column, do, **options, words=words_table(meaning, self.source.kind), **rest)

    def _yes_no(self, meaning: str, column: str) -> Row:
        assert meaning in YES_NO
        table = self._table_of(meaning, column)
        return {"map": self._put(meaning, table)} if table else {}


def _agree(one: dict[str, str], two: dict[str, str]) -> bool:
    """Whether no word has a code in one table and another in the other."""
    plain = {plain_code(w): c for w, c in one.items()}
    return all(plain.get(plain_code(w), c) == c for w, c in two.items())


def field(into: str | list[str], source: str | list[str] | None, do: str = "text", **options: Any) -> Row:
    """One line of a table of fields: what goes in, what comes out, and by which transform."""
    row: Row = {"into": into}
    if source is not None:
        row["from"] = source[0] if isinstance(source, list) and len(source) == 1 else source
    return row | {"do": do} | {k: v for k, v in options.items() if v is not None}


def _text(into: str, columns: list[str], sep: str) -> Row:
    if len(columns) == 1:
        return field(into, columns, "text")
    return field(into, columns, "join", **({} if sep == ", " else {"with": sep}))


def headings_of(proposal: Proposal) -> Iterable[str]:
    """Return every heading of a sample in its order: what the trail says that a mapping was made from."""
    return (c.heading for c in proposal.columns)
