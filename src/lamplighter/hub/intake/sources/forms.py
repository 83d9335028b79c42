"""The forms of a source's journey. Each holds what was typed; ``records.propose`` says what it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.design.fields import DatePartsField, line, offer, radios
from lamplighter.hub.intake.imports.forms import FilesField, MultipleFiles
from lamplighter.hub.intake.new_report.forms import Choices as Listed
from lamplighter.hub.intake.new_report.forms import offence_choices, titles
from lamplighter.hub.intake.sources import versions
from lamplighter.hub.intake.sources.samples import MOST_FILES
from lamplighter.hub.intake.sources.services import plain_name
from lamplighter.records.propose import Proposal
from lamplighter.records.propose.choices import Choices, Key, column_problems
from lamplighter.records.propose.codes import BY_TITLE, NO, YES, CodeProposal
from lamplighter.records.propose.columns.guesses import OF_NOBODY
from lamplighter.records.propose.columns.headings import whose_of
from lamplighter.records.propose.columns.meanings import Meaning, meanings
from lamplighter.records.propose.questions import Question
from lamplighter.records.propose.revise import code_set_of_field

SAMPLE_MAX_BYTES = 5 * 1024 * 1024
NEW = "new"
UNDECIDED = "?"
#: What addresses of pages have in the place of a source's name.
RESERVED = {"new", "draft"}
ROLE_WORDS = {
    "victim": "Victim",
    "suspect": "Suspect",
    "reporting_person": "Person who reported it",
    "witness": "Witness",
    "involved": "Somebody else",
}
_NUMBERS = {1: "", 2: "Second ", 3: "Third ", 4: "Fourth ", 5: "Fifth "}


class Form(forms.Form):
    use_required_attribute = False


def person_words(whose: str) -> str:
    """'Victim', 'Second suspect'."""
    one = whose_of(whose)
    words = ROLE_WORDS.get(one.role, one.role)
    number = _NUMBERS.get(one.number, f"{one.number}. ")
    return f"{number}{words[0].lower()}{words[1:]}" if number else words


class AgencyForm(Form):
    """Ask whose system it is, and its name."""

    agency = forms.ChoiceField(
        label="Which agency sends the files?",
        widget=forms.RadioSelect(attrs={"label_size": "m", "small": True}),
        error_messages={"required": "Choose the agency that sends the files"},
    )
    name = line("Name of the new agency", hint="Only if you chose “Another agency”.", width=30)
    kind = radios(
        "What kind of agency is it?",
        Agency.Kind.choices,
        hint="Only if you chose “Another agency”. It decides what its people may read, for good.",
    )
    title = line(
        "What is the system called?",
        hint="For example, “Crown Force records system”. Everybody who sends files sees this name.",
        required="Enter what the system is called",
        width=30,
    )

    def __init__(self, *args: Any, changing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.order_by("name")
        known = [(a.code, f"{a.name} ({a.get_kind_display().lower()})") for a in agencies]
        offer(self, "agency", [*known, (NEW, "Another agency")])
        self.fields["title"].widget.attrs["label_size"] = "m"
        self.changing = changing

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("agency") == NEW:
            if not data.get("name"):
                self.add_error("name", "Enter the name of the new agency")
            elif Agency.objects.filter(name__iexact=data["name"]).exists():
                self.add_error("name", "There is an agency of this name already. Choose it in the list")
            if not data.get("kind"):
                self.add_error("kind", "Choose what kind of agency it is")
        title = data.get("title", "")
        if title and plain_name(title) in RESERVED:
            self.add_error("title", "Enter a longer name")
        elif title and not plain_name(title):
            self.add_error("title", "Enter a name with letters or figures in it")
        elif title and not self.changing and plain_name(title) in {plain_name(n) for n in versions.names()}:
            self.add_error(
                "title", "There is a source of this name already. Change its mapping, or use another name"
            )
        return data

    def said(self) -> dict[str, Any]:
        """Return the answers, as the draft keeps them."""
        data = self.cleaned_data
        new = data["agency"] == NEW
        agency = {"name": data["name"], "kind": data["kind"]} if new else {"code": data["agency"]}
        return {"agency": agency, "title": data["title"], "name": plain_name(data["title"])}


class SampleForm(Form):
    files = FilesField(  # type: ignore[assignment]  # Django takes fields out of the class
        label="A sample of the export",
        help_text="CSV, text, Excel workbooks (.xlsx) or JSON Lines. All files of one export together, up to "
        "5 MB: a few hundred rows are plenty.",
        widget=MultipleFiles(attrs={"label_size": "m"}),
    )

    def clean_files(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["files"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"Choose {MOST_FILES} files or fewer")
        if sum(f.size for f in files) > SAMPLE_MAX_BYTES:
            raise forms.ValidationError(
                "The sample must be smaller than 5 MB. Take the first few hundred rows of each file"
            )
        if len({f.name for f in files}) < len(files):
            raise forms.ValidationError("Two of the files have the same name. Give each its own")
        return files


# Columns --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a list: its heading and its options."""

    label: str
    options: Listed


