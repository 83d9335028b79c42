"""Let an authority sign when a root was there (RFC 3161): optional, and over the daily root, never a file.

What is sent is a hash of the root and nothing else. An answer counts where it is of what was asked and its
certificate leads to one that the hub was told to believe.
"""

from __future__ import annotations

import base64
import datetime as dt
import logging
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import requests
from cryptography import x509
from django.conf import settings
from rfc3161_client import (
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from lamplighter.hub.evidence.models import Root, TimeStamp

log = logging.getLogger(__name__)
HEADERS = {"Content-Type": "application/timestamp-query"}
SECONDS = 20
DAYS = 14


class NotStampedError(ValueError):
    """The authority did not answer, or its answer is not to be believed; the text says which."""


def believed() -> list[x509.Certificate]:
    """Return the certificates that time-stamps must lead to."""
    return x509.load_pem_x509_certificates(Path(settings.TIME_STAMP_ROOTS).read_bytes())


def stamp_new() -> int:
    """Have the roots of the last days signed by each authority that has not signed them; returns how many."""
    made = 0
    for url in settings.TIME_STAMPS:
        authority = urlsplit(url).hostname or url
        for root in Root.objects.exclude(stamps__authority=authority).order_by("-day")[:DAYS]:
            try:
                token, at = ask(url, root.root)
            except NotStampedError as problem:
                log.warning("No time-stamp by %s: %s", authority, problem)
                break
            TimeStamp.objects.create(
                root=root, authority=authority, signed_at=at, token=base64.b64encode(token).decode()
            )
            made += 1
    return made


def ask(url: str, root: str) -> tuple[bytes, dt.datetime]:
    """Ask one authority to sign a root; returns its answer and the time in it. Raises ``NotStampedError``."""
    asked = (
        TimestampRequestBuilder().data(bytes.fromhex(root)).nonce(nonce=True).cert_request(cert_request=True)
    )
    try:
        answer = requests.post(url, data=asked.build().as_bytes(), headers=HEADERS, timeout=SECONDS)
        answer.raise_for_status()
    except requests.RequestException as problem:
        raise NotStampedError(f"it did not answer ({type(problem).__name__})") from problem
    return answer.content, check(answer.content, root, believed())


def check(token: bytes, root: str, roots: Sequence[x509.Certificate]) -> dt.datetime:
    """Return when an authority signed this root. Raises ``NotStampedError`` where that is not proved."""
    try:
        answer = decode_timestamp_response(token)
        builder = VerifierBuilder()
        for one in roots:
            builder = builder.add_root_certificate(one)
        builder.build().verify_message(answer, bytes.fromhex(root))
        return answer.tst_info.gen_time
    except (VerificationError, ValueError) as problem:
        raise NotStampedError("what it answered is not to be believed") from problem
