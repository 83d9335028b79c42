"""Lessons of another hub, brought in by a command: proposed by a named person, and not read until another
accepts it."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.models import User
from lamplighter.hub.patterns.learning import services
from lamplighter.hub.site.errors import OperatorError
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.rule_files.faults import RuleFileError

LARGEST = 2_000_000


class LearnedFileError(OperatorError):
    """A file of phrases cannot be brought in; the text names the thing, the place and the remedy."""


def bring_in(path: Path, by: str) -> tuple[int, int]:
    """Propose the phrases of a file; returns how many were new, and how many were not.

    Raises:
        LearnedFileError: for a file that cannot be read or taken, or a person who may not propose.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise LearnedFileError(f"{path} is larger than {LARGEST:,} bytes. Take it apart.")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise LearnedFileError(
            f"{path} cannot be read as text in UTF-8. Give the file that a hub wrote."
        ) from problem
    with identity.as_service("find patterns"):
        user = User.objects.called(by)
    if user is None or not permissions.may_decide_patterns(user):
        raise LearnedFileError(
            "--by names nobody who may propose: a coordinator, stalking lead or investigator of this hub."
        )
    try:
        with identity.as_person(user):
            return services.load(user, text, path.name)
    except (NotPossibleError, RuleFileError) as refused:
        raise LearnedFileError(f"{path.name}: {refused} Nothing was brought in.") from refused
