"""How many people who stalk do it again, by every definition at once, and how sure is it?

Reads one folder of a country: events without names, and who is who as the linker said it.

- ``definitions``: index events, outcomes, horizons, rules and the headline, as dated data
- ``country``: what the folder holds, and what is not held
- ``content``: events and links, checked row by row, as arrays
- ``lives``: events by person, under one reading of the links, and one act in two books
- ``cohort``: everybody's first index event of a period, and what came after
- ``grid``: every cell, with rates, frequency, time to reoffending
- ``partitions``: the grid, and delays to proof, on each drawn partition of records into people
- ``concentration``: how few made how many of the occasions
- ``histories``: what was known before, who moved, what followed orders
- ``headline``: which headline was named when the data were opened
- ``lag``: rates once late proof has come, with doubt about who is who
- ``linkage_error``: how far links move the rates of groups, and what links that nobody looked at may do
- ``study``: all of it, of the country, a force or a hub
- ``report``: the page, and what may leave
"""
