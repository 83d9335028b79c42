"""Hold what the three exports share: styles of numbers and accounts, damaged and repeated lines."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from lamplighter.synthetic.worlds.world import World

_PLATFORM_NAMES = {
    "facebook": ("Facebook", "FB", "facebook", "fb"),
    "instagram": ("Instagram", "insta", "IG"),
    "snapchat": ("Snapchat", "snap", "SC"),
    "tiktok": ("TikTok", "tik tok"),
    "x": ("X/Twitter", "Twitter", "X"),
    "whatsapp": ("WhatsApp", "whats app"),
}
DAMAGED_SHARE = 0.003
REPEATED_SHARE = 0.002


@dataclass(slots=True)
class Written:
    """Hold what happened to one file: lines in it, records whose lines are damaged, lines repeated."""

    lines: int = 0
    damaged: list[str] = field(default_factory=list)
    repeated: int = 0


def habits(world: World, name: str) -> random.Random:
    """Return the random habits of one export of one world."""
    key = f"{world.config.seed}/{world.config.person_records}/{name}"
    return random.Random(key)  # noqa: S311 - a seeded world, not a secret


def telephone(e164: str, rng: random.Random) -> str:
    """Return a number as typed: national, international, spaced, dashed."""
    national = "0" + e164[3:]
    if national.startswith("01632"):
        return rng.choice((f"01632 {national[5:]}", f"(01632) {national[5:]}", national, e164))
    return rng.choice(
        (
            national,
            national,
            f"{national[:5]} {national[5:]}",
            f"{national[:5]}-{national[5:]}",
            f"{national[:5]} {national[5:8]} {national[8:]}",
            e164,
            f"+44 {national[1:5]} {national[5:]}",
            f"0044{national[1:]}",
            e164[1:],
        )
    )


def account(handle: str, rng: random.Random) -> tuple[str, str]:
    """(platform as typed, account as typed) for 'platform:name'."""
    platform, _, name = handle.partition(":")
    return rng.choice(_PLATFORM_NAMES.get(platform, (platform,))), ("@" if rng.random() < 0.35 else "") + name


def mark(vehicle: str, rng: random.Random) -> str:
    """Return a registration mark as typed: with or without its space; a partial mark loses its '*'."""
    if vehicle.endswith("*"):
        return vehicle[:-1]
    return f"{vehicle[:4]} {vehicle[4:]}" if rng.random() < 0.4 else vehicle


def spoilt(line: str, separator: str, rng: random.Random) -> str:
    """One line as a failing export leaves it: cut short, a field too many, broken, a stray separator."""
    kind = rng.randrange(4)
    if kind == 0:
        return line[: max(10, int(len(line) * rng.uniform(0.3, 0.8)))]
    if kind == 1:
        return f"{line}{separator}x"
    at = line.find(" ", len(line) // 3)
    if at < 0:
        return line[: len(line) // 2]
    return f"{line[:at]}\n{line[at + 1 :]}" if kind == 2 else f"{line[:at]} {separator}{line[at:]}"


def damage(
    lines: list[str],
    ids: list[list[str]],
    separator: str,
    rng: random.Random,
    spared: frozenset[str] = frozenset(),
) -> tuple[list[str], Written]:
    """Spoil some lines and repeat some exactly; ``ids`` are the records of each line.

    A line of one of the ``spared`` records is left whole.
    """
    written = Written()
    out: list[str] = []
    for line, records in zip(lines, ids, strict=True):
        draw = rng.random()
        if draw < DAMAGED_SHARE and spared.isdisjoint(records):
            out.append(spoilt(line, separator, rng))
            written.damaged += records
        else:
            out.append(line)
            if draw > 1 - REPEATED_SHARE:
                out.append(line)
                written.repeated += 1
    written.lines = len(out)
    return out, written


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Null lists as empty ones, which are easier to write out."""
    listed = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return frame.with_columns(pl.col(c).fill_null([]) for c in listed)


def people_by_report(
    world: World, source: str
) -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """(reports of one system in order of time, their person rows by report id)."""
    reports = (
        _plain(world.bundle["reports"].filter(source=source)).sort("reported_at", "source_ref").to_dicts()
    )
    people: dict[str, list[dict[str, Any]]] = {r["report_id"]: [] for r in reports}
    for row in _plain(world.bundle["people"]).iter_rows(named=True):
        if row["report_id"] in people:
            people[row["report_id"]].append(row)
    return reports, people


def offences_by_report(world: World) -> dict[str, list[str]]:
    """Offence codes of each report, the principal one first."""
    out: dict[str, list[str]] = {}
    for row in world.bundle["offences"].sort("report_id", "offence_seq").iter_rows(named=True):
        out.setdefault(row["report_id"], []).append(row["offence"])
    return out


def occasion_by_report(world: World) -> dict[str, dict[str, Any]]:
    """Return the first occasion row of each report."""
    rows = _plain(world.bundle["occasions"].filter(occasion_seq=1))
    return {row["report_id"]: row for row in rows.iter_rows(named=True)}


def iso(moment: dt.datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M") if moment else ""
