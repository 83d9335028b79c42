"""Write the paragraph that a minister may read out, the one she may not, and what the figures cannot say."""

from __future__ import annotations

from lamplighter.reporting.document import Block, Caution, Heading, Points, Section, Words
from lamplighter.reporting.words import count, day, listed, number
from lamplighter.studies.reoffending.grid import Cell
from lamplighter.studies.reoffending.partitions import combined
from lamplighter.studies.reoffending.report.rates import between, corrected_for, named, percent, period
from lamplighter.studies.reoffending.study import Study

_EITHER = "either"


def of_whom(study: Study) -> str:
    """Return whom the report is of, as a sentence names them."""
    forces = len(study.held.country.forces)
    if study.scope.kind == "country":
        return f"{count(forces, 'police force')}"
    return study.scope.title


def sentences(study: Study) -> tuple[Block, ...]:
    """Return both paragraphs, each with why."""
    cell = study.cell(study.headline)
    blocks: list[Block] = [Heading("What a minister may read out")]
    few = too_few(study, cell)
    if cell.state != "held":
        blocks += [
            Words(("Nothing: the headline has no figure. It may not be replaced by another definition.",))
        ]
    elif few:
        blocks += [Words((few,))]
    else:
        blocks += [Words((may(study, cell),))]
    blocks += [Heading("What a minister may not read out"), Words((f"“{may_not(study, cell)}” Why not:",))]
    blocks += [Points(tuple(why_not(study, cell)))]
    return tuple(blocks)


def too_few(study: Study, cell: Cell) -> str:
    """Return that the headline is of too few people to be read out; nothing where it is not."""
    if cell.state != "held":
        return ""
    intervals = _intervals(study)
    asked = study.defs.read_out
    if not asked.too_few(cell.people, *intervals):
        return ""
    low, high = max(intervals, key=lambda limits: limits[1] - limits[0])
    return (
        "Nothing: the figure is of too few people to be read out. "
        f"{count(cell.people, 'person', 'people')} can be followed, and the figure could be "
        f"{between(low, high)}. It is read out of {number(asked.people)} people "
        f"or more, and only if its limits are no more than {number(asked.points)} points apart."
    )


def _intervals(study: Study) -> list[tuple[float, float]]:
    """Return all intervals of the headline's rate, with and without each correction."""
    found = [study.plain_interval(study.headline)]
    late = corrected_for(study, study.headline)
    rate = None if late is None else late.rate
    if rate is not None and rate.told:
        found.append((rate.lower, rate.upper))
    for one in (combined(study.readings, study.headline), None if late is None else late.both):
        if one is not None:
            found.append((max(one.lower, 0.0), min(one.upper, 1.0)))
    return found


def may(study: Study, cell: Cell) -> str:
    """Return the paragraph that may be read out."""
    own, defs = study.defs.headline, study.defs
    began = defs.index(own.index).title.lower()
    words = (
        f"In {of_whom(study)}, {number(cell.people)} people were followed, each from the day of their first "
        f"{began} in {period(cell.window)}. Within {own.horizon} months, {number(cell.reoffenders)} of them "
        f"({percent(cell.rate)}) are known to have done it again, by this count: "
        f"{named(study, study.headline).lower()}. {_how_sure(study)}"
    )
    spread = [study.cell(key) for key in _same_people(study)]
    rates = [c.rate for c in spread if c.state == "held"]
    changed = bool(headline_warnings(study))
    chosen = f"This was {'not ' if changed else ''}the definition chosen before the data were opened."
    if len(rates) > 1:
        words += (
            f" {chosen} Other definitions of the same people give between {percent(min(rates))} and "
            f"{percent(max(rates))}."
        )
    if study.held.country.made_up:
        words += " Every figure here is made up."
    return words


def _how_sure(study: Study) -> str:
    """Return what is expected once all is proven, with late proof and doubtful links in one interval.

    Where one of the two is not known, the sentence does not claim it.
    """
    late = corrected_for(study, study.headline)
    if late is not None and late.both is not None and late.own is not None:
        return (
            "Courts are slow, and it is not certain which records are one person. Once all is proven, we "
            f"expect {percent(late.own.estimate)} of these people to have done it again, and it could be "
            f"{between(late.own.lower, late.own.upper)}; of others like them, by chance as well, "
            f"{between(late.both.lower, late.both.upper)}."
        )
    low, high = study.plain_interval(study.headline)
    both = combined(study.readings, study.headline)
    because = "by chance"
    if both is not None:
        low, high = both.lower, both.upper
        because = "by chance, and for doubt about which records are one person"
    words = f"The figure could be {between(low, high)} {because}."
    if late is not None and late.rate is not None and late.rate.told:
        words += f" Courts are slow: once all is proven, we expect {percent(late.rate.estimate)}."
    return words


