"""Tells of mappings of the installation that cannot be used. A warning: the site goes on without them."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from lamplighter.hub.intake.sources import versions


@register("intake")
def every_mapping_can_be_used(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Warning(
            f"{broken.error.file or broken.file}{_place(broken)}: {broken.error.what}",
            hint=f"{broken.error.remedy} The folder is {versions.folder()}.",
            id="intake.W001",
        )
        for broken in versions.broken()
    ]


def _place(broken: versions.Broken) -> str:
    return f", {broken.error.place}" if broken.error.place else ""
