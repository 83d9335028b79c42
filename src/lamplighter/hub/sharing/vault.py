"""The words of a case's vault that nothing for the other side may repeat."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from django.db import models

from lamplighter.hub.access.wall import identity
from lamplighter.hub.access.wall.declared_tables import declared
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases.models import Case

REASON = "Checking that shared text repeats no address"
# With a figure or an at sign in it, and not a whole story: a telephone, a postcode, a street with its number.
TELLING = re.compile(r"[\d@]")
LONGEST = 200
SHORTEST = 5


def words(user: User, case: Case) -> set[str]:
    """Addresses, telephones and the like in the vault of the case, as far as this person may read it.

    Whoever may not read the vault gets nothing: they cannot give away what they do not know.
    """
    found: set[str] = set()
    with identity.for_reason(REASON):
        for model in _of_the_vault():
            found |= set(_of(model, case))
        if found:
            audit.consulted(user, "sharing.vault_checked", f"case {case.key}", case=case, reason=REASON)
    return found


@functools.cache
def _of_the_vault() -> tuple[type[models.Model], ...]:
    return tuple(table.model for table in declared() if table.partition == "vault")


def _of(model: type[models.Model], case: Case) -> Iterator[str]:
    columns = [
        f.attname
        for f in model._meta.concrete_fields
        if isinstance(f, models.CharField | models.TextField) and not f.choices and not f.is_relation
    ]
    rows = model._default_manager.filter(case=case).values_list(*columns) if columns else ()
    for row in rows:
        for value in row:
            for part in {value, *re.split(r"[,;\n]", value or "")}:
                text = (part or "").strip()
                if SHORTEST <= len(text) <= LONGEST and TELLING.search(text):
                    yield text
