"""Clearly fictional telephone numbers, e-mail addresses, accounts and registration marks, by number.

Mobiles begin 071 or 072, which are not allocated; landlines use 01632, kept by Ofcom for drama; mail goes to
``.example`` (RFC 2606); marks begin J, T, U or Z, which no local office has issued. Numbering is a
permutation, so two people never share a mobile unless the world says so. Landlines have a million numbers:
in worlds above about ten million person records a number may serve two households, as reused numbers do.
"""

from __future__ import annotations

import numpy as np

from lamplighter.synthetic.sampling.draws import Ints, Words

_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY"
_PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
PLATFORMS = ("facebook", "instagram", "snapchat", "tiktok", "x", "whatsapp")
DOMAINS = ("post.example", "mailbox.example", "inbox.example", "mail.example")
_WORDS = [
    "lad",
    "queen",
    "babe",
    "king",
    "real",
    "not",
    "just",
    "official",
    "the",
    "lil",
    "big",
    "fit",
    "xo",
    "mrs",
    "mr",
    "gym",
    "sunny",
    "lucky",
    "quiet",
    "ghost",
]
_BURNERS = [
    "watching",
    "you",
    "4u",
    "hello",
    "truth",
    "nobody",
    "shadow",
    "seeyou",
    "always",
    "notgone",
    "remember",
    "found",
    "anon",
    "its_me",
    "karma",
]


def shuffled(ids: Ints, size: int) -> Ints:
    """Return a fixed permutation of 0..size-1 that leaves no trace of order: neighbours in, strangers out.

    Multiply and fold within the next power of two, again and again until the value is below ``size``
    (cycle walking). Ids of ``size`` or more come round again.
    """
    bits = int(size - 1).bit_length()
    mask, half = np.int64((1 << bits) - 1), bits // 2
    x = (ids % size).astype(np.int64)
    outside = np.ones(len(x), dtype=bool)
    while outside.any():
        y = x[outside]
        for odd in (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35):
            y = (y * odd) & mask
            y ^= y >> half
        x[outside] = y
        outside = x >= size
    return x


def mobile(ids: Ints) -> list[str]:
    """E.164 mobiles, one for each number of a telephone."""
    mixed = shuffled(ids, 200_000_000).tolist()
    return [f"+4471{x:08d}" if x < 100_000_000 else f"+4472{x - 100_000_000:08d}" for x in mixed]


def landline(ids: Ints) -> list[str]:
    """E.164 landlines in the drama range 01632."""
    return [f"+441632{x:06d}" for x in shuffled(ids, 1_000_000).tolist()]


def mark(ids: Ints) -> list[str]:
    """Registration marks such as 'TH20JXJ'."""
    out = []
    for x in shuffled(ids, 23**4 * 46 * 4).tolist():
        x, a = divmod(x, 23)
        x, b = divmod(x, 23)
        x, c = divmod(x, 23)
        x, year = divmod(x, 46)
        x, second = divmod(x, 23)
        age = year + 2 if year < 23 else year + 29
        out.append(f"{'JTUZ'[x % 4]}{_LETTERS[second]}{age:02d}{_LETTERS[a]}{_LETTERS[b]}{_LETTERS[c]}")
    return out


def email(forenames: Words, surnames: Words, style: Ints, born_year: Ints) -> list[str]:
    """Personal e-mail addresses at domains that can never exist."""
    out = []
    for f, s, k, y in zip(forenames, surnames, style.tolist(), born_year.tolist(), strict=True):
        f, s = f.lower(), s.lower().replace("-", "")
        domain = DOMAINS[k // 16 % 4]
        local = (
            f"{f}.{s}{y % 100:02d}",
            f"{f[0]}{s}{k // 64 % 1000}",
            f"{f}{s[0]}{y}",
            f"{s}{f[0]}{k // 64 % 100}",
        )[k % 4]
        out.append(f"{local}@{domain}")
    return out


def handle(forenames: Words, surnames: Words, style: Ints, born_year: Ints) -> list[str]:
    """Accounts as 'platform:name', lower case."""
    out = []
    for f, s, k, y in zip(forenames, surnames, style.tolist(), born_year.tolist(), strict=True):
        f, s = f.lower(), s.lower().replace("-", "")
        word = _WORDS[k // 128 % len(_WORDS)]
        name = (
            f"{f}.{s}{k // 4096 % 100}",
            f"{f}_{s[0]}{y % 100:02d}{k // 4096 % 10}",
            f"{word}{f}{k // 4096 % 1000}",
            f"{f}_{word}_{y % 100:02d}{k // 4096 % 10}",
            f"{s}{f[0]}{k // 4096 % 1000}",
        )[k // 8 % 5]
        out.append(f"{PLATFORMS[k % 8 % 6]}:{name}")
    return out


def burner_handle(ids: Ints) -> list[str]:
    """Accounts made only to reach somebody: no name in them."""
    out = []
    for x in ((ids * 2_654_435_761) % (1 << 40)).tolist():
        first, second = _BURNERS[x % len(_BURNERS)], _BURNERS[x // 64 % len(_BURNERS)]
        out.append(f"{PLATFORMS[x // 8192 % 5]}:{first}_{second}{x // 65536 % 100_000}")
    return out


def pnc_id(ids: Ints, year: Ints) -> list[str]:
    """'2019/0373365V': serial modulo 23 gives the letter (operating model and law, 6.2)."""
    serials = shuffled(ids, 9_999_991).tolist()
    return [
        f"{y}/{s:07d}{_PNC_LETTERS[int(f'{y % 100:02d}{s:07d}') % 23]}"
        for s, y in zip(serials, year.tolist(), strict=True)
    ]
