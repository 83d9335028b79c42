"""The only writers of sources: a new one, a later version of its mapping, words that it did not know."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.accounts.staff import members
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake.confidentiality import selectors as readers_of
from lamplighter.hub.intake.confidentiality.selectors import Choice
from lamplighter.hub.intake.sources import readers, samples, selectors, versions
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.records.errors import MappingError
from lamplighter.records.propose import Choices, Proposal, Source, compose, mapping_toml
from lamplighter.records.propose.compose import headings_of
from lamplighter.records.propose.revise import NoSuchFieldError, Word, with_words
from lamplighter.rule_files.reading import parsed


def begin(user: User, data: dict[str, Any]) -> samples.Draft:
    """Begin to add a source, or to change one."""
    draft = samples.start(user, data)
    audit.record(user, "intake.source_begun", f"sample {draft.key}", operation=Operation.ACCESS)
    return draft


def take_sample(user: User, draft: samples.Draft, uploads: Sequence[Any]) -> None:
    """Keep a sample, sealed for this person."""
    draft.take(uploads)
    audit.record(
        user,
        "intake.sample_received",
        f"sample {draft.key}",
        operation=Operation.COLLECTION,
        files=len(draft.files),
    )


def choose_readers(draft: samples.Draft, choice: Choice) -> None:
    """Keep who may read the reports of the source that is being added or changed."""
    draft.data["readers"] = readers.plain(choice)
    draft.save()


def discard(user: User, draft: samples.Draft) -> None:
    """End a journey without a source; its sample goes."""
    draft.remove()
    audit.record(user, "intake.sample_removed", f"sample {draft.key}", operation=Operation.ERASURE)


def agency_for(user: User, said: dict[str, Any]) -> Agency:
    """The agency of a source: one that is there, or a new one of the kind that was said.

    Raises ``NotPossibleError``.
    """
    found = Agency.objects.filter(pk=said.get("code", "")).first()
    if found is not None:
        return found
    if "kind" not in said:
        raise NotPossibleError("The agency is not there any more. Go back and choose one.")
    code = said.get("code") or free_code(said["name"])
    return members.add_agency(user, code=code, name=said["name"], kind=said["kind"])


@transaction.atomic
def save_source(
    user: User,
    draft: samples.Draft,
    proposal: Proposal,
    choices: Choices,
    *,
    since: dt.date,
    note: str = "",
) -> versions.Version:
    """Save what was decided as a version of the source's mapping, and remove the sample.

    Raises ``NotPossibleError``.
    """
    _from_today(since)
    agency = agency_for(user, draft.data["agency"])
    source = Source(draft.data["name"], draft.data["title"], agency.code, agency.kind, agency.name)
    body = compose(proposal, choices, source, since, note) | _readers(draft, agency)
    version = _written(user, source.name, since, body, headings=_fingerprint(headings_of(proposal)))
    transaction.on_commit(draft.remove)
    return version


def _readers(draft: samples.Draft, agency: Agency) -> dict[str, Any]:
    """The mapping's part that says who may read its reports. Raises ``NotPossibleError``."""
    choice = selectors.readers_of(draft)
    if choice is None or not readers_of.asked_of(agency):
        return {}
    try:
        # As on the day of the choice: an agency that was named may be gone, a legal basis out of force.
        told = readers.part(readers_of.checked(choice, agency, timezone.localdate()))
    except NotPossibleError as problem:
        raise NotPossibleError(f"Who may read the reports: {problem}. Go back and choose again.") from problem
    return {"readers": told} if told else {}


@transaction.atomic
def map_words(user: User, name: str, words: Iterable[Word]) -> versions.Version:
    """A version of a source's mapping from today on, in which these words have codes.

    Raises ``NotPossibleError``.
    """
    today = timezone.localdate()
    listed = list(words)
    try:
        body = with_words(versions.body_of(name), listed)
    except NoSuchFieldError as error:
        raise NotPossibleError(f"{error} The mapping has changed since: change it there.") from error
    except MappingError as error:
        raise NotPossibleError(str(error)) from error
    body["source"] = body["source"] | {"from": today, "note": "Words that came in a delivery were mapped."}
    return _written(user, name, today, body, words=len(listed))


def _from_today(since: dt.date) -> None:
    if since < timezone.localdate():
        raise NotPossibleError("Choose today or a later day. What came in before stays as it was read.")


def _written(user: User, name: str, since: dt.date, body: dict[str, Any], **detail: Any) -> versions.Version:
    text = mapping_toml(body)
    try:
        loaded = versions.checked_text(text, name, since)
        if parsed(text, name) != body:
            raise NotPossibleError(
                "The mapping cannot be written down. Tell those who look after Lamplighter."
            )
        version = versions.reserve(name, since, text)
    except MappingError as error:
        raise NotPossibleError(str(error)) from error
    audit.record(
        user,
        "intake.mapping_saved",
        f"mapping {version.reference}",
        agency=loaded.agency,
        columns=sum(len(f.columns) for f in loaded.files),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        **detail,
    )
    # A mapping is in force only if the trail says who made it.
    transaction.on_commit(partial(versions.put, version))
    return version


def _fingerprint(headings: Iterable[str]) -> str:
    """Which headings a mapping was made from, without saying them: the first row of a file that has none may
    be somebody's."""
    return hashlib.sha256("\n".join(headings).encode()).hexdigest()


def plain_name(title: str, *, between: str = "_") -> str:
    """A system's or an agency's name as a code: 'Crown Force RMS' to 'crown_force_rms'."""
    letters = "".join(c if c.isascii() and c.isalnum() else " " for c in title.lower())
    return between.join(letters.split())[:50].strip(between)


def free_code(name: str) -> str:
    """A code for a new agency that no other has."""
    first = plain_name(name, between="-") or "agency"
    taken = set(Agency.objects.filter(pk__startswith=first).values_list("pk", flat=True))
    return next(c for c in (first, *(f"{first}-{n}" for n in range(2, 999))) if c not in taken)
