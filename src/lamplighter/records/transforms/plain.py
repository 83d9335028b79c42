"""Transforms of text, codes and flags."""

from __future__ import annotations

import polars as pl

from lamplighter.records.canonical.outcome import Outcome, evaluate
from lamplighter.records.canonical.references import references_in, tidy_references
from lamplighter.records.transforms.common_words import read_by_words
from lamplighter.records.transforms.registry import Options, transform

_SPACES = r"[ \t\r\f\v\u{a0}]+"


@transform("text")
def text(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Words as recorded: trimmed, runs of blanks made one, line breaks kept."""
    del options
    return [evaluate(columns[0], pl.col("t").str.replace_all(_SPACES, " ").str.strip_chars())]


@transform("upper")
def upper(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Trimmed and in upper case."""
    del options
    return [evaluate(columns[0], pl.col("t").str.strip_chars().str.to_uppercase())]


@transform("join")
def join(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """The columns that are not empty, put together with `with` (a comma and a blank unless said)."""
    frame = pl.DataFrame([c.alias(str(i)) for i, c in enumerate(columns)])
    value = frame.select(
        pl.concat_str(pl.all(), separator=options.given.get("with", ", "), ignore_nulls=True).alias("v")
    ).select(
        pl.when(pl.col("v") == "")
        .then(None)
        .otherwise(pl.col("v").str.replace_all(_SPACES, " ").str.strip_chars())
    )
    return [Outcome(value.to_series())]


@transform("last_part")
def last_part(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Take what follows the last comma, where it has no digits: the town of a one-line address."""
    del options
    return [evaluate(columns[0], pl.col("t").str.extract(r",\s*([^,0-9]+)$", 1).str.strip_chars())]


@transform("constant")
def constant(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """The same `value` for every row."""
    return [Outcome(pl.Series([options.given["value"]] * len(columns[0])))]


@transform("reference")
def reference(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """An agency's reference: trimmed, upper case, zeros padded as that agency writes them."""
    del options
    return [tidy_references(columns[0])]


@transform("references_in", merges=True)
def references(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Every agency reference that the words name."""
    del options
    return [references_in(columns[0])]


@transform("references_or_text", merges=True)
def references_or_text(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """The agency references that the cell names; the cell itself when it names none that is known."""
    del options
    known = references_in(columns[0]).value
    frame = pl.DataFrame({"k": known, "t": tidy_references(columns[0]).value})
    whole = pl.when(pl.col("t").str.contains(r"\d")).then(pl.concat_list("t"))
    return [Outcome(frame.select(pl.coalesce("k", whole)).to_series())]


@transform("base_reference", merges=True)
def base_reference(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """The reference without the ending in `ending` that marks a further record of the same event;
    empty without one.
    """
    tidy = tidy_references(columns[0]).value
    ending = options.given["ending"]
    base = pl.col("t").str.strip_suffix(ending)
    return [evaluate(tidy, pl.when(base != pl.col("t")).then(pl.concat_list(base)).otherwise(None))]


@transform("words", merges=True)
def words(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """A list of the parts between the separators in `split` (a pattern; blanks unless said). With `map`, a
    part that is in no table of it gives a warning.
    """
    parts = (
        pl.col("t")
        .str.replace_all(options.given.get("split", r"\s+"), "\x1f")
        .str.split("\x1f")
        .list.eval(pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != ""))
    )
    found = evaluate(columns[0], pl.when(parts.list.len() > 0).then(parts).otherwise(None))
    if not options.names("map"):
        return [found]
    distinct, problem = _coded_parts(found.value, options)
    unknown = dict(zip(distinct.to_list(), problem.to_list(), strict=True))
    return [Outcome(found.value, _first_problem(found.value, unknown))]


def _coded_parts(parts: pl.Series, options: Options) -> tuple[pl.Series, pl.Series]:
    """The distinct parts of lists, and what is wrong with the code of each."""
    distinct = parts.explode().drop_nulls().unique(maintain_order=True)
    return distinct, coded([distinct], options)[1]


def _first_problem(parts: pl.Series, problems: dict[str, str | None]) -> pl.Series:
    return parts.list.eval(
        pl.element().replace_strict(problems, default=None, return_dtype=pl.String).drop_nulls()
    ).list.first()


@transform("yes_no")
def yes_no(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """Y, yes, true, 1 are true; N, no, false, 0 are false; empty stays empty. With `map`, its tables say
    yes or no for other words, or nothing ("") for words that leave it open.
    """
    said = _said_in(options, columns[0])
    t = (
        pl.coalesce(pl.lit(said), pl.col("t").str.strip_chars().str.to_lowercase())
        if said is not None
        else pl.col("t").str.strip_chars().str.to_lowercase()
    )
    value = (
        pl.when(t.is_in(["y", "yes", "true", "1", "t"]))
        .then(True)
        .when(t.is_in(["n", "no", "false", "0", "f"]))
        .then(False)
    )
    open_ones = ["", "u", "unknown", "not known"]
    problem = pl.when(value.is_null() & t.is_not_null() & ~t.is_in(open_ones)).then(pl.lit("code_unknown"))
    return [evaluate(columns[0], value, problem)]


def _said_in(options: Options, column: pl.Series) -> pl.Series | None:
    """What the tables of `map` say for each cell, or ``None`` where there are none."""
    names = options.names("map")
    if not names:
        return None
    plain = _plainly(column.cast(pl.String).to_frame("t"))["t"]
    every = {key: value for name in reversed(names) for key, value in options.maps[name].items()}
    return plain.replace_strict(every, default=None, return_dtype=pl.String)


@transform("marker", merges=True)
def marker(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """A list with the word in `flag` where a column of its own says yes; otherwise empty."""
    yes = yes_no(columns, options)[0]
    value = pl.select(
        pl.when(yes.value).then(pl.concat_list(pl.lit(options.given["flag"], dtype=pl.String)))
    ).to_series()
    return [Outcome(value, yes.problem)]


@transform("flag_in")
def flag_in(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """True where the flag in `flag` is among the words; otherwise empty, because absence of a flag is
    not 'no'.
    """
    pattern = rf"(?i)(?:^|[\s,;~]){options.given['flag']}(?:$|[\s,;~])"
    return [
        evaluate(
            columns[0], pl.when(pl.col("t").str.contains(pattern)).then(True).otherwise(None).cast(pl.Boolean)
        )
    ]


def coded(columns: list[pl.Series], options: Options) -> tuple[pl.Series, pl.Series]:
    """Codes by the tables of `map` in order (each may look at another column), then by patterns, then by
    the common words of `words`, then `otherwise`.

    Returns the codes and the problems. ``by`` gives the column of each table,
    ``first_word`` the tables that look at the first word only; ``then_map``
    looks at the first word after everything else has failed. ``words_on`` is the column that `words`
    reads. A code "" in a table leaves the value open, on purpose and without a warning.
    """
    frame = pl.DataFrame([c.cast(pl.String).alias(str(i)) for i, c in enumerate(columns)])
    plain = _plainly(frame)
    tables, by = options.names("map"), options.given.get("by", [])
    first = set(options.names("first_word"))
    tries = []
    for i, table in enumerate(tables):
        column = pl.col(str(by[i] if i < len(by) else 0))
        if table in first:
            column = column.str.extract(r"^(\S+)", 1)
        tries.append(column.replace_strict(dict(options.maps[table]), default=None, return_dtype=pl.String))
    found = (
        plain.select(pl.coalesce(tries).alias("code")).to_series()
        if tries
        else pl.Series([None] * frame.height, dtype=pl.String)
    )
    looked_at = str(options.given.get("patterns_on", 0))
    for table in options.names("patterns"):
        for pattern, code in options.patterns[table]:
            if found.null_count() == 0:
                break
            hit = frame.select(pl.col(looked_at).str.contains(f"(?i){pattern}").fill_null(False)).to_series()
            found = pl.select(pl.when(found.is_null() & hit).then(pl.lit(code)).otherwise(found)).to_series()
    for table in options.names("words"):
        if found.null_count() == 0:
            break
        said = read_by_words(table, frame[str(options.given.get("words_on", 0))])
        found = pl.select(pl.coalesce(found, said)).to_series()
    for table in options.names("then_map"):
        last = plain.select(
            pl.col("0")
            .str.extract(r"^(\S+)", 1)
            .replace_strict(dict(options.maps[table]), default=None, return_dtype=pl.String)
        )
        found = pl.select(pl.coalesce(found, last.to_series())).to_series()
    empty = frame.select(pl.all_horizontal(pl.all().is_null() | (pl.all() == ""))).to_series()
    assumed = pl.Series([False] * frame.height, dtype=pl.Boolean)
    if "assume" in options.given:
        assumed = frame.select(
            pl.col("0").is_null() & pl.col(str(options.given["assume_from"])).is_not_null()
        ).to_series()
    otherwise, when_empty = options.given.get("otherwise"), options.given.get("when_empty")
    missing = options.given.get("missing", False)
    left_open = (found == "").fill_null(False)
    value = pl.select(
        pl.when(left_open)
        .then(pl.lit(None, dtype=pl.String))
        .when(found.is_not_null())
        .then(found)
        .when(assumed)
        .then(pl.lit(options.given.get("assume"), dtype=pl.String))
        .when(empty)
        .then(pl.lit(when_empty, dtype=pl.String))
        .otherwise(pl.lit(otherwise, dtype=pl.String))
        .alias("v"),
        pl.when(found.is_null() & assumed)
        .then(pl.lit("code_assumed"))
        .when(found.is_null() & ~empty)
        .then(pl.lit("code_unknown"))
        .when(found.is_null() & empty & pl.lit(missing))
        .then(pl.lit("code_missing"))
        .otherwise(pl.lit(None, dtype=pl.String))
        .alias("p"),
    )
    return value["v"], value["p"]


def _plainly(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts in the form in which codes are compared: see ``mapping.mappings.plain_code``."""
    return frame.with_columns(
        pl.all().str.to_uppercase().str.replace_all(r"[^0-9A-Z]+", " ").str.strip_chars()
    )


@transform("code")
def code(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """A code by tables, then patterns, of the mapping, then by the common words that `words` names; an
    unknown one is `otherwise`, with a warning.
    """
    value, problem = coded(columns, options)
    return [Outcome(value, problem)]


@transform("codes", merges=True)
def codes(columns: list[pl.Series], options: Options) -> list[Outcome]:
    """A list of codes: the parts between the separators in `split`, each by the tables of the mapping."""
    parts = words(columns, options)[0].value
    distinct = parts.explode().drop_nulls().unique(maintain_order=True)
    value, problem = coded([distinct], options)
    to_code = dict(zip(distinct.to_list(), value.to_list(), strict=True))
    to_problem = dict(zip(distinct.to_list(), problem.to_list(), strict=True))
    listed = parts.list.eval(
        pl.element()
        .replace_strict(to_code, default=None, return_dtype=pl.String)
        .drop_nulls()
        .unique(maintain_order=True)
    )
    problems = _first_problem(parts, to_problem)
    nothing_left = pl.select(pl.when(listed.list.len() > 0).then(listed).otherwise(None)).to_series()
    return [Outcome(nothing_left, problems)]
