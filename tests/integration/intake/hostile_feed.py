"""Hostile messages for the feed by the thousand: every one is answered, none by a fault of ours.

    python -m tests.integration.intake.hostile_feed --url http://127.0.0.1:8801 --token llf_...
        [--messages 10000] [--seed 1]

Each number gives one message, from (seed, number) alone. Held against every answer: its status is none of
500 to 599 (503, "come again", is tried again), and what was planted in the message is not repeated in it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

CANARY = "Zqxcanary7"
"""Planted in values and names; may never be seen in an answer."""
_TEXTS = (
    *("\x00", "\ud800", "\udc00x", "a\x00b", "\x1b[31m", "\u202eevil", "\ufeff", "\u2028", "", " ", "\n"),
    *("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "' OR 1=1 --", "%s%n", "../../etc/passwd", "\\"),
    *("31/02/2024", "2026-13-45T99:99:99", "9999-12-31T23:59:59", "0001-01-01", "nan", "1e309", "-0", "null"),
    *("李", "🙂", "x" * 30_000, "a" * 2_000 + "1" * 2_000 + "_", "(" * 5_000, '"' * 3_000, CANARY),
)
_NUMBERS = (0, -1, 1.5, 2**31, 2**63, 10**40, -(10**400), 1e308, True, False, None)
_RAW = (
    *(b"", b"{", b"}", b"[]", b"[1]", b"null", b"7", b'"x"', b"\xff\xfe", b"\xef\xbb\xbf{}", b"{'a': 1}"),
    *(b'{"source_ref": NaN}', b'{"source_ref": "A", "impact": Infinity}', b'{"age_from": 1e999}'),
    *(b'{"source_ref": "A", "source_ref": "B"}', b'{"source_ref": "\\ud800"}', b'{"source_ref": "\\u0000"}'),
    *(b'{"\\ud800": 1, "source_ref": "A"}', b'{"\\u0000": 1, "source_ref": "A"}', "{}".encode("utf-16")),
    *(b'{"people": [{"role": "victim", "role": "suspect"}], "source_ref": "A"}',),
)
_REPORT = ("source_ref", "reported_at", "made_by", "record_type", "recorded_as", "summary", "impact", "flags")
_REPORT = (*_REPORT, "domestic_abuse", "outcome", "location_postcode", "related_refs", "source", "agency")
_REPORT = (*_REPORT, "report_id", "raw", "source_rows", "readers", "offences", "occasions", "people", CANARY)
_PERSON = ("role", "surname", "forenames", "nicknames", "birth_date", "age_from", "sex", "phones", "emails")
_PERSON = (*_PERSON, "handles", "postcode", "vehicles", "safe_contact", "record_id", "match_tokens", "raw")
_OCCASION = ("occasion_seq", "started_at", "ended_at", "date_precision", "behaviours", "channel", "actor")


def good(number: int) -> dict[str, Any]:
    """Return a report that nothing is wrong with."""
    return {
        "source_ref": f"FUZZ/{number}",
        "reported_at": "2026-05-03T10:00:00",
        "record_type": "crime",
        "summary": "He waited outside her work again and sent 12 texts",
        "offences": [{"offence": "harassment_s2", "offence_group": "harassment"}],
        "occasions": [{"started_at": "2026-05-03T09:00:00", "date_precision": "exact"}],
        "people": [
            {"role": "victim", "forenames": "Priya", "surname": "Nair", "phones": ["07195 101083"]},
            {"role": "suspect", "nicknames": ["Dan"], "relationship": "ex_partner"},
        ],
    }


def _value(r: random.Random, depth: int = 0) -> Any:
    kind = r.randrange(6 if depth < 3 else 3)
    if kind == 0:
        return r.choice(_TEXTS)
    if kind in {1, 2}:
        return r.choice(_NUMBERS) if kind == 1 else CANARY
    if kind == 3:
        return [_value(r, depth + 1) for _ in range(r.choice((0, 1, 3, 101)))]
    return {r.choice((CANARY, "a", "\x00", "role", "\ud800")): _value(r, depth + 1) for _ in range(2)}


def _replaced(r: random.Random, told: dict[str, Any]) -> bytes:
    for _ in range(r.choice((1, 1, 2, 6))):
        where = r.choice(("report", "report", "person", "occasion"))
        if where == "report":
            told[r.choice(_REPORT)] = _value(r)
        elif where == "person" and isinstance(told.get("people"), list) and told["people"]:
            one = r.choice(told["people"])
            if isinstance(one, dict):
                one[r.choice(_PERSON)] = _value(r)
        elif isinstance(told.get("occasions"), list) and told["occasions"]:
            one = r.choice(told["occasions"])
            if isinstance(one, dict):
                one[r.choice(_OCCASION)] = _value(r)
    return _written(told)


def _many(r: random.Random, told: dict[str, Any]) -> bytes:
    part = r.choice(("people", "occasions", "offences"))
    told[part] = told[part][:1] * r.choice((201, 1_000, 5_000))
    return _written(told)


def _deep(r: random.Random, told: dict[str, Any]) -> bytes:
    opening, closing = r.choice(((b"[", b"]"), (b'{"a":', b"}")))
    levels = r.choice((31, 33, 200, 900, 990, 2_000, 100_000))
    inner = opening * levels + b"1" + closing * levels
    return _written(told)[:-1] + b',"' + r.choice((b"people", b"x", b"flags")) + b'":' + inner + b"}"


def _cut(r: random.Random, told: dict[str, Any]) -> bytes:
    body = bytearray(_written(told))
    for _ in range(r.choice((1, 3, 20))):
        place = r.randrange(len(body))
        what = r.randrange(3)
        if what == 0:
            body[place] = r.randrange(256)
        elif what == 1:
            del body[place : place + r.randrange(1, 30)]
        else:
            body[place:place] = bytes(r.randrange(256) for _ in range(3))
        if not body:
            break
    return bytes(body)


def _as_it_is(r: random.Random, told: dict[str, Any]) -> bytes:
    return r.choice(_RAW)


_WAYS: tuple[Callable[[random.Random, dict[str, Any]], bytes], ...] = (
    *(_replaced, _replaced, _replaced, _cut, _cut, _many, _deep, _as_it_is),
)


def _written(told: dict[str, Any]) -> bytes:
    # Halves of characters as escapes, which is how they come.
    return json.dumps(told, ensure_ascii=True).encode()


def message(seed: int, number: int) -> bytes:
    """Return one hostile message."""
    r = random.Random(seed * 1_000_003 + number)
    return r.choice(_WAYS)(r, good(number % 50))


def faulty(status: int, answer: bytes) -> str:
    """Say what is wrong with an answer; "" where nothing is."""
    if status >= 500:
        return f"status {status}"
    return "repeats what was sent" if CANARY.encode() in answer else ""


def main() -> int:
    """Send them to a running site."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    address = urlsplit(options.url)
    began, slowest, wrong = time.monotonic(), 0.0, 0
    statuses: Counter[int] = Counter()
    for number in range(options.messages):
        body = message(options.seed, number)
        while True:
            sent = time.monotonic()
            to = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=120)
            headers = {"Authorization": f"Bearer {options.token}", "Content-Type": "application/json"}
            to.request("POST", "/feed/v1/reports", body, headers)
            found = to.getresponse()
            answer = found.read()
            to.close()
            if found.status != 503:
                break
            time.sleep(float(found.headers.get("Retry-After", "1")))
        slowest = max(slowest, time.monotonic() - sent)
        statuses[found.status] += 1
        if fault := faulty(found.status, answer):
            wrong += 1
            print(f"message {number} of seed {options.seed}: {fault}")
    took = time.monotonic() - began
    print(f"{options.messages} messages in {took:.0f} s, the slowest {slowest:.2f} s")
    print(dict(sorted(statuses.items())))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
