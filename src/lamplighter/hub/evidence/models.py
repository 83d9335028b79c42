"""Exhibits of a case, their files, how each came and went, and the daily root of all receipts.

Rows stay as they were written; a correction is a row of its own. A file's bytes are on disk, sealed, under
its ``key`` (:mod:`files.sealed`).
"""

from __future__ import annotations

import secrets

from django.db import models

from lamplighter.hub.access.models import RowOfAnyPartition, redactable
from lamplighter.hub.access.wall import row_security


def new_salt() -> str:
    """Return what makes the leaf of a receipt tell nothing to whoever does not have the row."""
    return secrets.token_hex(16)


class Exhibit(RowOfAnyPartition):
    """One thing that shows something: a file, film that its force keeps, a device, an object.

    It is read by the side that it was given to. ``number`` counts what one side reads together, so that no
    gap tells of another side's.
    """

    append_only = True
    redacts = redactable(
        title="What it is",
        reference="Number it had before",
        came_from="From whom it came",
        came_how="How it came",
        held_by="Who holds it",
        link="Where it is kept",
    )

    class Kind(models.TextChoices):
        FILE = "file", "File"
        FILM = "film", "Film or file kept elsewhere"
        DEVICE = "device", "Device"
        OBJECT = "object", "Object or paper"

    class Source(models.TextChoices):
        VICTIM = "victim", "The victim"
        WITNESS = "witness", "A witness"
        POLICE = "police", "Police"
        AGENCY = "agency", "Another agency"
        COMPANY = "company", "A company or an operator"
        SUSPECT = "suspect", "The suspect"
        OTHER = "other", "Somebody else"

    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = models.CharField(max_length=200)
    reference = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    came_from = models.CharField(max_length=200, blank=True)
    came_how = models.CharField(max_length=300)
    # When it was handed over, as told; ``at`` is when the hub had it.
    came_at = models.DateTimeField()
    # Of what is kept elsewhere: by whom, where, and its SHA-256 there. The hub never fetches it.
    held_by = models.CharField(max_length=200, blank=True)
    link = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "partition", "owner", "number"], name="one_exhibit_a_number"
            )
        ]

    @property
    def label(self) -> str:
        """The hub's own number: a letter for who reads it, and the count."""
        return f"{self.partition[:1].upper() if self.partition != 'shared' else 'E'}{self.number}"


class File(RowOfAnyPartition):
    """The bytes of an exhibit: the original, or what the hub made of it (``made_from``)."""

    append_only = True
    redacts = redactable(name="Name of the file", why="Why the copy was made")

    class Role(models.TextChoices):
        ORIGINAL = "original", "Original"
        VIEW = "view", "Picture for the page"
        REDACTED = "redacted", "Redacted copy"

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="files")
    role = models.CharField(max_length=8, choices=Role.choices)
    made_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="made")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    # How many bytes at once a scanner must read to have read all of it: more than its size, for an archive.
    scanned = models.BigIntegerField()
    salt = models.CharField(max_length=32, default=new_salt)
    # Of a redacted copy: why, and which squares of which pages went.
    why = models.CharField(max_length=300, blank=True)
    areas = models.CharField(max_length=600, blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "sha256"])]


class Scan(RowOfAnyPartition):
    """Answer of the virus scanner about a file; the newest stands. A file without one was not scanned."""

    append_only = True
    # No page says that a file is clean, whoever asks.
    written_by_services = True

    class State(models.TextChoices):
        CLEAN = "clean", "No virus found"
        INFECTED = "infected", "Virus found"
        PARTLY = "partly", "Not fully scanned"
        ERROR = "error", "Could not be scanned"

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="scans")
    state = models.CharField(max_length=8, choices=State.choices)
    engine = models.CharField(max_length=80, blank=True)
    database_at = models.DateTimeField(null=True)
    found = models.CharField(max_length=200, blank=True)


