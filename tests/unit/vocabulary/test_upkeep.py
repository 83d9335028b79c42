"""A file of rules says who wrote and checked it and when it is looked at again, or it is not read."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from pathlib import Path

import pytest

import lamplighter
from lamplighter.vocabulary import upkeep

WHOLE = """
[upkeep]
author = "Lamplighter"
checker = "Not checked by a practitioner yet"
next_review = 2027-05-28

[[upkeep.change]]
on = 2026-11-29
by = "Lamplighter"
what = "Written"
"""


def test_what_a_file_says_of_itself_is_read_and_is_no_rule() -> None:
    found = upkeep.parsed("x = 1\n" + WHOLE, "x.toml")
    assert dict(found.body) == {"x": 1}
    assert found.upkeep.changes == (upkeep.Change(dt.date(2026, 11, 29), "Lamplighter", "Written"),)
    assert not found.upkeep.overdue(dt.date(2027, 5, 28))
    assert found.upkeep.overdue(dt.date(2027, 5, 29))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (WHOLE, "the table is missing"),
        ('author = "Lamplighter"\n', "the key author is missing"),
        ('checker = "Not checked by a practitioner yet"\n', "the key checker is missing"),
        ("next_review = 2027-05-28\n", "the key next_review is missing"),
        (WHOLE[WHOLE.index("[[") :], "the change log is missing"),
        ('by = "Lamplighter"\n', "an entry of the change log is not whole"),
        ("on = 2026-11-29\n", "an entry of the change log is not whole"),
    ],
)
def test_a_file_without_it_is_refused_by_name(line: str, says: str) -> None:
    with pytest.raises(upkeep.UpkeepError, match=f"x.toml.*{says}"):
        upkeep.parsed("x = 1\n" + WHOLE.replace(line, ""), "x.toml")


def test_every_packaged_file_of_dated_or_marked_rules_has_it() -> None:
    """By content and not by a list, so that a new file cannot be forgotten."""
    root = Path(str(files(lamplighter)))
    without = []
    for path in sorted(root.rglob("*.toml")):
        text = path.read_text("utf-8")
        ruled = path.name in {"rules.toml", "settings.toml"} or "\nmark = " in text or 'mark = "' in text
        if ruled and "\n[upkeep]\n" not in text:
            without.append(str(path.relative_to(root)))
    assert without == []


def test_no_shipped_file_claims_a_check_that_nobody_made() -> None:
    root = Path(str(files(lamplighter)))
    for path in root.rglob("*.toml"):
        text = path.read_text("utf-8")
        if "\n[upkeep]\n" in text:
            assert 'checker = "Not checked by a practitioner yet"' in text, path.name
