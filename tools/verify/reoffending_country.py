"""Make a folder of a made-up country for ``lamplighter reoffending``, of any size, from one seed.

Everybody has a first report; half of all people are reported once. A quarter of those who go on cross a
border. Proof is slow (a median of 300 days), some acts stand in two forces' books, some people die, go to
prison, or get an order. Twenty drawn partitions take records of another force apart, and join strangers.

    python -m tools.verify.reoffending_country --people 20000 OUT
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path

import numpy as np
import polars as pl

FORCES = tuple(f"Force {n:02}" for n in range(1, 44))
EXTRACT = dt.date(2026, 11, 30)
BEGAN = dt.date(2012, 12, 1)
DRAWS = 20
DOUBTED = 0.3
_EPOCH = dt.date(1970, 1, 1)
_RELATED = ("stalking_s2a", "stalking_s4a", "harassment_s2", "malicious_communications", "breach_spo")
_OTHER = ("assault_no_injury", "damage_other", "theft_other", "public_order")


def _day(date: dt.date) -> int:
    return (date - _EPOCH).days


def write_country(
    out: Path,
    people: int,
    *,
    seed: int = 1,
    acts: float = 4.5,
    last_first: dt.date = EXTRACT,
    hubs: bool = True,
) -> dict[str, int]:
    """Write the folder and return how many rows each table has. ``acts`` is a person's mean."""
    rng = np.random.default_rng(seed)
    (out / "links").mkdir(parents=True, exist_ok=True)
    share = rng.pareto(1.6, len(FORCES)) + 0.3
    home = rng.choice(len(FORCES), people, p=share / share.sum())
    first = rng.integers(_day(BEGAN), _day(last_first), people)
    # Half are reported once; a few go on and on.
    n = 1 + np.where(rng.random(people) < 0.5, 0, rng.geometric(1 / (2 * acts - 2), people))
    who = np.repeat(np.arange(people), n)
    order = np.arange(who.size) - np.repeat(np.cumsum(n) - n, n)
    gaps = np.where(order == 0, 0, 1 + rng.weibull(0.7, who.size) * 90).astype(np.int64)
    run = np.cumsum(gaps)
    day = first[who] + run - np.repeat(run[np.cumsum(n) - n], n)
    crosses = (rng.random(people) < 0.25) & (n > 1)
    other = (home + rng.integers(1, len(FORCES), people)) % len(FORCES)
    force = np.where(crosses[who] & (rng.random(who.size) < 0.4) & (order > 0), other[who], home[who])
    new_victim = rng.random(who.size) < 0.15
    new_victim[order == 0] = False
    turn = np.cumsum(new_victim)
    victim_of = turn - np.repeat(turn[np.cumsum(n) - n], n)
    kind_of = rng.choice(len(_RELATED) - 1, who.size, p=[0.55, 0.1, 0.25, 0.1])
    kind_of[order == 0] = rng.choice(3, people, p=[0.7, 0.0, 0.3])
    keep = day <= _day(EXTRACT)
    who, day, force, victim_of, kind_of = who[keep], day[keep], force[keep], victim_of[keep], kind_of[keep]
    m = who.size
    acts_frame = pl.DataFrame(
        {"who": who, "day": day, "force": force, "victim": victim_of, "offence": kind_of, "act": np.arange(m)}
    )
    recorded = np.minimum(day + rng.geometric(0.2, m) - 1, _day(EXTRACT))
    parts = [_rows(acts_frame, "report", recorded=recorded, course=True)]
    charged = np.flatnonzero(rng.random(m) < 0.14)
    charge_day = recorded[charged] + rng.geometric(1 / 60, charged.size)
    seen = charge_day <= _day(EXTRACT)
    parts.append(_rows(acts_frame[charged[seen]], "charge", recorded=charge_day[seen]))
    convicted = charged[rng.random(charged.size) < 0.75]
    proof = day[convicted] + np.exp(rng.normal(np.log(300), 0.6, convicted.size)).astype(np.int64)
    seen = proof <= _day(EXTRACT)
    convicted, proof = convicted[seen], proof[seen]
    jailed = rng.random(convicted.size) < 0.2
    parts.append(
        _rows(
            acts_frame[convicted], "conviction", recorded=recorded[convicted], proven=proof, custodial=jailed
        )
    )
    out_day = proof[jailed] + rng.geometric(1 / 90, int(jailed.sum()))
    parts.append(_rows(acts_frame[convicted[jailed]], "custody_start", at=proof[jailed]))
    free = out_day <= _day(EXTRACT)
    parts.append(_rows(acts_frame[convicted[jailed][free]], "release", at=out_day[free]))
    ordered = rng.random(convicted.size) < 0.4
    parts.append(_rows(acts_frame[convicted[ordered]], "order_made", at=proof[ordered]))
    breaks = rng.random(int(ordered.sum())) < 0.3
    broken = proof[ordered][breaks] + 1 + (rng.weibull(0.7, int(breaks.sum())) * 120).astype(np.int64)
    known = broken <= _day(EXTRACT)
    proven = broken + 30 + rng.geometric(1 / 120, broken.size)
    parts.append(
        _rows(
            acts_frame[convicted[ordered][breaks][known]],
            "breach",
            at=broken[known],
            recorded=broken[known],
            proven=np.where(proven <= _day(EXTRACT), proven, -1)[known],
            fresh=True,
        )
    )
    twice = np.flatnonzero((rng.random(m) < 0.02) & crosses[who])
    parts.append(_rows(acts_frame[twice], "report", recorded=recorded[twice], second=(other, home)))
    elsewise = np.flatnonzero(rng.random(m) < 0.03)
    done = day[elsewise] + rng.geometric(1 / 200, elsewise.size)
    found = done + np.exp(rng.normal(np.log(200), 0.6, elsewise.size)).astype(np.int64)
    seen = found <= _day(EXTRACT)
    parts.append(
        _rows(
            acts_frame[elsewise[seen]],
            "conviction",
            at=done[seen],
            recorded=done[seen],
            proven=found[seen],
            custodial=np.zeros(int(seen.sum()), bool),
            fresh=True,
            other=rng.integers(0, len(_OTHER), int(seen.sum())),
        )
    )
    died = np.flatnonzero(rng.random(people) < 0.01)
    last = (
        pl.DataFrame({"who": who, "day": day, "force": force})
        .group_by("who")
        .agg(pl.all().last())
        .sort("who")
    )
    last = last.filter(pl.col("who").is_in(died)).with_columns(victim=0, offence=0, act=-1)
    death = last["day"].to_numpy() + rng.geometric(1 / 400, last.height)
    seen = death <= _day(EXTRACT)
    parts.append(_rows(last.filter(pl.Series(seen)), "death", at=death[seen]))
    events = pl.concat(parts).with_row_index("n").with_columns(event=pl.format("E{}", "n")).drop("n")
    events.write_parquet(out / "events.parquet")
    links = _links(events, rng, out)
    names = "\n".join(f'[[force]]\nname = "{name}"\n' for name in FORCES)
    hub = '[[hub]]\nname = "Two rivers hub"\nforces = ["Force 01", "Force 02"]\n' if hubs else ""
    (out / "country.toml").write_text(
        f'title = "A made-up country"\nmade_up = true\nextracted_on = {EXTRACT}\nperiod_from = {BEGAN}\n'
        f'sources = ["tools/verify/reoffending_country.py"]\nlate = ["Force 44"]\n\n{names}\n{hub}',
        "utf-8",
    )
    return {"people": people, "acts": m, "events": events.height, **links}