class Move(RowOfAnyPartition):
    """Somebody handed an exhibit to somebody: who, to whom, when, why, and under which seal."""

    append_only = True
    redacts = redactable(
        from_whom="From whom",
        to_whom="To whom",
        where="Where it is kept",
        why="Why",
        seal="Number of the seal",
    )

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="moves")
    from_whom = models.CharField(max_length=200)
    to_whom = models.CharField(max_length=200)
    where = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=300)
    seal = models.CharField(max_length=60, blank=True)
    moved_at = models.DateTimeField()


class DeviceStep(RowOfAnyPartition):
    """A day in the life of a device: taken in, submitted, result, given back. The newest of each stands."""

    append_only = True
    redacts = redactable(words="What was found, or why not")

    class Step(models.TextChoices):
        SEIZED = "seized", "Taken or handed over"
        SUBMITTED = "submitted", "Submitted for examination"
        RESULT = "result", "Result came back"
        RETURNED = "returned", "Given back"

    class Result(models.TextChoices):
        USABLE = "usable", "Usable result"
        NOTHING = "nothing", "Nothing found, and that is usable"
        NOT_USABLE = "not_usable", "No usable result"

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=9, choices=Step.choices)
    on = models.DateField()
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    words = models.CharField(max_length=300, blank=True)


class Support(RowOfAnyPartition):
    """Purpose of an exhibit: it supports an incident, a term of an order, or a line of an enquiry."""

    append_only = True
    redacts = redactable(words="What it shows")

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="supports")
    # The kind of row, as its context calls it ("incident", "draft", "term", "line"), and its key.
    of_kind = models.CharField(max_length=20, blank=True)
    of_key = models.UUIDField(null=True)
    words = models.CharField(max_length=300, blank=True)
    # A link can be taken back: of one kind and key the newest row stands.
    stands = models.BooleanField(default=True)


class SharedCopy(RowOfAnyPartition):
    """A redacted copy that went with a release (``hub/sharing``), on the side that released it.

    Whoever reads the release reads this row too, until the release ends or is taken back: the database asks
    the release itself. ``file`` is the name of the sealed bytes, and leads nobody to the exhibit.
    """

    append_only = True
    _released = "SELECT 1 FROM public.sharing_release r WHERE r.id = release_id"
    wall_reads = f"({row_security.reads('by_row')} OR EXISTS ({_released}))"

    release = models.ForeignKey("sharing.Release", on_delete=models.PROTECT, related_name="+")
    file = models.UUIDField()
    kind = models.CharField(max_length=8)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["release"]), models.Index(fields=["file"])]


class Receipt(models.Model):
    """The leaf of one file that was received: a hash that tells nothing without the file's row."""

    wall = "operations"
    written_by_services = True

    at = models.DateTimeField()
    leaf = models.CharField(max_length=64, unique=True)
    root = models.ForeignKey("Root", null=True, on_delete=models.PROTECT, related_name="receipts")

    def __str__(self) -> str:
        return f"Receipt {self.pk}"


class Root(models.Model):
    """The root over all receipts up to a day, over the root before it."""

    wall = "operations"
    written_by_services = True

    day = models.DateField(unique=True)
    receipts_joined = models.PositiveIntegerField()
    before = models.CharField(max_length=64, blank=True)
    root = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Root of {self.day}"


class TimeStamp(models.Model):
    """Signature of a time-stamping authority over a root (RFC 3161), as it was sent."""

    wall = "operations"
    written_by_services = True

    root = models.ForeignKey(Root, on_delete=models.PROTECT, related_name="stamps")
    authority = models.CharField(max_length=200)
    signed_at = models.DateTimeField()
    token = models.TextField(help_text="The answer, DER in Base64.")

    def __str__(self) -> str:
        return f"Time-stamp of {self.root_id}"


class Erased(models.Model):
    """The name of a sealed file whose row was erased: it is still to be removed from the disk."""

    wall = "operations"
    written_by_services = True

    file = models.UUIDField(unique=True)

    def __str__(self) -> str:
        return f"Erased file {self.pk}"
