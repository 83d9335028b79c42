"""What a bundle lacks is said without the name of a column."""

import re

import pytest

from lamplighter.study_bundle.limitations import lacking
from lamplighter.study_bundle.needs import needs
from lamplighter.study_bundle.schema import kinds, tables


def test_every_need_has_plain_words() -> None:
    for need in needs().values():
        for words in lacking((*need.needs, *need.better)):
            assert words[:1].isupper(), need.name
            assert not re.search(r"[_`]|\w\.\w|events:", words), (need.name, words)


def test_what_is_missing_of_one_kind_stands_together() -> None:
    asked = (
        "events:prior_search",
        "reports.case_id",
        "events:prior_search.at",
        "events:risk_assessment.grade",
    )
    assert lacking(asked) == (
        "Search for earlier allegations: when it was",
        "Each report: which reports make one case",
        "Risk assessment: the grade",
    )
    assert lacking(("reports", "events:order")) == ("Each report", "Order")
    assert lacking(("events:audit.answer or events:second_assessment.grade",)) == (
        "Audit of the file: the answer recorded, or graded again by another assessor: the grade",
    )
    assert lacking(()) == ()


def test_a_need_that_the_schema_does_not_have_is_an_error() -> None:
    with pytest.raises(KeyError):
        lacking(("reports.shoe_size",))


def test_titles_differ_within_a_table_and_a_kind() -> None:
    for table in tables().values():
        titles = [c.title for c in table.columns.values() if not c.name.endswith("precision")]
        assert len(set(titles)) == len(titles), table.name
    assert len({k.title for k in kinds().values()}) == len(kinds())
