"""Tell what hangs together in SQL: edges to components.

Large star and small star in turn (Kiveris and others, 2014): each row's neighbours are tied to the first of
them, first those after it, then those before it, until every component is a star around its first row. A
path of n rows takes about log n rounds, and no row ever has more edges to hold than it had.
"""

from __future__ import annotations


def large_star(edges: str) -> str:
    """Return what ties those of each row's neighbours that come after it to the first of them all; of edges
    any way round."""
    return (
        f"with both_ways as (select l as u, r as v from {edges} union select r, l from {edges}),"
        " firsts as (select u, least(u, min(v)) as m from both_ways group by u)"
        " select distinct b.v as l, f.m as r from both_ways b join firsts f on f.u = b.u where b.v > b.u"
    )


def small_star(edges: str) -> str:
    """Return what ties a row and its neighbours before it to the first of them; of edges whose ``l`` comes
    after their ``r``."""
    return (
        f"with firsts as (select l as u, min(r) as m from {edges} group by l)"
        f" select e.r as l, f.m as r from {edges} e join firsts f on f.u = e.l where e.r <> f.m"
        " union select u, m from firsts"
    )


def not_yet_stars(edges: str) -> str:
    """Return what counts the rows that still hang on several, or on one that hangs on another itself."""
    return (
        f"select (select count(*) from (select l from {edges} group by l having count(*) > 1) as several)"
        f" + (select count(*) from {edges} a join {edges} b on b.r = a.l) as many"
    )
