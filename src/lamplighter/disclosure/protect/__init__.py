"""Makes a release safe: thresholds, class disclosure, secondary suppression, rounding."""

from lamplighter.disclosure.protect.protecting import Account, Exact, HiddenCell, Protected, protect

__all__ = ["Account", "Exact", "HiddenCell", "Protected", "protect"]
