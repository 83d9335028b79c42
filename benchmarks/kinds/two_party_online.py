"""Two people a row where accounts stand for people, or where two systems were stacked."""

from __future__ import annotations

import polars as pl

from benchmarks.kinds.slips import date_as, one_of
from benchmarks.kinds.two_party_names import ADJECTIVES, THINGS
from benchmarks.kinds.two_party_pen import Pen, frame
from benchmarks.kinds.two_party_world import COLLEAGUE, EX, FAMILY, STRANGER, Report, World


def platform(seed: int) -> pl.DataFrame:
    """8,000 reports of accounts by accounts: many are thrown away, some reporters leave no address."""
    world, pen = World(seed, 112, towns=12), Pen(seed, 13, slip=0.02)
    ties = world.ties(4_000, {EX: 35, STRANGER: 55, COLLEAGUE: 10}, tangled=0.5)
    rows = []
    for number, report in enumerate(world.reports(ties, 8_000, again=0.6, swapped=0.05)):
        her, him, day = report.victim, report.suspect, report.day
        burner = f"{one_of(pen.rng, ADJECTIVES)}{one_of(pen.rng, THINGS)}{pen.rng.integers(100, 99999)}"
        handle = (
            burner if pen.chance(0.15) else him.at(day, "handles") if pen.chance(0.85) else him.handles[0][1]
        )
        said = pen.pick(handle, f"@{handle}", f"https://chirp.example/{handle}", handle.upper())
        rows.append(
            {
                "ticket_id": f"{5_000_000 + number * 7}",
                "created_at": f"{report.date():%Y-%m-%d}T{pen.clock()}:00Z",
                "reporter_username": pen.held(her.at(day, "handles"), 0.9),
                "reporter_display_name": pen.pick(
                    her.nick, f"{her.nick} {her.at(day, 'last')}", her.nick.lower(), ""
                ),
                "reporter_email": pen.held(pen.pick(her.at(day, "mails"), her.at(day, "mails").upper()), 0.7),
                "reported_username": said,
                "reported_display_name": pen.pick(
                    him.nick, f"{him.first} {him.last[0][1]}", "...", handle, ""
                ),
                "reported_email_hint": pen.held(
                    f"{(mail := him.at(day, 'mails'))[0]}***{mail[mail.index('@') - 1 :]}", 0.3
                ),
                "reason": pen.pick("harassment", "impersonation", "private_images", "threat", "spam"),
                "locale": pen.pick("en-GB", "en-GB", "en-US", "pl-PL"),
                "status": pen.pick("open", "actioned", "no_violation"),
                "comment": pen.pick(
                    "please remove",
                    "this is my ex",
                    "keeps making new accounts",
                    "i am scared",
                    "",
                    f"it is {him.nick} again",
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)


def stacked(seed: int) -> pl.DataFrame:
    """5,000 rows of two systems: each fills other columns, and only one has births."""
    world, pen = World(seed, 113, towns=7), Pen(seed, 14, slip=0.04)
    ties = world.ties(2_900, {EX: 60, FAMILY: 20, STRANGER: 12, COLLEAGUE: 8})
    reports = world.reports(ties, 5_000, again=0.55)
    return frame(
        [
            (_of_police if pen.chance(0.55) else _of_probation)(pen, n, report)
            for n, report in enumerate(reports)
        ]
    )


def _of_police(pen: Pen, number: int, report: Report) -> dict[str, str]:
    her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
    named = knows == "all"
    return {
        "source": "NICHE",
        "source_id": f"OCC-{number}",
        "event_date": date_as("iso", report.date()),
        "complainant_first": pen.first(her).upper(),
        "complainant_last": pen.last(her, day).upper(),
        "complainant_dob": pen.held(date_as("iso", her.born), 0.8),
        "complainant_phone": pen.held(pen.phone(her.at(day, "phones")), 0.7),
        "complainant_postcode": pen.held(her.home(day).postcode, 0.85),
        "accused_first": pen.first(him).upper() if knows != "nothing" else "",
        "accused_last": pen.last(him, day).upper() if named else "",
        "accused_dob": pen.held(date_as("iso", him.born), 0.6) if named else "",
        "accused_phone": pen.held(him.at(day, "phones"), 0.25),
        "accused_postcode": pen.held(him.home(day).postcode, 0.5) if named else "",
        "accused_vehicle": pen.held(him.plate, 0.1),
        "narrative": "",
        "truth": report.truth,
    }


def _of_probation(pen: Pen, number: int, report: Report) -> dict[str, str]:
    her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
    return {
        "source": "VLO",
        "source_id": f"{number:07d}",
        "event_date": date_as("iso", report.date()),
        "complainant_first": pen.first(her, short=0.25),
        "complainant_last": pen.held(pen.last(her, day), 0.8),
        "complainant_dob": "",
        "complainant_phone": pen.held(her.at(day, "phones"), 0.5),
        "complainant_postcode": pen.held(her.home(day).postcode.split()[0], 0.6),
        "accused_first": pen.first(him, short=0.3) if knows != "nothing" else "",
        "accused_last": pen.held(pen.last(him, day), 0.7) if knows == "all" else "",
        "accused_dob": "",
        "accused_phone": "",
        "accused_postcode": "",
        "accused_vehicle": "",
        "narrative": pen.told(
            (f"Victim {her.first} reports",),
            ("contact by", "letters from", "sightings of", "messages from"),
            ("offender." if knows == "nothing" else f"{him.nick}.",),
        ),
        "truth": report.truth,
    }
