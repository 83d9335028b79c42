"""Attacks a release from what is printed alone; shares no code with the protector."""

from lamplighter.disclosure.attack.attacking import attack
from lamplighter.disclosure.attack.findings import Attack, Finding, told
from lamplighter.disclosure.attack.reading import CannotAttack

__all__ = ["Attack", "CannotAttack", "Finding", "attack", "told"]
