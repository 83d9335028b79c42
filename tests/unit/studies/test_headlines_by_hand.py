"""Two hundred spreadsheets, drawn with what goes wrong in one, and every headline worked out again by hand.

The second computation reads the lines as plain text with nothing but the standard library, and shares no code
with the review: columns that are missing or blank, a "no" beside a blank, second lines with another outcome,
a rule of which stands, withdrawals dated before the report, breaches with and without an answer, and
follow-ups of any length.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from lamplighter.reporting.document import KeyFigures
from lamplighter.studies.review import evaluation
from lamplighter.studies.review.engine import review
from lamplighter.studies.review.indicators.lines import lines
from lamplighter.studies.review.results import Everything
from lamplighter.studies.review.sections.brief import brief_section
from lamplighter.studies.review.settings import Settings, settings
from lamplighter.study_bundle.spreadsheets.mapped_bundle import check_mapped
from lamplighter.study_bundle.spreadsheets.mapping import parse

FROM, TO = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
Line = dict[str, str]
#: What may be missing or blank, as the headings that go together.
PARTS = {
    "prior": ("Earlier allegations",),
    "suspect": ("Suspect",),
    "withdrew": ("Withdrew",),
    "outcome": ("Outcome", "Outcome date"),
    "class": ("First class", "Stalking date"),
    "assessed": ("Assessed", "Assessed on"),
    "breach": ("Breach on", "Answered", "Answered on"),
    "stands": ("Changed",),
}
WITHDREW = {"14", "16"}
CLOSED = {"9", "10", "15", "18", "21"}
CHARGED = {"1", "1A"}
ENTRIES = {
    "withdrew": '[[events]]\nkind = "support_status"\nat = "Withdrew"\ncode = { value = "withdrawn" }\n',
    "outcome": '[[events]]\nkind = "outcome"\nwhen = "Outcome"\nat = "Outcome date"\ncode = "Outcome"\n',
    "class": (
        '[[events]]\nkind = "classification"\nwhen = "First class"\nat = "Recorded"\ncode = "First class"\n'
        '[[events]]\nkind = "classification"\nwhen = "Stalking date"\nat = "Stalking date"\n'
        'code = { value = "stalking" }\n'
    ),
    "assessed": (
        '[[events]]\nkind = "risk_assessment"\nwhen = "Assessed"\ndone = "Assessed"\nat = "Assessed on"\n'
        'instrument = { value = "sash" }\n'
    ),
    "breach": (
        '[[events]]\nkind = "breach"\nat = "Breach on"\n'
        '[[events]]\nkind = "breach_response"\nwhen = "Answered"\ndone = "Answered"\nat = "Answered on"\n'
        'code = { value = "arrest" }\n'
    ),
}


def drawn(seed: int) -> tuple[list[Line], set[str], dt.date]:
    """The lines of one spreadsheet, the parts that its file does not have, and the day of the extract."""
    draw = random.Random(seed)
    extract = TO + dt.timedelta(days=draw.choice([0, 3, 40, 179, 180, 200, 400, 700]))
    size = draw.randint(12, 50)
    days = draw.sample(range(366), size)
    gone = {part for part in PARTS if draw.random() < 0.2}
    blank = {part for part in PARTS if draw.random() < 0.1}
    found: list[Line] = []

    def later(day: dt.date, low: int, high: int) -> str:
        return min(day + dt.timedelta(days=draw.randint(low, high)), extract).isoformat()

    for place in range(size):
        day = FROM + dt.timedelta(days=days[place])
        line = {"Ref": f"A/{place}", "Recorded": day.isoformat(), "Victim": f"v{place}"}
        line["Suspect"] = draw.choice(["", f"s{draw.randint(0, size // 2)}"])
        line["Earlier allegations"] = draw.choice(["", "0", "0", "1", "4"])
        line["Withdrew"] = draw.choice(["", "", later(day, 0, 5), later(day, 0, 250)])
        if line["Withdrew"] and draw.random() < 0.15:
            line["Withdrew"] = (day - dt.timedelta(days=draw.randint(1, 40))).isoformat()
        line["Outcome"] = draw.choice(["", *WITHDREW, *sorted(CLOSED), *sorted(CHARGED), "8"])
        line["Outcome date"] = later(day, 0, 400) if line["Outcome"] else ""
        line["First class"] = draw.choice(["", "stalking", "harassment", "other"])
        line["Stalking date"] = later(day, 1, 260) if draw.random() < 0.5 and day < extract else ""
        line["Assessed"] = draw.choice(["", "Yes", "No", "no"])
        line["Assessed on"] = later(day, 0, 2) if line["Assessed"] == "Yes" else ""
        line["Breach on"] = later(day, 0, 90) if draw.random() < 0.4 else ""
        line["Answered"] = draw.choice(["", "Yes", "No"]) if line["Breach on"] else ""
        breach = day_of(line["Breach on"])
        line["Answered on"] = later(breach, 0, 1) if breach and line["Answered"] == "Yes" else ""
        line["Changed"] = draw.choice(["", later(day, 0, 90), later(day, 0, 90)])
        found.append(line)
        if draw.random() < 0.2:
            other = dict(line)
            kind = draw.choice(["same", "outcome", "withdrew"])
            if kind == "outcome":
                other["Outcome"] = draw.choice(sorted(WITHDREW | CLOSED | CHARGED))
                other["Outcome date"] = later(day, 0, 400)
            elif kind == "withdrew":
                other["Withdrew"] = later(day, 0, 20)
            other["Changed"] = draw.choice([line["Changed"], "", later(day, 0, 90), later(day, 0, 90)])
            found.append(other)
    for line in found:
        for part in PARTS:
            for heading in PARTS[part]:
                if part in gone:
                    del line[heading]
                elif part in blank:
                    line[heading] = ""
    return found, gone, extract


def mapping(gone: set[str], extract: dt.date) -> str:
    reports = ['report_id = { from = "Ref", pseudonym = "report" }', 'force = { value = "f" }']
    reports += ['recorded_at = "Recorded"', 'victim_id = { from = "Victim", pseudonym = "person" }']
    if "suspect" not in gone:
        reports.append('suspect_id = { from = "Suspect", pseudonym = "person" }')
    if "prior" not in gone:
        reports.append('prior_allegations = "Earlier allegations"')
    events = "".join(entry for part, entry in ENTRIES.items() if part not in gone)
    stands = "" if "stands" in gone else 'stands = { latest = "Changed" }\n'
    return (
        f'[source]\nshape = "reports"\n{stands}[metadata]\nforce = ["f"]\nperiod_from = 2024-01-01\n'
        f'period_to = 2024-12-31\nextracted_on = {extract}\nbasis = "recorded"\n'
        'selection = "all"\nsources = ["made up"]\npseudonymisation = "made up"\nmade_up = true\n'
        f"[reports]\n{chr(10).join(reports)}\n{events}"
    )


def day_of(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


class ByHand:
    """The headlines from the lines as text."""

    def __init__(self, found: list[Line], extract: dt.date) -> None:
        self.extract = extract
        self.reports: dict[str, list[Line]] = {}
        for line in found:
            self.reports.setdefault(line["Ref"], []).append(line)
        for own in self.reports.values():
            own.sort(key=lambda line: line is not self.stands(own))

    @staticmethod
    def stands(own: list[Line]) -> Line | None:
        """The one of several lines that was changed last, where a single one was."""
        changed = sorted(line.get("Changed", "") for line in own)
        if len(own) < 2 or changed[-1] == changed[-2]:
            return None
        return next(line for line in own if line.get("Changed", "") == changed[-1])

    def any(self, *headings: str) -> bool:
        return any(line.get(h) for own in self.reports.values() for line in own for h in headings)

    def ends(self) -> dict[str, str]:
        """How each report ended, by its reference."""
        return {ref: self._end(own) for ref, own in self.reports.items()}

    def _start(self, own: list[Line]) -> dt.date:
        return dt.date.fromisoformat(own[0]["Recorded"])

    def outcome(self, own: list[Line]) -> tuple[str, int | None]:
        start = self._start(own)
        standing = self.stands(own)
        if standing is not None and standing.get("Outcome"):
            own = [standing]
        best: tuple[dt.date, int, str] | None = None
        seen: set[tuple[str, str]] = set()
        for place, line in enumerate(own):
            code, day = line.get("Outcome", ""), line.get("Outcome date", "")
            if code and (code, day) not in seen:
                seen.add((code, day))
                mine = (dt.date.fromisoformat(day), place, code)
                best = mine if best is None or mine[:2] >= best[:2] else best
        return ("", None) if best is None else (best[2], (best[0] - start).days)

    def withdrawal(self, own: list[Line]) -> tuple[bool, int | None]:
        """Whether the victim withdrew, and the first day on which that is known to be."""
        start = self._start(own)
        days = [(day - start).days for line in own if (day := day_of(line.get("Withdrew", "")))]
        on_clock = [day for day in days if day >= 0]
        code, assigned = self.outcome(own)
        if code in WITHDREW and assigned is not None:
            on_clock.append(assigned)
        return bool(days) or code in WITHDREW, min(on_clock, default=None)

    def _end(self, own: list[Line]) -> str:
        code, assigned = self.outcome(own)
        withdrew, day = self.withdrawal(own)
        if withdrew and (not code or (day is not None and assigned is not None and day <= assigned)):
            return "withdrew"
        names = (("withdrew", WITHDREW), ("closed", CLOSED), ("charged", CHARGED))
        return next((name for name, codes in names if code in codes), "other" if code else "open")

    def share(self, name: str) -> tuple[int, int] | None:
        """How many of how many; ``None`` where the file does not hold it."""
        if name in ("withdrew", "closed", "charged"):
            if not self.any("Outcome"):
                return None
            ends = list(self.ends().values())
            return ends.count(name), len(ends)
        return {"first": self._first, "accused": self._accused, "week": self._week}[name]()

    def _first(self) -> tuple[int, int] | None:
        if not self.any("First class", "Stalking date"):
            return None
        whole = late = 0
        for own in self.reports.values():
            start, line = self._start(own), own[0]
            stalking = day_of(line.get("Stalking date", ""))
            days = (
                0 if line.get("First class") == "stalking" else (stalking - start).days if stalking else None
            )
            if (self.extract - start).days >= 180 and days is not None and days <= 180:
                whole += 1
                late += line.get("First class") not in ("stalking", "")
        return late, whole

    def _accused(self) -> tuple[int, int] | None:
        first: dict[str, Line] = {}
        for own in sorted(self.reports.values(), key=self._start):
            if own[0].get("Suspect"):
                first.setdefault(own[0]["Suspect"], own[0])
        counted = [line.get("Earlier allegations", "") for line in first.values()]
        if not any(counted):
            return None
        return sum(bool(n) and int(n) > 0 for n in counted), len(counted)

    def _week(self) -> tuple[int, int] | None:
        stated = [day_of(line.get("Withdrew", "")) for own in self.reports.values() for line in own]
        starts = [self._start(own) for own in self.reports.values() for _ in own]
        if not any(day is not None and day >= start for day, start in zip(stated, starts, strict=True)):
            return None
        followed = [own for own in self.reports.values() if (self.extract - self._start(own)).days >= 7]
        soon = [day for own in followed if (day := self.withdrawal(own)[1]) is not None and day <= 7]
        return len(soon), len(followed)

    def assessed(self) -> dict[str, int]:
        """Reports that are old enough, by what is on record of an assessment on the day."""
        told = {"met": 0, "not_met": 0, "not_recorded": 0}
        for own in self.reports.values():
            start, line = self._start(own), own[0]
            if (self.extract - start).days < 1:
                continue
            said = line.get("Assessed", "").lower()
            done = said == "yes" and line["Assessed on"] == line["Recorded"]
            told["met" if done else "not_met" if said else "not_recorded"] += 1
        return told

    def answered(self) -> dict[str, int]:
        """Breaches that are old enough, by what is on record of an answer within a day."""
        told = {"met": 0, "not_met": 0, "not_recorded": 0}
        for own in self.reports.values():
            line = own[0]
            breach = day_of(line.get("Breach on", ""))
            if breach is None or (self.extract - breach).days < 1:
                continue
            done = line["Answered"] == "Yes" and line["Answered on"] == line["Breach on"]
            told["met" if done else "not_met" if line["Answered"] else "not_recorded"] += 1
        return told


HEADLINES = ("withdrew", "closed", "charged", "first", "accused", "week")


def compare(seed: int, folder: Path) -> dict[str, Any]:
    """One spreadsheet through the review and by hand; returns what of interest was in it."""
    found, gone, extract = drawn(seed)
    with (folder / "s.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
    checked = check_mapped(folder / "s.csv", parse(mapping(gone, extract), "m.toml"))
    own = review(checked.required(), settings(), rejects=checked.rejects)
    by_hand = ByHand(found, extract)
    figures = next(
        block for block in brief_section(own, Everything(own.found)).blocks if isinstance(block, KeyFigures)
    ).figures
    absent = 0
    for name, figure in zip(HEADLINES, figures, strict=True):
        plain = by_hand.share(name)
        where = (seed, name, figure, plain)
        if plain is None:
            absent += 1
            assert figure.value == "Not held", where
            assert "Ask for: " in figure.basis, where
            assert "London" not in figure.beside, where
        elif not plain[1]:
            assert figure.value == "nobody counted", where
        else:
            assert figure.value.endswith("%"), where
            assert abs(float(figure.value[:-1]) - 100 * plain[0] / plain[1]) <= 0.05 + 1e-9, where
            if name in HEADLINES[:3]:
                young = (extract - TO).days < 180
                assert ("too young" in figure.beside) == young, where
    lines_held = {f"{line.number}{line.part}": line for line in own.found.indicators}
    if by_hand.any("Assessed"):
        shown, count = Everything(own.found), lines_held["9"].count
        assert count is not None
        counted = {code: shown.count(count.name, (code,)) for code in ("met", "not_met", "not_recorded")}
        assert counted == by_hand.assessed(), (seed, counted)
    else:
        assert "9" not in lines_held, seed
    if by_hand.any("Answered"):
        count = lines_held["23a"].count
        assert count is not None
        counted = {
            code: Everything(own.found).count(count.name, (code,))
            for code in ("met", "not_met", "not_recorded")
        }
        assert counted == by_hand.answered(), (seed, counted)
    else:
        assert "23a" not in lines_held, seed
    second = {ref: rows for ref, rows in by_hand.reports.items() if len(rows) > 1}
    conflicts = sum(
        len({(row.get("Outcome"), row.get("Outcome date")) for row in rows if row.get("Outcome")}) > 1
        for rows in second.values()
    )
    assert len(checked.required().conflicts) == conflicts, seed
    said_no = sum(line.get("Assessed", "").lower() == "no" for line in found)
    settled = checked.rejects.filter(checked.rejects["reason_code"] == "outcome_superseded").height
    return {
        "absent": absent,
        "conflicts": conflicts,
        "settled": settled,
        "no": said_no,
        "young": (extract - TO).days < 180,
    }


def headline_lines(choices: Settings) -> tuple[Any, ...]:
    """The lines that a headline or this test reads: the others are asked of elsewhere."""
    return tuple(line for line in lines(choices) if line.name in ("1", "9", "16a", "23a"))


def of_seeds(seeds: range, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "lines", headline_lines)
    lean = Settings(
        **{name: getattr(settings(), name) for name in Settings.__dataclass_fields__}
        | {"predictors": (), "landmark_predictors": (), "bootstrap_repeats": 1, "equality_lines": ()}
    )
    monkeypatch.setattr("tests.unit.studies.test_headlines_by_hand.settings", lambda: lean)
    told = [compare(seed, folder) for seed in seeds]
    # Every kind of trouble is there, or the comparison says nothing about it.
    assert sum(one["absent"] for one in told) >= len(seeds) // 2
    assert sum(one["conflicts"] for one in told) >= len(seeds) // 2
    assert sum(one["settled"] for one in told) >= len(seeds) // 4
    assert sum(one["no"] for one in told) >= len(seeds)
    assert sum(one["young"] for one in told) >= len(seeds) // 5


def test_the_headlines_of_thirty_spreadsheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_seeds(range(30), tmp_path, monkeypatch)


@pytest.mark.slow
def test_the_headlines_of_two_hundred_spreadsheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_seeds(range(1_000, 1_200), tmp_path, monkeypatch)
