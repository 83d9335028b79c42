"""Two people a row, as police hold them: an extract of crimes, and a log of emergency calls."""

from __future__ import annotations

import polars as pl

from benchmarks.kinds.slips import date_as
from benchmarks.kinds.two_party_pen import Pen, frame
from benchmarks.kinds.two_party_world import COLLEAGUE, EX, FAMILY, NEIGHBOUR, STRANGER, Report, World

_OFFENCES = {
    "Harassment without violence": "IP states suspect keeps turning up at her place of work.",
    "Malicious communications": "Suspect has sent a number of messages which are abusive in nature.",
    "Criminal damage to vehicle": "Unknown means used to scratch vehicle parked outside address.",
    "Common assault": "Verbal argument during which IP was pushed to the floor.",
    "Breach of non-molestation order": "Suspect has attended the address in breach of order.",
    "Stalking": "Series of incidents where suspect has followed IP from work.",
    "Public order": "Suspect shouting abuse in the street.",
    "Theft from dwelling": "Items removed while IP was out.",
}


def police_extract(seed: int) -> pl.DataFrame:
    """12,000 crimes of one force: many suspects are half named; families and namesakes abound."""
    world, pen = World(seed, 100), Pen(seed, 1, slip=0.035)
    ties = world.ties(6_800, {EX: 45, FAMILY: 15, NEIGHBOUR: 12, COLLEAGUE: 5, STRANGER: 23})
    return frame([_crime(pen, n, report) for n, report in enumerate(world.reports(ties, 12_000, again=0.5))])


def _crime(pen: Pen, number: int, report: Report) -> dict[str, str]:
    her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
    offence = pen.pick(*_OFFENCES)
    born = pen.day(him.born, "uk") if knows == "all" and pen.chance(0.72) else ""
    known_home = knows == "all" and pen.chance(0.6)
    plate = pen.held(him.plate.replace(" ", ""), 0.12)
    nothing = pen.pick("", "", "UNKNOWN", "N/K")
    return {
        "Crime Ref": f"42/{100_000 + number}/{report.date().year % 100}",
        "Date Created": date_as("uk", report.date()),
        "HO Class Desc": offence,
        "Vic Surname": pen.last(her, day).upper(),
        "Vic Forename(s)": pen.first(her) + (f" {her.middle}" if her.middle and pen.chance(0.4) else ""),
        "Vic DOB": pen.held(pen.day(her.born, "uk"), 0.88),
        "Vic Gender": her.sex.upper(),
        "Vic Self Def Eth": her.group.title(),
        "Vic Addr": pen.held(pen.address(her, day), 0.9),
        "Vic Pcode": pen.held(her.home(day).postcode, 0.85),
        "Vic Tel": pen.held(pen.phone(her.at(day, "phones")), 0.65),
        "Vic Email": pen.held(her.at(day, "mails"), 0.25),
        "Sus Surname": pen.last(him, day).upper() if knows == "all" else nothing,
        "Sus Forename(s)": {"all": pen.first(him), "first": pen.first(him, short=0.5), "nothing": nothing}[
            knows
        ],
        "Sus Alias": pen.held(him.nick, 0.1 if knows != "nothing" else 0.02),
        "Sus DOB": born,
        "Sus Gender": pen.held(him.sex.upper(), 0.85),
        "Sus Addr": pen.address(him, day, stale=0.2) if known_home else "",
        "Sus Pcode": him.home(day).postcode if known_home and pen.chance(0.8) else "",
        "Sus Tel": pen.held(pen.phone(him.at(day, "phones")), 0.3 if knows == "all" else 0.08),
        "VRM": plate[:4] if plate and pen.chance(0.3) else plate,
        "Rel to Vic": pen.held(
            {EX: "Ex-partner", FAMILY: "Other family", NEIGHBOUR: "Neighbour", STRANGER: "Stranger"}.get(
                report.tie.kind, "Acquaintance"
            ),
            0.8,
        ),
        "OIC": pen.pick("PC 1442 HOLT", "PC 2087 SHAW", "DC 331 RYAN", "PC 918 COLE", "DC 450 MILLS"),
        "MO": pen.told(
            (_OFFENCES[offence],),
            ("Enquiries ongoing.", "No CCTV.", "" if knows == "nothing" else f"Suspect named as {him.nick}."),
        ),
        "truth": report.truth,
    }


_SAID = {
    EX: ("HER EX", "EX-PARTNER", "ex bf", "EX HUSBAND", "FORMER PARTNER"),
    FAMILY: ("FAMILY MEMBER", "relative", "son", "BROTHER"),
    NEIGHBOUR: ("NEIGHBOUR", "male next door", "NEXT DOOR"),
    COLLEAGUE: ("COLLEAGUE", "works with"),
    STRANGER: ("UNK MALE", "a male", "UNKNOWN", "male in car"),
}


def calls_999(seed: int) -> pl.DataFrame:
    """6,000 emergency calls: the other is "HER EX DAN" or nobody, some callers use another's telephone."""
    world, pen = World(seed, 101, towns=8), Pen(seed, 2, slip=0.07, heard=True)
    ties = world.ties(3_000, {EX: 55, FAMILY: 15, NEIGHBOUR: 20, STRANGER: 10})
    rows = []
    for number, report in enumerate(world.reports(ties, 6_000, again=0.6, swapped=0.02)):
        her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        said = pen.pick(*_SAID[report.tie.kind])
        if knows == "all":
            whole = pen.whole(him, day, short=0.4)
            other = pen.pick(
                whole, whole.upper(), f"{said} {pen.first(him, short=0.5)}", f"{said} {whole}", said, him.nick
            )
        else:
            other = f"{said} {pen.first(him, short=0.6)}" if knows == "first" else pen.pick(said, "")
        place = her if pen.chance(0.8) else him if pen.chance(0.4) else None
        home = (
            f"{pen.address(place, day)} {place.home(day).town}".upper()
            if place
            else world.a_home().whole(" ").upper()
        )
        rows.append(
            {
                "inc_no": f"{report.date():%Y%m%d}-{number:04d}",
                "call_time": f"{report.date():%d/%m/%Y} {pen.clock()}",
                "cli": pen.held(her.at(day, "phones") if pen.chance(0.85) else world.a_phone(), 0.92),
                "caller": pen.pick(
                    pen.whole(her, day),
                    pen.whole(her, day),
                    pen.first(her),
                    f"{pen.title(her)} {pen.last(her, day)}",
                ),
                "incident location": home,
                "other party": other,
                "op vrm": pen.held(him.plate, 0.08),
                "grade": pen.pick("1", "2", "2", "3"),
                "qualifiers": pen.pick("DA", "DA;ALC", "ASB", "", "VIO", "DA;CH"),
                "log text": pen.told(
                    ("CALLER STATES",),
                    (other.upper() or "MALE",),
                    ("IS OUTSIDE BANGING ON DOOR.", "HAS BEEN TEXTING ALL NIGHT.", "FOLLOWED HER HOME."),
                    ("NO INJURIES", "CHILDREN PRESENT", "LINE CLEARED", ""),
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)
