"""Where people of the kinds live."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Home:
    number: str
    street: str
    town: str
    postcode: str

    @property
    def line(self) -> str:
        """As the first line of an address: ``number street``."""
        return f"{self.number} {self.street}"

    def whole(self, between: str = ", ") -> str:
        """As one text: ``number street, town, postcode``."""
        return between.join((self.line, self.town, self.postcode))
