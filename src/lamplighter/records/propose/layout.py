"""Tell how the rows of a sample are laid out, and which column gets a meaning that several want.

One person a row with a column for the part; the victim and the suspect side by side; people in a file of
their own; people within objects of JSON. Which it is decides what a plain "Surname" or "Postcode" means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from lamplighter.records.propose.columns.guesses import LEAST, LIKELY, OF_NOBODY, Column, Guess, not_used
from lamplighter.records.propose.columns.headings import said_by
from lamplighter.records.propose.columns.meanings import NOT_USED, meanings
from lamplighter.records.propose.sample import Table

_NAMES = {"surname", "forenames", "whole_name"}
_HOME = {"address": "place_text", "postcode": "place_postcode", "town": "place_text"}
"""What a place is where it is not somebody's home."""
_OF_A_REPORT = {
    "offence_title",
    "offence_code",
    "summary",
    "reported_at",
    "happened_from",
    "place_text",
    "outcome",
}
_TIME_OF = {
    "reported_at": "reported_time",
    "happened_from": "happened_from_time",
    "happened_to": "happened_to_time",
}
_FIRST, _LAST = (
    frozenset({"first", "earliest", "start", "from", "onset"}),
    frozenset({"last", "latest", "recent"}),
)
_REFERENCES = {"report_reference", "row_reference", "other_reference", "person_reference"}
_SIDE_BY_SIDE = 3
"""Columns of each of two people, at the least, that show them to stand side by side."""
_AGAIN, _ALIKE, _CLEARLY, _APART = 3, 0.85, 0.15, 0.5
"""To say whose a number is: so many of its values come again, at the least; beside so many of these
the person is the same; with the other person it is so much less. Days and words of a report are the same
no more often than the last."""
_HAS_ITS_OWN = 0.9
"""So many rows have the report's own reference, at the least, where another column may be it."""
_OVERLAP, _FEWEST = 0.5, 2
"""Two columns that name the same things share so much of their values, and so many of them, at the least."""


def renamed(table: Table, name: str) -> Table:
    """Return the same table under another name."""
    return replace(table, name=name)


def settle(tables: list[Table], columns: list[Column], kind: str | None) -> str:
    """Choose a guess for each column; return what the rows are (see ``Proposal.rows_are``)."""
    by_table = {t.name: [c for c in columns if c.table is t] for t in tables}
    if tables[0].json:
        _levels(tables, by_table, kind)
    keys = _keys_between(tables, by_table)
    for table in tables:
        if table.sheet and len(tables) > 1 and table.name not in (keys or {_main(by_table)}):
            _set_aside(by_table.pop(table.name))
    kinds = {name: _rows_are(own) for name, own in by_table.items()}
    for table in tables:
        own = by_table.get(table.name, [])
        if not own:
            continue
        if not table.level:
            if kinds[table.name] == "parties":
                _bare_columns(own)
            _places(own, kinds[table.name])
        if not keys and not table.level:
            _whose_numbers(own, kinds[table.name])
        _report_reference(own, keys.get(table.name, {}))
        _first_and_last(own)
        _times(own)
        _assign(own)
    if any(t.level for t in tables):
        return "levels"
    for wanted in ("people", "parties"):
        if wanted in kinds.values():
            return wanted
    return "one_role"


# Layout ---------------------------------------------------------------------------


def _rows_are(columns: Sequence[Column]) -> str:
    telling = [c.top.whose for c in columns if c.top is not None and c.top.whose and _is_telling(c.top)]
    parties = set(telling)
    # A row that has several columns of each of two people holds both, whatever else it says of a part.
    if {"victim", "suspect"} <= {w for w in parties if telling.count(w) >= _SIDE_BY_SIDE}:
        return "parties"
    if any(_is_role(c) for c in columns):
        return "people"
    if parties or _doubled(columns):
        return "parties"
    return "one_role"


def _is_role(column: Column) -> bool:
    guess = column.guess("role")
    if guess is None or guess.score < 0.5:
        return False
    read = column.values.share("role")
    return read >= 0.5 or (column.means("role") and (column.values.few or _are_letters(column)))


def _are_letters(column: Column) -> bool:
    """Codes that stand for parts: few, and short."""
    return column.values.distinct <= 12 and max(len(v) for v, _ in column.values.counts()) <= 4


def _is_telling(guess: Guess) -> bool:
    return guess.score >= LEAST and meanings()[guess.meaning].of_person


