"""A made-up study bundle on disk, with its truth in a folder of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from lamplighter.study_bundle.files.data_package import Form, write, write_in_parts
from lamplighter.synthetic.study_bundles.cohort import draw
from lamplighter.synthetic.study_bundles.flat_spreadsheet import NAME, flat, mapping
from lamplighter.synthetic.study_bundles.scenarios import scenario
from lamplighter.synthetic.study_bundles.tables import metadata, tables, tables_but_events
from lamplighter.synthetic.study_bundles.truth import truth


@dataclass(frozen=True, slots=True)
class Made:
    """Hold what was written: reports and events, and where a study finds it."""

    reports: int
    events: int
    bundle: Path
    truth: Path


def make(
    name: str,
    out: str | Path,
    *,
    reports: int | None = None,
    seed: int = 2026,
    form: Form = "parquet",
    forces: int = 1,
) -> Made:
    """Write the bundle of a scenario to ``out`` and its truth to ``out/truth/truth.json``.

    The same scenario, number and seed give the same bytes. Scenario ``spreadsheet`` writes one CSV and its
    mapping instead of a package, and is of one force.

    Raises:
        KeyError: there is no such scenario.
        ValueError: fewer than one report or force, or a spreadsheet of several forces.
    """
    chosen = replace(scenario(name), forces=forces)
    if forces < 1 or (chosen.flat and forces > 1):
        raise ValueError("A bundle is of one force or more, and a spreadsheet of one")
    cohort = draw(chosen, reports or chosen.reports, seed)
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    if chosen.flat or form == "csv":
        made, events = tables(cohort, seed)
        about = metadata(cohort, made)
        if chosen.flat:
            bundle = out / NAME
            flat(made).write_csv(bundle)
            (out / "mapping.toml").write_text(mapping(about), "utf-8")
        else:
            bundle = write(about, made, out, form)
    else:
        made, events = tables_but_events(cohort, seed)
        about = metadata(cohort, made, events.columns)
        bundle = write_in_parts(about, made, "events", events.parts(), out)
    kept = out / "truth" / "truth.json"
    kept.parent.mkdir(exist_ok=True)
    body = json.dumps(truth(cohort, events, seed), indent=1, ensure_ascii=False)
    kept.write_text(body + "\n", "utf-8")
    return Made(cohort.size, events.height, bundle, kept)
