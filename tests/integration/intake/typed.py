"""Reports typed into the pages, as somebody with a browser types them. Everybody is made up."""

from __future__ import annotations

import uuid
from collections import defaultdict
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

BACKEND = "django.contrib.auth.backends.ModelBackend"
REPORT = {
    "offence": "harassment_s2",
    "reported_at_day": "30",
    "reported_at_month": "4",
    "reported_at_year": "2026",
    "summary": "IP states Dan was waiting outside her work again and followed her to the bus stop.",
    "impact": "She has changed her hours.",
    "domestic_abuse": "not_known",
    "related_refs": "4A/000123/26",
}
OCCASION = {
    "date_precision": "exact",
    "on_day": "30",
    "on_month": "4",
    "on_year": "2026",
    "at": "08:15",
    "place_text": "outside her work",
    "behaviours": ["following"],
}
VICTIM = {
    "forenames": "Priya",
    "surname": "Nair",
    "birth_date_day": "3",
    "birth_date_month": "5",
    "birth_date_year": "1994",
    "sex": "female",
    "phones": "07195 101083",
    "address_text": "14 Lark Rise, Avonbridge",
    "postcode": "AV1 8ZQ",
    "not_known": ["vehicle"],
}
SUSPECT = {
    "forenames": "Dan",
    "sex": "male",
    "handles": "instagram:danthemarsh",
    "relationship": "ex_partner",
    "not_known": ["birth", "address"],
}
PAGES: dict[str, dict[str, Any]] = {
    "report": REPORT,
    "occasion": OCCASION,
    "victim": VICTIM,
    "suspect": SUSPECT,
}


def type_report(client: Client, readers: dict[str, Any] | None = None, **pages: dict[str, Any]) -> uuid.UUID:
    """Type a report page by page and save it; its key. ``pages`` replace those of :data:`PAGES`.

    Whoever is asked who may read it answers ``readers``, or leaves what is chosen: their own agency alone.
    """
    client.get(reverse("intake:new"), secure=True)
    for step, typed in (PAGES | pages).items():
        answer = client.post(reverse("intake:page", args=[step]), typed, secure=True)
        assert answer.status_code == 302, (step, answer.content.decode())
    answer = client.post(reverse("intake:check"), secure=True)
    if answer["Location"] == reverse("intake:readers"):
        answer = client.post(reverse("intake:readers"), readers or {"readers": "own"}, secure=True)
        assert answer.status_code == 302, answer.content.decode()
        answer = client.post(reverse("intake:check"), secure=True)
    assert answer.status_code == 302, answer.content.decode()
    return uuid.UUID(answer["Location"].rstrip("/").split("/")[-1])


def correct(client: Client, key: uuid.UUID, reason: str = "It was mistyped.", **pages: dict[str, Any]) -> Any:
    """Change some pages of a report and save the correction; the answer."""
    client.get(reverse("intake:correct", args=[key]), secure=True)
    change(client, key, **pages)
    return client.post(reverse("intake:correct", args=[key]), {"reason": reason}, secure=True)


def change(client: Client, key: uuid.UUID, **pages: dict[str, Any]) -> None:
    """Fill some pages of a correction that has begun."""
    for step, typed in pages.items():
        answer = client.post(reverse("intake:correct_page", args=[key, step]), typed, secure=True)
        assert answer.status_code == 302, (step, answer.content.decode())


class _Controls(HTMLParser):
    """The values of a form's controls, as a browser would send them; empty ones are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = defaultdict(list)
        self._name: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, value = told.get("name"), told.get("value") or ""
        ticked = told.get("type") not in {"radio", "checkbox"} or "checked" in told
        if tag == "input" and name and value and ticked and told.get("type") != "hidden":
            self.found[name].append(value)
        if tag in {"select", "textarea"}:
            self._name = name
        if tag == "option" and "selected" in told and value and self._name:
            self.found[self._name].append(value)

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea" and self._name and data.strip():
            self.found[self._name].append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self._name = None


def filled(page: bytes) -> dict[str, list[str]]:
    """What the controls of a page are filled with."""
    controls = _Controls()
    controls.feed(page.decode())
    return dict(controls.found)