def _same_people(study: Study) -> list[tuple[str, str, str, int, int]]:
    own, window = study.defs.headline, study.windows[study.headline]
    return [
        key
        for key, other in study.windows.items()
        if (key[0], key[2], key[3]) == (own.index, _EITHER, own.horizon) and other == window
    ]


def may_not(study: Study, cell: Cell) -> str:
    """Return the paragraph that is often said of such figures, and may not be."""
    rate = percent(1 - cell.rate) if cell.state == "held" else "Most"
    orders = study.orders
    words = f"{rate} of stalkers stop. "
    if orders.mature:
        words += f"Orders work: {percent(1 - orders.breach / orders.mature)} were never breached."
    return words.strip()


def why_not(study: Study, cell: Cell) -> list[str]:
    """Return what makes the second paragraph false."""
    reasons = []
    if cell.state == "held":
        reasons.append(
            "Not known to have done it again is not the same as having stopped: most stalking is never "
            "reported, and "
            "most of what is reported is never proven."
        )
    recorded = next((k for k in _same_people(study) if not study.defs.outcome(k[1]).is_proven), None)
    if recorded is not None and study.cell(recorded).state == "held" and cell.state == "held":
        found = study.cell(recorded)
        reasons.append(
            f"Of the same people, {percent(found.rate)} had stalking recorded against "
            f"them again "
            f"within "
            f"{recorded[3]} months."
        )
    reasons.append(
        "People who were convicted are not all stalkers: the figure says nothing of those who were never "
        "charged."
    )
    if study.orders.mature:
        reasons.append(
            "Nobody was given an order at random, and a breach that nobody reports is not recorded. The "
            "same people "
            "without an order are not in the data, so what orders did cannot be known from them."
        )
    late = study.held.country.late
    if late:
        reasons.append(
            f"{listed(list(late))} sent nothing: people who moved there look as if they had stopped."
        )
    return reasons


def cannot_section(study: Study) -> Section:
    """Return what the figures cannot say."""
    held = study.held
    points = [
        "How many stalk again. These are people whom a force recorded, and what forces and courts know "
        "of them.",
        "That a force, a hub or an order made the difference: cases, recording and courts differ.",
        "That a force with a lower rate does better. It may record less, prove less, or lose people who "
        "move.",
        "Anything about one suspect or one victim.",
        "That two figures of this page can be set beside each other where their people or their wait differ.",
        "Harm. Occasions are counted and not weighed: a weight by crime makes a course of conduct vanish.",
    ]
    if held.lacks:
        points.append(f"Not held, and therefore not shown as nought: {listed(sorted(held.lacks))}.")
    lacking = [f"{f.name} ({', '.join(sorted(f.not_held))})" for f in held.country.forces if f.not_held]
    if lacking:
        points.append(
            f"Some forces do not hold everything: {listed(lacking)}. Their people are left out where it "
            f"is asked for; "
            "what others did there is missed."
        )
    if held.unknown_suspect:
        points.append(
            f"{number(held.unknown_suspect)} events have no suspect on record. Nobody can be followed "
            f"from them."
        )
    return Section("cannot-say", "What this cannot say", (Points(tuple(points)),))


def headline_warnings(study: Study) -> list[str]:
    """Return what must be known of the headline: that it was changed, or named after the data were opened."""
    told = []
    entries = study.headlines
    if len(entries) > 1:
        first, last = entries[0], entries[-1]
        told.append(
            f"The headline was changed after the data were opened on {_day(first.first_used_on)}. It was: "
            f"{first.words} Since {_day(last.first_used_on)} it is: {last.words}"
        )
    if entries and entries[0].named_late:
        told.append(
            f"The headline was named on {_day(entries[0].named_on)}, after the data were opened on "
            f"{_day(entries[0].first_used_on)}."
        )
    return told


def _day(text: str) -> str:
    import datetime as dt

    return day(dt.date.fromisoformat(text))


def caution_of_links(study: Study) -> Caution | None:
    """Return that no partitions were drawn, where none were."""
    if len(study.held.links.draws) > 1:
        return None
    return Caution(
        "The linker drew no partitions, so no interval here knows of doubt about who is who. Missed "
        "links hide "
        "reoffending; false links make it."
    )
