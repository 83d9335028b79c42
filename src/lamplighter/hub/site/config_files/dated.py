"""Rules that hold from a day on: the rows of one configuration file, each with its code, words and source."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import State
from lamplighter.rule_files.dated import Rule as Rule
from lamplighter.rule_files.dated import rule


class DatedRules:
    """The dated tables of one part. A change is a new row: the rule that held stays readable."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self._of: tuple[State, dict[str, list[Rule]]] | None = None

    def _rows(self) -> dict[str, list[Rule]]:
        state = self.part.state()
        # Tests and tools may let the process run on other files.
        if self._of is None or self._of[0] is not state:
            tables = state.document.items()
            made = {
                name: [rule(row) for row in rows]
                for name, rows in tables
                if isinstance(rows, list) and all(isinstance(row, dict) and "from" in row for row in rows)
            }
            self._of = (state, made)
        return self._of[1]

    def tables(self) -> set[str]:
        """Return the names of the tables that the file has."""
        return set(self._rows())

    def every(self, table: str) -> list[Rule]:
        """Return every row of a table, in force or not, in its order."""
        return list(self._rows()[table])

    def on(self, table: str, day: dt.date) -> dict[str, Rule]:
        """Return the rows of a table that hold on a day, by code, in their order."""
        return {rule.code: rule for rule in self._rows()[table] if rule.in_force(day)}

    def one(self, table: str, day: dt.date) -> Rule:
        """Return the row that a table of one row has on a day. Raises ``LookupError`` when none holds."""
        found = [rule for rule in self._rows()[table] if rule.in_force(day)]
        if not found:
            raise LookupError(f"No rule of {table} holds on {day}; see {self.part.file}")
        return found[-1]

    def title(self, table: str, code: str) -> str:
        """Return the words of a code, in force or not; the code itself when there is none such."""
        return next((rule.title for rule in reversed(self._rows().get(table, [])) if rule.code == code), code)

    def newest(self, table: str, code: str) -> Rule | None:
        """Return the row of a code that was written last, in force or not."""
        return next((rule for rule in reversed(self._rows()[table]) if rule.code == code), None)
