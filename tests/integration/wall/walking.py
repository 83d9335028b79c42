"""Every address of the site, asked as everybody, and everything that comes back, read for marked words."""

from __future__ import annotations

import gzip
import inspect
import io
import itertools
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pypdf
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.integration.wall import watched
from tests.integration.wall.planting import MARK

# Not walked: static files come from disk, and signing out ends the walk.
LEFT_OUT = {"accounts:sign_out"}
ROWS_OF_A_PAGE = 6
MOST_ADDRESSES = 8  # of one page that are asked for; the first of them get the forms as well
MOST_POSTED = 2
REFUSED = {403, 405}
SIGN_IN = "/account/sign-in"


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    parameters: tuple[str, ...]
    pattern: URLPattern


@dataclass
class Seen:
    """What one person got: words by address, and words where no word belongs at all."""

    words: dict[str, set[str]] = field(default_factory=dict)
    outside: dict[str, set[str]] = field(default_factory=dict)
    requests: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    after_each: Callable[[str, set[str]], None] = lambda address, words: None
    each_answer: Callable[[str, Any], None] = lambda address, answer: None


def pages() -> list[Page]:
    def walk(resolver: URLResolver, space: tuple[str, ...], given: tuple[str, ...]) -> Iterator[Page]:
        for entry in resolver.url_patterns:
            names = (*given, *entry.pattern.converters)
            if isinstance(entry, URLResolver):
                inner = (*space, entry.namespace) if entry.namespace else space
                yield from walk(entry, inner, names)
            elif isinstance(entry, URLPattern) and entry.name:
                yield Page(":".join((*space, entry.name)), names, entry)

    return [p for p in walk(get_resolver(), (), ()) if p.name not in LEFT_OUT]


def addresses(page: Page, known: dict[str, list[str]]) -> list[str]:
    """The page's addresses with its parameters filled from ``known``, by name.

    A parameter that ``known`` does not name is filled with rows of the page's
    own application, first those of the first case, and one of another. Rows of
    no case come first of all.
    """
    space = page.name.split(":")[0]
    rows = known.get(f"rows of {space}", [])[:ROWS_OF_A_PAGE] + known["*"][:1]
    own = [known.get(f"{name} in {space}", []) for name in page.parameters]
    choices = [o + (known.get(name) or rows) for o, name in zip(own, page.parameters, strict=True)]
    found = []
    for values in itertools.islice(itertools.product(*choices), MOST_ADDRESSES):
        try:
            found.append(reverse(page.name, kwargs=dict(zip(page.parameters, values, strict=True))))
        except NoReverseMatch:
            continue
    return found


def without_checks(monkeypatch: Any) -> int:
    """Take every decorator off every view: no permission is asked for. Returns how many views changed."""
    changed = 0
    for page in pages():
        bare = inspect.unwrap(page.pattern.callback)
        if bare is not page.pattern.callback and not hasattr(page.pattern.callback, "view_class"):
            monkeypatch.setattr(page.pattern, "callback", bare)
            changed += 1
    return changed


def refuses(page: Page, user: Any) -> bool:
    """Whether this page refuses this person (``None``: not signed in) at the door, whatever row is asked for.

    ``permissions.require`` asks of the person alone and before the view hears of an address, and so does the
    middleware that leads to the sign-in. A permission that asks the database may answer otherwise in a while:
    it is none of these.
    """
    if user is None:
        return bool(getattr(page.pattern.callback, "login_required", True))
    permission = getattr(page.pattern.callback, "permission", None)
    try:
        with connection.execute_wrapper(_asks_the_database):
            return permission is not None and not permission(user)
    except _AsksTheDatabaseError:
        return False


class _AsksTheDatabaseError(Exception):
    """A permission is not of the person alone."""


def _asks_the_database(*_: Any) -> NoReturn:
    raise _AsksTheDatabaseError


