"""Words that no paper prints: where the victim lives and how they are reached."""

from __future__ import annotations

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.patterns import selectors as patterns
from lamplighter.hub.sharing import policies, vault
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.papers.outline import Paper, mapped, texts
from lamplighter.reporting.schedule import withhold


def of_case(user: User, case: Case) -> frozenset[str]:
    """Return what the vault of the case holds, as far as this person may read it, and every address that any
    report holds for the victim, also of reports that they may not read."""
    victims = [p for p in cases.parties(case) if p.side == Party.Side.VICTIM]
    persons = {who for who in cases.who_they_are(victims).values() if who}
    return frozenset(vault.words(user, case)) | frozenset(patterns.addresses_of(persons))


def check_typed(words: frozenset[str], *typed: str) -> None:
    """Refuse typed text that repeats one of them. Raises ``NotPossibleError``."""
    policies.check_hides("\n".join(typed), words)


def withheld(paper: Paper, words: frozenset[str]) -> Paper:
    """Return the paper with each of them taken out, and a note in its place."""
    return mapped(paper, lambda text: withhold(text, words))


def check(paper: Paper, words: frozenset[str]) -> None:
    """Refuse a paper on which one of them stands. The words themselves are not said."""
    if any(withhold(text, words) != text for text in texts(paper)):
        raise NotPossibleError(
            "An address or number of the victim has been recorded since that stands on this "
            "paper. Make it again."
        )