def _doubled(columns: Sequence[Column]) -> set[str]:
    """Columns whose heading is there twice: the reader numbers the second ``_2``."""
    names = {c.name for c in columns}
    return {
        c.name
        for c in columns
        if c.name.endswith("_2")
        and c.name[:-2] in names
        and c.top is not None
        and meanings()[c.top.meaning].of_person
        and c.heading.endswith("(2)")
    }


def _bare_columns(columns: Sequence[Column]) -> None:
    """Whose a plain "DOB" is that stands among columns of several people: of the person it stands beside."""
    doubled = _doubled(columns)
    first = {name[:-2] for name in doubled}
    held: dict[str, set[str]] = defaultdict(set)
    for c in columns:
        if c.top is not None and c.top.whose:
            held[c.top.whose].add(c.top.meaning)
    before = ""
    alike = _alike(columns)
    for at, column in enumerate(columns):
        guess = column.top
        if guess is None:
            continue
        meaning = meanings()[guess.meaning]
        if guess.whose:
            before = guess.whose if _is_telling(guess) else before
            continue
        if before and at in alike and alike[at] & held[before]:
            # Columns that begin alike are one person's, and this person has some of it already.
            before = ""
        if not meaning.of_person or meaning.name in OF_NOBODY:
            before = before if meaning.name in {*OF_NOBODY, NOT_USED} else ""
            continue
        if doubled and (column.name in doubled or column.name in first):
            whose = "suspect" if column.name in doubled else "victim"
            why = "The heading is there twice: the first is taken for the victim’s, then the suspect’s."
        elif before and (meaning.several or meaning.name not in held[before]):
            whose, why = before, f"It stands beside the columns of the {_said(before)}."
        elif meaning.name in _HOME:
            continue
        elif (behind := _behind(columns, at)) and meaning.name not in held[behind]:
            whose, why = behind, f"It stands before the columns of the {_said(behind)}."
        else:
            whose = "victim" if not {"surname", "whole_name"} & held["victim"] else "suspect"
            if {"surname", "whole_name"} & held[whose]:
                continue
            why = f"The heading does not say whose it is; no other column has the {_said(whose)}."
        held[whose].add(meaning.name)
        before = whose
        _again(column, Guess(guess.meaning, whose, 0.75 * guess.score, (*guess.reasons, why)))


def _alike(columns: Sequence[Column]) -> dict[int, set[str]]:
    """Where columns stand together whose headings begin with one word and say no person: at the first of
    them, what of it a person has once only. "nominal.name.first", "nominal.name.last", "nominal.dob"."""
    found: dict[int, set[str]] = {}
    at = 0
    while at < len(columns):
        end = at
        while end < len(columns) and _first_word(columns[end]) == _first_word(columns[at]) != "":
            end += 1
        if end > at + 1:
            means = {c.top.meaning for c in columns[at:end] if c.top is not None}
            found[at] = {m for m in means if meanings()[m].of_person and not meanings()[m].several}
        at = max(end, at + 1)
    return found


def _first_word(column: Column) -> str:
    """Return the word with which a heading begins that says of no person that the column is theirs."""
    guess = column.top
    if guess is None or guess.whose or not meanings()[guess.meaning].of_person or len(column.said.words) < 2:
        return ""
    return column.said.words[0]


def _behind(columns: Sequence[Column], at: int) -> str:
    """Return the person whose column stands next."""
    following = columns[at + 1].top if at + 1 < len(columns) else None
    return following.whose if following is not None and _is_telling(following) else ""


def _said(whose: str) -> str:
    return whose.replace("_", " ")


def _again(column: Column, guess: Guess) -> None:
    """Put a guess first."""
    rest = [g for g in column.guesses if (g.meaning, g.whose) != (guess.meaning, guess.whose)]
    column.guesses = [guess, *rest]


def _places(columns: Sequence[Column], rows_are: str) -> None:
    """Whether a plain "Address" or "Postcode" is somebody's home, or where it happened."""
    has_place = any(c.means("place_text", "place_postcode") for c in columns)
    has_people = any(c.means(*_NAMES, "birth_date") for c in columns)
    reference = next((c for c in columns if c.means("report_reference")), None)
    for column in columns:
        guess = column.top
        if guess is None or guess.whose or guess.meaning not in _HOME:
            continue
        if (
            has_people
            and rows_are in {"people", "one_role"}
            and (has_place or not _same_in_a_report(column, reference))
        ):
            continue
        if rows_are == "parties" or not has_people or not has_place:
            why = "It is not said whose home it is, so it is taken for where it happened."
            if rows_are == "people":
                why = "It is the same for everybody in a report, so it is taken for where it happened."
            _again(column, Guess(_HOME[guess.meaning], "", 0.8 * guess.score, (*guess.reasons, why)))


