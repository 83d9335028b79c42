"""The dated rules of ``rules.toml``: legal bases, thresholds, kinds, how long a release lasts."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.sharing.dated import Dated

RULES = Dated(Path(__file__).with_name("rules.toml"))
CONSENT = "consent"