def option_value(meaning: str, whose: str) -> str:
    return f"{whose}:{meaning}" if whose else meaning


def option_parts(value: str) -> tuple[str, str]:
    """Meaning and whose behind an option."""
    whose, _, meaning = value.rpartition(":")
    return meaning, whose


def column_groups(proposal: Proposal, choices: Choices) -> list[Group]:
    """Group the meanings that a column can have, by what the rows of this sample are."""
    every = list(meanings().values())
    report = [m for m in every if m.of == "report" or m.name == "relationship"]
    people = [m for m in every if m.of == "person" and m.name not in {*OF_NOBODY}]
    own = [m for m in every if m.name in {"role", "safe_contact"}]
    groups = [_group(label, [m for m in report if m.group == label]) for label in _labels(report)]
    if proposal.rows_are != "parties":
        groups.append(_group("The person in the row", [*(m for m in own if m.name == "role"), *people]))
    else:
        groups.append(_group("The person in the row", [m for m in own if m.name == "role"]))
    for whose in _whose(proposal, choices):
        words = person_words(whose)
        options = [(option_value(m.name, whose), f"{words}: {_lower(m.label)}") for m in people]
        groups.append(Group(words, options))
    groups.append(_group("Safe contact", [m for m in own if m.name == "safe_contact"]))
    groups.append(_group("Not used", [m for m in every if not m.is_used]))
    return [g for g in groups if g.options]


def _labels(listed: Iterable[Meaning]) -> list[str]:
    return list(dict.fromkeys(m.group for m in listed))


def _group(label: str, listed: Iterable[Meaning]) -> Group:
    return Group(label, [(m.name, m.label) for m in listed])


def _lower(label: str) -> str:
    return label if label[:2].isupper() else label[0].lower() + label[1:]


def _whose(proposal: Proposal, choices: Choices) -> list[str]:
    """The people beside each other whom a column can be of."""
    said = choices.people()
    if proposal.rows_are in {"people", "levels"}:
        return said
    return list(dict.fromkeys([*said, "victim", "suspect", "reporting_person"]))


