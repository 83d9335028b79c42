"""Pack an office file anew: parts in a fixed order, no times, and nothing of the template it began as."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

# Inside a zip file a time is kept whether anybody wants it or not; this one says nothing.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def repacked(
    packed: bytes, *, without: tuple[str, ...] = (), change: Callable[[str, bytes], bytes] | None = None
) -> bytes:
    """Return the same file without the parts that begin so; ``mimetype`` first and stored, as ODF asks."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(out, "w") as after:
        names = (
            [name for name in before.namelist() if not name.startswith(without)]
            if without
            else before.namelist()
        )
        for name in sorted(names, key=lambda name: (name != "mimetype", name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            content = before.read(name)
            after.writestr(entry, change(name, content) if change else content)
    return out.getvalue()
