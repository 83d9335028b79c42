"""Reading sources: what there is, what reads it, what came last; a sample with what it proposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.intake.confidentiality.selectors import Choice
from lamplighter.hub.intake.models import Delivery, UnknownWord
from lamplighter.hub.intake.sources import readers as source_readers
from lamplighter.hub.intake.sources import samples, versions
from lamplighter.records.errors import MappingError
from lamplighter.records.mapping.mappings import Mapping as Loaded
from lamplighter.records.mapping.mappings import built_in
from lamplighter.records.propose import Choices, Proposal, propose_tables, read_tables
from lamplighter.records.propose.choices import with_proposed_codes
from lamplighter.records.propose.revise import choices_of
from lamplighter.rule_files.reading import at as toml_at


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source: its mapping in force (``None`` where none can be used), its versions, its last delivery."""

    name: str
    title: str
    agency: Agency | None
    mapping: Loaded | None
    version: versions.Version | None
    every: list[versions.Version]
    last: Delivery | None
    problem: str = ""

    @property
    def is_built_in(self) -> bool:
        """Tell whether the mapping that comes with the software reads it."""
        return self.version is None and self.mapping is not None

    @property
    def coming(self) -> list[versions.Version]:
        """Versions that are not in force yet."""
        today = timezone.localdate()
        return [v for v in self.every if v.since > today]

    @property
    def earlier(self) -> list[versions.Version]:
        """Versions that were in force before this one, the latest first."""
        return sorted((v for v in self.every if self.version is not None and v < self.version), reverse=True)

    @property
    def other_kind(self) -> bool:
        """Tell whether the mapping says another kind of agency than the hub has."""
        return bool(
            self.mapping
            and self.mapping.agency_kind
            and self.agency
            and self.mapping.agency_kind != self.agency.kind
        )


def sources() -> list[SourceRow]:
    """Every source, by its name in words."""
    agencies = {a.code: a for a in Agency.objects.all()}
    rows = [_row(name, agencies) for name in versions.names()]
    return sorted(rows, key=lambda r: r.title.lower())


def source(name: str) -> SourceRow | None:
    """One source, or ``None``."""
    if name not in versions.names():
        return None
    return _row(name, {a.code: a for a in Agency.objects.all()})


def _row(name: str, agencies: Mapping[str, Agency]) -> SourceRow:
    every = versions.every(name)
    version = versions.in_force(name)
    try:
        mapping = versions.load(version.reference if version else _any_reference(name, every))
    except MappingError as error:
        return SourceRow(name, name, None, None, version, every, _last(name), str(error))
    in_force = mapping if version is not None or name in built_in() else None
    return SourceRow(name, mapping.title, agencies.get(mapping.agency), in_force, version, every, _last(name))


def note_of(version: versions.Version) -> str:
    """Return the note that was saved with a version, or the reason why it cannot be read."""
    try:
        return version.load().note
    except MappingError as error:
        return str(error)


def _any_reference(name: str, every: list[versions.Version]) -> str:
    """What a source without a version in force is called by: the built-in mapping, or its first version."""
    return name if name in built_in() else every[0].reference


def deliveries_of(name: str, many: int = 5) -> list[Delivery]:
    """The last deliveries of a source."""
    of_it = Q(mapping=name) | Q(mapping__startswith=f"{name}@")
    return list(
        Delivery.objects.filter(of_it, door=Delivery.Door.FILES).order_by("-received_at", "-pk")[:many]
    )


def _last(name: str) -> Delivery | None:
    return next(iter(deliveries_of(name, 1)), None)


# A journey --------------------------------------------------------------------------


def kind_of(draft: samples.Draft) -> str:
    """Return the kind of agency that the source is of."""
    said = draft.data["agency"]
    if "kind" in said:
        return str(said["kind"])
    return str(Agency.objects.get(pk=said["code"]).kind)


def agency_name(draft: samples.Draft) -> str:
    said = draft.data["agency"]
    return str(said["name"]) if "name" in said else str(Agency.objects.get(pk=said["code"]).name)


