"""The schema hangs together, and carries what the 33 indicators need."""

import pytest

from lamplighter.studies.review.indicators.lines import lines
from lamplighter.studies.review.settings import settings
from lamplighter.study_bundle.needs import needs, users_of
from lamplighter.study_bundle.schema import COMMON, OR, codes_of, empty, kinds, metadata_fields, tables


def test_every_code_set_that_the_schema_names_exists() -> None:
    named = [c.codes for t in tables().values() for c in t.columns.values() if c.codes]
    named += [u.codes for k in kinds().values() for u in k.uses.values() if u.codes]
    named += [f.codes for f in metadata_fields().values() if f.codes]
    assert len(named) > 40
    assert all(codes_of(name) for name in named)


def test_every_coded_column_of_the_tables_names_its_codes() -> None:
    for table in tables().values():
        for column in table.columns.values():
            assert (column.kind == "code") == bool(column.codes), (table.name, column.name)


def test_parents_precision_columns_and_keys_exist() -> None:
    for table in tables().values():
        assert set(table.key) <= set(table.columns)
        for column in table.columns.values():
            if column.parent:
                parent, _, key = column.parent.partition(".")
                assert tables()[parent].key == (key,)
            if column.precision:
                assert table.columns[column.precision].codes == "moment_precision"


def _is_in_the_schema(need: str) -> bool:
    if need.startswith("events:"):
        kind, _, column = need.removeprefix("events:").partition(".")
        kind, _, code = kind.partition("=")
        if code:
            return code in codes_of(kinds()[kind].uses["code"].codes or "")
        return kind in kinds() and (not column or column in COMMON or column in kinds()[kind].uses)
    table, _, column = need.partition(".")
    if table == "metadata":
        return column in metadata_fields()
    return table in tables() and (not column or column in tables()[table].columns)


@pytest.mark.parametrize("name", list(needs()))
def test_whatever_an_indicator_needs_the_schema_has(name: str) -> None:
    need = needs()[name]
    assert need.needs
    named = [one for each in (*need.needs, *need.better) for one in each.split(OR)]
    assert [one for one in named if not _is_in_the_schema(one)] == []


def test_there_are_33_indicators_and_every_kind_that_is_asked_for_serves_one() -> None:
    parts = [n for n in needs() if n[0].isdigit()]
    assert list(dict.fromkeys(int(n.rstrip("abcd")) for n in parts)) == list(range(1, 34))
    # Each line that the review counts has needs of its own, and there are no others.
    assert parts == [line.name for line in lines(settings())]
    unused = {k for k in kinds() if not users_of(f"events:{k}")}
    # Kept for the record of a case; no indicator counts them.
    assert unused == {"information_shared", "reopened", "victim_died"}


def test_an_empty_table_has_every_column() -> None:
    assert empty("events").columns == list(tables()["events"].columns)
    assert empty("totals").height == 0
