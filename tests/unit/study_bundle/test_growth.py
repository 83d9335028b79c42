"""What a check takes grows with the rows, and not with their square."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lamplighter.synthetic.study_bundles.bundle import make

#: Peak of memory (MB) of a check, over what the process held when everything was imported.
PROGRAM = """
import sys
from pathlib import Path
from lamplighter.study_bundle import checking

def held(name):
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024

before = held("VmRSS")
assert checking.check(sys.argv[1]).required().height("reports") == 6_000
print(held("VmHWM") - before)
"""


def test_people_are_compared_with_those_of_reports_without_a_list_for_each(tmp_path: Path) -> None:
    """Twenty thousand reports took 18 GB, and a hundred thousand no machine had room for."""
    bundle = make("london", tmp_path, reports=6_000).bundle.parent
    # Our own program over our own folder.
    command = [sys.executable, "-c", PROGRAM, str(bundle)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert float(done.stdout) < 500
