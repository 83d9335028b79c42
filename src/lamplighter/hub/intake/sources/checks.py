"""Warns of earlier versions of mappings that cannot be read any more.

Those that count are checked with the other files of the installation (``hub.configuration``).
"""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from lamplighter.hub.intake.sources import versions


@register("intake")
def earlier_versions_can_be_read(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report versions that others have followed; a delivery that was cut short could need one."""
    return [
        Warning(
            f"{broken.error.file or broken.file}{_place(broken)}: {broken.error.what}",
            hint=f"{broken.error.remedy} The folder is {versions.folder()}.",
            id="intake.W001",
        )
        for broken in versions.broken()
        if broken.followed
    ]


def _place(broken: versions.Broken) -> str:
    return f", {broken.error.place}" if broken.error.place else ""
