"""Are these two records the same person? Beliefs with their reasons, apart from people's decisions."""

from lamplighter.linkage.link_results import LinkResult
from lamplighter.linkage.model import Model
from lamplighter.linkage.pipeline import link

__all__ = ["LinkResult", "Model", "link"]
