"""Three paragraphs from the same cells: for a journalist, for a chief constable, for a victim.

Each sentence is true of the cells that it shows; what the cells do not allow to be said is not said.
"""

from __future__ import annotations

from markupsafe import Markup

from lamplighter.studies.scorecard import frame
from lamplighter.studies.scorecard.figures import ALL, COMPARISON, FIGURES, SIZES, Force, key
from lamplighter.studies.scorecard.pages.context import Context, held, measure_named
from lamplighter.studies.scorecard.tables import edition_words, in_year

_JOURNALIST, _CHIEF, _VICTIM = (
    "For a journalist",
    "For a chief constable",
    "For somebody who is being stalked",
)


def said_to(title: str, words: Markup) -> Markup:
    return Markup('<section class="say">\n{}{}</section>\n').format(frame.h3(title), frame.p(words))


def of_the_country(context: Context) -> Markup:
    """Return the paragraphs of the page of all forces together."""
    return said_to(_JOURNALIST, _journalist(context, ALL)) + said_to(_VICTIM, _victim(context))


def of_a_force(context: Context, force: Force) -> Markup:
    """Return the paragraphs of the page of one force."""
    return (
        said_to(_JOURNALIST, _journalist(context, force.code, force.title))
        + said_to(_CHIEF, _chief(context, force))
        + said_to(_VICTIM, _victim(context))
    )


def _journalist(context: Context, force: str, name: str = "") -> Markup:
    year, told = context.year, []
    who = f"{name} recorded" if name else "the police in England and Wales recorded"
    told.append(
        frame.joined(
            "In the year ",
            in_year(year.code),
            f" {who} ",
            context.book.cell((SIZES, f"{force}.{year.code}", "crimes")),
            " crimes of stalking, as the edition of ",
            edition_words(year.source.edition),
            " has it.",
        )
    )
    told += _outcomes(context, force)
    apart = _apart(context, force)
    if apart:
        told.append(
            frame.joined(
                "Do not compare these shares with those of other forces, and do not call them high or low: ",
                apart,
            )
        )
    elif force == ALL:
        row = f"charged.{year.code}"
        if context.book.has(COMPARISON, row) and context.book.row(COMPARISON, row)["differ"]:
            told.append(
                frame.joined(
                    "Forces differ in the share charged by more than chance, and counts cannot tell why."
                )
            )
    told.append(frame.joined("Nothing here puts forces in an order, or says how much stalking there is."))
    return Markup(" ").join(told)


def _outcomes(context: Context, force: str) -> list[Markup]:
    year, there = context.year, {m.name for m in held(context, context.year)}
    shapes = (
        ("charged", "Of the crimes recorded, ", " had led to a charge or summons by then."),
        (
            "charged_assigned",
            "Of the outcomes assigned in the year, whenever the crime was recorded, ",
            " were charges or summonses.",
        ),
        ("victim", "A suspect was identified and the victim did not support action in ", "."),
        ("evidence", "The victim supported action, and evidential difficulties ended ", "."),
        ("open", "No outcome yet: ", "."),
    )
    told = []
    for name, before, after in shapes:
        if name not in there or not context.has(name, force, year):
            continue
        if not context.is_known(context.ref(name, force, year, "value")):
            continue
        told.append(frame.joined(before, _counts(context, name, force), after))
        if name == "charged_assigned" and told:
            told.append(frame.joined("These are two different shares: say which of them you mean."))
    return told


def _counts(context: Context, name: str, force: str) -> Markup:
    return frame.joined(
        context.number(name, force, "counted"),
        " of ",
        context.number(name, force, "out_of"),
        " (",
        context.share(measure_named(name), force),
        ")",
    )


def _apart(context: Context, force: str) -> Markup:
    """Return why the share charged of a force is not compared; empty for all together, and where it is."""
    if force == ALL or not context.has("charged", force, context.year):
        return Markup("")
    return context.reasons(measure_named("charged"), force, context.year)


def _chief(context: Context, force: Force) -> Markup:
    year = context.year
    told = [
        frame.joined(
            "Your force recorded ",
            context.book.cell((SIZES, f"{force.code}.{year.code}", "crimes")),
            " crimes of stalking in ",
            in_year(year.code),
            ".",
        )
    ]
    apart = _apart(context, force.code)
    if apart:
        told.append(frame.joined("Its share charged is not set beside those of other forces: ", apart))
    elif context.has("charged", force.code, year):
        told.append(
            frame.joined(
                _counts(context, "charged", force.code),
                " had led to a charge or summons; for all forces together it was ",
                context.share(measure_named("charged"), ALL),
                ". ",
                _expected(context, force),
            )
        )
    outside = [
        m
        for m in held(context, year)
        if context.has(m.name, force.code, year)
        and str(context.book.row(FIGURES, key(m.name, force.code, year))["where"])
        in ("above the limits", "below the limits")
    ]
    if outside:
        names = [frame.joined("“", context.title(m), "”") for m in outside]
        told.append(
            frame.joined(
                "Outside the limits, with the spread between forces allowed for: ",
                Markup(", ").join(names),
                ". It is a question to ask of recording, of the kinds of cases and of practice.",
            )
        )
    else:
        told.append(frame.joined("No measure of this page lies outside the limits."))
    told.append(
        frame.joined(
            "Your own data can answer what these cannot: why victims withdrew, which lines of enquiry were "
            "followed, and which crimes were recorded under another name."
        )
    )
    return Markup(" ").join(told)


def _expected(context: Context, force: Force) -> Markup:
    own = measure_named("charged")
    row = context.book.row(FIGURES, key("charged", force.code, context.year))
    if row["expected_low"] is None:
        return frame.joined("What can be expected of it cannot be said.")
    ends = context.interval(own, force.code, context.year, "expected_low", "expected_high")
    return frame.joined(str(row["expected"]), ": between ", ends.replace("\u00a0to\u00a0", " and "), ".")


def _victim(context: Context) -> Markup:
    told = [
        frame.joined(
            "These figures count crimes that the police recorded. They do not say what will happen in your "
            "case, nor how your report will be treated."
        )
    ]
    if context.has("charged", ALL, context.year):
        told.append(
            frame.joined(
                "Over all forces, ",
                _counts(context, "charged", ALL),
                " crimes of stalking recorded in ",
                in_year(context.year.code),
                " had led to a charge or summons by the edition of ",
                edition_words(context.year.source.edition),
                ".",
            )
        )
    if context.has("open", ALL, context.year):
        told.append(
            frame.joined(
                "Others were still open, ", _counts(context, "open", ALL), ", or had ended in another way."
            )
        )
    told.append(
        frame.joined(
            "That a case ended without a charge does not mean that it was not stalking, or that it was not "
            "believed. In danger now, call ",
            Markup("<code>999</code>"),
            ".",
        )
    )
    return Markup(" ").join(told)
