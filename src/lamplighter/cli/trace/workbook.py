"""The sheets of the workbook of ``lamplighter trace``: patterns, the reports in them, and their people."""

from __future__ import annotations

from collections.abc import Sequence

from lamplighter.courses.summaries.people_in_patterns import PersonInPatterns
from lamplighter.reporting.patterns_page import Pattern
from lamplighter.reporting.words import day, listed
from lamplighter.reporting.workbook import SheetColumn, SheetTable


def patterns_sheet(patterns: Sequence[Pattern]) -> SheetTable:
    """Return one row a pattern, the flagged first."""
    columns = (
        SheetColumn("No.", "The number of the pattern here and on the page: in the order of the list.", 6),
        SheetColumn("Possible stalking", "Yes for a pattern that reads as possible stalking.", 11),
        SheetColumn(
            "In one sentence", "Who, how many reports, by whom, over how long, recorded as what.", 60
        ),
        SheetColumn("Victim", "The name that most records give, or what is known instead of one.", 22),
        SheetColumn(
            "Suspect", "The same of the suspect. “Not identified” where no report names anybody.", 22
        ),
        SheetColumn("Relationship", "How the suspect knows the victim, as most of the reports say.", 18),
        SheetColumn("Incidents", "How many incidents; two accounts of one incident are one.", 10),
        SheetColumn("Reports", "How many reports.", 9),
        SheetColumn("First incident", "The day of the first dated incident.", 13),
        SheetColumn("Last incident", "The day of the last dated incident.", 13),
        SheetColumn("Agencies", "Whose reports they are.", 26),
        SheetColumn(
            "References", "The agencies' own references, in the order in which they were reported.", 34
        ),
        SheetColumn("Recorded as", "What the agencies recorded the reports as.", 34),
        SheetColumn(
            "Recorded as stalking", "Which agency recorded stalking, in how many of its reports.", 34
        ),
        SheetColumn(
            "Never called stalking", "Yes where no agency recorded any of the reports as stalking.", 11
        ),
        SheetColumn("Reads as", "What the acts in the reports read as, by rules.", 20),
        SheetColumn("Why", "The reasons for that reading.", 44),
        SheetColumn(
            "To weigh first", "Time limits, threats, violence, breaches, escalation, other victims.", 50
        ),
        SheetColumn("Pattern reference", "The course_id in the files for machines.", 16),
    )
    rows = [
        (
            p.number, p.flagged, p.sentence, p.parties[0].name, p.parties[1].name, p.relationship,
            len(p.occasions), p.reports, p.first, p.last, listed(p.agencies), "; ".join(p.references),
            p.recorded_as, p.stalking, p.never, p.reading, " ".join(p.reasons),
            "\n".join(f"{title}: {words}" for title, words in p.weigh), p.reference,
        )
        for p in patterns
    ]  # fmt: skip
    return SheetTable(
        "Patterns", "one pattern: two or more incidents between the same two people", columns, rows
    )


def reports_sheet(patterns: Sequence[Pattern]) -> SheetTable:
    """Return one row for each report's account of an incident of a pattern."""
    columns = (
        SheetColumn("No.", "The pattern's number.", 6),
        SheetColumn("Possible stalking", "Yes for a pattern that reads as possible stalking.", 11),
        SheetColumn("Incident", "The number of the incident in its pattern, in order of time.", 9),
        SheetColumn("When", "When it happened, no more exact than is known.", 32),
        SheetColumn("Date", "The day on which it happened at the earliest, for sorting.", 13),
        SheetColumn("Agency", "Whose report it is.", 20),
        SheetColumn("Reference", "The agency's own reference.", 18),
        SheetColumn("Reported", "The day on which it was reported.", 13),
        SheetColumn("Recorded as", "What the agency recorded it as.", 24),
        SheetColumn("Recorded as stalking", "Yes where stalking is among what it was recorded as.", 11),
        SheetColumn("Victim as named", "The victim's name in this report.", 22),
        SheetColumn("Suspect as named", "The suspect's name in this report.", 22),
        SheetColumn("What was done", "The acts against the victim that were read from the words.", 40),
        SheetColumn("How", "By which channels.", 22),
        SheetColumn("Words", "What the agency wrote down.", 60),
        SheetColumn("Effect", "What it did to the victim, where the agency wrote it down.", 30),
        SheetColumn(
            "Why it is here", "Said of a report that does not name both people, or was inferred.", 36
        ),
        SheetColumn("Roles exchanged", "Yes where the suspect of the pattern is this report's victim.", 11),
    )
    rows = [
        (
            p.number, p.flagged, o.number, o.when, o.at, a.agency, a.reference, a.reported, a.recorded_as,
            a.as_stalking, a.victim_as_named, a.suspect_as_named, o.acts, o.channel, a.words, a.impact,
            o.why_here, o.turned,
        )
        for p in patterns
        for o in p.occasions
        for a in o.accounts
    ]  # fmt: skip
    what = "one report's account of an incident in a pattern; a report of two incidents has two rows"
    return SheetTable("Reports in patterns", what, columns, rows)


def people_sheet(people: Sequence[PersonInPatterns]) -> SheetTable:
    """Return one row for each of the two people of patterns."""
    columns = (
        SheetColumn("Person", "The person_id in the files for machines; it is of this run.", 14),
        SheetColumn("Name", "The name that most records give, or what is known instead of one.", 24),
        SheetColumn("Also recorded as", "Other names on the records, nicknames among them.", 30),
        SheetColumn("Born", "Every date of birth that was recorded.", 22),
        SheetColumn("Sex", "As most of the records have it.", 9),
        SheetColumn("Described as", "Words given instead of a name.", 22),
        SheetColumn(
            "Telephones", "Numbers in the reports. Never a safe contact: those are in no file here.", 24
        ),
        SheetColumn("Accounts", "Accounts and email addresses in the reports.", 30),
        SheetColumn("Vehicles", "Registration marks; a * ends a partial one.", 14),
        SheetColumn("Victim in", "Numbers of the patterns in which this is the victim.", 11),
        SheetColumn("Suspect in", "Numbers of the patterns in which this is the suspect.", 11),
        SheetColumn("Possible stalking", "Yes where one of these patterns reads as possible stalking.", 11),
        SheetColumn("Records", "How many records in these reports are held to be of this person.", 9),
        SheetColumn("Agencies", "Whose records they are.", 26),
        SheetColumn("References", "The reports that they are in.", 40),
    )
    rows = [
        (
            p.person_id, p.name, "; ".join(p.also), listed([day(b) for b in p.born], "or"), p.sex,
            p.described, "; ".join(p.phones), "; ".join(p.accounts), "; ".join(p.vehicles),
            ", ".join(map(str, p.harmed_in)), ", ".join(map(str, p.reported_in)), p.flagged, p.records,
            listed(p.agencies), "; ".join(p.references),
        )
        for p in people
    ]  # fmt: skip
    return SheetTable("People", "one person who is the victim or the suspect of a pattern", columns, rows)
