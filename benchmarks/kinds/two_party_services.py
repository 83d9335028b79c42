"""Two people a row, as services keep them: a helpline, a conference on risk, requests to disclose a past."""

from __future__ import annotations

import polars as pl

from benchmarks.kinds.slips import date_as, one_of
from benchmarks.kinds.two_party_pen import Pen, frame
from benchmarks.kinds.two_party_world import EX, FAMILY, STRANGER, Person, World

_WORKERS = ("Bev Tranter", "Sian Holt", "Marcus Eze", "Priti Shah", "Jo Ogden", "Annette Kerr", "Dee Webb")


def helpline(seed: int) -> pl.DataFrame:
    """1,200 referrals: the perpetrator is a first name and an age; workers and referrers have names too."""
    world, pen = World(seed, 105, towns=4), Pen(seed, 6, slip=0.05, heard=True)
    ties = world.ties(800, {EX: 80, FAMILY: 15, STRANGER: 5}, tangled=0.45)
    rows = []
    for number, report in enumerate(world.reports(ties, 1_200, again=0.58, swapped=0.01)):
        her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        told = {
            "all": pen.pick("first", "first", "whole", "nothing"),
            "first": "first",
            "nothing": "nothing",
        }[knows]
        age = him.age(day) + int(pen.rng.integers(-1, 2))
        rows.append(
            {
                "Ref": f"HL{number + 4000}",
                "Referral date": date_as("short", report.date()),
                "Referred by": one_of(pen.rng, _WORKERS),
                "Agency": pen.pick("Police", "GP", "Self", "Housing", "Social care"),
                "Client first name": pen.first(her, short=0.2),
                "Client surname": pen.held(pen.last(her, day), 0.85),
                "Client DOB": pen.held(pen.day(her.born, "uk", "short"), 0.6),
                "Age band": f"{her.age(day) // 10 * 10}s",
                "Safe number": pen.held(pen.phone(her.at(day, "phones")), 0.75),
                "Safe to leave voicemail?": pen.pick("Y", "N", "text only"),
                "Postcode (first half)": pen.held(her.home(day).postcode.split()[0], 0.7),
                "Perp": {
                    "first": pen.first(him, short=0.35),
                    "whole": pen.whole(him, day, short=0.2),
                    "nothing": pen.pick("", "not disclosed"),
                }[told],
                "Perp age": pen.held(str(age), 0.6) if told != "nothing" else "",
                "Relationship": pen.pick("ex", "ex-husband", "ex partner")
                if report.tie.kind == EX
                else report.tie.kind,
                "Children": pen.pick("0", "1", "2", "3", ""),
                "Allocated to": one_of(pen.rng, _WORKERS),
                "Notes": pen.told(
                    ("Client left", "Client is fleeing", "Long history with", "Police aware of"),
                    ("perp." if told == "nothing" else f"{him.nick}.",),
                    ("Risk assessed.", "No answer x3.", "Wants refuge space.", ""),
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)


def marac(seed: int) -> pl.DataFrame:
    """800 cases of high risk: both well told, but kin and namesakes live in the same small town."""
    world, pen = World(seed, 106, towns=1), Pen(seed, 7, slip=0.04)
    ties = world.ties(560, {EX: 80, FAMILY: 20}, tangled=0.8)
    rows = []
    for number, report in enumerate(world.reports(ties, 800, again=0.5, swapped=0.03)):
        her, him, day = report.victim, report.suspect, report.day
        rows.append(
            {
                "MARAC no": f"M{report.date():%y}/{number:03d}",
                "Meeting": date_as("dashed", report.date()),
                "Victim Name": pen.whole(her, day, title=0.05),
                "Victim D.O.B": pen.held(pen.day(her.born, "dashed", "uk"), 0.82),
                "Victim AKA": pen.held(f"{her.first} {her.last[0][1]}", 0.12),
                "Victim Address": pen.held(
                    f"{pen.address(her, day)}, {her.home(day).town} {her.home(day).postcode}", 0.85
                ),
                "Perpetrator Name": pen.whole(him, day, short=0.08),
                "Perpetrator D.O.B": pen.held(pen.day(him.born, "dashed", "uk"), 0.72),
                "Other names": pen.held(pen.pick(him.nick, him.middle, f"{him.nick} {him.last[0][1]}"), 0.25),
                "Perpetrator Address": pen.pick("NFA", "As victim", "")
                if pen.chance(0.3)
                else f"{pen.address(him, day, stale=0.15)}, {him.home(day).town} {him.home(day).postcode}",
                "Children (names, ages)": pen.held(
                    f"{pen.first(one_of(pen.rng, world.people))} ({pen.rng.integers(1, 16)})", 0.4
                ),
                "Referring agency": pen.pick("Police", "IDVA", "Health", "Probation"),
                "IDVA": one_of(pen.rng, _WORKERS),
                "Repeat?": pen.pick("Y", "N", "N", ""),
                "Actions": pen.pick(
                    "Target harden", "Refer to DAPP", "Flag address", "Liaise with school", ""
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)


def clares_law(seed: int) -> pl.DataFrame:
    """300 requests to disclose a past: the applicant is often her mother or sister, told just as well."""
    world, pen = World(seed, 107, towns=3), Pen(seed, 8, slip=0.03)
    ties = world.ties(220, {EX: 92, FAMILY: 8}, tangled=0.5)
    asked: dict[str, Person] = {}
    rows = []
    for number, report in enumerate(world.reports(ties, 300, again=0.45, swapped=0.0)):
        her, him, day = report.victim, report.suspect, report.day
        kin = asked.get(report.truth) or world.a_relative(her, one_of(pen.rng, ("parent", "sibling")))
        asked[report.truth] = kin
        asks = her if pen.chance(0.5) else kin
        rows.append(
            {
                "DVDS ref": f"DVDS-{number:04d}",
                "Received": date_as("uk", report.date()),
                "Route": pen.pick("Right to Ask", "Right to Ask", "Right to Know"),
                "Applicant forename": pen.first(asks),
                "Applicant surname": pen.last(asks, day),
                "Applicant DOB": pen.held(pen.day(asks.born, "uk"), 0.8),
                "Applicant tel": pen.held(pen.phone(asks.at(day, "phones")), 0.8),
                "Person at risk forename": pen.first(her),
                "Person at risk surname": pen.last(her, day),
                "Person at risk DOB": pen.held(pen.day(her.born, "uk"), 0.75),
                "Person at risk address": pen.held(her.home(day).whole(), 0.7),
                "Subject forename": pen.first(him, short=0.2),
                "Subject surname": pen.last(him, day),
                "Subject DOB or age": pen.pick(pen.day(him.born, "uk"), str(him.age(day)), ""),
                "Subject address": pen.held(f"{pen.address(him, day)}, {him.home(day).town}", 0.5),
                "Subject known as": pen.held(him.nick, 0.2),
                "Decision": pen.pick("Disclosed", "No disclosure", "Pending"),
                "truth": report.truth,
            }
        )
    return frame(rows)
