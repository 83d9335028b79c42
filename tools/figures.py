"""Hold the figures of documents to the files that benchmarks write (``benchmarks/figures/*.json``).

A document has a block for each table or printout, made of the file and written anew by ``make generate``::

    <!-- figures: linkage areas -->
    ...
    <!-- end of figures -->

A sentence that tells figures is held too: :data:`SAID` has it with places for the figures, and it must stand
in its document with those of the file. ``make stale`` fails on either.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "benchmarks/figures"
BLOCK = re.compile(r"<!-- figures: (\w+) ([\w ]+?) -->\n.*?<!-- end of figures -->\n", re.S)
Row = Mapping[str, Any]
Kept = Mapping[str, Mapping[str, Any]]
"""By file, then by name, what a run told: command, commit, date, and ``rows`` or what was ``printed``."""


@dataclass(frozen=True)
class Shown:
    """How rows stand in a document: ``by``, heading and field of what names a line; ``columns``, heading and
    what a cell says, ``{field}`` of our row or ``{field@Splink}`` of the method that begins so. Several seeds
    stand side by side; a count that all of them have is told once."""

    by: Mapping[str, str]
    columns: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)

    def lines(self, rows: Sequence[Row]) -> list[str]:
        """Return the table in Markdown."""
        lines: dict[tuple[str, ...], dict[Any, list[Row]]] = {}
        for row in rows:
            name = tuple(str(row[of]) if of == "seed" else written(row[of]) for of in self.by.values())
            lines.setdefault(name, {}).setdefault(row.get("seed"), []).append(row)
        headings = [*self.by, *self.columns]
        found = ["| " + " | ".join(headings) + " |", "|---" * len(headings) + "|"]
        for name, seeds in lines.items():
            cells = [[said(of, own) for own in seeds.values()] for of in self.columns.values()]
            told = ["; ".join(c) if len(set(c)) > 1 or "." in c[0] else c[0] for c in cells]
            found.append("| " + " | ".join([*(self.names.get(n, n) for n in name), *told]) + " |")
        return found


def said(of: str, rows: Sequence[Row]) -> str:
    """Return what a cell says: the figures of one line and one seed, method by method."""

    def figure(found: re.Match[str]) -> str:
        name, method, form = found.groups()
        of_method = [r for r in rows if r.get("method", "").startswith(method or OURS)]
        row = next(iter(of_method), {} if method else rows[0])
        value = row.get(name)
        return f"{value:{form}}" if form and value is not None else written(value)

    return re.sub(r"\{([^{}@:]+)(?:@([^{}:]+))?(?::([^{}]+))?\}", figure, of)


OURS = "Lamplighter"


def written(value: Any) -> str:
    """Return a figure as documents write it: shares with three places, thousands with commas."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 2 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def kept(folder: Path = FOLDER) -> Kept:
    """Return all figures that are kept."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}


def source(told: Mapping[str, Any]) -> str:
    """Return in one line what printed the figures, of which commit and when."""
    day = dt.date.fromisoformat(told["date"])
    note = f" {told['note']}" if told.get("note") else ""
    return f"*Printed by `{told['command']}`, commit `{told['commit']}`, {day.day} {day:%B %Y}.{note}*"


def block(figures: Kept, file: str, name: str) -> str:
    """Return what stands between the marks of a block, with the marks."""
    told = figures[file][name]
    fence = ["```", *told.get("printed", ()), "```"]
    body = SHOWN[file, name].lines(told["rows"]) if "rows" in told else fence
    return "\n".join(
        [f"<!-- figures: {file} {name} -->", *body, "", source(told), "<!-- end of figures -->", ""]
    )


def renewed(text: str, figures: Kept) -> str:
    """Return a document with each of its blocks as the files have it.

    Raises:
        KeyError: a block names figures that no file has.
    """
    return BLOCK.sub(lambda found: block(figures, found[1], found[2]), text)


def documents(docs: Path, figures: Kept) -> dict[Path, str]:
    """Return each document that has blocks, and what it is to say."""
    texts = {path: path.read_text("utf-8") for path in sorted(docs.rglob("*.md"))}
    return {path: renewed(text, figures) for path, text in texts.items() if "<!-- figures:" in text}


def unsaid(docs: Path, figures: Kept) -> list[str]:
    """Return the sentences of :data:`SAID` that a document does not tell as the files have them."""
    faults = []
    for place, sentences in SAID.items():
        text = " ".join((docs / place).read_text("utf-8").split())
        for sentence in sentences:
            wanted = " ".join(told(sentence, figures).split())
            if wanted not in text:
                faults.append(f"docs/{place} does not say: {wanted}")
    return faults


def told(sentence: str, figures: Kept) -> str:
    """Return a sentence with its figures, each ``{file/name/row/field}``, the row by number or by a word."""

    def figure(found: re.Match[str]) -> str:
        file, name, at, of = found[1].split("/")
        rows = figures[file][name]["rows"]
        return written((rows[int(at)] if at.isdigit() else next(r for r in rows if at in r.values()))[of])

    return re.sub(r"\{(.+?)\}", figure, sentence)


_TABLES = {"F1": "{f1}", "recall at 99%": "{sure}", "calibration error": "{error}"}
_KINDS = {"rows": "{rows}", **_TABLES, "chance": "{chance}"}
_PEERS = {
    "F1 of Splink, stock": "{F1@Splink 5, stock}", "wider": "{F1@Splink 5, wider}{F1@Splink 5, tuned}",
    "exact matching": "{F1@Exact}",
}  # fmt: skip
AREAS = {
    "usual": "as usual", "small": "150 pairs of people", "one_report_each": "one report each, as a rule",
    "long_courses": "long courses of conduct", "families": "others of the home report too",
    "roles_swapped": "roles swapped in a quarter", "custody": "suspects known, victims barely",
    "helpline": "both barely known", "many_slips": "many slips and gaps",
    "nothing_else_said": "no relationship told",
}  # fmt: skip
SENTENCES = {
    "development": "first set, development",
    "held out": "**first set, held out** (written after the first lexicon)",
    "fresh development": "fresh set, development (police free text and a helpline)",
    "further development": "fresh set, further development",
    "fresh held out": "**fresh set, held out**",
    "later development": "later set, development (short summaries and other matters)",
    "later held out": "later set, held out",
    "voices development": "four voices, half of them traps, development",
    "voices held out": "**four voices, half of them traps, held out**",
    "set2 development": "set 2, five voices, read",
    "set4 development": "set 4, five voices, read",
    "set5 development": "**set 5, five voices, scored and never read**",
    "set1 aside": "**set 1, five voices, put aside by lot**",
    "set3 aside": "**set 3, five voices, put aside by lot**",
}
SHOWN: Mapping[tuple[str, str], Shown] = {
    ("linkage", "dyads"): Shown(
        {"person records": "records", "seed": "seed"},
        {"true pairs": "{true}", "F1": "{f1} ({f1@Plain})", "recall at 99%": "{sure} ({sure@Plain})",
         "recall at 99%, named": "{sure, named} ({sure, named@Plain})",
         "calibration error": "{error} ({error@Plain})"},
    ),
    ("linkage", "areas"): Shown(
        {"area (seed 1; seed 2)": "area"},
        {"true pairs": "{true}", "F1": "{f1}", "at the best threshold": "{best}", "recall at 99%": "{sure}",
         "calibration error": "{error}", "F1 of Splink": "{f1@Splink}"}, AREAS,
    ),
    ("linkage", "speed"): Shown(
        {"records": "records", "program": "program"},
        {"seconds": "{seconds}", "processor seconds": "{processor}", "MB": "{MB}", "F1 of persons": "{f1}",
         "F1 of pairs": "{f1 of pairs}", "at the best threshold": "{best}",
         "true pairs scored": "{true pairs scored}"},
    ),
    ("linkage", "growth"): Shown(
        {"records": "records"},
        {"processor seconds": "{processor}", "MB": "{MB}", "pairs a record": "{pairs a record}",
         "F1 of persons": "{f1}", "true pairs found by blocking": "{true pairs scored}",
         "estimated without labels": "{its own estimate}"},
    ),
    ("linkage", "people in reports"): Shown(
        {"person records": "records"},
        {"processor seconds": "{processor}", "MB": "{MB}", "pairs weighed and kept, a record": "{pairs}"},
    ),
    ("tables", "foreign"): Shown({"table": "table"}, _TABLES),
    ("tables", "public"): Shown({"table": "table"}, {"rows": "{rows}", **_TABLES}),
    ("tables", "kinds"): Shown({"kind": "table"}, _KINDS),
    ("tables", "people"): Shown({"kind (seed 1; seed 2)": "table"}, _KINDS),
    ("tables", "two people"): Shown({"kind (seed 1; seed 2)": "table"}, _KINDS),
    ("arrivals", "hubs"): Shown(
        {"milliseconds: p50, p95, p99": "what"},
        {"0.2 million": "{0.2 million}", "2.1 million": "{2.1 million}", "ten million": "{ten million}",
         "aim, p99": "{aim}"},
    ),
    ("arrivals", "splink"): Shown(
        {"": "what"},
        {"Splink: a record, a report": "{Splink}", "ours, same work": "{same work}",
         "times faster: a record, a report": "{faster}", "ours, committed": "{committed}",
         "times faster": "{faster, committed}"},
    ),
    ("arrivals", "against the batch"): Shown(
        {"held, then arriving": "what"},
        {"F1 at once": "{at once}", "arriving": "{arriving}", "weights alike to 1e-9": "{alike}",
         "pairs in one only": "{in one only}"},
    ),
    ("accuracy", "coder"): Shown(
        {"sentences": "sentences"},
        {"": "{many}", "precision": "{precision:.2f}", "recall": "{recall:.2f}"}, SENTENCES,
    ),
    ("accuracy", "persons"): Shown(
        {"": "method"},
        {"precision": "{precision}", "recall": "{recall}", "F1": "{F1}", "B3 precision": "{B3 precision}",
         "B3 recall": "{B3 recall}", "B3 F1": "{B3 F1}", "seconds": "{seconds}"},
    ),
    ("accuracy", "pairs"): Shown(
        {"stratum": "stratum"},
        {"true pairs": "{true pairs}", "precision": "{precision}", "recall": "{recall}", "F1": "{F1}",
         "at the best threshold": "{F1 at the best threshold}", "recall at 99%": "{recall at 99%}",
         "calibration error": "{calibration error}", "F1 of a plain sum of weights": "{F1@Plain}", **_PEERS},
    ),
    ("accuracy", "beliefs"): Shown(
        {"belief from": "belief from"},
        {"pairs": "{pairs}", "mean belief": "{mean belief}", "share right": "{share right}"},
    ),
    ("accuracy", "courses"): Shown(
        {"stratum": "stratum"},
        {"true pairs": "{true pairs}", "precision": "{precision}", "recall": "{recall}", "F1": "{F1}",
         "wholly found": "{wholly found}", **_PEERS},
    ),
    ("accuracy", "strata"): Shown(
        {"stratum": "stratum"},
        {"true pairs": "{true pairs}", "precision": "{precision}", "recall": "{recall}", "F1": "{F1}",
         "95 of 100 draws": "{from} to {to}", "wholly found": "{whole}", "F1 before": "{F1@Before}",
         "words left out": "{F1@Words}", "Splink": "{F1@Splink}", "exact matching": "{F1@Exact}"},
    ),
    ("accuracy", "hidden"): Shown(
        {"stratum": "stratum"},
        {"true": "{true}", "flags right": "{flags right}", "found": "{found}", "F1": "{F1}",
         "found by Splink, stock": "{found@Splink 5, stock}", "wider": "{found@Splink 5, wider}",
         "exact matching": "{found@Exact}"},
    ),
    ("accuracy", "hidden in worlds"): Shown(
        {"": "counted"},
        {"true": "{true}", "found": "{found}", "share found": "{share found}", "flags": "{flags}",
         "flags right": "{flags right}"},
    ),
    ("accuracy", "twins"): Shown({"twins": "twins"}, {"pairs": "{pairs}", "held to be one": "{joined}"}),
    ("hub", "in service"): Shown(
        {"What": "what"}, {"Seconds": "{seconds}", "Beside it in the same run": "{beside}"},
    ),
}  # fmt: skip
"""How the rows of each name stand in a document."""
SAID: Mapping[str, Sequence[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
"""What documents and the README say in sentences, with places for the figures."""