class ColumnsForm(Form):
    """One list a column, named by its place in the sample."""

    def __init__(self, *args: Any, proposal: Proposal, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposal, self.before = proposal, choices
        self.groups = column_groups(proposal, choices)
        flat = [option for group in self.groups for option in group.options]
        for number, column in enumerate(proposal.columns):
            meaning, whose = choices.columns[column.table, column.column]
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=f"What “{column.heading}” means",
                choices=flat,
                initial=option_value(meaning, whose),
                error_messages={"required": f"Choose what “{column.heading}” means"},
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            for problem in column_problems(self.proposal, self.choices()):
                self.add_error(self._field(problem.key), problem.text)
        return data

    def _field(self, key: Key | None) -> str | None:
        places = {(c.table, c.column): n for n, c in enumerate(self.proposal.columns)}
        return None if key is None else f"column_{places[key]}"

    def choices(self) -> Choices:
        """Return the choices made, with everything else as it was."""
        chosen = {
            (c.table, c.column): option_parts(self.cleaned_data[f"column_{n}"])
            for n, c in enumerate(self.proposal.columns)
        }
        before = self.before
        return Choices(chosen, before.codes, before.answers, before.nulls)


# Questions ------------------------------------------------------------------------


class QuestionsForm(Form):
    """Ask the questions that only a person can answer, and for words that stand for nothing."""

    def __init__(
        self,
        *args: Any,
        questions: Sequence[Question],
        nulls: Sequence[str],
        choices: Choices,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for number, question in enumerate(questions):
            self.fields[f"question_{number}"] = radios(
                question.text,
                question.choices,
                hint=question.reason,
                required=f"Answer: {question.text}",
                label_size="m",
            )
            self.fields[f"question_{number}"].initial = choices.answers.get(question.key, question.proposed)
        if nulls:
            self.fields["nulls"] = forms.MultipleChoiceField(
                label="Which of these say that nothing was recorded?",
                help_text="They are in the sample. Those that you tick are read as an empty cell.",
                choices=[(w, w) for w in nulls],
                initial=list(choices.nulls),
                required=False,
                widget=forms.CheckboxSelectMultiple(attrs={"small": True, "label_size": "m"}),
            )

    def answers(self) -> dict[str, str]:
        return {q.key: self.cleaned_data[f"question_{n}"] for n, q in enumerate(self.questions)}


# Codes ----------------------------------------------------------------------------


@dataclass
class CodeLine:
    """One word of a list, with its field in the form."""

    word: str
    times: int
    name: str
    understood: bool


@dataclass
class CodeGroup:
    """The words of one or more columns that mean the same kind of thing."""

    meaning: str
    title: str
    headings: list[str]
    tables: list[CodeProposal]
    lines: list[CodeLine]

    @property
    def unknown(self) -> list[CodeLine]:
        return [line for line in self.lines if not line.understood]

    @property
    def understood(self) -> list[CodeLine]:
        return [line for line in self.lines if line.understood]


def code_choices(code_set: str, kind: str, *, by_title: bool = False) -> Listed:
    """List the meanings that a word can have."""
    if code_set == "yes_no":
        return [(YES, "Yes"), (NO, "No"), ("", "Leave empty")]
    if code_set == "offences":
        listed = offence_choices(Agency(code="-", kind=kind))
        return [*([(BY_TITLE, "As the words beside it say")] if by_title else []), *listed]
    if code_set == "roles":
        return titles(code_set)
    return [*titles(code_set), ("", "Leave empty")]


class WordsForm(Form):
    """Lists of words, each with what it stands for. Subclasses say which words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = 0

    def add(self, word: str, times: int, listed: Listed, code: str | None) -> CodeLine:
        """A list for one word; without a code nothing is chosen."""
        name = f"word_{self.number}"
        self.number += 1
        self.fields[name] = forms.ChoiceField(
            label=f"What “{word}” stands for",
            choices=[(UNDECIDED, "Choose"), *listed],
            required=False,
            initial=UNDECIDED if code is None else code,
        )
        return CodeLine(word, times, name, code is not None)

    def decided(self, name: str) -> str | None:
        """The code that was chosen for a word; ``None`` where nothing was, or the list was not sent."""
        value = str(self.cleaned_data.get(name, UNDECIDED))
        return None if value == UNDECIDED or name not in self.data else value


class CodesForm(WordsForm):
    """The words of a sample's coded columns."""

    def __init__(self, *args: Any, tables: Sequence[CodeProposal], kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.free = [t for t in tables if t.free]
        self.groups: list[CodeGroup] = []
        grouped: dict[str, list[CodeProposal]] = {}
        for table in tables:
            if not table.free:
                grouped.setdefault(table.meaning, []).append(table)
        has_title = any(t.meaning == "offence_title" for t in tables)
        for meaning, own in grouped.items():
            listed = code_choices(own[0].code_set, kind, by_title=has_title and meaning == "offence_code")
            lines = [self.add(w, n, listed, c) for w, n, c in _together(own)]
            headings = [t.heading for t in own]
            self.groups.append(CodeGroup(meaning, meanings()[meaning].label, headings, own, lines))

    def codes(self) -> dict[Key, dict[str, str]]:
        """The code of each word that has one, by column."""
        found: dict[Key, dict[str, str]] = {}
        for group in self.groups:
            chosen = {line.word: self.decided(line.name) for line in group.lines}
            for table in group.tables:
                words = {e.value for e in table.entries}
                found[table.table, table.column] = {
                    w: c for w, c in chosen.items() if c is not None and w in words
                }
        return found


def _together(tables: Sequence[CodeProposal]) -> Iterator[tuple[str, int, str | None]]:
    """The words of several columns as one list: word, how often, and its code."""
    times: dict[str, int] = {}
    codes: dict[str, str | None] = {}
    for table in tables:
        for entry in table.entries:
            times[entry.value] = times.get(entry.value, 0) + entry.times
            if codes.get(entry.value) is None:
                codes[entry.value] = entry.code
    for word in sorted(times, key=lambda w: (-times[w], w)):
        yield word, times[word], codes[word]


@dataclass
class WordGroup:
    """Words of one column of a delivery for one field."""

    column: str
    field: str
    title: str
    lines: list[CodeLine]


class UnknownWordsForm(WordsForm):
    """The words of a delivery that its mapping did not know."""

    def __init__(
        self, *args: Any, words: Iterable[tuple[str, str, str, int]], kind: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.groups: list[WordGroup] = []
        held: dict[tuple[str, str], WordGroup] = {}
        for column, name, word, times in words:
            listed = code_choices(code_set_of_field(name), kind)
            group = held.get((column, name))
            if group is None:
                group = held[column, name] = WordGroup(column, name, field_words(name), [])
                self.groups.append(group)
            group.lines.append(self.add(word, times, listed, None))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.is_bound and not any(
            self.decided(line.name) is not None for g in self.groups for line in g.lines
        ):
            raise forms.ValidationError("Choose what at least one word stands for")
        return data


_FIELD_WORDS = {
    "_principal": "What it is recorded as",
    "_included": "Further offences",
    "channel": "How it was done",
    "record_type": "Crime, incident or contact",
    "domestic_abuse": "Domestic abuse",
    "flags": "Markers",
}


def field_words(name: str) -> str:
    """Name a field of a mapping for a page."""
    found = meanings().get(name)
    return _FIELD_WORDS.get(name) or (found.label if found else name.replace("_", " ").capitalize())


class SaveForm(Form):
    since = DatePartsField(
        label="From which day is it in force?",
        help_text="Files that come in from that day on are read with it. For example, 27 3 2026",
    )
    note = line(
        "Note (optional)",
        hint="What is new, for whoever looks later. Do not name anybody.",
        width=30,
    )

    def clean_since(self) -> Any:
        since = self.cleaned_data["since"]
        if since < timezone.localdate():
            raise forms.ValidationError(
                "Enter today or a later day. What came in before stays as it was read"
            )
        return since