def _rows(
    frame: pl.DataFrame,
    kind: str,
    *,
    at: np.ndarray | None = None,
    recorded: np.ndarray | None = None,
    proven: np.ndarray | None = None,
    custodial: np.ndarray | None = None,
    course: bool = False,
    fresh: bool = False,
    second: tuple[np.ndarray, np.ndarray] | None = None,
    other: np.ndarray | None = None,
) -> pl.DataFrame:
    """Return events of one kind for some acts."""
    who, force = frame["who"].to_numpy(), frame["force"].to_numpy()
    if second is not None:
        force = np.where(force == second[1][who], second[0][who], second[1][who])
    none = pl.lit(None, pl.Date)

    def days(values: np.ndarray | None) -> pl.Series | pl.Expr:
        if values is None:
            return none
        return (
            pl.Series(np.where(values < 0, 0, values).astype(np.int32))
            .cast(pl.Date)
            .to_frame("d")
            .select(pl.when(pl.Series(values >= 0)).then("d"))
            .to_series()
        )

    offences = (
        np.array(_OTHER)[other] if other is not None else np.array(_RELATED)[frame["offence"].to_numpy()]
    )
    if kind in ("death", "custody_start", "order_made"):
        offence: pl.Series | pl.Expr = pl.lit(None, pl.String)
    else:
        offence = pl.Series(np.full(frame.height, "breach_spo") if kind == "breach" else offences)
    made = pl.DataFrame({"f": force, "who": who, "victim_of": frame["victim"], "act": frame["act"]})
    return made.select(
        force=pl.Series(np.array(FORCES)[force]),
        kind=pl.lit(kind),
        occurred=days(frame["day"].to_numpy() if at is None else at),
        ended=none,
        recorded=days(recorded),
        proven=days(proven),
        offence=offence,
        suspect=pl.format("S{}-{}", "who", "f"),
        victim=pl.lit(None, pl.String)
        if kind in ("death", "custody_start") or other is not None
        else pl.format("V{}-{}-{}", "who", "victim_of", "f"),
        crime=pl.lit(None, pl.String)
        if fresh or second is not None or kind == "death"
        else pl.format("C{}", "act"),
        course=pl.format("K{}-{}", "who", "victim_of") if course else pl.lit(None, pl.String),
        custodial=pl.lit(None, pl.Boolean) if custodial is None else pl.Series(custodial),
    )


