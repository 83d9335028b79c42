"""Named faults of one file, once its keys and types are right. Each says where, and what to do.

The rules are checked in :mod:`lamplighter.instruments.rule_checks`, several files together in
:mod:`lamplighter.instruments.versions`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from lamplighter.instruments.answers import State
from lamplighter.instruments.definition import DEFINITE, OF_STATES, WITH_OPTIONS, Type
from lamplighter.instruments.rule_checks import check_rules
from lamplighter.instruments.schema import BAND, ITEM, SECTION
from lamplighter.rule_files.faults import listed, nearest, quoted
from lamplighter.rule_files.schema import Report, Row

FEWEST_OPTIONS = 2
# Types on which incidents, or an explanation of one answer, can be asked for.
JUDGED = OF_STATES | {Type.CHOICE, Type.JUDGEMENT}


def check_document(document: Mapping[str, Any], report: Report) -> None:
    """Add every named fault of one file to the report."""
    items, sections = document.get("item", []), document.get("section", [])
    _check_head(document, items, report)
    _check_sections(items, sections, report)
    for number, item in enumerate(items, 1):
        place = report.row(ITEM, number, items)
        _check_item(item, place, report)
        _check_options(item, place, report)
        for which, effect in enumerate(item.get("effect", ()), 1):
            _check_effect(effect, f"{place}, effect {which}", report)
    _check_same_words(items, report)
    _check_score(document, items, report)
    _check_bands(document, items, report)
    _check_welsh(sections, items, report)
    places = {
        "item": [report.row(ITEM, n, items) for n in range(1, len(items) + 1)],
        "section": [report.row(SECTION, n, sections) for n in range(1, len(sections) + 1)],
    }
    check_rules(items, sections, places, report)


def with_lines(report: Report) -> None:
    """Give every fault of a key or table at the head of the file its line, where the file has it.

    What is missing altogether has no line: it is said of the first.
    """
    report.faults[:] = [
        replace(fault, place=with_line(fault.place, report.text.split("\n"))) for fault in report.faults
    ]


def with_line(place: str, lines: Sequence[str]) -> str:
    """Return where something is, with its line, where the file has it."""
    if re.search(r"\bline \d", place):
        return place
    table = re.match(r"\[+([\w.]+)\]+", place)
    key = re.search(r"key ([\w-]+)", place)
    first = 0
    if table:
        heads = (n for n, text in enumerate(lines) if re.match(rf"\s*\[+{re.escape(table[1])}\]+", text))
        first = next(heads, 0)
    wanted = rf"\s*{re.escape(key[1])}\s*=" if key else ""
    found = next((n for n in range(first, len(lines)) if wanted and re.match(wanted, lines[n])), first)
    return f"{place} (line {found + 1})" if place else f"line {found + 1}"


# Head ------------------------------------------------------------------------------------------------------


def _check_head(document: Mapping[str, Any], items: Sequence[Row], report: Report) -> None:
    if "until" in document and document["until"] <= document["from"]:
        report.add(
            "not_a_period",
            "key until",
            f"it ends on {document['until']}, which is not after its beginning on {document['from']}.",
            "“from” is the first day on which it can be begun, “until” the first on which it cannot.",
        )
    if items:
        return
    if document["licence"] == "open":
        report.add(
            "open_without_items",
            "key licence",
            "it is open, and has no questions.",
            "Add [[item]], or write licence = “licensed” where only its name may be known.",
        )
    for table in ("section", "score"):
        if table in document:
            what = f"there is no [[item]], and [{table}] is about items."
            report.add("nothing_asked", f"[{table}]", what, "Add the items, or remove the table.")


def _check_sections(items: Sequence[Row], sections: Sequence[Row], report: Report) -> None:
    codes = [row["code"] for row in sections]
    for number, item in enumerate(items, 1):
        place = report.row(ITEM, number, items)
        if "section" not in item:
            what = "it is on no page."
            report.add("no_section", place, what, f"Add section = {quoted(codes[0]) if codes else '“…”'}.")
        elif item["section"] not in codes:
            remedy = f"{nearest(item['section'], codes)}The pages are: {listed(codes) or 'none'}."
            report.add(
                "unknown_section",
                f"{place}, key section",
                f"there is no page {quoted(item['section'])}.",
                remedy,
            )
    if not items:
        return
    there = {item.get("section") for item in items}
    for number, section in enumerate(sections, 1):
        if section["code"] not in there:
            report.add(
                "empty_section",
                report.row(SECTION, number, sections),
                "nothing is asked on this page.",
                "Add an [[item]] with this section, or remove the page.",
            )
    order = [codes.index(item["section"]) for item in items if item.get("section") in codes]
    for number, (before, after) in enumerate(pairwise(order), 2):
        if after < before and len(order) == len(items):
            report.add(
                "out_of_order",
                report.row(ITEM, number, items),
                "it is on an earlier page than the question before it.",
                "Write the items in the order in which they are asked, page by page.",
            )


# Items -----------------------------------------------------------------------------------------------------


def _check_item(item: Row, place: str, report: Report) -> None:
    kind = Type(item["type"])
    if item.get("required") and "when" in item:
        report.add(
            "required_behind_rule",
            f"{place}, key required",
            "it must be known, and is asked only sometimes.",
            "Remove the key required: what is asked must be answered anyway.",
        )
    if item.get("required") and item.get("optional"):
        what = "it must be known, and may be left empty."
        report.add("required_and_optional", f"{place}, key optional", what, "Remove one of the two keys.")
    if "evidence" in item and kind not in JUDGED:
        report.add(
            "evidence_of_nothing",
            f"{place}, key evidence",
            f"incidents are cited for something judged, and this takes {quoted(item['type'])}.",
            f"Remove the key, or use a type of: {listed(sorted(JUDGED))}.",
        )
    known = _answers(item)
    for word in item.get("words_for", ()):
        if word not in known:
            report.add(
                "unknown_answer",
                f"{place}, key words_for",
                f"{quoted(word)} is no answer to this question.",
                f"{nearest(word, known)}Its answers are: {listed(known)}.",
            )
    if item.get("reverse") and kind is not Type.SCALE:
        what = "only a place on the scale can count from the other end."
        report.add("reverse_without_scale", f"{place}, key reverse", what, "Remove the key.")
    for name in ("least", "most"):
        if name in item and kind is not Type.NUMBER:
            what = f"{name} is about a number, and this takes {quoted(item['type'])}."
            report.add("range_without_number", f"{place}, key {name}", what, "Remove the key.")
    if "least" in item and "most" in item and item["least"] > item["most"]:
        what = f"numbers go from {item['least']} to {item['most']}: there is none."
        report.add("no_range", f"{place}, key most", what, "It must not be less than least.")


def _answers(item: Row) -> list[str]:
    options = [option["code"] for option in item.get("option", ())]
    kept_open = [str(s) for s in (State.NOT_KNOWN, State.NOT_ASKED, State.DECLINED, State.DOES_NOT_APPLY)]
    return [*map(str, DEFINITE.get(Type(item["type"]), ())), *options, *kept_open]


def _check_options(item: Row, place: str, report: Report) -> None:
    kind, options = Type(item["type"]), item.get("option", ())
    if kind in WITH_OPTIONS and len(options) < FEWEST_OPTIONS:
        what = (
            "a judgement has at least two levels."
            if kind is Type.JUDGEMENT
            else "there is nothing to choose."
        )
        report.add("no_options", place, what, "Add [[item.option]], at least two.")
    if options and kind not in WITH_OPTIONS:
        what = f"a question that takes {quoted(item['type'])} has no options."
        remedy = f"Remove them, or use a type of: {listed(sorted(WITH_OPTIONS))}."
        report.add("needless_options", place, what, remedy)
    seen: set[str] = set()
    states = [str(state) for state in State]
    for option in options:
        words = " ".join(option["text"].split()).casefold()
        if words in seen:
            what = f"two options read {quoted(option['text'])}."
            report.add("same_option", place, what, "Nobody could tell them apart: change one.")
        seen.add(words)
        if option["code"] in states:
            report.add(
                "option_is_a_state",
                f"{place}, option {quoted(option['code'])}",
                "every question has this answer already, and it is kept apart.",
                "Remove the option, or give it another code.",
            )


def _check_same_words(items: Sequence[Row], report: Report) -> None:
    seen: dict[str, str] = {}
    for number, item in enumerate(items, 1):
        words = " ".join(item["text"].split()).casefold()
        if words in seen:
            what = f"it asks the same as {quoted(seen[words])}."
            report.add(
                "same_question", report.row(ITEM, number, items), what, "Change or remove one of the two."
            )
        seen.setdefault(words, item["code"])


def _check_effect(effect: Row, place: str, report: Report) -> None:
    if "source" not in effect:
        what = "nobody can check it: it has no source."
        report.add("effect_without_source", place, what, "Add source = “…”, or remove the effect.")
    if "size" not in effect or "measure" not in effect:
        what = "it has no size: key size or key measure is missing."
        report.add("effect_without_size", place, what, "Add size = 0.26 and measure = “phi”, or remove it.")
        return
    if ("low" in effect) != ("high" in effect):
        what = "its interval has one end."
        report.add("half_interval", place, what, "Give low and high, or neither.")
    elif "low" in effect and effect["low"] > effect["high"]:
        what = f"its interval goes from {effect['low']} to {effect['high']}."
        report.add("interval_upside_down", place, what, "low must not be more than high.")
    elif "low" in effect and not effect["low"] <= effect["size"] <= effect["high"]:
        what = f"the size {effect['size']} is not within {effect['low']} to {effect['high']}."
        report.add("outside_interval", place, what, "Compare it with the source.")


# Score -----------------------------------------------------------------------------------------------------


def _check_score(document: Mapping[str, Any], items: Sequence[Row], report: Report) -> None:
    on_scale = [item for item in items if item["type"] == Type.SCALE]
    score = document.get("score")
    if score is None:
        for number, item in enumerate(items, 1):
            if item["type"] == Type.SCALE:
                what = "it takes a place on the scale, and there is no scale."
                report.add("scale_without_score", report.row(ITEM, number, items), what, "Add [score].")
        return
    if not items:
        return
    if document["kind"] == "judgement":
        report.add(
            "summed_judgement",
            "[score]",
            "professional judgement is never added up.",
            "Remove [score], or write kind = “measure” where the authors publish a sum.",
        )
    if document["licence"] == "licensed" and "permission" not in score:
        what = "it is licensed, and nobody says that its licence allows a score."
        report.add(
            "score_without_permission", "[score]", what, "Add permission = “…” with the words that allow it."
        )
    others = [item["code"] for item in items if item["type"] in OF_STATES | {Type.NUMBER, Type.CHOICE}]
    if others or not on_scale:
        what = f"not every answer is on the scale: {listed(others[:3]) or 'none is'}."
        report.add("mixed_scale", "[score]", what, "Write type = “scale” for what is added up.")
    low, high = score["minimum"], score["maximum"]
    if low >= high:
        what = f"the scale goes from {low} to {high}, which has no length."
        report.add("no_scale", "[score], key maximum", what, "It must be more than minimum.")
    elif "answers" in score and len(score["answers"]) != high - low + 1:
        what = f"there are {len(score['answers'])} words for {high - low + 1} answers."
        remedy = "Give one word for each answer, the lowest first."
        report.add("not_a_word_each", "[score], key answers", what, remedy)
    if on_scale and score.get("most_missing", 0) >= len(on_scale):
        what = f"is {score['most_missing']}, and there are {len(on_scale)} items."
        report.add("too_large", "[score], key most_missing", what, "At least one item must be answered.")


def _check_bands(document: Mapping[str, Any], items: Sequence[Row], report: Report) -> None:
    bands, score = document.get("band", []), document.get("score")
    if not bands:
        return
    if score is None:
        what = "a band is of a score, and there is no [score]."
        report.add("band_without_score", "[band]", what, "Remove the bands, or add [score].")
        return
    before = None
    for number, band in enumerate(bands, 1):
        place = report.row(BAND, number, bands)
        if "source" not in band:
            what = "nobody can check it: it has no source."
            report.add("band_without_source", place, what, "Add source = “…”, or remove the band.")
        if before is not None and band["least"] <= before:
            what = f"it begins at {band['least']:g}, and the band before it at {before:g}."
            report.add("bands_out_of_order", f"{place}, key least", what, "Write them from the lowest up.")
        before = band["least"]
        each = sum(item["type"] == Type.SCALE for item in items)
        low, high = score["minimum"] * each, score["maximum"] * each
        if each and not low <= band["least"] <= high:
            what = f"it begins at {band['least']:g}, and scores go from {low} to {high}."
            report.add("band_never_reached", f"{place}, key least", what, "Compare it with the source.")


# Welsh -----------------------------------------------------------------------------------------------------


def _check_welsh(sections: Sequence[Row], items: Sequence[Row], report: Report) -> None:
    """Refuse half a translation: whoever is asked in Welsh is asked all of it in Welsh."""
    rows = [
        *((report.row(SECTION, n, sections), "title", row) for n, row in enumerate(sections, 1)),
        *((report.row(ITEM, n, items), "text", row) for n, row in enumerate(items, 1)),
        *(
            (f"{report.row(ITEM, n, items)}, option {quoted(option['code'])}", "text", option)
            for n, row in enumerate(items, 1)
            for option in row.get("option", ())
        ),
    ]
    keys = [(place, key, row) for place, name, row in rows for key in (name, "guidance") if row.get(key)]
    if not any(row.get(f"{key}_cy") for _, key, row in keys):
        return
    for place, key, row in keys:
        if not row.get(f"{key}_cy"):
            what = f"other parts are in Welsh, and this has no {key}_cy."
            report.add("half_welsh", place, what, f"Add {key}_cy = “…”, or remove the Welsh of the others.")