def _same_in_a_report(column: Column, reference: Column | None) -> bool:
    """Whether all rows of a report say the same, in nearly all reports of several rows."""
    if reference is None:
        return False
    rows = column.table.rows.select(pl.col(reference.name).alias("r"), pl.col(column.name).alias("v"))
    counted = (
        rows.filter(pl.col("r").str.strip_chars() != "")
        .group_by("r")
        .agg(pl.len().alias("n"), pl.col("v").n_unique().alias("k"))
        .filter(pl.col("n") > 1)
    )
    return counted.height >= 3 and int((counted["k"] == 1).sum()) >= 0.9 * counted.height


def _levels(tables: Sequence[Table], by_table: dict[str, list[Column]], kind: str | None) -> None:
    """People within objects: whose their columns are, the key says under which they stand."""
    for table in tables:
        if not table.level:
            continue
        for column in by_table[table.name]:
            kept = [
                replace(g, whose="") for g in column.guesses if meanings()[g.meaning].of in {"person", "none"}
            ]
            own = next(
                (g for g in column.guesses if g.meaning in {"report_reference", "row_reference"}), None
            )
            if own is not None and not any(g.meaning == "person_reference" for g in kept):
                kept.append(Guess("person_reference", "", own.score, own.reasons))
            if any(g.meaning == "safe_contact" for g in kept):
                kept.sort(key=lambda g: g.meaning != "safe_contact")
            column.guesses = kept


def whose_level(table: Table, kind: str | None) -> str:
    """Return the part that people play who stand under a key of JSON; "" where the key does not say."""
    said = said_by(table.level, kind)
    if said.whose is not None:
        return said.whose.role
    return "involved" if said.words and said.words[0] in {"others", "other", "associates", "involved"} else ""


# References -----------------------------------------------------------------------


def _keys_between(tables: Sequence[Table], by_table: dict[str, list[Column]]) -> dict[str, dict[str, str]]:
    """Of several files: which column joins which. Table name to column to meaning."""
    if len(tables) < 2 or tables[0].json:
        return {}
    values = {
        (c.table.name, c.name): set(c.values.texts.str.to_uppercase().to_list())
        for own in by_table.values()
        for c in own
        if c.values.share("reference") >= 0.7 and c.values.distinct > _FEWEST and _may_join(c)
    }

    main = _main(by_table)
    for name, own in by_table.items():
        if name != main:
            _only_people(own)
    people = max((n for n in by_table if n != main), key=lambda n: -_weight(by_table[n]))
    out: dict[str, dict[str, str]] = defaultdict(dict)
    for name in by_table:
        if name == main:
            continue
        pair = _pair(values, main, name)
        if pair is not None:
            out[main][pair[0]] = out[name][pair[1]] = "report_reference"
    for name in by_table:
        if name in {main, people} or people in out:
            continue
        pair = _pair(values, name, people)
        if pair is not None:
            out[name][pair[0]] = out[people][pair[1]] = "person_reference"
    return out


def _weight(own: Sequence[Column]) -> int:
    """How much a table is one of reports: more than of people."""
    return sum(c.means(*_OF_A_REPORT) for c in own) - 2 * sum(c.means(*_NAMES) for c in own)


def _main(by_table: dict[str, list[Column]]) -> str:
    return max(by_table, key=lambda name: _weight(by_table[name]))


def _set_aside(own: Sequence[Column]) -> None:
    """Propose nothing for a sheet that names no row of another, such as a list of codes."""
    why = "Nothing in this sheet names a row of another sheet, so it is not used."
    for column in own:
        column.guesses = []
        column.chosen = Guess(NOT_USED, "", 0.0, (why,))


def _may_join(column: Column) -> bool:
    """Whether a column may name rows of another file: none that is something else by its heading."""
    return column.top is None or column.top.meaning in _REFERENCES or column.top.score < LIKELY


def _only_people(own: Sequence[Column]) -> None:
    """Take columns of a file beside the reports' for people's: when a row was made is no report's date."""
    for column in own:
        kept = [g for g in column.guesses if meanings()[g.meaning].of != "report" or g.meaning in _REFERENCES]
        if len(kept) < len(column.guesses) and not kept:
            column.notes.append("Another file has the reports, so it is not used here.")
        column.guesses = kept


