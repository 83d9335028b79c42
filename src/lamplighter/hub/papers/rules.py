"""The dated rules of the part "papers", and by when somebody who must learn of one does."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.papers import configuration
from lamplighter.hub.site.config_files.dated import DatedRules
from lamplighter.vocabulary import working_days
from lamplighter.vocabulary.working_days import LONDON

RULES = DatedRules(configuration.PART)
on, one, title = RULES.on, RULES.one, RULES.title


def limit(code: str, start: dt.datetime) -> tuple[str, dt.datetime]:
    """Return what somebody who must learn of papers is asked to do, and by when from ``start`` (aware)."""
    rule = on("learns", start.astimezone(LONDON).date())[code]
    return rule.title, working_days.due(rule.extra, start)
