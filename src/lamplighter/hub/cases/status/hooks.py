"""Ask other contexts what a case still needs before an outcome drops it, without this one knowing them.

An application names its module in ``AppConfig.closing_checks``; the module holds ``checks(case, outcome)``:
every :class:`Check` that this context has for this case, those that are done too, as the case stands now.
``outcome`` is a code of the outcomes that drop a case. It is asked as the service that runs clocks, which
reads every side but the vault: ``side`` says who may read what a check says, and the page of the closing
tells everybody else only on whose side something is missing.

``AppConfig.closing_guard`` names the module of ``before_closing(user, case, outcome)``, called within the
transaction that closes a case, "" where no outcome drops it. It raises ``NotPossibleError``. The module also
holds ``refused(user, case, outcome)``, called after such a refusal: others are asked for what is missing; and
``decide_task(user, clock, fate, words, to)``, which ends an open task or gives it to somebody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a case needs before it is dropped.

    ``code`` names it for figures and holds nothing of a case. ``title`` and ``says`` are for those who read
    ``side``, and name nobody. ``page`` is the URL name of where it is done, and takes the key of the case.
    """

    code: str
    title: str
    done: bool
    says: str = ""
    page: str = ""
    side: str = "shared"


def checks(case: Case, outcome: str) -> list[Check]:
    """Return every check of every context, in the order of the applications. As the service."""
    found: list[Check] = []
    for config in apps.get_app_configs():
        if name := getattr(config, "closing_checks", ""):
            found += import_module(name).checks(case, outcome)
    return found


def before_closing(user: User, case: Case, outcome: str) -> None:
    """Let the contexts that asked for it refuse a closing."""
    for config in apps.get_app_configs():
        if name := getattr(config, "closing_guard", ""):
            import_module(name).before_closing(user, case, outcome)


def refused(user: User, case: Case, outcome: str) -> None:
    """Tell the contexts that a closing was refused for something that is missing."""
    for config in apps.get_app_configs():
        if name := getattr(config, "closing_guard", ""):
            import_module(name).refused(user, case, outcome)


def task_decided(user: User, clock: Clock, fate: str, words: str, to: User | None) -> None:
    """Let the context that ends tasks do with an open one what was decided when the case was closed."""
    for config in apps.get_app_configs():
        if name := getattr(config, "closing_guard", ""):
            import_module(name).decide_task(user, clock, fate, words, to)


class MissingError(NotPossibleError):
    """Something is missing before an outcome drops the case. ``missing``: what whoever asks may be told by
    name; ``elsewhere``: a sentence for each side that they do not read."""

    def __init__(
        self, text: str, field: str = "", *, missing: Sequence[Check] = (), elsewhere: Sequence[str] = ()
    ) -> None:
        super().__init__(text, field)
        self.missing = missing
        self.elsewhere = elsewhere
