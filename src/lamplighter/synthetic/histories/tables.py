"""Give a country as the tables of an analyst: events as they stand on the day of the extract, and links.

``links/persons.parquet`` holds the published person of each record, ``links/partitions.parquet`` for each
draw only the records whose person is another there. The truth has a folder of its own.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from lamplighter.synthetic.histories.history import History
from lamplighter.synthetic.histories.proofs import NEVER
from lamplighter.synthetic.histories.settings import FORCES, OFFENCES
from lamplighter.synthetic.sampling.columns import dates
from lamplighter.synthetic.sampling.draws import Bools, Ints

NAMES = tuple(f"Force {n:02}" for n in range(1, FORCES + 1))
#: Nobody is cautioned or breaches an order in these countries; orders are not held.
NOT_HELD = ("order_made",)


def there(made: History) -> Bools:
    """Return which records are there on the day of the extract."""
    return np.asarray(made.recorded <= made.upto)


def events_of(made: History) -> pl.DataFrame:
    """Return the events by the day of the extract, a row each."""
    acts, upto = made.acts, made.upto
    at = np.flatnonzero(there(made))
    known = pl.DataFrame(
        {
            "place": at,
            "force": pl.Series(NAMES).gather(acts.force[at]),
            "occurred": dates(acts.day[at]),
            "recorded": dates(made.recorded[at]),
            "offence": pl.Series(OFFENCES).gather(acts.offence[at]),
            "charged": made.charged[at],
            "proof": acts.proven[at],
            "custodial": acts.custodial[at],
            "released": acts.released[at],
            "life": acts.life[at],
            "whom": acts.victim[at],
        }
    ).with_columns(
        suspect=pl.format("S{}", "place"), victim=pl.format("V{}", "place"), crime=pl.format("C{}", "place")
    )

    def day(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Int32).cast(pl.Date)

    no_day = pl.lit(None, pl.Date)
    kept = ["force", "offence", "suspect", "victim", "crime"]
    course = pl.format("K{}-{}", "life", "whom")
    proven, jailed = pl.col("proof") <= upto, pl.col("custodial")
    parts = [
        known.select(
            *kept,
            kind=pl.lit("report"),
            occurred="occurred",
            recorded="recorded",
            proven=no_day,
            course=course,
            custodial=pl.lit(None, pl.Boolean),
        ),
        known.filter(pl.col("charged") <= upto).select(
            *kept,
            kind=pl.lit("charge"),
            occurred="occurred",
            recorded=day("charged"),
            proven=no_day,
            course=course,
            custodial=pl.lit(None, pl.Boolean),
        ),
        known.filter(proven).select(
            *kept,
            kind=pl.lit("conviction"),
            occurred="occurred",
            recorded="recorded",
            proven=day("proof"),
            course=course,
            custodial="custodial",
        ),
        *(
            known.filter(proven & jailed & (pl.col(when) <= upto)).select(
                *kept,
                kind=pl.lit(kind),
                occurred=day(when),
                recorded=no_day,
                proven=no_day,
                course=pl.lit(None, pl.String),
                custodial=pl.lit(None, pl.Boolean),
            )
            for kind, when in (("custody_start", "proof"), ("release", "released"))
        ),
        _deaths(made, at).select(
            "force",
            offence=pl.lit(None, pl.String),
            suspect=pl.format("S{}", "place"),
            victim=pl.lit(None, pl.String),
            crime=pl.lit(None, pl.String),
            kind=pl.lit("death"),
            occurred=day("death"),
            recorded=no_day,
            proven=no_day,
            course=pl.lit(None, pl.String),
            custodial=pl.lit(None, pl.Boolean),
        ),
    ]
    return pl.concat(parts).with_row_index("n").select(pl.format("E{}", "n").alias("event"), pl.exclude("n"))


def _deaths(made: History, at: Ints) -> pl.DataFrame:
    """Return the deaths by the extract, each at the last record of its life."""
    acts = made.acts
    last = np.flatnonzero(np.append(acts.life[at][1:] != acts.life[at][:-1], True))
    rows = at[last]
    death = acts.death[acts.life[rows]]
    dead = death <= made.upto
    return pl.DataFrame(
        {
            "place": rows[dead],
            "force": pl.Series(NAMES).gather(acts.force[rows[dead]]),
            "death": death[dead],
        }
    )


def persons_of(made: History) -> pl.DataFrame:
    """Return the published links: record, force, role and person. Victims are known."""
    at = np.flatnonzero(there(made))
    force = pl.Series(NAMES).gather(made.acts.force[at])
    suspects = pl.DataFrame(
        {"place": at, "force": force, "role": "suspect", "number": made.links.published()[at]}
    ).select(
        pl.format("S{}", "place").alias("record"), "force", "role", pl.format("P{}", "number").alias("person")
    )
    victims = pl.DataFrame(
        {
            "place": at,
            "force": force,
            "role": "victim",
            "life": made.acts.life[at],
            "whom": made.acts.victim[at],
        }
    ).select(
        pl.format("V{}", "place").alias("record"),
        "force",
        "role",
        pl.format("W{}-{}", "life", "whom").alias("person"),
    )
    return pl.concat([suspects, victims])


def partitions_of(made: History) -> pl.DataFrame:
    """Return the drawn partitions: draw, record and person, where the person is not the published one."""
    at = np.flatnonzero(there(made))
    published = made.links.published()[at]
    parts = []
    for draw in range(1, made.settings.draws + 1):
        name, fresh = named(published, made.drawn(draw)[at])
        other = np.flatnonzero(fresh | (name != published))
        frame = pl.DataFrame({"place": at[other], "name": name[other], "fresh": fresh[other]})
        person = pl.when("fresh").then(pl.format(f"P{draw}d{{}}", "name")).otherwise(pl.format("P{}", "name"))
        parts.append(
            frame.select(draw=pl.lit(draw, pl.Int32), record=pl.format("S{}", "place"), person=person)
        )
    return pl.concat(parts)


def named(published: Ints, drawn: Ints) -> tuple[Ints, Bools]:
    """Name the persons of a draw after published ones, and say which names are of nobody published.

    A drawn person has the name of the published one whose first record is in it, the smallest if there are
    several.
    """
    _, first = np.unique(published, return_index=True)
    _, compact = np.unique(drawn, return_inverse=True)
    own = np.full(int(compact.max(initial=-1)) + 1, NEVER)
    np.minimum.at(own, compact[first], published[first])
    fresh = (own == NEVER)[compact]
    return np.where(fresh, compact, own[compact]), fresh


def write(made: History, folder: Path, title: str = "A made-up country") -> None:
    """Write the tables and, in a folder beside them, the truth."""
    (folder / "links").mkdir(parents=True, exist_ok=True)
    (folder / "truth").mkdir(exist_ok=True)
    events_of(made).write_parquet(folder / "events.parquet")
    persons_of(made).write_parquet(folder / "links" / "persons.parquet")
    partitions_of(made).write_parquet(folder / "links" / "partitions.parquet")
    (folder / "links" / "links.json").write_text(json.dumps({"draws": made.settings.draws}), "utf-8")
    began = made.upto - round(made.settings.years * 365.25)
    forces = "\n".join(f'[[force]]\nname = "{name}"\n' for name in NAMES)
    listed = ", ".join(f'"{kind}"' for kind in NOT_HELD)
    first = dates(np.array([began + 1]))[0]
    (folder / "country.toml").write_text(
        f'title = "{title}"\nmade_up = true\nextracted_on = {made.settings.extract}\nperiod_from = {first}\n'
        f'sources = ["made up"]\nnot_held = [{listed}]\n\n{forces}',
        "utf-8",
    )
    links = made.links
    pl.DataFrame(
        {
            "first": links.first,
            "second": links.second,
            "belief": links.belief,
            "true": links.true,
            "looked_at": links.seen,
        }
    ).write_parquet(folder / "truth" / "links.parquet")
    acts = made.acts
    pl.DataFrame(
        {
            "record": [f"S{n}" for n in range(acts.life.size)],
            "person": made.links.truth(),
            "occurred": dates(acts.day),
            "proven": pl.Series(np.where(acts.proven < NEVER, acts.proven, -1)).cast(pl.Int32),
            "group": acts.group,
        }
    ).with_columns(proven=pl.when(pl.col("proven") >= 0).then(pl.col("proven").cast(pl.Date))).write_parquet(
        folder / "truth" / "acts.parquet"
    )
