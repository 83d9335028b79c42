"""Make one country: what truly happened, and what an extract shows of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.histories.links import Links, links_of
from lamplighter.synthetic.histories.lives import Acts, acts_of, area_of, last_day
from lamplighter.synthetic.histories.proofs import charge_days, courts_of, recorded_days
from lamplighter.synthetic.histories.settings import Settings
from lamplighter.synthetic.sampling.draws import Ints, stream

#: Days after the extract to which lives are followed, so that what came of everybody is known.
BEYOND = 8 * 366


@dataclass(frozen=True, slots=True)
class History:
    """A country. Acts go on after the extract; ``upto`` is its day.

    ``recorded`` and ``charged`` are of acts; a record is an act's place.
    """

    settings: Settings
    seed: int
    acts: Acts
    links: Links
    recorded: Ints
    charged: Ints
    upto: int

    @property
    def area(self) -> Ints:
        """The court area of each act."""
        return area_of(self.acts.force)

    def drawn(self, draw: int, calibration: float = 0.0) -> Ints:
        """Return one drawn partition, numbered from 1: the person of each record.

        ``calibration`` is the doubt about the beliefs themselves, as in the settings.
        """
        if not 1 <= draw <= self.settings.draws:
            raise ValueError(f"There are {self.settings.draws} draws, from 1")
        return self.links.drawn(stream(self.seed, draw, "a drawn partition"), calibration)


def history(settings: Settings, seed: int) -> History:
    """Make a country from its settings and a seed."""
    rng = stream(seed, 0, "lives")
    courts = courts_of(settings, stream(seed, 0, "courts"))
    acts = acts_of(settings, courts, rng, BEYOND)
    recorded = recorded_days(acts.day, stream(seed, 0, "recorded"))
    recorded = np.minimum(recorded, acts.proven)
    off = settings.calibration * float(stream(seed, 0, "calibration").standard_normal())
    return History(
        settings=settings,
        seed=seed,
        acts=acts,
        links=links_of(settings, acts, stream(seed, 0, "links"), off),
        recorded=recorded,
        charged=charge_days(recorded, acts.proven, stream(seed, 0, "charged")),
        upto=last_day(settings),
    )
