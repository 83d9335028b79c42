"""The custody of a case's exhibits as CASE 1.4 / UCO JSON-LD, for a force's own system.

Only what the person who asks may read is in it, and no bytes of a file. Each exhibit is a provenance record
with its number; each receipt, hand-over, scan and redacted copy an investigative action on it, in its order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from lamplighter.hub.cases.models import Case
from lamplighter.hub.evidence.models import File
from lamplighter.hub.evidence.selectors import Known

CONTEXT = {
    "kb": "urn:uuid:",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "uco-vocabulary": "https://ontology.unifiedcyberontology.org/uco/vocabulary/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Node = dict[str, Any]


def document(case: Case, exhibits: Iterable[Known]) -> Node:
    """Return the whole document, ready for ``json.dumps``."""
    graph: list[Node] = [
        {
            "@id": f"kb:{case.key}",
            "@type": "case-investigation:Investigation",
            "uco-core:name": case.reference,
        }
    ]
    for known in exhibits:
        graph += _exhibit(known)
    return {"@context": CONTEXT, "@graph": graph}


def _exhibit(known: Known) -> Iterator[Node]:
    row = known.exhibit
    things = [f"kb:{f.key}" for f in known.files if f.role != File.Role.VIEW]
    record: Node = {
        "@id": f"kb:{row.key}",
        "@type": "case-investigation:ProvenanceRecord",
        "uco-core:description": row.title,
        "case-investigation:exhibitNumber": row.label,
        "uco-core:object": [{"@id": thing} for thing in things or [f"kb:{row.key}-thing"]],
    }
    if row.reference:
        record["case-investigation:rootExhibitNumber"] = row.reference
    yield record
    if not things:
        yield _elsewhere(known)
    for file in known.files:
        if file.role != File.Role.VIEW:
            yield _file(file)
    before = ""
    for action in _actions(known):
        if before:
            action["case-investigation:wasInformedBy"] = {"@id": before}
        before = action["@id"]
        yield action


def _file(file: File) -> Node:
    facet: Node = {
        "@type": "uco-observable:ContentDataFacet",
        "uco-observable:sizeInBytes": file.size,
        "uco-observable:hash": [_hash(file.sha256)],
    }
    return {"@id": f"kb:{file.key}", "@type": "uco-observable:File", "uco-core:hasFacet": [facet]}


def _hash(sha256: str) -> Node:
    return {
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": {"@type": "uco-vocabulary:HashNameVocab", "@value": "SHA256"},
        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": sha256.upper()},
    }


def _elsewhere(known: Known) -> Node:
    row = known.exhibit
    kind = "uco-observable:Device" if row.kind == row.Kind.DEVICE else "uco-observable:ObservableObject"
    made: Node = {"@id": f"kb:{row.key}-thing", "@type": kind, "uco-core:description": row.held_by}
    if row.sha256:
        facet = {"@type": "uco-observable:ContentDataFacet", "uco-observable:hash": [_hash(row.sha256)]}
        made["uco-core:hasFacet"] = [facet]
    return made


def _actions(known: Known) -> Iterator[Node]:
    row = known.exhibit
    about = {"uco-action:object": {"@id": f"kb:{row.key}"}}
    told = f"From: {row.came_from or row.get_source_display()}. {row.came_how}"
    found: list[tuple[dt.datetime, str, str, str, dt.date]] = [
        (row.at, f"{row.key}-received", "Received", told, row.came_at)
    ]
    found += [(m.at, str(m.key), "Handed over", _moved(m), m.moved_at) for m in known.moves]
    found += [(f.at, f"{f.key}-made", "Redacted copy made", f.why, f.at) for f in known.redacted]
    found += [
        (s.at, str(s.key), s.get_step_display(), s.words or s.get_result_display(), s.on)
        for s in known.steps.values()
    ]
    for _, key, name, words, when in sorted(found, key=lambda f: f[0]):
        kind = "xsd:dateTime" if isinstance(when, dt.datetime) else "xsd:date"
        node: Node = {
            "@id": f"kb:{key}",
            "@type": "case-investigation:InvestigativeAction",
            "uco-core:name": name,
            "uco-action:startTime": {"@type": kind, "@value": when.isoformat()},
            **about,
        }
        if words:
            node["uco-core:description"] = words
        yield node


def _moved(move: Any) -> str:
    seal = f" Seal {move.seal}." if move.seal else ""
    return f"From {move.from_whom} to {move.to_whom}: {move.why}.{seal}"
