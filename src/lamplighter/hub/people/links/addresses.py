"""The address of a pair of records: both ids, sealed. They may hold an agency's reference, which no address
may tell; and from the address alone the pair is found by its own index."""

from __future__ import annotations

from lamplighter.hub.accounts import encryption

USE = "address of two records"
# PostgreSQL's text has none.
BETWEEN = "\0"


def address_of(left: str, right: str) -> str:
    """Return the address of a pair's page: the same for ever, also when the pair is computed anew."""
    return encryption.address(f"{left}{BETWEEN}{right}", use=USE)


def pair_at(address: str) -> tuple[str, str]:
    """The two records, in order. Raises ``sealing.NotOpenedError`` for what this hub has not made."""
    left, _, right = encryption.text_at(address, use=USE).partition(BETWEEN)
    return left, right


def name_of(address: str) -> str:
    """Return the audit trail's name for the pair: kept for ever, and never turned back into the records."""
    return address[: encryption.SHORT]
