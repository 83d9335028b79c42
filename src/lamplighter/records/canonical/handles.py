"""Accounts in every form they are scribbled in, to '<platform>:<handle>'."""

from __future__ import annotations

import re

import polars as pl

from lamplighter.records.canonical.outcome import Outcome, per_piece, problem_when

#: Canonical platform to the ways people write it (lower case).
PLATFORMS: dict[str, tuple[str, ...]] = {
    "facebook": ("facebook", "face book", "facebook messenger", "fb messenger", "fbook", "fb", "messenger"),
    "instagram": ("instagram", "insta gram", "insta", "instgram", "ig"),
    "snapchat": ("snapchat", "snap chat", "snap", "sc"),
    "tiktok": ("tiktok", "tik tok", "tik-tok", "tt"),
    "x": (
        "x/twitter",
        "twitter/x",
        "x (twitter)",
        "twitter (x)",
        "x twitter",
        "x (formerly twitter)",
        "twitter",
        "x",
    ),
    "whatsapp": ("whatsapp", "whats app", "wa"),
    "telegram": ("telegram", "tg"),
    "linkedin": ("linkedin", "linked in"),
    "youtube": ("youtube", "you tube", "yt"),
    "reddit": ("reddit",),
    "discord": ("discord",),
    "threads": ("threads",),
    "bluesky": ("bluesky", "bsky"),
    "signal": ("signal",),
    "kik": ("kik",),
    "twitch": ("twitch",),
    "pinterest": ("pinterest",),
    "skype": ("skype",),
    "tinder": ("tinder",),
    "bumble": ("bumble",),
    "hinge": ("hinge",),
    "grindr": ("grindr",),
    "onlyfans": ("onlyfans", "only fans"),
    "vinted": ("vinted",),
    "ebay": ("ebay",),
    "gumtree": ("gumtree",),
    "steam": ("steam",),
    "xbox": ("xbox",),
    "playstation": ("playstation", "psn"),
    "roblox": ("roblox",),
}
_ALIASES = {alias: name for name, aliases in PLATFORMS.items() for alias in aliases}
_ANY = "|".join(re.escape(a) for a in sorted(_ALIASES, key=len, reverse=True))
_HANDLE = r"@?([\p{L}0-9_](?:[\p{L}0-9_.\-]*[\p{L}0-9_\-])?)[.]?"
#: platform first: 'fb @x', 'tik tok: y', 'x/twitter/z', 'instagram - a', 'snap name: b'
_BEFORE = (
    rf"^(?:on )?({_ANY})(?: (?:account|name|username|user|profile|handle))?\s*[:/=\-\s]+\s*"
    rf"(?:account|username|user)?\s*{_HANDLE}$"
)
_JOINED = rf"^({_ANY})@([\p{{L}}0-9_.\-]+)$"
#: platform last: '@x (ig)', 'asif.ali (sc)', '@x on snapchat', '@x - fb', 'x [insta]'
_AFTER = rf"^{_HANDLE}\s*(?:\(|\[|\bon\b|-|/|:|,)\s*(?:on )?({_ANY})\s*[)\]]?$"
_URL = r"(?:https?://)?(?:www\.|m\.)?(facebook|instagram|tiktok|twitter|x|snapchat|linkedin|youtube|reddit)\.com/(?:add/|in/|user/|u/)?@?([\p{L}0-9_.\-]+)"
_BARE = rf"^{_HANDLE}$"
_SEPARATOR = r"\s*[;\n|]\s*|\s+(?:and|&|/|\+)\s+"
#: A comma parts accounts, but not inside brackets.
_COMMA = r",\s*"
_NONE = (
    r"(?i)^@?(none|nil|null|unk|unknown|not known|nkn?|n/?k|u/?k|n/?a|no social media"
    r"|unknown account|not stated|not given|withheld|private|anonymous|anon|deleted|blocked|various|multiple"
    r"|several|fake|fake account|tbc|see (?:log|notes|mo))$"
)


def _one_handle(text: pl.Series) -> Outcome:
    raw = pl.col("t").str.strip_chars(" \t\"'“”‘’.,").str.to_lowercase()
    raw = raw.str.replace_all(r"\s+", " ")
    forms = [(_URL, 1, 2), (_JOINED, 1, 2), (_BEFORE, 1, 2), (_AFTER, 2, 1)]
    platform = pl.coalesce(*(raw.str.extract(p, a) for p, a, _ in forms))
    handle = pl.coalesce(*(raw.str.extract(p, b) for p, _, b in forms))
    frame = pl.DataFrame({"t": text.cast(pl.String)}).select(
        platform.alias("platform"),
        pl.coalesce(handle, raw.str.extract(_BARE, 1)).alias("handle"),
        handle.is_not_null().alias("placed"),
        raw.alias("t"),
    )
    name = pl.col("platform").replace_strict(_ALIASES, default=None, return_dtype=pl.String).fill_null("?")
    # A lone platform ('facebook') names no account.
    lone = ~pl.col("placed") & pl.col("handle").is_in(list(_ALIASES))
    # Nor do words that say there is none: taken for an account, "unknown" would make strangers one person.
    nothing = pl.col("t").str.contains(_NONE) | pl.col("handle").str.contains(_NONE)
    short = pl.col("handle").str.len_chars() < 2
    handle = pl.when(lone | short | nothing).then(None).otherwise(pl.col("handle"))
    value = name + pl.lit(":") + handle
    problem = problem_when(
        value.is_null() & pl.col("t").is_not_null() & ~pl.col("t").str.contains(_NONE), "handle_unreadable"
    )
    found = frame.select(value.alias("value"), problem.alias("problem"))
    return Outcome(found["value"], found["problem"])


def handles(text: pl.Series) -> Outcome:
    """Cells to lists of accounts: 'Facebook: @a; Instagram: b' to ['facebook:a', 'instagram:b'].

    The platform is '?' when the source does not say. Words that name no account give a problem.
    """
    marked = pl.col("t").str.replace_all(_SEPARATOR, "\x1f").str.replace_all(_COMMA, "\x1f")
    pieces = marked.str.split("\x1f").list.eval(pl.element().str.strip_chars())
    several = text.str.contains(r"[;\n|,]|\s(?:and|&|/|\+)\s").fill_null(False)
    if several.any():
        return per_piece(text, pieces, _one_handle)
    single = _one_handle(text)
    value = single.value.to_frame("v").select(
        pl.when(pl.col("v").is_not_null()).then(pl.concat_list("v")).otherwise(None)
    )
    return Outcome(value.to_series(), single.problem)


def handle(text: str) -> str | None:
    """One account: ``handle('@x (IG)') == 'instagram:x'``; ``None`` when none can be read."""
    value: str | None = _one_handle(pl.Series([text], dtype=pl.String)).value[0]
    return value


def platform(text: str) -> str:
    """Return the canonical platform name, or '?'."""
    return _ALIASES.get(" ".join(text.lower().split()), "?")
