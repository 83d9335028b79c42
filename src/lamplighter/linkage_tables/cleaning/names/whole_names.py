"""Take whole names apart, 'Ann Mary Quarle' or 'Quarle, Ann Mary', into given names and surnames."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.features.names import known_first_names
from lamplighter.linkage_tables.headings import document

_TITLES = (
    r"(?i)^((?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|lord|lady|rev|revd|reverend"
    r"|capt|captain|lt|lieutenant|sgt|sergeant|colonel|herr|frau|mme|mlle)\b\.?\s+)+(\S+[\s,]+\S)"
)
"""Before two words and more. A title and a word are somebody of that surname."""
_SUFFIX = r"(?i)(\S+[\s,]+\S+?)[\s,]+(?:jr|sr|jnr|snr|junior|senior|ii|iii|iv|esq)\.?$"
_RANK = r"(?i)(\S)[\s,]+\d+(?:st|nd|rd|th)\s+\p{L}.*$"
"""'John Quarle, 2nd Baronet': what is counted behind a name is a rank, and the comma parts no surname."""
_LEGAL = (
    r"(?i)(\S)[\s,]+(?:\([\w ]+\)\s*)?(?:pty\.?\s+)?"
    r"(?:ltd|limited|llp|llc|plc|inc|corp|gmbh|b\.?v|sarl|s\.?r\.?l)\.?$"
)
"""What law makes of a firm is nobody's surname: two firms are not one because both are limited."""
_GENERATION = r"(?i)(?:^|\S[\s,]+\S+?[\s,]+)(jr|sr|jnr|snr|junior|senior|ii|iii|iv)\.?$"
_CAPITALS = r"^(\p{Lu}[\p{Lu}'’-]{2,}(?: \p{Lu}[\p{Lu}'’-]{2,})*) (\p{Lu}\p{Ll}.*)$"
"""'QUARLE Ann', as those write who mark surnames."""
_INITIALLED = r"^(?<word>[\p{L}'’-]{2,})(?<initials>(?: \p{L}\.?){1,3})$"
_HALF = 0.5
_EAST = r"[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]+"
_EAST_ALONE, _EAST_PARTED = f"^{_EAST}$", f"^({_EAST})[\\s\u3000]({_EAST})$"
"""Names of East Asia, the surname first: in one word, and as some write them in two."""
_BEGIN, _ROUNDS, _KNOWN, _SELDOM = 0.02, 20, 2, 0.5
"""How many of the names of a column are turned is learned from here. A known first name counts as if it had
been seen so many times, and any word as if it had been seen half a time."""
_NEVER = 0.05
"""A word that was never seen as a given name, or as a surname, may be one all the same."""
_SURELY = 0.9
"""Names as likely to be turned are turned back."""
Counts = npt.NDArray[Any]


def without_whole_names(people: pl.DataFrame, *, surname_first: bool) -> pl.DataFrame:
    """``people`` with the column ``full_name`` told as ``forenames`` and ``surname``, where these are not
    known; beside a surname, 'Ann Mary' as given names."""
    whole = plain_names(people["full_name"])
    first, last = in_two(whole, surname_first=surname_first)
    if "surname" in people.columns and "forenames" not in people.columns:
        if _without_surnames(whole, people["surname"]):
            first, last = whole, pl.Series([None], dtype=pl.String()).new_from_index(0, len(whole))
        first = _beside(people["surname"], whole, first, last)
    made = people.with_columns(first.alias("_first"), last.alias("_last"))
    return made.with_columns(
        [
            pl.coalesce(c, e).alias(c) if c in people.columns else pl.col(e).alias(c)
            for c, e in (("forenames", "_first"), ("surname", "_last"))
        ]
    ).drop("full_name", "_first", "_last")


def plain_names(whole: pl.Series) -> pl.Series:
    """Return whole names without titles, generations ("Jr") and what law makes of a firm ("Ltd"), and with a
    comma behind a surname that stands first."""
    spaced = whole.str.replace_all(r"\s+", " ").str.strip_chars()
    parted = spaced.str.replace(_TITLES, "$2").str.replace(_SUFFIX, "$1")
    parted = parted.str.replace(_RANK, "$1").str.replace(_LEGAL, "$1")
    parted = parted.str.replace(_CAPITALS, "$1, $2").str.replace(_EAST_PARTED, "$1$2")
    return parted