def walk(
    client: Client,
    known: dict[str, list[str]],
    forms: list[dict[str, str]],
    after_each: Callable[[str, set[str]], None] = lambda address, words: None,
    each_answer: Callable[[str, Any], None] = lambda address, answer: None,
    shut: Callable[[Page], bool] = lambda page: False,
) -> Seen:
    """Ask every address by GET, and by POST with each of ``forms``; read everything that comes back.

    ``after_each`` is told of every answer: where, and which marked words were in it; ``each_answer`` is given
    the answer itself. A page that is ``shut`` is asked at its first address, and whatever comes but a refusal
    counts as broken: its other addresses are refused before they are read. A view that did not ask how it was
    asked, or what was sent, answers every form alike (``watched``): it is not sent another one.
    """
    seen = Seen(after_each=after_each, each_answer=each_answer)
    with watched.requests(client):
        _walk(seen, client, known, forms, shut)
    return seen


def _walk(
    seen: Seen,
    client: Client,
    known: dict[str, list[str]],
    forms: list[dict[str, str]],
    shut: Callable[[Page], bool],
) -> None:
    for page in pages():
        closed = shut(page)
        for place, address in enumerate(addresses(page, known)[: 1 if closed else None]):
            if closed:
                _ask_where_refused(seen, client, address, forms)
                continue
            answer = client.get(address, secure=True)
            _ask(seen, address, answer)
            asked = place < MOST_POSTED and answer.wsgi_request.saw_how
            for number, form in enumerate(forms if asked else []):
                answer = client.post(address, form, secure=True)
                _ask(seen, f"{address} (form {number})", answer)
                if answer.status_code == 405:
                    break  # it takes no forms
                if answer.status_code in {301, 302, 303} and answer["Location"].startswith("/"):
                    after = client.get(answer["Location"], secure=True)
                    _ask(seen, f"{address} (after form {number})", after)
                elif not answer.wsgi_request.saw_the_form:
                    break  # another one is answered alike


def _ask_where_refused(seen: Seen, client: Client, address: str, forms: list[dict[str, str]]) -> None:
    answers = [client.get(address, secure=True), *(client.post(address, f, secure=True) for f in forms)]
    for answer in answers:
        _ask(seen, address, answer)
        if not (answer.status_code in REFUSED or answer.headers.get("Location", "").startswith(SIGN_IN)):
            seen.broken.append(f"{answer.status_code} {address}, which a permission refuses")


def _ask(seen: Seen, address: str, answer: Any) -> None:
    seen.requests += 1
    seen.statuses[answer.status_code] = seen.statuses.get(answer.status_code, 0) + 1
    if answer.status_code >= 500:
        seen.broken.append(f"{answer.status_code} {address}")
    text = readable(answer)
    words = words_in(text)
    seen.after_each(address, words)
    seen.each_answer(address, answer)
    if words:
        seen.words.setdefault(address, set()).update(words)
    title = " ".join(re.findall(r"<title>(.*?)</title>", text, flags=re.S))
    links = " ".join(re.findall(r'(?:href|action|src)="([^"]*)"', text))
    headers = " ".join(f"{k}: {v}" for k, v in answer.headers.items())
    cookies = answer.cookies.output()
    for where, part in (("title", title), ("addresses", links), ("headers", headers), ("cookies", cookies)):
        if words := words_in(part):
            seen.outside.setdefault(f"{where} of {address}", set()).update(words)


def words_in(text: str) -> set[str]:
    return {w.lower().replace(",", "") for w in MARK.findall(text)}


def readable(answer: HttpResponse) -> str:
    """Everything of an answer that somebody could read: pages, tables, PDF and its metadata, zips."""
    return _text(answer.content, answer.headers.get("Content-Type", ""))


def _titles(outline: Any) -> list[str]:
    """The bookmarks of a PDF, by their words."""
    if isinstance(outline, list):
        return [title for item in outline for title in _titles(item)]
    return [str(outline.title)]


def _text(content: bytes, kind: str) -> str:
    if content[:4] == b"%PDF":
        reader = pypdf.PdfReader(io.BytesIO(content))
        xmp = reader.xmp_metadata
        around = [str(reader.metadata or ""), xmp.stream.get_data().decode() if xmp else ""]
        around += [*_titles(reader.outline), *reader.attachments]
        return "\n".join([*around, *(page.extract_text() for page in reader.pages)])
    if content[:2] == b"\x1f\x8b":
        return _text(gzip.decompress(content), kind)
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [_text(archive.read(name), "") for name in archive.namelist()]
            return "\n".join([*archive.namelist(), *inside])
    return content.decode("utf-8", "replace")
