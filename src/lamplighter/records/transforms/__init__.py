"""Named, documented transforms that mappings compose; each works on whole columns of distinct values."""

from __future__ import annotations

from lamplighter.records.transforms import people, plain, times
from lamplighter.records.transforms.registry import TRANSFORMS, Options, Transform

__all__ = ["TRANSFORMS", "Options", "Transform", "people", "plain", "times"]
