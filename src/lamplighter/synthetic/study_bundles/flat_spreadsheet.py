"""A made-up cohort as one flat spreadsheet, as a force without a system would send it, with its mapping."""

from __future__ import annotations

import polars as pl

from lamplighter.study_bundle.bundle import Metadata

_RELATIONSHIPS = {
    "ex_partner": "Ex-partner",
    "partner": "Current partner",
    "acquaintance": "Acquaintance",
    "stranger": "Stranger",
    "colleague": "Colleague",
    "neighbour": "Neighbour",
    "family": "Family member",
    "friend": "Friend",
    "not_known": "Unknown",
}
_GROUPS = {
    "stalking": "Stalking",
    "harassment": "Harassment",
    "domestic_incident": "Domestic",
    "malicious_communications": "Mal comms",
    "criminal_damage": "Damage",
}
NAME = "stalking.csv"
#: How a made-up force reads that has totals only: a line a force, a column an outcome, the sum as "All".
TOTALS_MAPPING = """
[source]
shape = "totals"
[metadata]
force = ["made up"]
period_from = 2020-04-01
period_to = 2021-03-31
extracted_on = 2021-06-30
basis = "recorded"
selection = "made up"
sources = ["made up"]
pseudonymisation = "counts only"
[totals]
force = "Force"
rest = true
total = "All"
[totals.fixed]
period_from = "2020-04-01"
period_to = "2021-03-31"
basis = "recorded"
"""


