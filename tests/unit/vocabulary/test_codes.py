"""Code sets: complete, dated, and every one that the schema names is there."""

from __future__ import annotations

import datetime as dt

import pytest

from lamplighter.records.mapping.mappings import built_in, load_mapping
from lamplighter.records.schema import TABLES
from lamplighter.vocabulary.agencies import agency_named, reference_shapes
from lamplighter.vocabulary.codes import code_set, code_sets
from lamplighter.vocabulary.recording_rules import holds, rules_on


def test_every_code_set_that_the_schema_names_exists() -> None:
    for table in TABLES:
        for field in table.fields:
            if field.codes:
                assert code_set(field.codes).codes, f"{table.name}.{field.name}"


def test_every_offence_and_outcome_belongs_to_a_group_that_exists() -> None:
    for offence in code_set("offences").codes.values():
        assert offence.extra["group"] in code_set("offence_groups").codes
    for outcome in code_set("outcomes").codes.values():
        assert outcome.extra["group"] in code_set("outcome_groups").codes
    assert {str(n) for n in range(1, 23)} <= set(code_set("outcomes").codes)


@pytest.mark.parametrize("name", built_in())
def test_mappings_give_only_codes_that_exist(name: str) -> None:
    mapping = load_mapping(name)
    where = {t.name: {f.name: f.codes for f in t.fields} for t in TABLES} | {"agency": {}}
    for table in ("reports", "offences", "occasions", "people"):
        for spec in getattr(mapping, table):
            field = {"_principal": "offence", "_included": "offence"}.get(spec.into[0], spec.into[0])
            codes = where[table].get(field)
            given = set()
            for option in ("map", "then_map"):
                names = spec.options.get(option, [])
                for each in [names] if isinstance(names, str) else names:
                    given |= set(mapping.maps[each].values())
            names = spec.options.get("patterns", [])
            for each in [names] if isinstance(names, str) else names:
                given |= {code for _, code in mapping.patterns[each]}
            given |= {spec.options[o] for o in ("otherwise", "when_empty", "assume") if spec.options.get(o)}
            if given:
                assert codes is not None, (table, field)
                assert given <= set(code_set(codes).codes), (table, field)
    if mapping.format != "bundle":
        assert mapping.agency in code_set("agencies").codes


def test_recording_rules_by_date() -> None:
    assert not holds("ex_partner_presumption", dt.date(2020, 3, 31))
    assert holds("ex_partner_presumption", dt.date(2020, 4, 1))
    assert holds("course_of_conduct_also", dt.date(2023, 5, 31))
    assert not holds("course_of_conduct_also", dt.date(2023, 6, 1))
    assert "principal_crime" in rules_on(dt.date(2023, 6, 1))
    with pytest.raises(KeyError):
        holds("no_such_rule", dt.date(2024, 1, 1))


def test_every_recording_rule_says_how_well_it_is_known() -> None:
    assert {c.extra["mark"] for c in code_set("recording_rules").codes.values()} <= {"P", "S", "K"}


def test_agencies_by_name_and_reference() -> None:
    assert agency_named("Force A") == "force-a"
    assert agency_named("nobody") is None
    assert {s.agency for s in reference_shapes()} == {"force-a", "force-b", "helpline"}


def test_titles_are_there_and_unknown_codes_say_which_set() -> None:
    assert all(code.title for s in code_sets().values() for code in s.codes.values())
    with pytest.raises(KeyError, match="offences"):
        code_set("offences").title("nothing")
