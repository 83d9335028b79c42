"""The dated rules of the part "sharing": legal bases, thresholds, kinds, how long a release lasts."""

from __future__ import annotations

from lamplighter.hub.legal_bases import configuration
from lamplighter.hub.site.config_files.dated import DatedRules

RULES = DatedRules(configuration.PART)
CONSENT = configuration.CONSENT
