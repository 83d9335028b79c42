"""Pairs of records that nobody can be sure of, for tests of the list: written, since the story is plain."""

from __future__ import annotations

from lamplighter.hub.people.models import Link, Membership
from tests.integration.access import making


def persons() -> dict[str, str]:
    with making.as_the_owner():
        return dict(Membership.objects.filter(current=True).values_list("record_id", "person_id"))


def make_unsure(one: str, other: str, weight: float = 4.0) -> Link:
    """Let the comparison of two records leave open whether they are of one person."""
    left, right = sorted((one, other))
    with making.as_the_owner():
        like = Link.objects.order_by("-match_weight").first()
        assert like is not None
        Link.objects.filter(left_record=left, right_record=right).delete()
        bits = [*like.bits[:-1], like.bits[-1] + weight - like.match_weight]
        return Link.objects.create(
            left_record=left,
            right_record=right,
            match_weight=weight,
            probability=0.9,
            band=Link.Band.TO_DECIDE,
            reasons=like.reasons,
            bits=bits,
            model_version=like.model_version,
        )
