"""People at work: each asks the site for a page every few seconds, over a connection of their own."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

HOST = "localhost"
SECRET = "b" * 32  # of the form's cookie; every person here is one browser
Asked = tuple[str, str, dict[str, str]]  # page, address, what the form holds (empty: GET)


@dataclass
class Person:
    """Somebody signed in, and what they ask for, in turn."""

    cookie: str
    asks: Sequence[Asked]


@dataclass
class Times:
    """Seconds of every answer of one page, and how many were not what was asked for."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    bytes: int = 0

    def at(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

    def mean(self) -> float:
        return sum(self.seconds) / len(self.seconds) if self.seconds else float("nan")


def session_of(user: Any) -> str:
    """A session like the one that signing in with a second factor leaves behind; gives its key."""
    from lamplighter.hub.accounts.sign_in.sessions import SessionStore

    session = SessionStore()
    now = int(time.time())
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session["began_at"] = session["seen_at"] = now
    session["factor"] = "app"
    session.create()
    return str(session.session_key)


def at_work(people: Sequence[Person], port: int, seconds: float, every: float) -> dict[str, Times]:
    """Everybody asks a page ``every`` so many seconds for ``seconds``; times by page.

    Whoever waits for an answer asks the next page at its appointed moment, or
    at once when that has passed: a slow site is not asked less because it is slow,
    and a time runs from the appointed moment.
    """
    found: dict[str, Times] = {}
    lock = threading.Lock()
    began = time.monotonic() + 0.5
    threads = [
        threading.Thread(
            target=_one, args=(p, n / len(people) * every + began, began + seconds, every, port, found, lock)
        )
        for n, p in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _one(
    person: Person,
    at: float,
    until: float,
    every: float,
    port: int,
    found: dict[str, Times],
    lock: threading.Lock,
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    chance = Random(person.cookie)
    turn = chance.randrange(len(person.asks))
    while at < until:
        time.sleep(max(0.0, at - time.monotonic()))
        page, address, form = person.asks[turn % len(person.asks)]
        right, size = _ask(connection, person.cookie, address, form, port)
        took = time.monotonic() - at
        with lock:
            times = found.setdefault(page, Times())
            times.seconds.append(took)
            times.errors += not right
            times.bytes += size
        turn += 1
        at += every * chance.uniform(0.9, 1.1)
    connection.close()


def _ask(
    connection: http.client.HTTPConnection, cookie: str, address: str, form: dict[str, str], port: int
) -> tuple[bool, int]:
    headers = {"Host": f"{HOST}:{port}", "Cookie": f"session={cookie}; csrf={SECRET}"}
    body = None
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form | {"csrfmiddlewaretoken": SECRET})
    try:
        connection.request("POST" if form else "GET", address, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status == 200, len(answer.read())
    except (OSError, http.client.HTTPException):
        connection.close()  # the next request opens another
        return False, 0
