"""Files that something has gone wrong with: seeded mutations of small good extracts."""

from __future__ import annotations

import bz2
import gzip
import io
import random
import zipfile
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]

_NASTY_CELLS = (
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "+44 7131 140022",
    "-2+3",
    "<script>alert(1)</script>",
    "NULL",
    "null",
    "N/A",
    "\\N",
    "31/02/2024",
    "00/00/0000",
    "0000-00-00T00:00",
    "9999-99-99",
    "13/13/2023",
    "2087-01-01",
    "5 May '23",
    "yesterday",
    "1e309",
    "NaN",
    "-1",
    "999999999999999999999999",
    "4.47E+11",
    "true",
    "{}",
    "[]",
    "“smart”",
    "O’Neil",
    "Zoë",
    "李",
    "\u202eevil",
    "\u200b",
    "\ufeff",
    "a\x00b",
    "\x1b[31m",
    "\x85",
    "\u2028",
    "🙂",
    "%s%n",
    "../../etc/passwd",
    "' OR 1=1 --",
    "$(reboot)",
    "{{7*7}}",
    "👩‍👩‍👧",
    "  padded  ",
    '"',
    '""',
    '"quoted" end',
    "a|b",
    "a,b",
    "a;b",
    "a\tb",
    "x" * 300,
)


def _lines(data: bytes) -> list[bytes]:
    return data.split(b"\n")


def _cell(data: bytes, rng: random.Random) -> bytes:
    """One cell of one line replaced by something nasty."""
    lines = _lines(data)
    at = rng.randrange(len(lines))
    for mark in (b"|", b",", b":"):
        parts = lines[at].split(mark)
        if len(parts) > 2:
            parts[rng.randrange(len(parts))] = rng.choice(_NASTY_CELLS).encode("utf-8")
            lines[at] = mark.join(parts)
            break
    return b"\n".join(lines)


def _many_cells(data: bytes, rng: random.Random) -> bytes:
    for _ in range(8):
        data = _cell(data, rng)
    return data


def _bytes(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.randrange(1, 20)):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def _truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _drop(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randrange(1, 200) :]


def _repeat_line(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))
    return b"\n".join(lines)


def _shuffle(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    body = lines[1:]
    rng.shuffle(body)
    return b"\n".join([lines[0], *body])


def _break_line(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.choice((b"\n", b"\r\n", b"\r", b"\n\n")) + data[at:]


def _join_lines(data: bytes, rng: random.Random) -> bytes:
    ends = [i for i, b in enumerate(data) if b == 10]
    at = rng.choice(ends) if ends else 0
    return data[:at] + data[at + 1 :]


def _quote(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(data))
        data = data[:at] + b'"' + data[at:]
    return data


def _delimiter(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.choice((b",", b"|", b";", b"\t", b",,,,", b"||||")) + data[at:]


def _other_delimiter(data: bytes, rng: random.Random) -> bytes:
    return data.replace(rng.choice((b",", b"|")), rng.choice((b";", b"\t", b"|")))


def _recode(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("cp1252", "replace")
    return text.encode(
        rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32", "cp037", "utf-7")), "replace"
    )


def _double(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + "– é ’ £".encode().decode("cp1252", "replace").encode() + data[at:]


def _nul(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + b"\x00" * rng.randrange(1, 50) + data[at:]


def _huge(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return (
        data[:at]
        + rng.choice((b"A", b"9", b'"', b"{", b"[", b",", b" ")) * rng.choice((1_000, 20_000, 150_000))
        + data[at:]
    )


def _empty(_: bytes, rng: random.Random) -> bytes:
    return rng.choice(
        (
            b"",
            b"\n",
            b"\r\n\r\n",
            b" ",
            b"\x00\x00",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\x1a",
            b"{}",
            b"[]",
            b"null",
            b",",
        )
    )


def _header_only(data: bytes, rng: random.Random) -> bytes:
    return _lines(data)[0] + rng.choice((b"", b"\n", b"\r\n"))


def _no_header(data: bytes, _: random.Random) -> bytes:
    return b"\n".join(_lines(data)[1:])


def _header_again(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    lines.insert(rng.randrange(1, len(lines) + 1), lines[0])
    return b"\n".join(lines)


def _header_case(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    head = lines[0]
    lines[0] = rng.choice(
        (head.lower(), head.title(), head.replace(b"_", b" "), b" " + head, head.replace(b",", b" , "))
    )
    return b"\n".join(lines)


def _columns(data: bytes, rng: random.Random) -> bytes:
    """Columns in another order, one too many, or one too few."""
    mark = b"|" if b"|" in _lines(data)[0] else b","
    rows = [line.rstrip(b"\r").split(mark) for line in _lines(data)]
    width = len(rows[0])
    order = list(range(width))
    kind = rng.randrange(3)
    if kind == 0:
        rng.shuffle(order)
    elif kind == 1:
        order.pop(rng.randrange(width))
    if kind == 2:
        return b"\n".join(mark.join([*row, b"EXTRA"]) if row != [b""] else b"" for row in rows)
    return b"\n".join(
        mark.join(row[i] for i in order) if len(row) == width else mark.join(row) for row in rows
    )


def _compressed(data: bytes, rng: random.Random) -> bytes:
    """A compressed file; one in three unpacks to far more than it is."""
    content = data if rng.randrange(3) else b"0" * 5_000_000
    kind = rng.randrange(3)
    if kind == 0:
        return gzip.compress(content)
    if kind == 1:
        return bz2.compress(content)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.csv", content)
    return held.getvalue()


def _wrong_file(_: bytes, rng: random.Random) -> bytes:
    return rng.choice(
        (
            b"%PDF-1.7\n1 0 obj",
            b"\x89PNG\r\n\x1a\n",
            b"PAR1\x15\x04",
            b"<html><body>Sign in</body></html>",
            b"SQLite format 3\x00",
            rng.randbytes(400),
        )
    )


def _json(data: bytes, rng: random.Random) -> bytes:
    """Values of the wrong kind in JSON."""
    old = rng.choice(
        (
            b'"client": {',
            b'"behaviours": [',
            b'"at": "',
            b'"phones": [',
            b'"handles": [',
            b'"safe_contact": {',
            b"null",
            b"true",
        )
    )
    new = rng.choice(
        (
            b'"client": [',
            b'"x": 7, ' + old,
            b"NaN",
            b"Infinity",
            b"-",
            b"[[[[",
            b'"client": null, "c": {',
            b'"\\ud800": ' + old,
            b"1e999",
        )
    )
    return data.replace(old, new, rng.randrange(1, 4))


def _deep(data: bytes, rng: random.Random) -> bytes:
    depth = rng.choice((50, 500, 5_000))
    return data + b'{"contact_ref": ' + b"[" * depth + b"]" * depth + b"}\n"


MUTATIONS: tuple[Mutation, ...] = (
    _cell,
    _many_cells,
    _bytes,
    _truncate,
    _drop,
    _repeat_line,
    _shuffle,
    _break_line,
    _join_lines,
    _quote,
    _delimiter,
    _other_delimiter,
    _recode,
    _double,
    _nul,
    _huge,
    _empty,
    _header_only,
    _no_header,
    _header_again,
    _header_case,
    _columns,
    _compressed,
    _wrong_file,
    _json,
    _deep,
)


def mutated(data: bytes, seed: int) -> tuple[bytes, list[str]]:
    """One to three mutations of a file, and their names."""
    rng = random.Random(seed)
    names = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        mutation = rng.choice(MUTATIONS)
        if data or mutation in (_empty, _wrong_file):
            names.append(mutation.__name__)
            data = mutation(data, rng)
    return data, names
