"""What can a mapping do to a column? Named, documented transforms of whole columns: which are there?

- ``registry``: each has a name, a meaning and one function
- ``plain``, ``people``, ``times``: of text, codes and flags; of what identifies people; of dates and spans
- ``common_words``: what other systems' words say plainly
"""

from __future__ import annotations

from lamplighter.records.transforms import people, plain, times
from lamplighter.records.transforms.registry import TRANSFORMS, Options, Transform

__all__ = ["TRANSFORMS", "Options", "Transform", "people", "plain", "times"]
