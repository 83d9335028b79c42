"""Attack a printed release: ``python -m lamplighter.disclosure.attack FOLDER [--earlier LEDGER]``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from lamplighter.disclosure.attack.attacking import attack
from lamplighter.disclosure.attack.findings import told
from lamplighter.disclosure.attack.reading import CannotAttack


def main(words: list[str] | None = None) -> int:
    """Run the attack: 0 when the release withstood, 1 when it is broken, 2 when there is none."""
    parser = argparse.ArgumentParser(prog="lamplighter.disclosure.attack", description=__doc__)
    parser.add_argument("folder", type=Path, help="the printed release")
    parser.add_argument("--earlier", type=Path, help="ledger: a folder of earlier printed releases")
    parser.add_argument("--widths", action="store_true", help="find every hidden cell's width to the person")
    parser.add_argument("--elsewhere", type=Path, help="JSON: exact counts that somebody may have as well")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args(words)
    try:
        outcome = attack(given.folder, given.earlier, widths=given.widths, elsewhere=given.elsewhere)
    except CannotAttack as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    text = json.dumps(outcome.document(), indent=1) if given.json else told(outcome)
    sys.stdout.write(text + "\n")
    return 0 if outcome.passed else 1


if __name__ == "__main__":
    sys.exit(main())
