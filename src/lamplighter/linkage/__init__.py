"""Are these two records the same person? Beliefs with their reasons, apart from people's decisions."""

from lamplighter.linkage.link_results import LinkResult
from lamplighter.linkage.model import Model
from lamplighter.linkage.table_pipeline import link
from lamplighter.linkage.two_party import PairsResult, link_pairs

__all__ = ["LinkResult", "Model", "PairsResult", "link", "link_pairs"]
