"""Free text that those on the other side will read must not repeat what the vault of the case holds."""

from __future__ import annotations

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.sharing import policies, vault
from lamplighter.hub.sharing.models import NEVER_FROM_THE_VAULT


def check(user: User, case: Case, partition: str, *texts: str) -> None:
    """Refuse text for ``partition`` that repeats an address or a number of the vault that ``user`` may read.

    Raises ``NotPossibleError``. Whoever may not read the vault learns nothing from it.
    """
    if partition in NEVER_FROM_THE_VAULT and any(text.strip() for text in texts):
        policies.check_hides("\n".join(texts), vault.words(user, case))
