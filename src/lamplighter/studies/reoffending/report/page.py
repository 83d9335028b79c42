"""Make the whole report, in the order in which a reader needs it."""

from __future__ import annotations

from lamplighter.reporting.document import Block, KeyFigure, KeyFigures, Report, Section
from lamplighter.reporting.words import day, number
from lamplighter.studies.reoffending.report.about import links_section, method_section, rules_section
from lamplighter.studies.reoffending.report.people import (
    concentration_section,
    known_section,
    orders_section,
    people_section,
)
from lamplighter.studies.reoffending.report.rates import (
    corrected_for,
    grid_section,
    national_section,
    over_time_section,
    percent,
    period,
    plain,
    waiting_section,
    with_limits,
    with_linkage,
)
from lamplighter.studies.reoffending.report.sentences import (
    cannot_section,
    caution_of_links,
    headline_warnings,
    sentences,
)
from lamplighter.studies.reoffending.study import Study

INTERNAL = "Internal: holds small numbers, not for release"


def report_of(study: Study) -> Report:
    """Return the report as data."""
    country = study.held.country
    sections = [
        _first(study),
        national_section(study),
        waiting_section(study),
        over_time_section(study),
        people_section(study),
        known_section(study),
        concentration_section(study),
        orders_section(study),
        links_section(study),
        cannot_section(study),
        grid_section(study),
        rules_section(study),
        method_section(study),
    ]
    warnings = ["Every person and every event in this report is made up."] if country.made_up else []
    warnings += headline_warnings(study)
    if country.late:
        warnings.append(f"Not in the data, because late: {', '.join(country.late)}.")
    of = study.scope.title or country.title
    return Report(
        title="Stalking again: reoffending by every definition",
        subtitle=f"{of}, as known on {day(country.extracted_on)}",
        standing=INTERNAL,
        facts=(
            ("Of whom", _whom(study)),
            ("Headline", study.defs.headline_words()),
            ("As known on", day(country.extracted_on)),
            ("Sources", "; ".join(country.sources)),
        ),
        sections=tuple(s for s in sections if s is not None),
        warnings=tuple(warnings),
        source="from the folder of the country and the links named above",
    )


def _whom(study: Study) -> str:
    if study.scope.kind == "country":
        return f"{len(study.held.country.forces)} forces together"
    where = "the force" if study.scope.kind == "force" else "the hub’s forces"
    return f"People whose index event {where} recorded; what they did afterwards counts in every force"


def _both(study: Study) -> str:
    late = corrected_for(study, study.headline)
    if late is None or late.both is None:
        return ""
    return f"; and corrected for late proof: {with_limits(late.both)}"


def _first(study: Study) -> Section:
    cell = study.cell(study.headline)
    figures = []
    if cell.state == "held":
        sure, words = with_linkage(study, study.headline), study.defs.headline_words()
        figures.append(
            KeyFigure(
                percent(cell.rate),
                f"are known to have done it again: {words[:1].lower()}{words[1:]}",
                f"{number(cell.reoffenders)} of {number(cell.people)} people, day 0 in "
                f"{period(cell.window)}. 95% interval "
                f"{plain(study, study.headline)}; with doubt about who is who: {sure}{_both(study)}",
            )
        )
    own, known = study.spread, study.known
    figures.append(KeyFigure(number(own.people), "people in reports", f"{number(own.victims)} victims"))
    several = sum(own.forces[1:])
    if own.people:
        figures.append(
            KeyFigure(
                percent(several / own.people), "are known in more than one force", f"{number(several)} people"
            )
        )
    if known.people:
        before = known.own + known.elsewhere
        figures.append(
            KeyFigure(
                percent(before / known.people),
                "had been reported before they were first recorded as stalking",
                f"{number(before)} of {number(known.people)}; {number(known.elsewhere)} in other forces only",
            )
        )
    if study.concentrated is not None:
        figures.append(
            KeyFigure(
                f"{number(study.concentrated.half, 1)}%",
                "of people made half of the occasions",
                f"{number(study.concentrated.half_people)} of {number(study.concentrated.people)} people",
            )
        )
    blocks: list[Block] = [KeyFigures(tuple(figures))]
    caution = caution_of_links(study)
    if caution is not None:
        blocks.append(caution)
    blocks += sentences(study)
    return Section("brief", "The headline", tuple(blocks), first=True)
