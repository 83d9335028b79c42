"""Answers that carry bytes of an exhibit: never a page of the site.

A file leaves under a fixed name and as bytes of no type, to be saved; a browser that opened it all the same
would find a sandbox in which nothing runs. On pages stand only pictures that the hub made itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"

Answer = TypeVar("Answer", bound=HttpResponseBase)


class OfAFile(StreamingHttpResponse):
    """A file on its way out, a chunk at a time. It asks the database nothing more (``web.person``)."""

    reads_no_database = True


def download(chunks: Iterator[bytes], size: int, name: str) -> OfAFile:
    """Return the bytes, to be saved as ``name``: ours, of letters and digits."""
    answer = OfAFile(chunks, content_type="application/octet-stream")
    answer["Content-Length"] = str(size)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return _guarded(answer)


def picture(content: bytes, name: str = "picture.jpg") -> HttpResponse:
    """Return a picture that the hub made, for a page of its own."""
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return _guarded(answer)


def _guarded(answer: Answer) -> Answer:
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
