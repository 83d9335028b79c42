"""Cells of exports that hold more than one thing: telephones with extensions, contacts of any kind, and what
stands around a name."""

from __future__ import annotations

import polars as pl

from lamplighter.linkage_tables.cleaning.contacts import both_in, mails, telephones
from lamplighter.linkage_tables.column_roles.columns import understood
from tests.unit.linkage.made_up import FORENAMES, SURNAMES

NAMES = [(FORENAMES[i % len(FORENAMES)], SURNAMES[(i * 7) % len(SURNAMES)]) for i in range(40)]


def test_each_telephone_of_a_cell_is_one() -> None:
    cells = [
        "07700 900123 (mob) / 0113 496 0000 ext 206",
        "07700900123 07700900456",
        None,
        "0113 496 0000 x12",
    ]
    assert telephones(pl.Series(cells)).to_list() == [
        ["07700 900123", "0113 496 0000", "0113 496 0000 ext 206"],
        ["07700900123", "07700900456"], None,
        ["0113 496 0000", "0113 496 0000 x12"],
    ]  # fmt: skip
    table = pl.DataFrame({"surname": ["Quarle"] * 4, "Tel. no(s)": cells})
    assert understood(table).people["phones"].to_list()[:2] == [
        ["07700900123", "01134960000", "01134960000206"], ["07700900123", "07700900456"],
    ]  # fmt: skip


def test_a_line_of_a_firm_is_shared_and_its_extension_is_one_person_s() -> None:
    cells = ["0113 496 0000 ext. 12", "0113 496 0000", "01134960000x12", "+44 113 496 0000 (ext 7)", None]
    table = pl.DataFrame({"surname": ["Quarle"] * 5, "Telephone": cells})
    found = understood(table).people["phones"].to_list()
    line, twelve = "01134960000", "0113496000012"
    assert found == [[line, twelve], [line], [line, twelve], [line, "011349600007"], None]
    assert telephones(pl.Series(["0113 496 0000", None])).to_list() == ["0113 496 0000", None]


def test_each_mail_of_a_cell_is_one() -> None:
    cells = ["a.quarle@mail.example; ann@work.example", "b@mail.example", None]
    assert mails(pl.Series(cells)).to_list() == [
        ["a.quarle@mail.example", "ann@work.example"], ["b@mail.example"], None,
    ]  # fmt: skip


def _contacts(i: int) -> str:
    phone, mail = f"07700 9{i:05d}", f"q{i}@mail.example"
    return (f"{phone}; {mail}", f"Mob: {phone}", mail)[i % 3]


def test_contacts_of_any_kind_are_telephones_and_mails() -> None:
    table = pl.DataFrame({"surname": [s for _, s in NAMES], "How to reach": map(_contacts, range(40))})
    found = understood(table)
    assert found.taken_for["How to reach"] == "phones"
    assert found.people["phones"].to_list()[:3] == [["0770090000" + "0"], ["07700900001"], []]
    assert found.people["emails"].to_list()[:3] == [["q0@mail.example"], [], ["q2@mail.example"]]
    listed = table.with_columns(pl.col("How to reach").str.split("; "))
    assert understood(listed).people["phones"].equals(found.people["phones"])
    assert both_in(listed["How to reach"])[1].to_list()[0] == ["q0@mail.example"]
    desk = pl.Series(["0113 496 0000 ext. 12; q0@mail.example", None])
    assert both_in(desk)[0].to_list() == [["0113 496 0000", "0113 496 0000 ext. 12"], None]


def test_beside_a_list_of_telephones_nothing_is_lost() -> None:
    table = pl.DataFrame(
        {"surname": ["a", "b"], "phones": [["07700900123"], None], "mobile": [None, "07700900456"]}
    )
    assert understood(table).people["phones"].to_list() == [["07700900123"], ["07700900456"]]
