"""What stands on each page of the scorecard?

- ``context``: what all pages are made from, and sentences about one figure
- ``paragraphs``: for a journalist, a chief constable and a victim, from the same cells
- ``country``: England and Wales together
- ``measure``: one measure: its card, its funnel, every force
- ``over_time``: what changed over the years, and the charts of each force
- ``force``: one force: its figures, its reply, or that it is still reading
- ``released``: what hubs and forces publish of their own work
- ``reoffending``: how many stalk again, as studies of reoffending publish it
- ``reference``: sources, corrections, changes, data, how to read
"""
