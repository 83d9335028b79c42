"""Two people a row, as places keep them: a school, a landlord, a prison and a hospital."""

from __future__ import annotations

import polars as pl

from benchmarks.kinds.slips import date_as, one_of
from benchmarks.kinds.two_party_pen import Pen, frame
from benchmarks.kinds.two_party_world import EX, FAMILY, NEIGHBOUR, STRANGER, Person, Report, World


def school(seed: int) -> pl.DataFrame:
    """900 concerns about pupils and adults: brothers and sisters share surname, home and the same adult."""
    world, pen = World(seed, 108, towns=1), Pen(seed, 9, slip=0.04)
    ties = []
    while len(ties) < 560:
        adult = world.a_person("m" if pen.chance(0.7) else "f", age=int(pen.rng.integers(20, 55)))
        for _ in range(int(pen.rng.integers(1, 4))):
            child = world.a_person(
                age=int(pen.rng.integers(3, 14)),
                last=adult.last[0][1] if pen.chance(0.6) else "",
                group=adult.group,
                home=adult.homes[0][1],
            )
            ties.append(world.a_tie(FAMILY, child, adult))
            if pen.chance(0.1):
                ties.append(world.a_tie(STRANGER, child))
    rows = []
    for report in world.reports(ties, 900, again=0.5, swapped=0.0):
        child, adult, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        about = {
            "all": pen.whole(adult, day, title=0.5, short=0.1),
            "first": pen.first(adult),
            "nothing": pen.pick("unknown male", "", "online contact"),
        }[knows]
        if knows == "all" and pen.chance(0.3):
            about = f"{pen.title(adult)} {pen.last(adult, day)}"
        rows.append(
            {
                "Date": date_as("short", report.date()),
                "Pupil Name": pen.whole(child, day, short=0.15),
                "DoB": pen.held(pen.day(child.born, "uk"), 0.75),
                "Yr Grp": str(max(0, child.age(day) - 5)),
                "Class": pen.pick("Oak", "Elm", "Ash", "Beech"),
                "Concern about": about,
                "Relationship to pupil": pen.pick("Dad", "Stepdad", "Mum's partner")
                if adult.sex == "m"
                else pen.pick("Mum", "Stepmum", "Aunt"),
                "Home contact": pen.held(adult.at(day, "phones"), 0.55),
                "Category": pen.pick("Neglect", "Emotional", "Physical", "Online", "DA in home"),
                "Logged by": pen.pick("Mrs Ogden", "Mr Webb", "Miss Tranter", "Mrs Begum"),
                "What was seen or said": pen.told(
                    (f"{child.first} said",),
                    ("he was scared to go home.", "there was shouting last night.", "they had no tea."),
                    ("Bruise to arm.", "Tired in class.", ""),
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)


def neighbours(seed: int) -> pl.DataFrame:
    """3,000 complaints between neighbours: "Mr & Mrs J Smith", one street, each accuses the other."""
    world, pen = World(seed, 109, towns=6), Pen(seed, 10, slip=0.045)
    ties = world.ties(1_900, {NEIGHBOUR: 92, FAMILY: 8}, tangled=0.4)

    def tenant(person: Person, day: int) -> str:
        last = pen.last(person, day)
        return pen.pick(
            pen.whole(person, day, title=0.6),
            f"{pen.title(person)} {person.first[0]} {last}",
            f"{pen.title(person)} {last}",
            f"Mr & Mrs {person.first[0]} {last}",
            f"{pen.whole(person, day)}",
        )

    rows = []
    for number, report in enumerate(world.reports(ties, 3_000, again=0.6, swapped=0.1)):
        one, other, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        rows.append(
            {
                "Case ID": f"ASB/{number:05d}",
                "Opened": date_as("uk", report.date()),
                "Complainant": tenant(one, day),
                "Complainant Address": pen.address(one, day, stale=0.03),
                "Complainant Postcode": one.home(day).postcode,
                "Complainant Phone": pen.held(pen.phone(one.at(day, "phones")), 0.6),
                "Alleged Perpetrator": tenant(other, day)
                if knows == "all"
                else pen.first(other, short=0.4)
                if knows == "first"
                else pen.pick("", "unknown", "Visitor"),
                "Perp Address": pen.held(pen.address(other, day, stale=0.03), 0.8),
                "ASB Type": pen.pick("Noise", "Threats", "Pets", "Parking", "Cannabis", "Harassment"),
                "Status": pen.pick("Closed", "Open", "ABA signed", "NOSP served"),
                "Housing Officer": pen.pick("K. Rigby", "S. Malik", "D. Holt"),
                "Summary": pen.told(
                    ("Loud music", "Banging on wall", "Shouting abuse", "Dog fouling"),
                    ("at night.", "every day.", "since summer.", "again."),
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)


def prison_mail(seed: int) -> pl.DataFrame:
    """2,500 letters and calls stopped at a prison: she is a first name and an address on an envelope."""
    world, pen = World(seed, 110, towns=10), Pen(seed, 11, slip=0.06)
    ties = world.ties(1_500, {EX: 65, FAMILY: 20, STRANGER: 15}, tangled=0.5)
    numbers: dict[int, str] = {}
    rows = []
    for report in world.reports(ties, 2_500, again=0.65, swapped=0.0):
        her, him, day = report.victim, report.suspect, report.day
        number = numbers.setdefault(
            id(him),
            f"A{pen.rng.integers(1000, 9999)}{pen.pick('A', 'C', 'D', 'E')}{pen.pick('K', 'T', 'V', 'Z')}",
        )
        kept = her.home(day)
        rows.append(
            {
                "date intercepted": date_as("dots", report.date()),
                "prisoner name": f"{pen.last(him, day).upper()} {pen.first(him, short=0.03).upper()}",
                "prison number": pen.held(pen.digits(number), 0.7),
                "wing": pen.pick("A", "B", "C", "D", "VPU"),
                "item": pen.pick("Letter out", "Letter out", "PIN call", "Card"),
                "addressee": pen.pick(
                    pen.whole(her, day, title=0.3),
                    pen.first(her, short=0.5),
                    f"{pen.title(her)} {her.first[0]} {pen.last(her, day)}",
                    "",
                ),
                "addressee address": pen.held(
                    f"{pen.address(her, day, stale=0.25)} {kept.town} {kept.postcode}", 0.7
                ),
                "number dialled": pen.held(her.at(day, "phones"), 0.25),
                "restriction": pen.pick("PPM", "RO", "NMO", "Harassment", "none recorded"),
                "censor": pen.pick("OSG Day", "OSG Booth", "OSG Price"),
                "truth": report.truth,
            }
        )
    return frame(rows)


def hospital(seed: int) -> pl.DataFrame:
    """600 injuries told to a hospital: patients in full, assailants as "partner", a first name, initials."""
    world, pen = World(seed, 111, towns=4), Pen(seed, 12, slip=0.03)
    ties = world.ties(430, {EX: 70, FAMILY: 20, STRANGER: 10}, tangled=0.45)
    return frame([_letter(pen, report) for report in world.reports(ties, 600, again=0.5, swapped=0.02)])


def _letter(pen: Pen, report: Report) -> dict[str, str]:
    her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
    said = (
        pen.pick("partner", "ex-partner", "her boyfriend")
        if report.tie.kind == EX
        else "relative"
        if report.tie.kind == FAMILY
        else "unknown assailant"
    )
    told = {
        "all": pen.pick(
            said, said, pen.first(him, short=0.3), f"{him.first[0]}.{him.last[0][1][0]}.", pen.whole(him, day)
        ),
        "first": pen.first(him),
        "nothing": said,
    }[knows]
    return {
        "PatientName": f"{pen.last(her, day).upper()}, {pen.first(her, short=0.03)} ({pen.title(her)})",
        "PatientDOB": pen.day(her.born, "words"),
        "PatientAddress": her.home(day).whole(),
        "GPName": one_of(pen.rng, ("Dr A Malik", "Dr S Whitham", "Dr P Kerr")),
        "AttendanceDate": date_as("long", report.date()),
        "DisclosedAssailant": told,
        "AssailantRelationship": said,
        "NextOfKin": pen.held(pen.pick(pen.whole(him, day), f"mother {her.last[0][1]}"), 0.3),
        "Injury": pen.pick(
            "bruising L arm", "fractured ulna", "laceration scalp", "no injury seen", "soft tissue"
        ),
        "truth": report.truth,
    }
