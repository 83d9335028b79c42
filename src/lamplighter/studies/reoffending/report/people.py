"""Show people, victims and forces, what was known before, what followed orders, and concentration."""

from __future__ import annotations

from lamplighter.reporting.document import (
    NOT_APPLICABLE,
    Block,
    Caution,
    Column,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.reporting.words import count, day, number
from lamplighter.studies.reoffending.report.rates import percent, period
from lamplighter.studies.reoffending.study import Study


def _share(part: int, whole: int) -> Value:
    return 100 * part / whole if whole else NOT_APPLICABLE


def people_section(study: Study) -> Section:
    """Return how many people, victims and forces, and who moved."""
    own = study.spread
    names = ("One force", "Two forces", "Three forces", "Four forces or more")
    victims = ("One victim", "Two victims", "Three victims", "Four victims or more")
    named = own.people - own.victim_not_named
    rows: list[tuple[Value, ...]] = [
        (name, n, _share(n, own.people)) for name, n in zip(names, own.forces, strict=True)
    ]
    blocks: list[Block] = [
        Words(
            (
                f"{number(own.reports)} reports of stalking, harassment, malicious communications or a "
                f"breach, of "
                f"{number(own.acts)} acts by {number(own.people)} people against {number(own.victims)} "
                f"victims, since "
                f"{day(study.held.country.period_from)}. {number(study.joined_acts)} acts stood in the "
                f"books of two "
                "forces and are counted once.",
            )
        ),
        Table(
            "forces-of-a-person",
            "In how many forces a person is known",
            (Column("Known in"), Column("People", "count"), Column("Share", "percent")),
            tuple(rows),
        ),
        Words(
            (
                f"{number(own.moved)} people were reported in a second force after the first; the last "
                f"act of "
                f"{number(own.returned)} of them was in the first force again. "
                f"{number(own.moved_same_victim)} had the "
                "same victim in both. Each force alone sees a first-time suspect.",
            )
        ),
    ]
    if "victim" not in study.held.lacks:
        lines: list[tuple[Value, ...]] = [
            (name, n, _share(n, named)) for name, n in zip(victims, own.by_victims, strict=True)
        ]
        blocks.append(
            Table(
                "victims-of-a-person",
                "How many victims a person has",
                (Column("Victims"), Column("People", "count"), Column("Share", "percent")),
                tuple(lines),
                notes=(f"No report names a victim of {number(own.victim_not_named)} people.",),
            )
        )
    return Section("people", "People, victims and forces", tuple(blocks))


def known_section(study: Study) -> Section:
    """Return what had been reported before the first report that was recorded as stalking."""
    own = study.known
    before = own.own + own.elsewhere
    blocks: list[Block] = [
        Words(
            (
                f"{number(own.people)} people were first recorded as stalking in {period(study.period)}. "
                f"Of them, "
                f"{number(before)} ({percent(before / own.people) if own.people else 'none'}) had been "
                f"reported before "
                "for stalking of another kind, harassment, malicious communications or a breach.",
                f"In its own books alone a force would have found {number(own.own)} of them; "
                f"{number(own.elsewhere)} had been reported in other forces only.",
            )
        )
    ]
    names = study.held.country.names
    rows: list[tuple[Value, ...]] = []
    for force, none, mine, elsewhere in own.by_force:
        people = none + mine + elsewhere
        if people:
            rows.append((names[force], people, mine, elsewhere, _share(mine + elsewhere, people)))
    if rows:
        blocks.append(
            Table(
                "known-before",
                "Reported before, by the force that first recorded stalking",
                (
                    Column("Force"),
                    Column("People", "count"),
                    Column("Reported before in this force", "count"),
                    Column("In other forces only", "count"),
                    Column("Share reported before", "percent"),
                ),
                tuple(rows),
                notes=("Forces stand in the order of country.toml. The order says nothing.",),
                folded=True,
            )
        )
    return Section("known-before-section", "What had been reported before", tuple(blocks))


def orders_section(study: Study) -> Section:
    """Return what was recorded after orders: counts, and plainly not what orders did."""
    own, country = study.orders, study.held.country
    if "order_made" in country.not_held or not any(country.holds(f, ("order_made",)) for f in country.forces):
        return Section("orders", "After orders", (Words(("Orders are not held.",)),))
    rows: list[tuple[Value, ...]] = [
        ("Breach recorded", own.breach, _share(own.breach, own.mature)),
        ("… of them proven", own.breach_proven, _share(own.breach_proven, own.mature)),
        ("New report by the same victim", own.report_same_victim, _share(own.report_same_victim, own.mature)),
        ("Nothing recorded", own.nothing, _share(own.nothing, own.mature)),
    ]
    notes = (
        ()
        if own.median is None
        else (f"Half of the people with a breach had their first within {count(round(own.median), 'day')}.",)
    )
    return Section(
        "orders",
        "After orders",
        (
            Words(
                (
                    f"{number(own.orders)} orders were made, for {number(own.people)} people; each "
                    f"counts once, by the "
                    f"first. {number(own.mature)} of them have been followed for 12 months.",
                )
            ),
            Table(
                "after-orders",
                "Recorded within 12 months of the order",
                (Column("What"), Column("People", "count"), Column("Share", "percent")),
                tuple(rows),
                basis=f"{count(own.mature, 'person', 'people')}; {count(own.breaches, 'breach', 'breaches')}",
                notes=notes,
            ),
            Caution(
                "This is what followed orders, not what orders did. Who gets an order differs from who "
                "does not, and "
                "a breach is found where somebody looks."
            ),
        ),
    )


def concentration_section(study: Study) -> Section | None:
    """Return how few people made how many of the occasions."""
    own = study.concentrated
    if own is None:
        return None
    asked = study.defs.concentration
    rows: list[tuple[Value, ...]] = [
        (f"The {share}% with most", few, made) for share, few, made in own.shares
    ]
    times: list[tuple[Value, ...]] = [
        (name, people, _share(people, own.people), made, _share(made, own.occasions))
        for name, people, made in own.per_person
    ]
    spans: list[tuple[Value, ...]] = [(name, n, _share(n, own.people)) for name, n in own.spans]
    return Section(
        "concentration",
        "How few people make how many of the occasions",
        (
            Words(
                (
                    f"From {day(own.first)} to {day(own.last)}, {number(own.people)} people made "
                    f"{number(own.occasions)} occasions, on {number(own.days)} days of a person. Half of "
                    f"the occasions "
                    f"were made by {number(own.half_people)} people, {number(own.half, 1)}% of all.",
                    f"{number(own.prolific_people)} people with {asked.prolific} or more occasions made "
                    f"{number(own.prolific_occasions)} of them. The Gini coefficient is "
                    f"{number(own.gini, 2)}; nought "
                    "would be everybody alike.",
                )
            ),
            Table(
                "most",
                "Share of occasions made by those with most",
                (Column("People"), Column("How many", "count"), Column("Of the occasions", "percent")),
                tuple(rows),
            ),
            Table(
                "occasions-of-a-person",
                "Occasions of each person",
                (
                    Column("Occasions"),
                    Column("People", "count"),
                    Column("Share of people", "percent"),
                    Column("Occasions made", "count"),
                    Column("Share of occasions", "percent"),
                ),
                tuple(times),
            ),
            Table(
                "length-of-courses",
                "From the first to the latest occasion in the period",
                (Column("Length"), Column("People", "count"), Column("Share", "percent")),
                tuple(spans),
            ),
            Caution(
                "Links that are missed take occasions from those with most, and false links give them "
                "some: with "
                "doubt about who is who, these shares are lower limits as often as not."
            ),
        ),
    )
