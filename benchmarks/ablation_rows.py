"""The mechanisms of the linkage that are switched off in turn: see :mod:`benchmarks.ablation`.

A function is named by its module, within ``linkage`` or (``tables.``) ``linkage_tables``, and a colon. Its
trivial answer is called with the function itself and with what it was called with.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

Trivial = Callable[..., Any]
TABLES = ("one", "two")
REPORTS = ("reports", "persons")


@dataclass(frozen=True, slots=True)
class Mechanism:
    """``replaced``: function -> trivial answer; ``frees``: functions, or modules, that would go with it;
    ``pools``: where it is asked, everywhere unless said; ``always``: it is so basic that whether it changes
    anything is not asked; ``reads``: what it changes is seen when the columns of a table are read."""

    name: str
    purpose: str
    replaced: Mapping[str, Trivial]
    frees: tuple[str, ...]
    pools: tuple[str, ...] = ()
    always: bool = False
    reads: bool = False

    @property
    def of_reading(self) -> bool:
        """Tell whether it can change only what the columns of a table are read as."""
        return all(name.startswith(_READING) for name in self.replaced)


_READING = (
    "tables.column_roles", "tables.headings", "tables.cleaning", "tables.inputs", "features.titles",
    *(f"tables.two_party.{m}" for m in ("parties", "roles", "party_markers", "relationship", "days")),
)  # fmt: skip


def answer(value: Any) -> Trivial:
    """Answer the same always."""
    return lambda own, *args, **kwargs: value


def given(place: int = 0) -> Trivial:
    """Answer with what was given, as it was."""
    return lambda own, *args, **kwargs: args[place]


def without(*names: str, of: str) -> Mapping[str, Trivial]:
    """Leave some entries out of the table of levels: whole comparisons, kinds of pairs, or templates."""

    def document(own: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        made = copy.deepcopy(dict(own()))
        made[of] = [row for row in made[of] if row.get("name", row.get("kind")) not in names]
        return made

    return {"comparisons.comparison_levels:_document": document}


def without_level(comparison: str, level: str) -> Mapping[str, Trivial]:
    """Leave one level of one comparison out of the table of levels."""

    def document(own: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        made = copy.deepcopy(dict(own()))
        for row in made["comparison"]:
            if row["name"] == comparison:
                row["levels"] = [v for v in row["levels"] if v["name"] != level]
        return made

    return {"comparisons.comparison_levels:_document": document}


def _nothing_told(own: Any, values: pl.Series) -> pl.Series:
    return pl.Series(values.name, [None], dtype=own(values.clear()).dtype).new_from_index(0, len(values))


def _lower_lists(own: Any, lists: pl.Series) -> pl.Series:
    made = lists if isinstance(lists.dtype, pl.List) else lists.to_frame("v").select(pl.concat_list("v"))["v"]
    texts = made.cast(pl.List(pl.String()))
    return texts.list.eval(pl.element().str.to_lowercase()).alias(lists.name)


def _whole_aliases(own: Any, lists: pl.Series) -> pl.Series:
    made = lists if isinstance(lists.dtype, pl.List) else lists.to_frame("v").select(pl.concat_list("v"))["v"]
    return made.cast(pl.List(pl.String())).alias(lists.name)


def _no_pairs_of_one_name(own: Any, *args: Any, **kwargs: Any) -> Any:
    nothing = np.empty(0, dtype=np.int64)
    return nothing, nothing


def _said_nothing(own: Any, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    return pl.lit("unsaid")


def _as_in_both_ways(
    own: Any, way: int, seen: Any, begun: Any, mixture: Any, odds: float, scene: Any, names: Any
) -> Any:
    from lamplighter.linkage.model.fellegi_sunter import tables

    return tables(mixture, scene.table, names), odds


def _without_kind_of_cells(*words: str) -> Trivial:
    def kinds(own: Any, scene: Any) -> Any:
        found, cells = own(scene)
        kept = [i for i, k in enumerate(found) if not any(w in k.words for w in words)]
        left = tuple(replace(found[i], like=None) if found[i].like in words else found[i] for i in kept)
        return left, np.array([*(cells[i] for i in kept), cells[-1]])

    return kinds


def _no_bits(own: Any, self: Any, left: Any, right: Any, sides: Any, shades: Any, table: Any) -> Any:
    return tuple(np.zeros(of.shape, order="F") for of in shades)


def _none_shared(own: Any, self: Any, left: Any, *args: Any) -> Any:
    return np.zeros(len(left), dtype=bool)


def _parties_as_they_are(own: Any, first: Any, second: Any, both: Any) -> Any:
    return first.understood, second.understood, both.understood


def _nobody_swapped(own: Any, names: pl.DataFrame) -> pl.Series:
    return pl.Series([], dtype=pl.String())


def _zeros_of(place: int) -> Trivial:
    return lambda own, *args, **kwargs: np.zeros(len(args[place]))


def _start_of(name: str) -> Trivial:
    def start(own: Any, *args: Any, **kwargs: Any) -> float:
        from lamplighter.linkage.model import parameters

        return float(getattr(parameters, name))

    return start


def _start_unnamed(own: Any, frame: Any, posterior: Any, model: Any, share: float) -> float:
    from lamplighter.linkage.model.parameters import STARTING_UNNAMED

    return float(STARTING_UNNAMED)


def _languages(*gone: str) -> Mapping[str, Trivial]:
    return {"tables.headings:in_language": lambda own, name: {} if name in gone else own(name)}


def _of_levels_without_near(own: Any, counts: Any, most: int = 8) -> Any:
    return np.maximum(np.arange(most + 1, dtype=float), 0.02)


MECHANISMS: tuple[Mechanism, ...] = (
    # What a column holds, by its heading.
    Mechanism("headings: German", "columns called in German", _languages("german"), (), TABLES, reads=True),
    Mechanism("headings: Welsh, Irish", "columns called so", _languages("welsh_irish"), (), TABLES,
        reads=True),
    Mechanism("headings: a word in common",
        "cust_forename, cust_dob: the word that all begin with is taken off",
        {"tables.headings:with_a_word_in_common": answer({}),
        "tables.headings:begins_others": answer(False)}, ("tables.headings:with_a_word_in_common",
        "tables.headings:begins_others")),
    Mechanism("headings: numbered names", "fname_c1, lname 2",
        {"tables.headings:_numbered_name": answer(None)}, ("tables.headings:_numbered_name",)),
    Mechanism("headings: of an age", "age at arrest; DOB or approx. age",
        {"tables.headings:_of_an_age": answer(None)}, ("tables.headings:_of_an_age",)),
    Mechanism("headings: of another", "next of kin, mother: not the row's person",
        {"tables.headings:of_another": answer(False)}, ("tables.headings:of_another",)),
    Mechanism("headings: of a place", "of a surgery, or where something happened",
        {"tables.headings:of_a_place": answer(False)}, ("tables.headings:of_a_place",)),
    Mechanism("headings: a chosen name", "display name: a whole name, or a nickname",
        {"tables.headings:is_chosen": answer(False)}, ("tables.headings:is_chosen",
        "tables.column_roles.guessing:_Guess._differs")),
    Mechanism("headings: answers by their words", "true_victim, unique_person_id are never compared",
        {"tables.headings:_is_answer": answer(False)}, ("tables.headings:_is_answer",)),
    Mechanism("headings: number of something", "caller number: of a telephone, not of a house",
        {"tables.headings:is_number_of_something": answer(False)},
        ("tables.headings:is_number_of_something",)),
    # What a column holds, by its look.
    Mechanism("look: contacts, births, sexes", "the field of a column by the look of its cells",
        {"tables.column_roles.looks:field_by_look": answer(None)},
        ("tables.column_roles.looks:field_by_look", "tables.column_roles.looks:_are_sexes")),
    Mechanism("look: names", "names by known first names, whatever the heading",
        {"tables.column_roles.looks:name_by_look": answer(None)}, ("tables.column_roles.looks:name_by_look",
        "tables.column_roles.looks:_most_alike")),
    Mechanism("look: names nobody knows", "whole names and surnames by their shape",
        {"tables.column_roles.looks:maybe_names": answer(False),
        "tables.column_roles.looks:maybe_surnames": answer(False)},
        ("tables.column_roles.looks:maybe_names", "tables.column_roles.looks:maybe_surnames",
        "tables.column_roles.guessing:_Guess._take_surname")),
    Mechanism("look: against the heading", "a column of births, marks or houses without any is none",
        {"tables.column_roles.looks:are_births": answer(True),
        "tables.column_roles.looks:are_marks": answer(True),
        "tables.column_roles.looks:is_of_house": answer(True)}, ("tables.column_roles.looks:are_births",
        "tables.column_roles.looks:are_marks",
        "tables.column_roles.looks:is_of_house")),
    Mechanism("titles before names", "Mr and Mrs before a name give the sex",
        {"features.titles:before_names": answer(None)}, ("features.titles:before_names",)),
    # Which columns say the same again, or are of one field.
    Mechanism("further columns", "columns that are no field of a person are compared too",
        {"tables.column_roles.looks:kind_by_contents": answer(None)},
        ("tables.column_roles.looks:kind_by_contents", "tables.column_roles.looks:_is_numbered")),
    Mechanism("columns: filling each other's gaps", "dob and date_of_birth of a table made of several",
        {"tables.column_roles.stacked_columns:fill_each_other": answer(False),
        "tables.column_roles.stacked_columns:tells_more": answer(False)},
        ("tables.column_roles.stacked_columns:fill_each_other",
        "tables.column_roles.stacked_columns:tells_more", "tables.column_roles.guessing:_Guess._fills_in")),
    # Cells.
    Mechanism("cells: marks nobody sees",
        "page codes, damaged letters, other digits, decimals of whole numbers",
        {"tables.cleaning.clean_columns:_seen": given(),
        "tables.cleaning.clean_columns:_plain_numbers": given()}, ("tables.cleaning.clean_columns:_seen",
        "tables.cleaning.clean_columns:_plain_numbers", "tables.cleaning.clean_columns:_lengthened",
        "tables.cleaning.clean_columns:_digits")),
    Mechanism("cells: several contacts", "two telephones, or an extension, in one cell",
        {"tables.cleaning.contacts:telephones": given(), "tables.cleaning.contacts:mails": given()},
        ("tables.cleaning.contacts:telephones", "tables.cleaning.contacts:_each",
        "tables.cleaning.contacts:mails", "tables.cleaning.contacts:_lines_beside",
        "tables.cleaning.contacts:_where")),
    Mechanism("cells: telephones and e-mail mixed", "either in one column",
        {"tables.cleaning.contacts:are_mixed": answer(False)}, ("tables.cleaning.contacts:are_mixed",
        "tables.cleaning.contacts:both_in", "tables.column_roles.reading:_Reading._of_contacts")),
    Mechanism("cells: code of the country", "a code that others of the column have behind a plus",
        {"tables.cleaning.clean_columns:_code_of": answer(None)},
        ("tables.cleaning.clean_columns:_code_of",)),
    Mechanism("cells: accounts", "instagram.com/dan is instagram:dan",
        {"tables.cleaning.canonical_forms:accounts": _lower_lists},
        ("tables.cleaning.canonical_forms:accounts",)),
    Mechanism("cells: aliases", "JONES, Ann; Annie is two names",
        {"tables.cleaning.canonical_forms:aliases": _whole_aliases},
        ("tables.cleaning.canonical_forms:aliases",)),
    Mechanism("cells: parts of marks", "half a number plate",
        {"tables.cleaning.canonical_forms:marks": _whole_aliases},
        ("tables.cleaning.canonical_forms:marks",)),
    Mechanism("cells: addresses", "the postcode and the town at the end of a line",
        {"tables.cleaning.address_lines:read": given()}, ("tables.cleaning.address_lines",)),
    Mechanism("cells: a birth in three columns", "the day, the month and the year",
        {"tables.cleaning.birth_parts:in_parts": answer({})}, ("tables.cleaning.birth_parts:in_parts",
        "tables.cleaning.birth_parts:_readings", "tables.cleaning.birth_parts:_may_be",
        "tables.cleaning.birth_parts:_apart")),
    Mechanism("cells: placeholders", "01/01/1900, 000-00-0000 are missing",
        {"tables.cleaning.placeholders:without_standins": given()}, ("tables.cleaning.placeholders",)),
    # Dates and ages.
    Mechanism("dates: the day of the ages", "ages count from the day on which they were told",
        {"tables.cleaning.age_dates:told_on": answer(None),
        "tables.cleaning.age_dates:told_beside_births": answer(None),
        "tables.cleaning.age_dates:usual_day": answer(None)}, ("tables.cleaning.age_dates",
        "tables.column_roles.reading:_Reading.with_ages_told",
        "tables.column_roles.reading:_Reading._with_usual_day", "tables.two_party.days:with_ages")),
    # Names.
    Mechanism("names: that are not names", "unknown male, my ex-partner, Dave (neighbour)",
        {"tables.cleaning.names.not_names:named": given(),
        "tables.cleaning.names.not_names:without_looks": given()}, ("tables.cleaning.names.not_names:named",
        "tables.cleaning.names.not_names:without_looks", "tables.cleaning.names.not_names:_name_in",
        "tables.cleaning.names.not_names:_without_beginning",
        "tables.cleaning.names.not_names:_told_beside")),
    Mechanism("names: bynames", "Tank is no first name and contradicts none",
        {"tables.cleaning.names.bynames:with_bynames": given()}, ("tables.cleaning.names.bynames",)),
    Mechanism("names: accounts", "sweetcat32 in the place of a name",
        {"tables.cleaning.names.accounts_in_names:apart": lambda own, names, handles: (names, handles)},
        ("tables.cleaning.names.accounts_in_names",)),
    Mechanism("names: turned ones", "two words of which either stands oftener in the other's place",
        {"tables.cleaning.names.whole_names:_turned": _nobody_swapped},
        ("tables.cleaning.names.whole_names:_turned", "tables.cleaning.names.whole_names:_in_order")),
    Mechanism("names: initials behind", "WARD J",
        {"tables.cleaning.names.whole_names:_initials_behind": lambda own, parts: parts},
        ("tables.cleaning.names.whole_names:_initials_behind",)),
    Mechanism("names: one word alone", "a first name or a surname, by the others",
        {"tables.cleaning.names.whole_names:_alone_as_given": lambda own, parts,
        words: (words.drop_nulls().unique().sort().clear())},
        ("tables.cleaning.names.whole_names:_alone_as_given",)),
    Mechanism("names: junior and senior", "what stands behind a name tells a father from his son",
        {"tables.cleaning.names.whole_names:generations": _nothing_told},
        ("tables.cleaning.names.whole_names:generations",)),
    Mechanism("names: short forms", "Bill is William", {"features.names:formal_names": lambda own,
        word: frozenset({word})}, ("features.names:formal_names", "features.names:_lookup")),
    Mechanism("names: stems", "a short form begins as its name does", {"features.names:stem": given()},
        ("features.names:stem",)),
    Mechanism("names: sounds", "names that sound alike", {"features.names:sound": given(),
        "features.phonetic_codes:sounds": lambda own, names: names.to_list()}, ("features.names:sound",
        "features.names:_respelt", "features.phonetic_codes")),
    Mechanism("names: respelt before they sound", "kn as n, ph as f at the beginning",
        {"features.names:_respelt": given(), "features.phonetic_codes:sounds": lambda own,
        names: [_plain_sound(n) for n in names.to_list()]}, ("features.names:_respelt",
        "features.phonetic_codes")),
    # Two people a row.
    Mechanism("parties: by their parts", "victim_, susp_: words for the part that is played",
        {"tables.two_party.roles:by_role": answer([])}, ("tables.two_party.roles",), ("two",)),
    Mechanism("parties: marked apart", "any words that two groups of columns begin with",
        {"tables.two_party.party_markers:_marked_apart": answer([])},
        ("tables.two_party.party_markers:_marked_apart", "tables.two_party.party_markers:_readings",
        "tables.two_party.party_markers:_alike", "tables.two_party.party_markers:_all_of",
        "tables.two_party.party_markers:_marked"),
        ("two",)),
    Mechanism("two a row: how they are related", "HER EX and ex-husband say one thing",
        {"tables.two_party.relationship:with_relation": _parties_as_they_are},
        ("tables.two_party.relationship", "tables.cleaning.names.not_names:relation_in"), ("two",)),
    Mechanism("two a row: the time between", "records of one course come close together",
        {"tables.two_party.days:with_days": given()}, ("tables.two_party.days:with_days",
        "tables.two_party.days:_days"), ("two",)),
    Mechanism("two a row: in common within a record", "two suspects of one family share its surname",
        {"tables.two_party.within_record:Within.raised": _no_bits,
        "tables.two_party.within_record:Within.shared": _none_shared}, ("tables.two_party.within_record",),
        ("two",)),
    Mechanism("two a row: learned each way", "straight and swapped pairs have rates of their own",
        {"tables.two_party.cell_model:_of_way": _as_in_both_ways},
        ("tables.two_party.cell_model:_of_way",), ("two",), always=True),
    Mechanism("two a row: supposed pairs", "a dozen rows suppose four pairs of the same two",
        {"tables.two_party.cell_model:_supposed": lambda own, records: np.zeros(2)},
        ("tables.two_party.cell_model:_supposed",), ("two",)),
    Mechanism("two a row: who has moved", "a victim who has moved keeps what people keep",
        {"tables.two_party.cell_model:_kinds": _without_kind_of_cells("moved")}, (), ("two",),
        always=True),
    Mechanism("two a row: relatives", "the other person may be a relative",
        {"tables.two_party.cell_model:_kinds": _without_kind_of_cells("relative")}, (), ("two",),
        always=True),
    Mechanism("two a row: keys of both", "pairs that share a little of either party are looked at",
        {"tables.two_party.candidate_pairs:_joint_keys": answer([])},
        ("tables.two_party.candidate_pairs:_joint_keys",
        "tables.two_party.candidate_pairs:_joint_features"), ("two",)),
    Mechanism("two a row: two whole names are two parties", "whatever their columns are called",
        {"tables.two_party.parties:_begun_with": answer({})}, ("tables.two_party.parties:_begun_with",),
        ("two",)),
    # The model.
    Mechanism("model: shares of initials", "where names are initials an initial fits often",
        {"model.initials:shares_of_initials": answer({})}, ("model.initials",)),
    Mechanism("model: names go together", "Nicoleta is called Popescu oftener than others are",
        {"frequencies.name_dependence:found": answer(None)}, ("frequencies.name_dependence",
        "frequencies.term_frequencies:Shared._add_lift")),
    Mechanism("model: namesakes", "two of one first name are oftener of one age and sex",
        {"model.namesakes:pairs": _no_pairs_of_one_name}, ("model.namesakes",
        "model.fellegi_sunter:_beside")),
    Mechanism("model: one-to-one", "where a source holds nobody twice, candidates compete",
        {"model.one_to_one:competing": _zeros_of(3)}, ("model.one_to_one",)),
    Mechanism("model: values seen once", "a value is expected less often than it was seen (Good, 1953)",
        {"frequencies.value_shares:expected_counts": _of_levels_without_near},
        ("frequencies.value_shares:expected_counts",), always=True),
    Mechanism("model: a supposed urn", "few records say little of how common a value is",
        {"frequencies.value_shares:pooled": lambda own, shares, urn, people: shares},
        ("frequencies.value_shares:pooled", "frequencies.value_shares:of_urn",
        "frequencies.value_shares:shared_by_chance"), always=True),
    Mechanism("model: looked at whole", "a small table is compared whole",
        {"blocking.candidate_pairs:Limits.of_table": lambda own, cls, records, pairs: replace(own(cls,
        records, pairs), whole=False)}, (), TABLES, always=True),
    Mechanism("model: the most alike of a crowd",
        "of a key that too many share each beside those most like it",
        {"blocking.candidate_pairs:Limits.of_table": lambda own, cls, records, pairs: replace(own(cls,
        records, pairs), chained=False)}, (), TABLES, always=True),
    Mechanism("model: the prior over all pairs", "of a table that is compared whole",
        {"tables.weighed_pairs:_of_every_pair": given()}, ("tables.weighed_pairs:_of_every_pair",),
        TABLES),
    Mechanism("model: a lower bar", "a bar at which more is found than got wrong",
        {"settings:bands_of_table": lambda own, bits, budget, day, lowest: own(bits,
        0.05 if budget is None else budget, day, lowest)}, ("settings:bands_of_table",), TABLES),
    Mechanism("model: those who have moved", "a kind of pair of one person", without("moved", of="kind"),
        (), always=True, pools=REPORTS),
    Mechanism("model: twins", "a kind of pair of two people", without("twin", of="kind"), (), REPORTS,
        True),
    Mechanism("model: father and son", "a kind of pair of two people", without("junior", of="kind"), (),
        REPORTS, True),
    Mechanism("model: names in accounts", "an account holds the other's name", without("account_name",
        of="comparison"), (), REPORTS, always=True),
    Mechanism("levels: sounds the same", "a level of first names", without_level("forename", "sounds"), (),
        REPORTS, True),
    Mechanism("levels: somewhat alike", "a level of first names", without_level("forename", "near"), (),
        REPORTS, True),
    Mechanism("levels: another given name", "a level of first names", without_level("forename",
        "other_given"), (), REPORTS, True),
    Mechanism("levels: part of the surname", "a level of surnames", without_level("surname", "part"), (),
        REPORTS, True),
    Mechanism("levels: e-mail not of the name", "a level of e-mail addresses", without_level("email",
        "near"), (), REPORTS, True),
    Mechanism("clusters: what the group says of a pair",
        "beliefs of pairs follow from the join of their clusters",
        {"clustering.join_weights:agreed": _zeros_of(2)}, ("clustering.join_weights",)),
    Mechanism("clusters: pairs across groups", "two persons' records are believed as their groups are",
        {"clustering.cluster_weights:together": lambda own, label, evidence, bits, bands,
        **more: np.zeros(len(bits))}, ("clustering.cluster_weights",), TABLES),
    # Reports.
    Mechanism("reports: the time between", "reports of one course come close together",
        {"dyads.pair_context:gap_kind": _said_nothing}, ("dyads.pair_context:gap_kind",
        "dyads.pair_context:fitted_gaps"), REPORTS, always=True),
    Mechanism("reports: what kind of matter", "thefts befall anybody, messages belong together",
        {"dyads.pair_context:matter_kind": _said_nothing}, ("dyads.pair_context:matter_kind",), REPORTS,
        always=True),
    Mechanism("reports: how the suspect is related", "the ex and the partner go together",
        {"dyads.pair_context:relation_kind": _said_nothing}, ("dyads.pair_context:relation_kind",),
        REPORTS, always=True),
    Mechanism("reports: whoever fits two is neither", "the ex of two reports whose exes are two people",
        {"clustering.ambiguous_suspects:choices": answer(None)}, ("clustering.ambiguous_suspects",),
        REPORTS),
    Mechanism("reports: people of one home", "two people of one home may have the same suspect: learned",
        {"dyads.cell_priors:related": _start_of("STARTING_RELATED")}, ("dyads.cell_priors:related",),
        REPORTS),
    Mechanism("reports: unnamed suspects", "how often nobody in particular is the same: learned",
        {"dyads.cell_priors:unnamed": _start_unnamed}, ("dyads.cell_priors:unnamed",), REPORTS),
    Mechanism("reports: pairs never looked at", "the cells are counted over all pairs of reports",
        {"dyads.cell_priors:with_keys": lambda own, cells, frame: cells.with_columns(by_victim=pl.lit(True),
        by_suspect=pl.lit(True))}, ("dyads.cell_priors:with_keys",), REPORTS, always=True),
)  # fmt: skip


def _plain_sound(word: str) -> str:
    from lamplighter.linkage.features.names import sound

    return sound(word) or ""


KEPT: Mapping[str, str] = {
    "headings: Welsh, Irish": "official languages here, of which no table here is",
    "headings: answers by their words": "it keeps an answer from being looked at",
    "clusters: pairs across groups": "it is for what is believed of pairs, which groups do not show",
    "two a row: supposed pairs": "it is for tables of few rows, and there is none here",
    "model: a supposed urn": "it is for tables of few rows, and there is none here",
    "headings: of another": "what is recorded of next of kin is not the person's, and must not join two",
    "headings: of a place": "a surgery's address is nobody's, and must not join two",
    "columns: filling each other's gaps": "what stands in one of two columns of a field would be lost",
    "cells: parts of marks": "one number plate is written in many ways, and few tables here have any",
    "names: junior and senior": "it keeps a father from being taken for his son",
    "parties: marked apart": "a table that calls its parties by other words would be refused",
    **dict.fromkeys(("dates: the day of the ages", "headings: a chosen name", "look: against the heading",
                     "titles before names"), "F1 of one kind would fall by more than 0.002"),
}  # fmt: skip
"""Keep these whatever they cost, since F1 of these data is no measure of what they are for; and why."""
