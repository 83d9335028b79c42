"""Two people a row, as courts keep them: orders at home, and protective orders of two other countries."""

from __future__ import annotations

import polars as pl

from benchmarks.kinds.homes import Home
from benchmarks.kinds.slips import date_as
from benchmarks.kinds.two_party_pen import Pen, frame
from benchmarks.kinds.two_party_world import EX, FAMILY, NEIGHBOUR, STRANGER, Person, World


def court_orders(seed: int) -> pl.DataFrame:
    """1,500 applications: names in one column, surname first; applicants' births and homes kept back."""
    world, pen = World(seed, 102, towns=5), Pen(seed, 3, slip=0.03)
    ties = world.ties(1_100, {EX: 75, FAMILY: 25}, tangled=0.5)

    def turned(person: Person, day: int) -> str:
        last, first = pen.last(person, day).upper(), pen.first(person, short=0.05)
        middle = f" {person.middle}" if person.middle and pen.chance(0.5) else ""
        return pen.pick(
            f"{last}, {first}{middle}", f"{last} {first}{middle}", f"{last}, {first} ({pen.title(person)})"
        )

    rows = []
    for number, report in enumerate(world.reports(ties, 1_500, again=0.5, swapped=0.06)):
        her, him, day = report.victim, report.suspect, report.day
        heard = date_as("words", report.date())
        rows.append(
            {
                "Case No.": f"{pen.pick('CB', 'NW', 'AS')}{report.date():%y}F{number:05d}",
                "Date Issued": heard,
                "Applicant": turned(her, day),
                "Applicant Address": pen.pick("C8 CONFIDENTIAL", "C8", "", her.home(day).whole()),
                "Solicitor (A)": pen.pick(
                    "Holt & Byrne LLP", "Crossley Quinn", "Litigant in person", "Rigby Webb", "Farnley Law"
                ),
                "Respondent": turned(him, day),
                "Resp. D.o.B.": pen.held(pen.day(him.born, "words", "uk"), 0.8),
                "Respondent Address": pen.held(
                    f"{pen.address(him, day)}, {him.home(day).town}, {him.home(day).postcode}", 0.75
                ),
                "Solicitor (R)": pen.pick("Litigant in person", "", "Mason Cole", "Rigby Webb"),
                "Rel. child(ren)": pen.held(f"{world.rng.integers(1, 4)} children", 0.5),
                "Order": pen.pick("NMO", "NMO", "OO", "NMO+OO"),
                "Expires": pen.held(f"{report.date().year + 1}", 0.7),
                "Judge": pen.pick("DJ Ogden", "DJ Whitham", "DDJ Marsh", "HHJ Nolan"),
                "truth": report.truth,
            }
        )
    return frame(rows)