def generations(names: pl.Series) -> pl.Series:
    """Tell whether somebody is called junior or senior, by what stands behind each name, or alone."""
    found = names.cast(pl.String()).str.strip_chars().str.extract(_GENERATION).str.to_lowercase()
    return found.replace(document()["generations"]["words"])


def in_two(whole: pl.Series, *, surname_first: bool) -> tuple[pl.Series, pl.Series]:
    """Return the given names and the surname of each whole name. One word alone is what it is oftener in
    names of more words, and so is one before initials ("QUARLE A M", "Ann Q"); two words of which either
    stands oftener in the other's place change places.
    """
    begin, end = (r"^\S+ (.+)$", r"^(\S+) \S") if surname_first else (r"^(.+) \S+$", r"\S (\S+)$")
    parts = pl.DataFrame(
        {
            "whole": whole,
            "comma": whole.str.contains(","),
            "first": whole.str.extract(begin),
            "last": whole.str.extract(end),
            "after": whole.str.extract(r",\s*(.+)$"),
            "until": whole.str.extract(r"^([^,]+),"),
        }
    ).select(
        "whole",
        first=pl.when("comma").then("after").otherwise("first"),
        last=pl.when("comma").then("until").otherwise("last"),
        free=~pl.col("comma"),
    )
    parts = _in_order(parts) if surname_first else _initials_behind(parts)
    alone = parts["first"].is_null() & parts["last"].is_null()
    given = _alone_as_given(parts, parts["whole"].filter(alone))
    word = pl.col("whole").is_in(given.implode())
    parts = parts.with_columns(alone=alone).select(
        first=pl.when("alone").then(pl.when(word).then("whole")).otherwise("first"),
        last=pl.when("alone").then(pl.when(~word).then("whole")).otherwise("last"),
    )
    return parts["first"], parts["last"]


def _without_surnames(whole: pl.Series, known: pl.Series) -> bool:
    """Tell whether what is called a name leaves out the surname as a rule ("nombre" beside "apellidos"): it
    is what was given then, also where no surname is known."""
    lower = {"w": whole.str.to_lowercase(), "k": known.cast(pl.String()).str.to_lowercase()}
    both = pl.DataFrame(lower).drop_nulls().select(h=pl.col("w").str.contains(pl.col("k"), literal=True))["h"]
    return len(both) > 0 and int(both.sum()) < _HALF * len(both)


def _beside(known: pl.Series, whole: pl.Series, first: pl.Series, last: pl.Series) -> pl.Series:
    """Given names where a surname is ``known``: what is called a name may be all of it, or what the surname
    leaves."""
    other = known.is_not_null() & (last.is_null() | (last.str.to_lowercase() != known.str.to_lowercase()))
    return pl.DataFrame({"w": whole, "f": first, "b": other}).select(f=pl.when("b").then("w").otherwise("f"))[
        "f"
    ]


def _initials_behind(parts: pl.DataFrame) -> pl.DataFrame:
    """:func:`_in_order`, and before that a word with initials behind it as the surname, unless it is one that
    is given: of "WARD J" the surname is no J."""
    found = parts["whole"].str.extract_groups(_INITIALLED).struct
    word, initials = found.field("word"), found.field("initials").str.strip_chars()
    some = word.is_not_null()
    if not some.any():
        return _in_order(parts)
    nothing = pl.when(~some)
    others = _in_order(parts.with_columns(first=nothing.then("first"), last=nothing.then("last")))
    given = _alone_as_given(others, word.drop_nulls())
    if not (others["first"].is_not_null() | others["last"].is_not_null()).any():
        # Nothing is known of any: as most are that are first names or none.
        is_given = word.drop_nulls().is_in(given.implode())
        given = word.drop_nulls() if 2 * int(is_given.sum()) > len(is_given) else given.clear()
    turned = some & ~word.is_in(given.implode()).fill_null(False)
    return others.with_columns(
        first=pl.when(turned).then(initials).when(some).then(parts["first"]).otherwise("first"),
        last=pl.when(turned).then(word).when(some).then(parts["last"]).otherwise("last"),
    )


