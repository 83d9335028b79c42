"""What can an intruder make of a release from what is printed alone?

It shares no code with the protector.

- ``attacking``: tries everything, and says what came of it
- ``audit``: between what and what each true figure must lie
- ``published_files``: what stands in pages, drawings, pictures and spreadsheets
- ``reading``: the tables of the release, and those of earlier ones
- ``texts``, ``derived``: numbers in files that no table lists, and figures said to follow from listed ones
- ``curves``: steps of curves that show too few people
- ``findings``: what was found, in plain words
- ``__main__``: the attack as a command
"""

from lamplighter.disclosure.attack.attacking import attack
from lamplighter.disclosure.attack.findings import Attack, Finding, told
from lamplighter.disclosure.attack.reading import CannotAttack

__all__ = ["Attack", "CannotAttack", "Finding", "attack", "told"]
