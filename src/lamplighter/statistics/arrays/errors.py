"""Say what was wrong with the data given to an estimator: which array, which element, and what to do about
it.

Messages never quote a value taken from a record: only the array's name, the position and the kind of fault.
"""

from __future__ import annotations


class StatisticsError(ValueError):
    """An estimator was asked for something it cannot honestly answer.

    Attributes:
        array: name of the argument at fault.
        index: position (zero-based) of the first element at fault, or ``None`` when no one element is.
        remedy: what the caller can do about it, a sentence.
    """

    def __init__(self, problem: str, *, array: str = "", index: int | None = None, remedy: str = "") -> None:
        self.problem, self.array, self.index, self.remedy = problem, array, index, remedy
        where = f"{array}[{index}]: " if array and index is not None else f"{array}: " if array else ""
        super().__init__(f"{where}{problem}." + (f" {remedy}" if remedy else ""))


class NotAnArray(StatisticsError):
    """Not a numeric array, of the wrong number of dimensions, or not as long as its companions."""


class ValueRefused(StatisticsError):
    """An element has a value the method has no meaning for: missing, infinite, negative, not 0 or 1."""


class NotEnoughData(StatisticsError):
    """Too few people, groups, clusters or events for the quantity to be defined."""


class NotIdentified(StatisticsError):
    """A column is constant, or a combination of others: its coefficient has no value."""


class OptionRefused(StatisticsError):
    """An option is not one of those offered, or two options contradict each other."""


class CompetingOutcome(StatisticsError):
    """1 minus Kaplan-Meier was asked for an outcome that others compete with. It overstates the risk."""


class DidNotConverge(StatisticsError):
    """The fit stopped before the estimates settled."""
