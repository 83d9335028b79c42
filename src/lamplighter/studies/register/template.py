"""Write a plan to fill in, from the register: a target for each recommendation of which something is known.

What the register holds is filled in; what somebody has to decide is left empty. An empty plan does not pass.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from lamplighter.studies.register.entries import Recommendation, Register
from lamplighter.studies.register.plan import CARD_KEYS
from lamplighter.studies.register.verdicts import EVIDENCED, WORDS, standing

_HEAD = """\
# A plan that can be held to account. Each target says what is aimed at, how it is measured, from where, to
# where and by when, who answers for it, and with what money. Fill in what is empty, take out targets that the
# plan does not have, and check it:
#   lamplighter register plan FOLDER {file}
# Numbers stand without quotation marks, dates as 2029-03-31. A recommendation that the plan does not take up
# is named under [[left_out]] with the reason.

title = "National Tackling Stalking Plan"
"""


def template(register: Register, as_at: dt.date, file: str = "PLAN.toml") -> str:
    """Return a plan to fill in: the recommendations that are not shown to be done by everybody asked."""
    parts = [_HEAD.format(file=file)]
    parts += [
        "\n".join(_target(register, one, as_at))
        for one in register.held(as_at)
        if one.says_something and not _done(register, one, as_at)
    ]
    parts.append("\n".join(_card()))
    parts.append('# [[left_out]]\n# recommendation = "an id of the register"\n# why = ""\n')
    return "\n".join(parts)


def _done(register: Register, one: Recommendation, as_at: dt.date) -> bool:
    asked = register.asked(one, as_at)
    return bool(asked) and all(standing(register, one, b, as_at).status == EVIDENCED for b in asked)


def _target(register: Register, one: Recommendation, as_at: dt.date) -> Iterator[str]:
    bodies = register.asked(one, as_at)
    statuses = [standing(register, one, b, as_at).status for b in bodies]
    source = register.sources[one.source]
    yield f"# {one.title}: {source.title}, {source.published}"
    yield f"# To: {'; '.join(register.title(t) for t in one.to)}. First due: {one.due or 'not held'}."
    for status in dict.fromkeys(statuses):
        yield f"# {WORDS[status]}: {statuses.count(status)} of {len(statuses)}"
    yield "[[target]]"
    yield f'id = "{one.id}"'
    yield f'recommendations = ["{one.id}"]'
    yield f"# It asks, in our words: {one.asks or one.words}"
    yield 'aim = ""            # what changes, for whom'
    measure = next((r.measure for r in one.rules if r.measure), "")
    yield f'measure = "{measure}"        # the id of a card'
    yield 'baseline = ""       # a number in the unit of the measure'
    yield 'baseline_low = ""'
    yield 'baseline_high = ""'
    yield 'baseline_from = ""  # a date'
    yield 'baseline_to = ""'
    yield 'target = ""         # a number, with the interval outside which it was missed'
    yield 'target_low = ""'
    yield 'target_high = ""'
    yield 'by = ""             # a date'
    yield 'owner = ""          # one post that answers for it'
    yield 'money = ""          # pounds; 0 is an answer'
    yield 'money_from = ""     # which budget, which years'
    yield ""


def _card() -> Iterator[str]:
    yield "# A card for each measure that has none elsewhere."
    yield "# [[measure]]"
    yield '# id = ""'
    for key, words in CARD_KEYS.items():
        yield f'# {key} = ""  # {words}'
    yield ""