def proposal_of(draft: samples.Draft) -> Proposal:
    """Return the proposal for the sample of a journey. Raises ``RecordsError`` for an unreadable file."""
    with draft.opened() as paths:
        return propose_tables(read_tables(paths), kind_of(draft))


def choices_for(draft: samples.Draft, proposal: Proposal) -> Choices:
    """Return the choices made so far: for columns that are new, what is proposed."""
    choices = base_choices(draft, proposal)
    kept = draft.data.get("choices")
    if kept is not None:
        decided = Choices.from_data(kept)
        choices.columns |= {k: v for k, v in decided.columns.items() if k in choices.columns}
        choices.codes |= {k: v for k, v in decided.codes.items() if k in choices.columns}
        choices.answers |= decided.answers
        choices.nulls = decided.nulls
    with_proposed_codes(proposal, choices)
    return choices


def base_choices(draft: samples.Draft, proposal: Proposal) -> Choices:
    """Return the choices that the journey begins with: the version that it changes, or the proposal."""
    body = base_of(draft)
    return Choices.of(proposal) if body is None else choices_of(body, proposal)


def base_of(draft: samples.Draft) -> Mapping[str, Any] | None:
    """The parts of the mapping that a journey changes; ``None`` for a new source."""
    reference = draft.data.get("base")
    version = versions.version_of(reference) if reference else None
    return None if version is None else toml_at(version.path)


def agency_of(draft: samples.Draft) -> Agency:
    """The agency of a journey: one that is there, or the new one that it will make, not saved yet."""
    said = draft.data["agency"]
    found = Agency.objects.filter(pk=said.get("code", "")).first()
    return found or Agency(code=said.get("code") or "-", name=said.get("name", ""), kind=said.get("kind", ""))


def readers_of(draft: samples.Draft) -> Choice | None:
    """Return who may read the reports: as was chosen on the page, else as the version says that is changed;
    ``None`` where nobody has said yet."""
    if "readers" in draft.data:
        return source_readers.read(draft.data["readers"])
    body = base_of(draft)
    return None if body is None else source_readers.read(body.get("readers", {}))


def readers_in_force(source: SourceRow) -> str:
    """Name the readers of a source's reports from now on, in words; "" where its agency is not asked."""
    if source.mapping is None or not readers.asked_of(source.agency):
        return ""
    return source_readers.who(source_readers.read(source.mapping.readers), source.agency)


# Words ------------------------------------------------------------------------------


def unknown_words(delivery: Delivery) -> list[tuple[str, str, str, int]]:
    """Words of a delivery that its mapping did not know and that the one in force now does not know either:
    column, field, word, how often."""
    rows = (
        UnknownWord.objects.filter(batch__delivery=delivery)
        .values_list("column", "field", "word")
        .annotate(many=Sum("times"))
        .order_by("column", "field", "-many", "word")
    )
    known = _known_since(delivery)
    return [(c, f, w, int(n)) for c, f, w, n in rows if (c, f, _plain(w)) not in known]


def _plain(word: str) -> str:
    from lamplighter.records.mapping.mappings import plain_code

    return plain_code(word)


def _known_since(delivery: Delivery) -> set[tuple[str, str, str]]:
    """Words that the source's mapping in force has a code for: column, field, word."""
    try:
        mapping = versions.load(versions.reference_of(versions.source_name(delivery.mapping)))
    except MappingError:
        return set()
    fields = [*mapping.reports, *mapping.offences, *mapping.occasions, *mapping.people]
    fields += [f for p in mapping.parties for f in p.fields]
    found = set()
    for spec in fields:
        names = spec.options.get("map", [])
        by = spec.options.get("by", [])
        for i, name in enumerate([names] if isinstance(names, str) else names):
            column = spec.source[by[i] if i < len(by) else 0] if spec.source else ""
            found |= {(column, spec.into[0], word) for word in mapping.maps[name]}
    return found