def _links(events: pl.DataFrame, rng: np.random.Generator, out: Path) -> dict[str, int]:
    """Write the linker's tables: who is who, twenty draws of it, and how well it went by group."""
    both = [
        events.select(record=role, force="force", role=pl.lit(role)).drop_nulls("record").unique("record")
        for role in ("suspect", "victim")
    ]
    persons = (
        pl.concat(both)
        .sort("record")
        .with_columns(
            person=pl.when(pl.col("role") == "suspect")
            .then(pl.col("record").str.replace(r"^S(\d+)-.*", "P$1"))
            .otherwise(pl.col("record").str.replace(r"^V(\d+-\d+)-.*", "W$1"))
        )
    )
    persons.write_parquet(out / "links" / "persons.parquet")
    # Records of somebody in another force are doubted most; each pair is believed as much in every draw.
    several = persons.filter(pl.len().over("person") > 1)
    doubted = several.filter(pl.Series(rng.random(several.height) < DOUBTED))
    belief = rng.beta(6, 2, doubted.height)
    suspects = persons.filter(pl.col("role") == "suspect")
    strangers = suspects.sample(max(suspects.height // 200, 1), seed=int(rng.integers(1 << 30)))
    like = rng.beta(1, 6, strangers.height)
    others = suspects.sample(strangers.height, seed=int(rng.integers(1 << 30)))["person"]
    apart = []
    for draw in range(1, DRAWS + 1):
        split = doubted.filter(pl.Series(rng.random(doubted.height) > belief))
        one = strangers.with_columns(other=others).filter(pl.Series(rng.random(strangers.height) < like))
        apart += [
            split.select(draw=pl.lit(draw, pl.Int32), record="record", person=pl.format("{}x", "record")),
            one.select(draw=pl.lit(draw, pl.Int32), record="record", person="other"),
        ]
    apart = [pl.concat(apart).unique(["draw", "record"], keep="first", maintain_order=True)]
    partitions = pl.concat(apart)
    partitions.write_parquet(out / "links" / "partitions.parquet")
    groups = [("all", "all"), ("sex", "F"), ("sex", "M"), ("age_band", "18-24"), ("age_band", "25-34")]
    groups += [("ethnicity", g) for g in ("A", "B", "M", "W", "not known")]
    found = rng.integers(50, max(persons.height // 10, 100), len(groups))
    missed, false = (
        found * rng.uniform(0.01, 0.09, len(groups)),
        found * rng.uniform(0.001, 0.01, len(groups)),
    )
    unseen = found * rng.uniform(0.005, 0.02, len(groups))
    pl.DataFrame(
        {
            "scope": ["across"] * len(groups),
            "by": [g[0] for g in groups],
            "group": [g[1] for g in groups],
            "links": found,
            "false_links": false,
            "missed_links": missed,
            "never_looked_at": unseen,
            "never_looked_at_most": 2 * unseen,
            "precision": 1 - false / found,
            "recall": (found - false) / (found - false + missed + unseen),
        }
    ).write_parquet(out / "links" / "quality.parquet")
    about = {"draws": DRAWS, "made_by": "tools/verify/reoffending_country.py"}
    (out / "links" / "links.json").write_text(json.dumps(about) + "\n", "utf-8")
    return {"records": persons.height, "drawn": partitions.height}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--acts", type=float, default=4.5)
    parser.add_argument("--last-first", type=dt.date.fromisoformat, default=EXTRACT)
    told = parser.parse_args()
    made = write_country(told.out, told.people, acts=told.acts, last_first=told.last_first)
    print(", ".join(f"{count:,} {name}" for name, count in made.items()))


if __name__ == "__main__":
    main()
