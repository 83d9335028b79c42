"""The error that stops a hub whose configuration cannot be used."""

from __future__ import annotations

from collections.abc import Iterable

from lamplighter.hub.site.errors import OperatorError
from lamplighter.rule_files.faults import Fault

MOST_SHOWN = 50  # errors of one message


class ConfigurationError(OperatorError):
    """The configuration cannot be used. ``faults`` holds every error that was found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        counted = "1 error" if count == 1 else f"{count} errors"
        lines = [f"The configuration of this installation has {counted}."]
        lines += [f"  {fault}" for fault in self.faults[:MOST_SHOWN]]
        if count > MOST_SHOWN:
            lines.append(f"  And {count - MOST_SHOWN} more.")
        super().__init__("\n".join(lines))
