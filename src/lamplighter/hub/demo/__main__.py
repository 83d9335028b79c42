"""``python -m lamplighter.hub.demo``."""

import sys

from lamplighter.hub.demo.command import main

if __name__ == "__main__":
    sys.exit(main())
