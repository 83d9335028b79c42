"""Findings and copies as the page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from lamplighter.hub.design.environment import long_time, plural
from lamplighter.hub.operations.checks import Finding, State
from lamplighter.hub.operations.models import Copy

TAGS = {
    State.OK: ("Working", "govuk-tag--green"),
    State.SOON: ("This week", "govuk-tag--yellow"),
    State.NOW: ("Act now", "govuk-tag--red"),
}


def answer(found: Sequence[Finding]) -> str:
    """Say in a sentence how the service stands."""
    now = [f for f in found if f.state is State.NOW]
    soon = [f for f in found if f.state is State.SOON]
    if now:
        return f"{plural(len(now), 'thing')} {'needs' if len(now) == 1 else 'need'} attention now."
    if soon:
        return f"Everything is running. {plural(len(soon), 'thing')} to deal with this week."
    return "Everything is running."


def findings(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return one row a finding, what needs attention first."""
    order = [State.NOW, State.SOON, State.OK]
    return [
        {
            "name": f.name,
            "says": f.says,
            "remedy": _with_commands(f.remedy),
            "tag": TAGS[f.state][0],
            "class": TAGS[f.state][1],
        }
        for f in sorted(found, key=lambda f: order.index(f.state))
    ]


def _with_commands(text: str) -> SafeString:
    """Set what stands between backticks, a command, as code."""
    parts = text.split("`")
    return format_html_join(
        "",
        "{}{}{}",
        (
            (SafeString('<code class="ll-code">'), part, SafeString("</code>")) if n % 2 else ("", part, "")
            for n, part in enumerate(parts)
        ),
    )


def copies(found: Sequence[Copy]) -> list[dict[str, str]]:
    """Return one row a copy or test of one."""
    return [
        {
            "at": long_time(c.at),
            "what": _what(c),
            "size": f"{c.bytes / 1e6:,.1f} MB" if c.bytes is not None else "",
            "took": f"{c.seconds:.0f} s",
        }
        for c in found
    ]


def _what(copy: Copy) -> str:
    if copy.what == Copy.What.MADE:
        return "Copy made"
    of = f"Copy of {long_time(copy.made_at)} tested"
    return f"{of}: equal" if copy.equal else f"{of}: NOT equal"