def _in_order(parts: pl.DataFrame) -> pl.DataFrame:
    """``parts`` (whole, first, last, free) with the two words of a name in the order in which names of the
    column have them, where nothing (``free``) says which is which."""
    first, last = parts["first"].str.to_lowercase(), parts["last"].str.to_lowercase()
    begins = first.str.extract(r"^(\S+)")
    told = pl.DataFrame({"a": begins, "b": last, "free": parts["free"] & (first == begins)}).drop_nulls()
    turned = _turned(told.group_by("a", "b", "free", maintain_order=True).agg(own=pl.len()))
    if not len(turned):
        return parts
    both = pl.DataFrame({"a": first, "b": last}).select(w=pl.concat_str("a", "b", separator=" "))["w"]
    return parts.with_columns(c=parts["free"] & both.is_in(turned.implode())).select(
        "whole",
        first=pl.when("c").then("last").otherwise("first"),
        last=pl.when("c").then("first").otherwise("last"),
    )


def _turned(names: pl.DataFrame) -> pl.Series:
    """Return which names of two words (a, b), of which nothing says which is which (``free``), are a surname
    and what was given, as 'a b'; ``own``: how many rows have each.

    By expectation maximisation: how often each word is given and how often a surname, what the other rows say
    of it, and how many names are turned. Known first names begin as such.
    """
    words = pl.concat([names["a"], names["b"]]).unique().sort()
    a, b = (names[c].cast(pl.Enum(words)).to_physical().to_numpy().astype(np.int64) for c in ("a", "b"))
    known = words.is_in(pl.Series(sorted(known_first_names())).implode()).to_numpy() * float(_KNOWN)
    own, free = names["own"].to_numpy().astype(float), names["free"].to_numpy()
    turned, share = np.zeros(len(own)), _BEGIN

    def counts(first: Counts, other: Counts) -> Counts:
        """Tell how often each word is ``first`` in a straight name and ``other`` in one that is turned."""
        straight = np.bincount(first, own * (1 - turned), len(words))
        return np.asarray(straight + np.bincount(other, own * turned, len(words)) + _SELDOM)

    for _ in range(_ROUNDS):
        given, family = counts(a, b) + known, counts(b, a)
        mine, theirs = own * (1 - turned), own * turned
        straight = (given[a] - mine) * (family[b] - mine) * (1 - share)
        other_way = (given[b] - theirs) * (family[a] - theirs) * share
        turned = np.where(free, other_way / (straight + other_way), 0.0)
        share = float((turned * own).sum() / max(own[free].sum(), 1.0))
    some = names.filter(turned > _SURELY)
    return some.select(w=pl.concat_str("a", "b", separator=" "))["w"]


def _alone_as_given(parts: pl.DataFrame, words: pl.Series) -> pl.Series:
    """Return which of some single words are given names: by how often each stands there and as a surname, and
    by how many of those that stand alone are given: where people go by their first names Scott is one, and a
    word of which nothing is known a nickname. Where nothing is known of any, known first names are what they
    are. A whole name without spaces is given: brothers do not share it."""
    given = parts["first"].str.extract(r"^(\S+)").str.to_lowercase()
    family = parts["last"].str.to_lowercase()
    distinct = words.drop_nulls().unique().sort()
    counts = pl.DataFrame({"whole": distinct, "w": distinct.str.to_lowercase()})
    for name, column in (("given", given), ("family", family)):
        found = column.drop_nulls().value_counts(name=name)
        counts = counts.join(found, left_on="w", right_on=found.columns[0], how="left", maintain_order="left")
    often = words.drop_nulls().value_counts(name="n")
    counts = counts.join(often, left_on="whole", right_on=often.columns[0], maintain_order="left")
    one_word = counts["w"].str.contains(_EAST_ALONE)
    if counts["given"].null_count() == counts["family"].null_count() == len(counts):
        known = counts["w"].is_in(pl.Series(sorted(known_first_names())).implode())
        return counts.filter(known | one_word)["whole"]
    seen = counts.select(pl.col("given", "family").fill_null(0) + _NEVER, "n").to_numpy().astype(float)
    told, share = np.log(seen[:, 0] / seen[:, 1]), _HALF
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-told) * (1 - share) / share)
        share = float(np.clip(likely @ seen[:, 2] / seen[:, 2].sum(), _BEGIN, 1 - _BEGIN))
    return counts.filter(pl.Series(likely > _HALF) | one_word)["whole"]
