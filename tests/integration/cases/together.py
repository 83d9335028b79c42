"""Two people who have the same page before them and send it in the same instant."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from lamplighter.hub.accounts.models import User
from tests.integration.cases import telling

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
BESIDE = re.compile(r"Both versions</h2>|What stands now</h2>|Yours, not saved yet</h2>")
Data = Mapping[str, Any]


@dataclass
class Second:
    """Whoever came second: what they were shown, and what they had typed."""

    client: Client
    answer: HttpResponse
    typed: Data

    @property
    def text(self) -> str:
        return html.unescape(self.answer.content.decode())

    def sends_again(self, address: str) -> HttpResponse:
        """The form as it came back, with what they had typed still in it."""
        chosen = re.search(r'<select[^>]*name="replaces".*?value="([^"]+)" selected', self.text, re.S)
        again = {"replaces": chosen.group(1)} if chosen and self.typed.get("replaces") else {}
        return self.client.post(address, {**self.typed, **hidden(self.text), **again}, secure=True)


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page: which version it showed."""
    found = {}
    for field in HIDDEN.findall(page):
        name, value = re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
        if name and name.group(1) in {"version", "seen"}:
            found[name.group(1)] = value.group(1) if value else ""
    return found


def save_together(
    users: Sequence[User], address: str, typed: Sequence[Data], *, first: Data | None = None, to: str = ""
) -> Second:
    """Each opens ``address``; then both send at once, each through a connection to the database of their own.

    ``first``: what must be sent before the page shows its form. ``to``: where the
    form goes, when it is elsewhere. Exactly one is kept; the other is returned.
    """
    barrier = threading.Barrier(2, timeout=60)
    answers: list[tuple[Client, HttpResponse, Data] | BaseException] = []
    clients = [telling.browser(user) for user in users]
    shown = [c.post(address, first, secure=True) if first else c.get(address, secure=True) for c in clients]
    assert [page.status_code for page in shown] == [200, 200]

    def send(client: Client, page: HttpResponse, data: Data) -> None:
        try:
            versions = hidden(page.content.decode())
            barrier.wait()
            answers.append((client, client.post(to or address, {**data, **versions}, secure=True), data))
        except BaseException as problem:  # noqa: BLE001  told by the thread that waits for it
            answers.append(problem)
        finally:
            connection.close()

    tasks = [threading.Thread(target=send, args=each) for each in zip(clients, shown, typed, strict=True)]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join(timeout=120)
    came = [answer for answer in answers if isinstance(answer, tuple)]
    assert len(came) == 2, answers
    refused = [answer for answer in came if answer[1].status_code != 302]
    assert len(refused) == 1, [answer[1].status_code for answer in came]
    client, answer, data = refused[0]
    assert answer.status_code in {200, 422}
    return Second(client, answer, data)


def then_both_stand_side_by_side(second: Second, *words: str) -> None:
    """The page of the second shows what was kept and what was typed, and says which is which."""
    assert BESIDE.search(second.text), re.findall("error-message.*?</p>", second.text, re.S)
    for text in words:
        assert text in second.text


def date(name: str, year: int, month: int, day: int) -> dict[str, str]:
    """A date in three boxes."""
    return {f"{name}_day": str(day), f"{name}_month": str(month), f"{name}_year": str(year)}
