"""The dated rules of the part "papers"."""

from __future__ import annotations

from lamplighter.hub.papers import configuration
from lamplighter.hub.site.config_files.dated import DatedRules

RULES = DatedRules(configuration.PART)
on, one, title = RULES.on, RULES.one, RULES.title
