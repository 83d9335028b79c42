"""The smaller tables of a bundle: people, offences, behaviours. Ids are still the hub's own."""

from __future__ import annotations

import polars as pl

from lamplighter.hub.insight.export.held import Held


def people(held: Held, reports: pl.DataFrame) -> pl.DataFrame:
    """Everybody whom a report names as victim or suspect, with sex and ethnicity as last recorded."""
    wanted = pl.concat([reports["victim_id"], reports["suspect_id"]]).drop_nulls().unique().sort()
    order = held.reports.select("id", "reported_at")
    recorded = held.people.join(order, left_on="version_id", right_on="id", how="left").sort(
        "person_id", "reported_at", "record_id", nulls_last=False
    )
    # Known and unknown are both answers; a known one is not outdone by a later "not known".
    known = pl.col("sex").filter(pl.col("sex") != "not_known")
    said = recorded.group_by("person_id").agg(
        sex=pl.coalesce(known.drop_nulls().last(), pl.col("sex").drop_nulls().last()),
        ethnicity=pl.col("ethnicity").drop_nulls().last(),
    )
    return (
        pl.DataFrame({"person_id": wanted})
        .join(said, on="person_id", how="left", maintain_order="left")
        .with_columns(pl.col("sex").cast(pl.String), pl.col("ethnicity").cast(pl.String))
    )


def offences(held: Held, reports: pl.DataFrame) -> pl.DataFrame:
    """Every offence of every report. When it was committed does not leave the hub."""
    return (
        held.offences.filter(pl.col("offence").is_not_null())
        .join(reports.select("report_id", version_id="id"), on="version_id", how="inner")
        .select("report_id", "offence", "classification")
        .unique(["report_id", "offence", "classification"], keep="first", maintain_order=True)
    )


def behaviours(held: Held, reports: pl.DataFrame) -> pl.DataFrame:
    """List the behaviours of each report: as read and corrected in its pattern, or as its agency coded it."""
    wanted = reports.select("report_id", version_id="id")
    read = held.acts.join(wanted.select("report_id"), on="report_id", how="semi").select(
        "report_id", behaviour="acts", channels="channels"
    )
    coded = (
        held.occasions.join(wanted, on="version_id", how="inner")
        .join(read.select("report_id").unique(), on="report_id", how="anti")
        .select(
            "report_id",
            behaviour="behaviours",
            channels=pl.concat_list(pl.col("channel")).list.drop_nulls(),
        )
    )
    return (
        pl.concat([read, coded])
        .explode("behaviour")
        .filter(pl.col("behaviour").is_not_null())
        .with_columns(
            # Several channels of one occasion are not told apart by act.
            channel=pl.when(pl.col("channels").list.len() == 1).then(pl.col("channels").list.first()),
        )
        .select("report_id", "behaviour", "channel")
        .unique()
        .sort("report_id", "behaviour", "channel", nulls_last=True)
    )
