"""What of an answer a strict policy of content would not run: code and styles in the page itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lamplighter.hub.web.middleware import CONTENT_SECURITY_POLICY

INLINE = re.compile(
    r"<style\b|<[a-z][^<>]*\sstyle\s*=|<[a-z][^<>]*\son[a-z]+\s*=|<script\b(?![^>]*\ssrc=)|javascript:", re.I
)
# Answers that hold a page each: nearly every address but downloads and redirects.
LEAST_PAGES = 60


def problems(answer: Any) -> list[str]:
    """What of this answer a strict policy would not run, and what its own policy leaves open."""
    found = []
    if answer.headers.get("Content-Security-Policy") != CONTENT_SECURITY_POLICY:
        found.append("another policy, or none")
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        text = answer.content.decode()
        found += [f"inline: {match.group(0)[:60]}" for match in INLINE.finditer(text)]
    return found


@dataclass
class Code:
    """The problems of every answer of a walk, and the names of the pages that were read."""

    found: list[str] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)

    def read(self, role: str | None, address: str, answer: Any) -> None:
        """Read one answer."""
        self.found += [f"{role} at {address}: {problem}" for problem in problems(answer)]
        # What is wrong with an answer to a form without a field is a page as well.
        if answer.status_code in {200, 422}:
            self.pages.add(answer.resolver_match.view_name)