def orders_us(seed: int) -> pl.DataFrame:
    """4,000 orders overseas: month before day, respondents by build and eyes, children beside."""
    world, pen = World(seed, 103, towns=10), Pen(seed, 4, slip=0.035)
    ties = world.ties(2_900, {EX: 70, FAMILY: 15, NEIGHBOUR: 8, STRANGER: 7})
    build = {id(p): (pen.rng.integers(60, 77), pen.pick("BRO", "BLU", "GRN", "HAZ")) for p in world.people}
    rows = []
    for number, report in enumerate(world.reports(ties, 4_000, again=0.5, swapped=0.05)):
        her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        named = knows == "all"
        height, eyes = build[id(him)]
        rows.append(
            {
                "CASE_NUM": f"PO-{report.date().year}-{number:06d}",
                "FILED_DT": date_as("us", report.date()),
                "PETR_LAST_NM": pen.last(her, day).upper(),
                "PETR_FIRST_NM": pen.first(her, short=0.05).upper(),
                "PETR_MI": pen.held(her.middle[:1].upper(), 0.6),
                "PETR_BIRTH_DT": pen.held(pen.day(her.born, "us"), 0.7),
                "PETR_SEX_CD": her.sex.upper(),
                "PROT_CHILD_1": pen.held(
                    f"{pen.first(world.people[number])} {pen.last(her, day)}".upper(), 0.2
                ),
                "RESP_LAST_NM": pen.last(him, day).upper() if named else pen.pick("DOE", "UNKNOWN", ""),
                "RESP_FIRST_NM": pen.first(him, short=0.1).upper()
                if knows != "nothing"
                else pen.pick("JOHN", "", ""),
                "RESP_MI": pen.held(him.middle[:1].upper(), 0.4) if named else "",
                "RESP_BIRTH_DT": pen.held(pen.day(him.born, "us"), 0.7) if named else "",
                "RESP_SEX_CD": him.sex.upper(),
                "RESP_HGT": pen.held(f"{(h := height + pen.rng.integers(-1, 2)) // 12}'{h % 12:02d}\"", 0.8),
                "RESP_EYE": pen.held(eyes if pen.chance(0.92) else "BRO", 0.75),
                "RESP_ADDR1": pen.held(pen.address(him, day, stale=0.2).upper(), 0.6) if named else "",
                "RESP_CITY": pen.held(him.home(day).town.upper(), 0.7),
                "RESP_TEL": pen.held(pen.phone(him.at(day, "phones")), 0.3),
                "REL_CD": {EX: "BG", FAMILY: "FM", NEIGHBOUR: "AC", STRANGER: "ST"}[report.tie.kind],
                "DISPOSITION": pen.pick("GRANTED", "DISMISSED", "EXPIRED", "GRANTED"),
                "truth": report.truth,
            }
        )
    return frame(rows)


def orders_german(seed: int) -> pl.DataFrame:
    """2,000 applications abroad: German headings, umlauts in two spellings, streets before numbers."""
    world, pen = World(seed, 104, towns=6, group="german"), Pen(seed, 5, slip=0.03)
    ties = world.ties(1_450, {EX: 70, FAMILY: 18, STRANGER: 12})

    def spelled(text: str) -> str:
        if pen.chance(0.75):
            return text
        for letter, plain in (
            ("ü", "ue"),
            ("ö", "oe"),
            ("ä", "ae"),
            ("ß", "ss"),
            ("Ö", "Oe"),
            ("ş", "s"),
            ("ı", "i"),
        ):
            text = text.replace(letter, plain)
        return text

    def street(home: Home) -> str:
        named, kind = home.street.split()
        way = "weg" if kind in ("Lane", "Way", "Close", "Grove") else pen.pick("straße", "straße", "str.")
        return spelled(f"{named}{way} {home.number}, {home.town}")

    rows = []
    for number, report in enumerate(world.reports(ties, 2_000, again=0.5, swapped=0.05)):
        her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        hers, his = her.home(day), him.home(day)
        rows.append(
            {
                "Az.": f"{pen.rng.integers(1, 30)} F {number}/{report.date():%y}",
                "Eingang": date_as("dots", report.date()),
                "Antragstellerin Name": spelled(pen.last(her, day)),
                "Antragstellerin Vorname": spelled(pen.first(her)),
                "Antragstellerin geb.": pen.held(pen.day(her.born, "dots"), 0.8),
                "Antragstellerin Anschrift": pen.held(street(hers), 0.6),
                "Antragsgegner Name": spelled(pen.last(him, day))
                if knows == "all"
                else pen.pick("", "unbekannt"),
                "Antragsgegner Vorname": spelled(pen.first(him)) if knows != "nothing" else "",
                "Antragsgegner geb.": pen.held(pen.day(him.born, "dots"), 0.65) if knows == "all" else "",
                "Antragsgegner Anschrift": pen.held(street(his), 0.6) if knows == "all" else "",
                "Antragsgegner Tel.": pen.held(him.at(day, "phones"), 0.3),
                "Beziehung": {EX: "Ex-Partner", FAMILY: "Familie"}.get(report.tie.kind, "fremd"),
                "Beschluss": pen.pick("erlassen", "zurückgewiesen", "Vergleich"),
                "truth": report.truth,
            }
        )
    return frame(rows)
