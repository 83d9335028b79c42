"""The daily root of all receipts: one hash that holds every file that was received up to a day.

Each file gives a leaf when it is received, which tells nothing without the file's own row (its salt,
SHA-256, length and time). Every night the new leaves are joined in a Merkle tree (RFC 6962: leaves and nodes
are hashed apart), and the root is hashed over the root before. Whoever was given a root can later be shown
that a file was received before it, unchanged; nobody can put one in between.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.evidence.models import File, Receipt, Root

PURPOSE = "look after evidence"
LEAF, NODE, CHAIN = b"\x00", b"\x01", b"\x02"


@dataclass(frozen=True, slots=True)
class Proof:
    """Way of a leaf to a root: the hashes beside its way, each with whether it stands left; and the root
    before."""

    leaf: str
    path: tuple[tuple[bool, str], ...]
    before: str
    root: str


def leaf(file: File) -> str:
    """Return the leaf of a file, as anybody can work it out from the file's row."""
    told = f"{file.salt}:{file.sha256}:{file.size}:{file.at.astimezone(dt.UTC).isoformat()}"
    return hashlib.sha256(LEAF + told.encode()).hexdigest()


def note(file: File) -> None:
    """Keep the leaf of a file that was received, in the same transaction."""
    with as_service(PURPOSE):
        Receipt.objects.create(at=timezone.now(), leaf=leaf(file))


def root_of(leaves: Sequence[str]) -> str:
    """Return the root of a Merkle tree over leaves in their order; of none, the hash of nothing."""
    level = [bytes.fromhex(x) for x in leaves] or [hashlib.sha256().digest()]
    while len(level) > 1:
        level = _above(level)
    return level[0].hex()


def _above(level: list[bytes]) -> list[bytes]:
    """One level up. A node without a neighbour goes up as it is: none is counted twice."""
    pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
    return [hashlib.sha256(NODE + b"".join(p)).digest() if len(p) == 2 else p[0] for p in pairs]


def chained(before: str, root: str) -> str:
    """Return the root over the root before."""
    return hashlib.sha256(CHAIN + bytes.fromhex(before) + bytes.fromhex(root)).hexdigest()


def join(today: dt.date) -> Root | None:
    """Join what was received before ``today`` and is in no root yet; ``None``: that was done already."""
    day = today - dt.timedelta(days=1)
    with transaction.atomic():
        last = Root.objects.select_for_update().order_by("-day").first()
        if last is not None and last.day >= day:
            return None
        end = timezone.make_aware(dt.datetime.combine(today, dt.time()))
        rows = list(Receipt.objects.filter(root=None, at__lt=end).order_by("pk").values_list("pk", "leaf"))
        before = last.root if last else ""
        tree = root_of([value for _, value in rows])
        made = Root.objects.create(
            day=day,
            receipts_joined=len(rows),
            before=before,
            root=chained(before, tree) if before else tree,
            made_at=timezone.now(),
        )
        Receipt.objects.filter(pk__in=[pk for pk, _ in rows]).update(root=made)
        return made


def proof(file: File) -> tuple[Proof, Root] | None:
    """Return how a file leads to the root that holds it; ``None`` until there is one."""
    own = leaf(file)
    with as_service(PURPOSE):
        receipt = Receipt.objects.filter(leaf=own).select_related("root").first()
        if receipt is None or receipt.root is None:
            return None
        root = receipt.root
        leaves = list(root.receipts.order_by("pk").values_list("leaf", flat=True))
    level, at, path = [bytes.fromhex(x) for x in leaves], leaves.index(own), []
    while len(level) > 1:
        beside = at ^ 1
        if beside < len(level):
            path.append((beside < at, level[beside].hex()))
        level, at = _above(level), at // 2
    return Proof(own, tuple(path), root.before, root.root), root


def holds(proof: Proof) -> bool:
    """Tell whether a proof leads from its leaf to its root. Needs nothing of the hub."""
    node = bytes.fromhex(proof.leaf)
    for left, beside in proof.path:
        other = bytes.fromhex(beside)
        node = hashlib.sha256(NODE + (other + node if left else node + other)).digest()
    tree = node.hex()
    return (chained(proof.before, tree) if proof.before else tree) == proof.root
