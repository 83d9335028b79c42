"""Records about two people each: which are about the same two."""

from lamplighter.linkage.two_party.linking import PairsResult, link_pairs

__all__ = ["PairsResult", "link_pairs"]
