"""The journey on which a source is added, walked with Django's client as a browser without script would."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.test import Client

NEW = "/intake/imports/sources/new"


class _Fields(HTMLParser):
    """What the page's own form would send: chosen options, ticked boxes, typed text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Any] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        name = a.get("name") or ""
        if tag == "select":
            self._select = name
            self.found.setdefault(name, None)
        elif tag == "option" and self._select and ("selected" in a or self.found[self._select] is None):
            self.found[self._select] = a.get("value") or ""
        elif tag == "input" and name and name != "csrfmiddlewaretoken":
            if a.get("type") in {"radio", "checkbox"}:
                if "checked" in a:
                    self.found.setdefault(name, []).append(a.get("value") or "on")
            elif a.get("type") not in {"file", "submit"}:
                self.found[name] = a.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def fields(page: str) -> dict[str, Any]:
    """What the form of a page would send as it stands."""
    parser = _Fields()
    parser.feed(page)
    return {k: v for k, v in parser.found.items() if v is not None}


def send(client: Client, address: str, data: dict[str, Any]) -> Any:
    return client.post(address, data, secure=True, follow=True)


def here(answer: Any) -> str:
    """The address that a chain of redirects ended at."""
    return str(answer.redirect_chain[-1][0]) if answer.redirect_chain else str(answer.request["PATH_INFO"])


def begin(
    client: Client,
    files: Sequence[Path],
    *,
    title: str = "Crown records",
    agency: str = "new",
    name: str = "Crown Force",
    kind: str = "police",
) -> Any:
    """Whose system it is, and its sample; the page of columns."""
    answer = send(client, NEW, {"agency": agency, "name": name, "kind": kind, "title": title})
    assert here(answer).endswith("/sample"), answer.content.decode()
    return give_sample(client, here(answer), files)


def give_sample(client: Client, address: str, files: Sequence[Path]) -> Any:
    opened = [f.open("rb") for f in files]
    try:
        return send(client, address, {"files": opened})
    finally:
        for file in opened:
            file.close()


def go_on(client: Client, answer: Any, **changes: Any) -> Any:
    """Send the form of a page as it stands, but for ``changes``; the next page."""
    data = fields(answer.content.decode())
    return send(client, here(answer), data | changes)


def field_of(page: str, heading: str) -> str:
    """The name of the list beside a heading, or a word."""
    label = re.search(
        rf'<label[^>]*for="id_(\w+)"[^>]*>(?:Meaning)?[^<]*(?:<span[^>]*> of )?{re.escape(heading)}', page
    )
    assert label, heading
    return label[1]


def to_the_end(client: Client, answer: Any, **answers: Any) -> Any:
    """Take every proposal as it is; the page of the saved source."""
    for _ in range(6):
        at = here(answer)
        if at.endswith("/preview"):
            answer = client.get(at.replace("/preview", "/save"), secure=True, follow=True)
            if here(answer).endswith("/readers"):  # of an agency that is told things in confidence
                answer = go_on(client, answer)
            return send(client, at.replace("/preview", "/save"), fields(answer.content.decode()))
        data = {k: v for k, v in answers.items() if k in answer.content.decode()}
        answer = go_on(client, answer, **data)
        assert here(answer) != at, answer.content.decode()
    raise AssertionError("the journey does not end")
