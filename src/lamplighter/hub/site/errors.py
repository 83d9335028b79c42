"""Errors that the person who runs a hub has to put right."""


class OperatorError(RuntimeError):
    """Something cannot be done on this server as it is set up. The text names the thing, the place, the
    remedy."""
