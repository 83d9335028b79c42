"""Sentences as vectors, so that those that mean alike lie close: six layers of attention, in arrays.

The network is all-MiniLM-L6-v2 (Apache-2.0), a BERT of six layers of 384; a sentence is the mean of its
pieces of words, brought to length one. Nothing of it was trained here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Array = NDArray[np.float32]
LAYERS, HEADS, WIDTH = 6, 12, 384
LONGEST = 256
"""Pieces of words that are read of a sentence, as its makers have it; what is longer is cut."""
_AT_ONCE = 2048
"""Pieces of words in one batch: enough to keep the processor busy, few enough to stay small."""
_EPSILON = np.float32(1e-12)
_ROOT_TWO = np.float32(2**0.5)
_NOWHERE = np.float32(-1e9)


class Tokenizer(Protocol):
    """Parts of a tokenizer that are needed: many sentences at once, each with the numbers of its pieces."""

    def encode_batch(self, sentences: list[str]) -> Sequence[Any]: ...


class Encoder:
    """Encodes sentences with given weights (by the names that BERT's makers gave them)."""

    def __init__(self, weights: Mapping[str, Array], tokenizer: Tokenizer) -> None:
        self._weights = weights
        self._tokenizer = tokenizer

    def encode(self, sentences: Sequence[str]) -> Array:
        """Return a row of length one for every sentence, in their order."""
        ids = [e.ids[:LONGEST] for e in self._tokenizer.encode_batch(list(sentences))]
        out = np.zeros((len(ids), WIDTH), dtype=np.float32)
        for batch in _batches([len(i) for i in ids]):
            longest = max(len(ids[i]) for i in batch)
            pieces = np.zeros((len(batch), longest), dtype=np.int64)
            there = np.zeros((len(batch), longest), dtype=np.float32)
            for row, i in enumerate(batch):
                pieces[row, : len(ids[i])] = ids[i]
                there[row, : len(ids[i])] = 1
            out[batch] = self._pooled(pieces, there)
        return out

    def _pooled(self, pieces: NDArray[np.int64], there: Array) -> Array:
        states = self._states(pieces, there)
        mean = np.einsum("bsw,bs->bw", states, there) / there.sum(axis=1, keepdims=True)
        length = np.linalg.norm(mean, axis=1, keepdims=True)
        return np.asarray(mean / np.maximum(length, _EPSILON), dtype=np.float32)

    def _states(self, pieces: NDArray[np.int64], there: Array) -> Array:
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][pieces]
        x = x + w["embeddings.position_embeddings.weight"][: pieces.shape[1]]
        x = self._normed(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        # What is not there is attended to by nobody.
        mask = ((1 - there) * _NOWHERE)[:, None, None, :]
        for number in range(LAYERS):
            at = f"encoder.layer.{number}"
            attended = self._dense(self._attended(x, mask, at), f"{at}.attention.output.dense")
            x = self._normed(x + attended, f"{at}.attention.output.LayerNorm")
            wide = self._dense(x, f"{at}.intermediate.dense")
            wide = wide * (1 + erf(wide / _ROOT_TWO)) / 2
            x = self._normed(x + self._dense(wide, f"{at}.output.dense"), f"{at}.output.LayerNorm")
        return x

    def _attended(self, x: Array, mask: Array, at: str) -> Array:
        def heads(of: str) -> Array:
            given = self._dense(x, f"{at}.attention.self.{of}")
            return given.reshape(*x.shape[:2], HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3)

        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.float32((WIDTH // HEADS) ** 0.5)
        scores += mask
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        return np.asarray((scores @ heads("value")).transpose(0, 2, 1, 3).reshape(x.shape))

    def _dense(self, x: Array, name: str) -> Array:
        flat = x.reshape(-1, x.shape[-1]) @ self._weights[f"{name}.weight"].T
        return (flat + self._weights[f"{name}.bias"]).reshape(*x.shape[:-1], -1)

    def _normed(self, x: Array, name: str) -> Array:
        apart = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((apart * apart).mean(axis=-1, keepdims=True) + _EPSILON)
        return np.asarray(apart / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"])


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Return places in batches of about the same length, so that little of a batch is padding."""
    out: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not out or (len(out[-1]) + 1) * lengths[i] > _AT_ONCE:
            out.append([])
        out[-1].append(i)
    return out
