"""Makes a release safe: thresholds, class disclosure, secondary suppression, rounding."""

from lamplighter.disclosure.protect.protecting import Account, HiddenCell, Protected, protect

__all__ = ["Account", "HiddenCell", "Protected", "protect"]