def flat(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One line a report: dates as 31/03/2024, 'Yes' or blank for behaviours, words for codes."""
    reports = tables["reports"].with_row_index("_i")
    events = tables["events"]
    people = tables["people"]

    def first(kind: str, columns: dict[str, str], where: pl.Expr | None = None) -> pl.DataFrame:
        rows = events.filter((pl.col("kind") == kind) & (where if where is not None else pl.lit(True)))
        return rows.unique("report_id", keep="first", maintain_order=True).select(
            "report_id", *(pl.col(c).alias(n) for c, n in columns.items())
        )

    stalking = pl.col("code") == "stalking"
    parts = [
        first("classification", {"code": "first"}, pl.col("event_id").str.ends_with("-classification")),
        first("classification", {"at": "stalking_at"}, stalking),
        first("risk_assessment", {"at": "risk_at", "instrument": "tool", "grade": "grade"}),
        first("support_status", {"at": "withdrawn_at"}),
        first("outcome", {"code": "outcome", "at": "outcome_at"}),
        first("advocate_contact", {"at": "advocate_at"}),
        first("arrest", {"at": "arrest_at"}),
    ]
    behaviours = tables["behaviours"]
    for name, behaviour, channel in (
        ("calls", "unwanted_contact", "phone"),
        ("texts", "unwanted_contact", "text_message"),
        ("followed", "following", "in_person"),
        ("threats", "threat_harm", "not_known"),
    ):
        found = behaviours.filter((pl.col("behaviour") == behaviour) & (pl.col("channel") == channel))
        parts.append(found.select("report_id", pl.lit("Yes").alias(name)).unique("report_id"))
    whole = reports
    for part in parts:
        whole = whole.join(part, on="report_id", how="left", maintain_order="left")
    for part_name in ("victim", "suspect"):
        person = people.select(
            pl.col("person_id").alias(f"{part_name}_id"), pl.col("sex").alias(f"{part_name}_sex")
        )
        whole = whole.join(person, on=f"{part_name}_id", how="left", maintain_order="left")
    sexes = {"female": "F", "male": "M"}

    def day(column: str) -> pl.Expr:
        return pl.col(column).dt.strftime("%d/%m/%Y")

    return whole.select(
        pl.format("MU/{}/24", pl.col("_i")).alias("Crime ref"),
        pl.col("reported_at").dt.strftime("%d/%m/%Y %H:%M").alias("Date reported"),
        pl.col("recorded_at").dt.strftime("%d/%m/%Y %H:%M").alias("Date recorded"),
        pl.col("victim_id").alias("Victim ref"),
        pl.col("victim_sex").replace(sexes).alias("Victim sex"),
        pl.col("victim_age").alias("Victim age"),
        pl.col("suspect_id").alias("Suspect ref"),
        pl.col("suspect_sex").replace(sexes).alias("Suspect sex"),
        pl.col("suspect_age").alias("Suspect age"),
        pl.col("relationship").replace(_RELATIONSHIPS).alias("Relationship"),
        pl.col("domestic_abuse").replace({"yes": "Y", "no": "N"}).alias("DA flag"),
        pl.col("prior_convictions").alias("Suspect previous convictions"),
        pl.col("first").replace(_GROUPS).alias("First classified as"),
        day("stalking_at").alias("Date classified stalking"),
        pl.col("risk_at").dt.strftime("%d/%m/%Y %H:%M").alias("Risk assessment date"),
        pl.col("tool")
        .replace({"s_dash": "S-DASH", "sst": "SST", "sash": "SASH", "dash": "DASH"})
        .alias("Risk tool"),
        pl.col("grade").str.to_titlecase().alias("Risk grade"),
        day("advocate_at").alias("IDVA/ISAC contact"),
        day("arrest_at").alias("Arrest date"),
        pl.col("calls").alias("Phone calls"),
        pl.col("texts").alias("Texts"),
        pl.col("followed").alias("Followed"),
        pl.col("threats").alias("Threats"),
        day("withdrawn_at").alias("Date victim withdrew"),
        pl.col("outcome").alias("Outcome"),
        day("outcome_at").alias("Outcome date"),
    )


def mapping(metadata: Metadata) -> str:
    """Return the mapping that reads the spreadsheet, as TOML: what an analyst would write."""
    m = metadata
    relationships = "\n".join(f'"{said}" = "{code}"' for code, said in _RELATIONSHIPS.items())
    groups = "\n".join(f'"{said}" = "{code}"' for code, said in _GROUPS.items())
    return f"""# How {NAME} becomes a study bundle. Made up: every person in it is.

[source]
shape = "reports"
title = "{m.title}"

[metadata]
force = ["{m.force[0]}"]
period_from = {m.period_from}
period_to = {m.period_to}
extracted_on = {m.extracted_on}
basis = "{m.basis}"
selection = "{m.selection}"
sources = ["{m.sources[0]}, as one spreadsheet"]
pseudonymisation = "Made up. References are replaced by numbers when the file is read."
made_up = true

[reports]
report_id = {{ from = "Crime ref", pseudonym = "report" }}
force = {{ value = "{m.force[0]}" }}
reported_at = "Date reported"
recorded_at = "Date recorded"
victim_id = {{ from = "Victim ref", pseudonym = "person" }}
suspect_id = {{ from = "Suspect ref", pseudonym = "person" }}
relationship = {{ from = "Relationship", map = "relationship" }}
domestic_abuse = "DA flag"
victim_age = "Victim age"
suspect_age = "Suspect age"
prior_convictions = "Suspect previous convictions"

[people.victim]
sex = {{ from = "Victim sex", map = "sex" }}
[people.suspect]
sex = {{ from = "Suspect sex", map = "sex" }}

[[behaviours]]
when = {{ from = "Phone calls", is = ["Yes", "Y"] }}
behaviour = {{ value = "unwanted_contact" }}
channel = {{ value = "phone" }}
[[behaviours]]
when = {{ from = "Texts", is = ["Yes", "Y"] }}
behaviour = {{ value = "unwanted_contact" }}
channel = {{ value = "text_message" }}
[[behaviours]]
when = {{ from = "Followed", is = ["Yes", "Y"] }}
behaviour = {{ value = "following" }}
channel = {{ value = "in_person" }}
[[behaviours]]
when = {{ from = "Threats", is = ["Yes", "Y"] }}
behaviour = {{ value = "threat_harm" }}

[[events]]
kind = "classification"
at = "Date reported"
code = {{ from = "First classified as", map = "group" }}
[[events]]
kind = "classification"
when = "Date classified stalking"
at = "Date classified stalking"
code = {{ value = "stalking" }}
[[events]]
kind = "risk_assessment"
at = "Risk assessment date"
status = {{ value = "complete" }}
instrument = "Risk tool"
grade = "Risk grade"
when = "Risk assessment date"
[[events]]
kind = "advocate_contact"
at = "IDVA/ISAC contact"
status = {{ value = "reached" }}
[[events]]
kind = "arrest"
at = "Arrest date"
[[events]]
kind = "support_status"
at = "Date victim withdrew"
code = {{ value = "withdrawn" }}
[[events]]
kind = "outcome"
at = "Outcome date"
code = "Outcome"

[maps.sex]
F = "female"
M = "male"
[maps.relationship]
{relationships}
[maps.group]
{groups}
"""
