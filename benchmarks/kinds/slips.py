"""What goes wrong between a person and a row about them.

A slip of a value takes a seeded generator and a string and gives the damaged string. It never empties what
held something, and gives back what it cannot damage. A slip of a record takes a generator and a dict of
strings and gives a new dict. :func:`maybe` and :func:`mixed` apply slips at rates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from numpy.random import Generator

# Where people of the kinds live.


@dataclass(frozen=True, slots=True)
class Home:
    number: str
    street: str
    town: str
    postcode: str

    @property
    def line(self) -> str:
        """As the first line of an address: ``number street``."""
        return f"{self.number} {self.street}"

    def whole(self, between: str = ", ") -> str:
        """As one text: ``number street, town, postcode``."""
        return between.join((self.line, self.town, self.postcode))


T = TypeVar("T")
Slip = Callable[[Generator, str], str]
Record = dict[str, str]
RecordSlip = Callable[[Generator, Record], Record]

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = {
    letter: "".join(
        row[j] for row in _ROWS[max(r - 1, 0) : r + 2] for j in range(max(i - 1, 0), min(i + 2, len(row)))
    ).replace(letter, "")
    for r, own in enumerate(_ROWS)
    for i, letter in enumerate(own)
}
_SCANNED = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("vv", "w"), ("w", "vv"), ("li", "h"), ("h", "li"),
    ("ii", "u"), ("l", "1"), ("O", "0"), ("o", "0"), ("I", "l"), ("S", "5"), ("B", "8"), ("e", "c"),
    ("0", "O"), ("1", "l"), ("5", "S"), ("8", "B"), ("6", "G"),
)  # fmt: skip
_HEARD = (
    ("ph", "f"), ("f", "ph"), ("ck", "k"), ("k", "ck"), ("ie", "y"), ("y", "ie"), ("ey", "y"), ("ee", "ea"),
    ("ea", "ee"), ("ll", "l"), ("nn", "n"), ("tt", "t"), ("ss", "s"), ("s", "z"), ("c", "k"), ("ou", "u"),
    ("oo", "u"), ("u", "oo"), ("ai", "ay"), ("ei", "i"), ("gh", "h"), ("kh", "k"), ("q", "k"), ("v", "f"),
    ("w", "v"), ("j", "g"), ("x", "ks"), ("th", "t"), ("mb", "m"), ("on", "en"), ("er", "a"), ("ar", "er"),
)  # fmt: skip
SHORT: Mapping[str, tuple[str, ...]] = {
    "alexander": ("alex", "sandy"), "alexandra": ("alex", "sandra"), "andrew": ("andy", "drew"),
    "anthony": ("tony",), "benjamin": ("ben",), "catherine": ("cathy", "kate"), "charles": ("charlie",),
    "charlotte": ("lottie",), "christine": ("chris",), "christopher": ("chris", "kit"), "daniel": ("dan",),
    "david": ("dave",), "deborah": ("debbie",), "edward": ("ted", "eddie"), "elizabeth": ("liz", "beth"),
    "emily": ("em",), "frederick": ("fred",), "gareth": ("gaz",), "gregory": ("greg",), "henry": ("harry",),
    "jacqueline": ("jackie",), "james": ("jim", "jamie"), "jennifer": ("jen", "jenny"), "jessica": ("jess",),
    "john": ("jack", "johnny"), "jonathan": ("jon",), "joseph": ("joe",), "joshua": ("josh",),
    "katherine": ("kate", "kathy"), "kenneth": ("ken",), "lawrence": ("larry",), "leonard": ("len",),
    "margaret": ("maggie", "peggy"), "matthew": ("matt",), "michael": ("mick", "mike"), "mohammed": ("mo",),
    "natalie": ("nat",), "nathaniel": ("nat", "nate"), "nicholas": ("nick",), "nicola": ("nicky",),
    "oliver": ("ollie",), "pamela": ("pam",), "patricia": ("pat", "trish"), "patrick": ("paddy",),
    "peter": ("pete",), "philip": ("phil",), "rebecca": ("becky",), "richard": ("rick", "dick"),
    "robert": ("bob", "rob", "bobby"), "ronald": ("ron",), "samantha": ("sam",), "samuel": ("sam",),
    "stephen": ("steve",), "steven": ("steve",), "susan": ("sue",), "terence": ("terry",),
    "theresa": ("tess",), "thomas": ("tom", "tommy"), "timothy": ("tim",), "victoria": ("vicky",),
    "vincent": ("vince",), "william": ("bill", "billy", "will"), "zachary": ("zack",),
}  # fmt: skip
DATES = {
    "iso": "%Y-%m-%d", "uk": "%d/%m/%Y", "short": "%d/%m/%y", "dots": "%d.%m.%Y", "us": "%m/%d/%Y",
    "packed": "%Y%m%d", "words": "%d %b %Y", "dashed": "%d-%b-%Y", "long": "%d %B %Y",
    "timed": "%Y-%m-%d 00:00:00",
}  # fmt: skip


def one_of(rng: Generator, choices: Sequence[T]) -> T:
    return choices[int(rng.integers(len(choices)))]


def maybe(rng: Generator, rate: float, slip: Slip, value: str) -> str:
    """``value``, damaged by ``slip`` in a share ``rate`` of cases; an empty one stays empty."""
    return slip(rng, value) if value and rng.random() < rate else value


def mixed(rng: Generator, value: str, slips: Mapping[Slip, float]) -> str:
    """``value`` with at most one of ``slips``, each at its rate; the rates sum to one at the most."""
    at = rng.random()
    for slip, rate in slips.items():
        at -= rate
        if at < 0:
            return slip(rng, value) if value else value
    return value


# Slips of a word ------------------------------------------------------------


def _inside(rng: Generator, value: str) -> int:
    """A place in ``value``, seldom the first: people look at what they write first."""
    return int(rng.integers(1, len(value))) if len(value) > 1 and rng.random() < 0.9 else 0


def key_slip(rng: Generator, value: str) -> str:
    """The key beside the right one."""
    i = _inside(rng, value)
    near = _NEAR.get(value[i : i + 1].lower(), "")
    if not near:
        return value
    hit = one_of(rng, near)
    return value[:i] + (hit.upper() if value[i].isupper() else hit) + value[i + 1 :]


def letter_lost(rng: Generator, value: str) -> str:
    i = _inside(rng, value)
    return value[:i] + value[i + 1 :] if len(value) > 2 else value


def letter_twice(rng: Generator, value: str) -> str:
    i = _inside(rng, value)
    return value[: i + 1] + value[i:]


def letters_turned(rng: Generator, value: str) -> str:
    """Two neighbours change places."""
    if len(value) < 3:
        return value
    i = int(rng.integers(1, len(value) - 1))
    return value[:i] + value[i + 1] + value[i] + value[i + 2 :]


def typed(rng: Generator, value: str) -> str:
    """One of the four slips of a keyboard."""
    return one_of(rng, (key_slip, letter_lost, letter_twice, letters_turned))(rng, value)


def _replaced(rng: Generator, value: str, table: Sequence[tuple[str, str]], *, first: bool = True) -> str:
    """One place where the left of a pair in ``table`` stands becomes the right."""
    low = value.lower()
    places = [
        (i, a, b)
        for a, b in table
        for i in range(0 if first else 1, len(value))
        if (value if a.isupper() else low).startswith(a, i)
    ]
    if not places:
        return value
    i, a, b = one_of(rng, places)
    return value[:i] + (b.capitalize() if value[i].isupper() and i == 0 else b) + value[i + len(a) :]


def scanned(rng: Generator, value: str) -> str:
    """A character misread by a machine that reads paper."""
    return _replaced(rng, value, _SCANNED)


def heard(rng: Generator, value: str) -> str:
    """Written as it sounded over a telephone."""
    return _replaced(rng, value, _HEARD, first=False)


def short_name(rng: Generator, value: str) -> str:
    """What friends call them, where English has a short form of the first name."""
    known = SHORT.get(value.lower())
    return one_of(rng, known).capitalize() if known else value


def initial(rng: Generator, value: str) -> str:
    return value[:1]


def part_lost(rng: Generator, value: str) -> str:
    """One word of a name or an address of several is left out."""
    words = value.split()
    if len(words) < 2:
        return value
    gone = int(rng.integers(len(words)))
    return " ".join(w for i, w in enumerate(words) if i != gone)


def parts_turned(rng: Generator, value: str) -> str:
    """The last word first: 'Smith John'."""
    words = value.split()
    return " ".join((words[-1], *words[:-1])) if words[1:] else value


def joined(rng: Generator, value: str) -> str:
    """Spaces, hyphens and apostrophes lost or turned: 'OBrien', 'Smith Jones'."""
    return (
        value.replace("'", "").replace("-", one_of(rng, (" ", ""))) if "-" in value or "'" in value else value
    )


def shouted(rng: Generator, value: str) -> str:
    return value.upper()


def titled(rng: Generator, value: str) -> str:
    return f"{one_of(rng, ('Mr', 'Mrs', 'Ms', 'Miss', 'Dr'))} {value}"


def cut(width: int) -> Slip:
    """A field of ``width`` characters loses what does not go in."""
    return lambda rng, value: value[:width].rstrip()


# Slips of digits and dates --------------------------------------------------


def digit_slip(rng: Generator, value: str) -> str:
    """One digit becomes another."""
    places = [i for i, c in enumerate(value) if c.isdigit()]
    if not places:
        return value
    i = one_of(rng, places)
    return value[:i] + str((int(value[i]) + int(rng.integers(1, 10))) % 10) + value[i + 1 :]


def digits_turned(rng: Generator, value: str) -> str:
    """Two digits that stand together change places."""
    places = [i for i in range(len(value) - 1) if value[i : i + 2].isdigit() and value[i] != value[i + 1]]
    if not places:
        return value
    i = one_of(rng, places)
    return value[:i] + value[i + 1] + value[i] + value[i + 2 :]


def date_as(style: str, day: dt.date) -> str:
    """A day as one of :data:`DATES` writes it."""
    return day.strftime(DATES[style])


def day_and_month_turned(rng: Generator, day: dt.date) -> dt.date:
    """The third of April becomes the fourth of March; the same day where there is no such month."""
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


def day_slip(rng: Generator, day: dt.date) -> dt.date:
    """One part of a date is wrong: a day, a month, a year by one or by ten, or two digits of the year."""
    kind = int(rng.integers(5))
    step = int(one_of(rng, (-1, 1)))
    if kind == 0:
        return day.replace(day=int(rng.integers(1, 29)))
    if kind == 1:
        return day.replace(day=min(day.day, 28), month=int(rng.integers(1, 13)))
    if kind == 2:
        return day.replace(day=min(day.day, 28), year=day.year + step)
    if kind == 3:
        return day.replace(day=min(day.day, 28), year=day.year + 10 * step)
    return day_and_month_turned(rng, day)


# Slips of a record ----------------------------------------------------------


def turned(one: str, other: str) -> RecordSlip:
    """Two fields filled the wrong way about."""
    return lambda rng, row: {**row, one: row[other], other: row[one]}


def lost(*fields: str) -> RecordSlip:
    """These fields are empty together, as where a page of a form is missing."""
    return lambda rng, row: {**row, **dict.fromkeys(fields, "")}


def copied(source: Sequence[Record], *fields: str) -> RecordSlip:
    """Fields left as they stood in the row that was on the screen before: one of ``source``."""

    def slip(rng: Generator, row: Record) -> Record:
        before = one_of(rng, source) if source else row
        return {**row, **{f: before.get(f, row[f]) for f in fields}}

    return slip