def _pair(values: dict[tuple[str, str], set[str]], one: str, two: str) -> tuple[str, str] | None:
    """Return the two columns of two tables that share most of what they name."""
    best, found = 0.0, None
    for (t1, c1), v1 in values.items():
        for (t2, c2), v2 in values.items():
            if t1 != one or t2 != two:
                continue
            shared = len(v1 & v2)
            overlap = shared / max(1, min(len(v1), len(v2)))
            if shared >= _FEWEST and overlap >= _OVERLAP and overlap + 0.2 * (c1 == c2) > best:
                best, found = overlap + 0.2 * (c1 == c2), (c1, c2)
    return found


def _whose_numbers(columns: Sequence[Column], rows_are: str) -> None:
    """A reference that comes again with other days and other words is no report's; where one and the same
    person comes with it each time, it is that person's number."""
    if rows_are == "people":
        return
    of_report = [c for c in columns if c.means("reported_at", "summary", "happened_from")]
    for column in columns:
        guess = column.guess("report_reference") or column.guess("other_reference")
        if guess is None or guess.score < LEAST or column.means("person_reference") or not of_report:
            continue
        same = [s for c in of_report if (s := _steadiness(column, c)) is not None]
        if not same or max(same) > _APART:
            continue
        others = [c for c in columns if c is not column and c.guess("report_reference") is not None]
        others += [c for c in columns if c is not column and c.means("row_reference")]
        own = next((c for c in others if c.values.share("row_reference") >= 0.9), None)
        if own is None:
            continue
        column.guesses = [g for g in column.guesses if g.meaning not in {"report_reference", "row_reference"}]
        whose = _whose_number(column, columns) if rows_are == "parties" else ""
        if whose:
            why = f"It comes again in other reports, always with the same {_said(whose)}."
            _again(column, Guess("person_reference", whose, 0.75, (why,)))
        else:
            why = f"It comes again in other reports; “{own.heading}” is different in each."
            column.guesses = [g for g in column.guesses if g.meaning != "person_reference"]
            _again(column, Guess("other_reference", "", 0.6, (why,)))
        if own.guess("report_reference") is None:
            why = f"It is different in each row, and “{column.heading}” comes again in other reports."
            _again(own, Guess("report_reference", "", 0.6, (why,)))


def _whose_number(column: Column, columns: Sequence[Column]) -> str:
    """Return the person who is the same wherever a reference is, while the other is not; "" where none is."""
    fits: dict[str, float] = {}
    for c in columns:
        if c.top is not None and c.top.whose and c.means(*_NAMES, "birth_date"):
            fits[c.top.whose] = max(fits.get(c.top.whose, 0.0), _steadiness(column, c) or 0.0)
    ranked = sorted(fits.items(), key=lambda one: -one[1])
    if not ranked or ranked[0][1] < _ALIKE:
        return ""
    return ranked[0][0] if len(ranked) == 1 or ranked[1][1] <= _ALIKE - _CLEARLY else ""


def _steadiness(column: Column, told: Column) -> float | None:
    """Of the values of a column that come again, the share beside which another says the same each time;
    ``None`` where too few come again. Case and blanks at the ends do not count."""
    rows = column.table.rows.select(
        pl.col(name).str.strip_chars().str.to_lowercase().alias(alias)
        for name, alias in ((column.name, "r"), (told.name, "v"))
    )
    counted = (
        rows.filter((pl.col("r") != "") & (pl.col("v") != ""))
        .group_by("r")
        .agg(pl.len().alias("n"), pl.col("v").n_unique().alias("k"))
        .filter(pl.col("n") > 1)
    )
    if counted.height < _AGAIN:
        return None
    return int((counted["k"] == 1).sum()) / counted.height


