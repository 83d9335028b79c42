"""lifelines' side of benchmarks.survival_speed, run by the peers' own Python. Arguments as survival_speed.R.

This file imports nothing of this project: its environment does not hold it.
"""

import json
import re
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import AalenJohansenFitter, CoxPHFitter, KaplanMeierFitter


def resident(field):
    found = re.search(rf"^{field}:\s+(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found.group(1)) / 1024


def main():
    task, path, n, p, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
    d = np.fromfile(path).reshape(4 + p, n)
    frame = pd.DataFrame(d[4:].T, columns=[f"x{j}" for j in range(p)])
    frame["time"], frame["event"] = d[0], d[1]
    cause = d[2].astype(int)
    before = resident("VmRSS")
    seconds = []
    value = 0.0
    for _ in range(repeats):
        start = time.perf_counter()
        if task == "cox":
            value = float(CoxPHFitter().fit(frame, "time", "event").params_.iloc[0])
        elif task == "km":
            fitted = KaplanMeierFitter().fit(frame["time"], frame["event"])
            value = float(fitted.confidence_interval_.iloc[-1, 1])
        elif task == "aj":
            fitted = AalenJohansenFitter(seed=1).fit(frame["time"], cause, event_of_interest=1)
            value = float(np.sqrt(np.ravel(fitted.variance_)[-1]))
        seconds.append(time.perf_counter() - start)
    peak = resident("VmHWM")
    print(json.dumps({"seconds": seconds, "value": value, "growth": peak - before, "peak": peak}))


if __name__ == "__main__":
    main()
