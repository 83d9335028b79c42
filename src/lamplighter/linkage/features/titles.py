"""Read the title before a name: "Mr J Quarle" and "Mrs J Quarle" of one home are two."""

from __future__ import annotations

import polars as pl

MALE_TITLES = ("mr", "mister", "sir", "herr", "herrn", "monsieur", "señor", "signor", "dhr")
FEMALE_TITLES = (
    "mrs", "ms", "miss", "lady", "frau", "madame", "mme", "mademoiselle", "mlle", "señora", "sra", "señorita",
    "srta", "signora", "mevr", "mevrouw", "pani",
)  # fmt: skip
_WORDS = "|".join((*MALE_TITLES, *FEMALE_TITLES))
_BEFORE = rf"(?i)(?:^|,\s*)(?:(?:dr|prof)\.?\s+)*({_WORDS})\.?\s+\S"
_OF_TWO = rf"(?i)(?:^|,\s*)(?:{_WORDS})\.?\s*(?:&|\+|/|and|und|et)\s"
"""'Mr & Mrs Quarle': of neither."""
_LEAST, _FEWEST = 0.05, 5


def before_names(names: pl.Series) -> pl.Series | None:
    """Return the titles that stand before names and tell a sex; None where they are no habit of the
    column.
    """
    found = names.str.extract(_BEFORE).str.to_lowercase()
    found = found.set(names.str.contains(_OF_TWO).fill_null(False), None)
    told = len(found) - found.null_count()
    return found if told >= max(_FEWEST, _LEAST * len(found)) else None
