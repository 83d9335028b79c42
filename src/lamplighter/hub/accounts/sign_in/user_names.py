"""The one form of a user name: by it people are found, and by it wrong passwords are counted and locked out.

Two forms would be a way round the lock: whoever spells a name anew would be counted anew, and find the same
account. So whatever finds an account is of the form of what was typed (:func:`spellings`).
"""

from __future__ import annotations

import unicodedata


def sign_in_name(text: str) -> str:
    """Return the form of a user name: compatibility characters (NFKC), case and blanks resolved.

    Unicode's compatibility caseless match (The Unicode Standard, 3.13, D146): case is folded between the two
    decompositions, or a mark in another order would make another form of the same name.
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).casefold())
    return _nfkc(decomposed.casefold()).strip()


def spellings(text: str) -> tuple[str, ...]:
    """Return the names of accounts that what was typed may mean, the likeliest first; each has its form.

    Accounts that are older than the form are stored as their name was given, in lower case.
    """
    return tuple(dict.fromkeys((text, _nfkc(text).lower(), _nfkc(text).lower().strip(), sign_in_name(text))))


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
