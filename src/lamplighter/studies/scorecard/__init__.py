"""What may the public be told of stalking in each force, figure by figure, with the source of each?

A static site made from snapshots of published files: no service, no script, no request elsewhere. Every
number on a page is an element that names the cell of a CSV file of the site; the row of that cell names its
measure card and its source, and the source is known by the SHA-256 of its bytes. ``crawl`` proves it for a
whole site.

- ``folder``: what the publisher keeps: sources, right of reply, corrections, each checked by file and line
- ``years``: each year of each edition, compared by the room of forces
- ``shrunken``: what can be expected of a force, with the spread between forces, in words
- ``tables``: tables of the site, and the one way in which a number gets onto a page
- ``figures``: years as tables
- ``signals``: charts over time, and the alarms that stand among all of them
- ``sight``: how large a change a chart could see
- ``over_time``: which quarters are charted, and the tables of charts and changes
- ``frame``: the frame of a page, and parts of pages
- ``pages``: the country, measures, forces, and what all of them rest on
- ``releases``: what hubs and forces publish of their own work, and what all of it tells together
- ``changes``: what changed between two sites, as a table and an Atom feed
- ``site``: the whole site, the same bytes for the same folder and day
- ``mail``: who is told by e-mail of what changed
- ``crawl``: whether every number of a site resolves to its cell, its card and its file
"""
