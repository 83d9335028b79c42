"""A redacted copy goes across the wall with a release: offered, kept beside it, and read while it stands.

Never an original, and never a copy of which the scanner has said anything but that it is clean.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.http import Http404
from django.urls import reverse

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.evidence import presenters, rules, selectors
from lamplighter.hub.evidence.files import opening, redacting, scanning
from lamplighter.hub.evidence.models import File, Scan, SharedCopy
from lamplighter.hub.evidence.selectors import Known
from lamplighter.hub.sharing import guarding, permissions
from lamplighter.hub.sharing import presenters as releases
from lamplighter.hub.sharing.hooks import Beside, Offered
from lamplighter.hub.sharing.models import Release

WORDS = "a redacted copy"


def may_share(user: User, known: Known, file: File) -> bool:
    """Tell whether this person can let a file across: a redacted copy, clean, of their own side."""
    return (
        file.role == File.Role.REDACTED
        and file.partition in permissions.origins(user)
        and known.state(file) == Scan.State.CLEAN
    )


def offered(user: User, case: Case, key: uuid.UUID) -> Offered | None:
    """Return what the pages of a release say of a copy that may go with it."""
    found = File.objects.filter(case=case, key=key).select_related("exhibit").first()
    if found is None or not may_share(user, selectors.exhibit(case, found.exhibit.key), found):
        return None
    return Offered(found.key, found.partition, _said(found), reverse("evidence:open", args=[case.key, key]))


def released(user: User, release: Release, what: Offered) -> None:
    """Keep that a copy went with a release.

    Raises ``NotPossibleError`` for a text in which words of the vault stand.
    """
    file = File.objects.get(case=release.case_id, key=what.key)
    if file.kind in redacting.TEXTS:
        content = selectors.content(file)
        text = content.decode(opening.decoding(content[: opening.BLOCK]))
        guarding.check(user, release.case, release.to_partition, text)
    told = {"file": file.key, "kind": file.kind, "size": file.size, "sha256": file.sha256}
    row = {"partition": release.from_partition, "release": release}
    SharedCopy.objects.create(**owned(user, release.case, **row, **told))


def beside(release: Release) -> list[Beside]:
    """Return the copies that went with a release."""
    found = []
    for row in SharedCopy.objects.filter(release=release).select_related("case"):
        href = reverse("evidence:shared", args=[row.case.key, row.key])
        drawn = row.kind in opening.PICTURE_KINDS and not infected(row)
        picture = reverse("evidence:shared_picture", args=[row.case.key, row.key]) if drawn else ""
        said = _said(row)
        found.append(Beside(f"{said[:1].upper()}{said[1:]}", href, picture))
    return found


def one(case: Case, key: uuid.UUID) -> SharedCopy:
    """Return a copy that was released and can be read now; of an infected one, too, "not found"."""
    found = SharedCopy.objects.filter(case=case, key=key).first()
    if found is None or infected(found):
        raise Http404
    return found


def infected(row: SharedCopy) -> bool:
    """Tell whether a virus was found since in what it was made from, which its reader may not read."""
    with as_service(scanning.PURPOSE):
        newest = Scan.objects.filter(file__made__key=row.file).order_by("pk").last()
    return newest is not None and newest.state == Scan.State.INFECTED


def standing(files: Collection[File]) -> dict[uuid.UUID, list[dict[str, str]]]:
    """Return to whom each copy was released and until when, for those who released it."""
    rows = SharedCopy.objects.filter(file__in=[f.key for f in files]).select_related(
        "case", "release__disclosure"
    )
    found: dict[uuid.UUID, list[dict[str, str]]] = {}
    for row in rows.order_by("pk"):
        line = row.release.disclosure
        told = {
            "text": f"Shared with {releases.to_whom(line)}. {releases.standing(line)}",
            "href": reverse("sharing:released", args=[row.case.key, line.key]),
        }
        found.setdefault(row.file, []).append(told)
    return found


def _said(row: File | SharedCopy) -> str:
    return f"{WORDS} ({rules.type_title(row.kind)}, {presenters.size(row.size)})"
