"""One form of a user name, whatever was typed: a spelling that finds an account is counted as its name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lamplighter.hub.accounts.sign_in.user_names import sign_in_name, spellings

KELVIN, LONG_S, WIDE = "\u212a", "\u017f", "\uff50\uff41\uff54"


def test_spellings_of_one_name_have_one_form() -> None:
    assert {sign_in_name(each) for each in ("pat", "Pat", "PAT", " pat", "pat\u00a0", WIDE)} == {"pat"}
    assert sign_in_name(f"{KELVIN}im{LONG_S}") == "kims"
    assert sign_in_name("Stra\u00dfe") == sign_in_name("STRASSE") == "strasse"
    # Marks in another order, before and behind a letter that folds into two.
    assert len({sign_in_name(each) for each in spellings("\u1ffc\u0355\u0340")}) == 1
    assert sign_in_name("pat") != sign_in_name("pa t")


def test_an_older_account_is_meant_by_the_name_it_was_stored_with() -> None:
    assert spellings("Stra\u00dfe") == ("Stra\u00dfe", "stra\u00dfe", "strasse")
    assert spellings("pat") == ("pat",)


@given(st.text(max_size=30))
def test_whatever_may_be_found_is_counted_as_what_was_typed(typed: str) -> None:
    assert {sign_in_name(each) for each in spellings(typed)} == {sign_in_name(typed)}
