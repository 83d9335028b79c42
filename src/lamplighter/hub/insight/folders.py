"""Place a review's files: in a folder of this installation's own, named by the review's random key."""

from __future__ import annotations

import shutil
import zipfile
from io import BytesIO
from pathlib import Path

from lamplighter.hub.insight.models import Review
from lamplighter.hub.site import places

#: Every entry of an archive carries this time: the same files give the same bytes.
NO_TIME = (1980, 1, 1, 0, 0, 0)


def root() -> Path:
    """The folder of all of them, which its owner alone reads."""
    return places.private_folder("insight")


def of(review: Review) -> Path:
    """The folder of one review; it may not be there."""
    return root() / str(review.key)


def bundle(review: Review) -> Path:
    return of(review) / "bundle"


def report(review: Review) -> Path:
    return of(review) / "report"


def emptied(folder: Path) -> Path:
    """The folder without what an earlier attempt left in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def zipped(folder: Path) -> bytes:
    """Every file of a folder as a ZIP archive, in the order of their names."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()