def _report_reference(columns: Sequence[Column], keys: dict[str, str]) -> None:
    """Give the report's reference to the column that has it, so that no other takes it."""
    for column in columns:
        if (meaning := keys.get(column.name)) is not None:
            why = "Its values are those of a column of another file, so the two files are joined by it."
            _again(column, Guess(meaning, "", 0.95, (why,)))
    if keys or columns[0].table.level:
        return
    wanting = [c for c in columns if c.guess("report_reference") is not None]
    wanting = [c for c in wanting if c.guess("report_reference").score >= LEAST]  # type: ignore[union-attr]  # not None
    people = any(_is_role(c) for c in columns)

    def fits(column: Column) -> float:
        guess = column.guess("report_reference")
        score = guess.score if guess is not None else 0.0
        repeats = column.values.distinct < 0.97 * len(column.values)
        own = column.means("report_reference") or guess is None
        # Every report has its own reference; what some lack is somebody else's.
        lacking = 0.6 if column.values.filled < _HAS_ITS_OWN else 0.0
        return (
            score - lacking + 0.3 * column.values.filled + (0.15 if people and repeats else 0.0) + 0.1 * own
        )

    if not wanting:
        wanting = [
            c
            for c in columns
            if c.values.share("reference") >= 0.9
            and c.values.filled > 0.95
            and c.values.distinct > 0.2 * len(c.values)
            and (c.top is None or c.means(*_REFERENCES) or c.top.score < LEAST)
        ]
        for column in wanting:
            many, distinct = len(column.values), column.values.distinct
            why = f"No heading names the report’s reference; all {many} rows have one, {distinct} different."
            column.guesses.append(Guess("report_reference", "", 0.45, (why,)))
    if not wanting:
        return
    best = max(wanting, key=fits)
    guess = best.guess("report_reference")
    assert guess is not None
    _again(best, replace(guess, score=max(guess.score, 0.5)))
    for column in wanting:
        if column is not best:
            column.guesses = [g for g in column.guesses if g.meaning != "report_reference"]
            named = any(g.meaning in _REFERENCES and g.score >= LEAST for g in column.guesses)
            if not named and column.values.share("reference") >= 0.5:
                why = f"It looks like a reference, and “{best.heading}” is the report’s own."
                column.guesses.append(Guess("other_reference", "", 0.5, (why,)))
            column.guesses.sort(key=lambda g: -g.score)


def _first_and_last(columns: Sequence[Column]) -> None:
    """Beside a column for the first time, "Last incident" is the latest; alone it is when it happened."""
    days = [c for c in columns if c.guess("happened_from") is not None or c.guess("happened_to") is not None]
    first = next((c for c in days if _LAST.isdisjoint(c.said.words) and c.means("happened_from")), None)
    if first is None or _FIRST.isdisjoint(first.said.words):
        return
    if any(c.means("happened_to") for c in days):
        return
    for column in days:
        if column is not first and column.means("happened_from") and not _LAST.isdisjoint(column.said.words):
            assert column.top is not None
            why = f"“{first.heading}” is the first time."
            _again(column, Guess("happened_to", "", column.top.score, (*column.top.reasons, why)))
            return


def _times(columns: Sequence[Column]) -> None:
    """A plain "Time" goes with the date that it stands beside."""
    for at, column in enumerate(columns):
        if not (column.means("reported_time", "happened_from_time", "happened_to_time")):
            continue
        assert column.top is not None
        if column.top.score > 0.7 * 0.95:
            continue
        before = next((c for c in reversed(columns[:at]) if c.means(*_TIME_OF)), None)
        if before is not None and before.top is not None:
            why = f"It stands beside “{before.heading}”."
            meaning = _TIME_OF[before.top.meaning]
            _again(column, Guess(meaning, "", max(column.top.score, 0.6), (*column.top.reasons, why)))


# Who gets it ----------------------------------------------------------------------


def _assign(columns: Sequence[Column]) -> None:
    """Give each meaning that only one column can have to the column that fits it best; the others get the
    next thing that they may mean, and say so."""
    taken: dict[tuple[str, str], Column] = {}
    waiting = list(columns)
    while waiting:
        waiting.sort(key=lambda c: -(c.top.score if c.top is not None else 0.0))
        column = waiting.pop(0)
        guess = column.top
        if guess is None or guess.score < LEAST:
            column.chosen = _left(column, taken)
            continue
        key = (guess.meaning, guess.whose)
        if meanings()[guess.meaning].several or key not in taken:
            taken.setdefault(key, column)
            column.chosen = guess
            continue
        other = taken[key].heading
        label = meanings()[guess.meaning].label
        column.notes.append(f"“{other}” fits “{label}” better, and only one column can have it.")
        column.guesses = [*column.guesses[1:]]
        if not column.guesses:
            column.guesses = [Guess(NOT_USED, "", 0.4, ())]
        waiting.append(column)


def _left(column: Column, taken: dict[tuple[str, str], Column]) -> Guess:
    del taken
    return not_used(column)


def parties_of(columns: Iterable[Column]) -> list[str]:
    """Return the keys of the people who stand side by side, in the order of their columns."""
    return list(dict.fromkeys(c.chosen.whose for c in columns if c.chosen is not None and c.chosen.whose))
