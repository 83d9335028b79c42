"""A bundle to begin with: empty tables, the dictionary, and an example of a mapping."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from lamplighter.study_bundle.dictionary import study_dictionary
from lamplighter.study_bundle.files.data_package import descriptor
from lamplighter.study_bundle.schema import metadata_fields, schema_version, tables

_README = """# A study bundle to fill in

1. Put rows under the headings of the CSV files. Only `reports.csv` is needed; a table or a column that you do
   not hold can be deleted. An empty cell is *not recorded*, never *no*.
2. Fill in `study` in `datapackage.json`: force, period, day of the extract, basis, and how identities were
   replaced. No name, date of birth, address or telephone number belongs in any file here.
3. `lamplighter bundle check .` says what is wrong, row and column, and what it costs the analysis.

Have you one spreadsheet only? Leave the tables and edit `example-mapping.toml` instead:
`lamplighter bundle check YOURS.csv --mapping example-mapping.toml --rejects rejects.csv`

`dictionary.md` says what every table, column and code means.
"""


def write_template(folder: str | Path) -> Path:
    """Write the template; return the path of its README. Files of the same name are written over."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for name in tables() if name != "totals"]
    for name in names:
        (folder / f"{name}.csv").write_text(",".join(tables()[name].columns) + "\n", "utf-8")
    body = descriptor(None, names, "csv")
    body["study"] = {
        name: schema_version() if name == "schema_version" else "" if f.kind != "texts" else []
        for name, f in metadata_fields().items()
        if f.required
    }
    (folder / "datapackage.json").write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (folder / "dictionary.md").write_text(study_dictionary(), "utf-8")
    example = (files("lamplighter.study_bundle.spreadsheets") / "mappings" / "example.toml").read_text(
        "utf-8"
    )
    (folder / "example-mapping.toml").write_text(example, "utf-8")
    readme = folder / "README.md"
    readme.write_text(_README, "utf-8")
    return readme
