"""Every file of rules that the hub runs on: who wrote and checked it, and when it is looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lamplighter.hub.site.config_files.part import parts
from lamplighter.vocabulary.upkeep import Upkeep, packaged, upkeep_of

# What the software holds for itself, with what each decides.
OF_THE_SOFTWARE = (
    (
        "lamplighter.courses",
        "rules.toml",
        "Patterns: what is said about a course of conduct, and on whose authority",
    ),
    ("lamplighter.courses", "order.toml", "Patterns: the order of the list"),
    ("lamplighter.vocabulary", "current.toml", "What “current” means, in days at liberty"),
    ("lamplighter.vocabulary", "code_sets/recording_rules.toml", "Crime recording rules by date"),
    ("lamplighter.vocabulary", "code_sets/offences.toml", "Offences and their Home Office classes"),
    ("lamplighter.vocabulary", "code_sets/outcomes.toml", "Home Office outcome types"),
    ("lamplighter.vocabulary", "code_sets/behaviours.toml", "Acts, and the examples that the Act gives"),
    ("lamplighter.vocabulary", "code_sets/victim_side.toml", "Words of the victim’s side"),
    ("lamplighter.vocabulary", "code_sets/forces.toml", "Police forces, and what became of each"),
    ("lamplighter.vocabulary", "code_sets/small.toml", "Short lists of words"),
    ("lamplighter.vocabulary", "code_sets/study_bundle.toml", "Words of study bundles"),
    ("lamplighter.study_bundle.national", "words.toml", "Words of published tables of outcomes"),
    ("lamplighter.studies.forces", "measures.toml", "Forces beside one another: measures and limits"),
    ("lamplighter.studies.review", "settings.toml", "Review: how outcomes are grouped, and time limits"),
    ("lamplighter.studies.review", "comparison.toml", "Review: published figures to compare with"),
    ("lamplighter.studies.review.indicators", "lines.toml", "Review: the indicators"),
    ("lamplighter.studies.scorecard.releases", "indicators.toml", "Scorecard: cards of the indicators"),
)


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file of rules. ``part``: its name under "Configuration", or empty where the software holds it."""

    title: str
    file: str
    part: str
    upkeep: Upkeep


def every() -> list[RuleFile]:
    """Return every file of rules: those of the hub by title, then those of the software."""
    return [*_of_parts(), *_of_software()]


def _of_parts() -> Iterator[RuleFile]:
    for part in parts():
        if not part.keeps_up:
            continue
        for name, document in part.state().documents.items():
            title = f"{part.title}: {document.get('title', name)}" if part.is_folder else part.title
            yield RuleFile(title, name, part.name, upkeep_of(document, name))


def _of_software() -> Iterator[RuleFile]:
    for package, path, title in OF_THE_SOFTWARE:
        yield RuleFile(title, path, "", packaged(package, path).upkeep)
