"""What has a force or a hub published of its own work, and what do all such releases and the site tell?

A release is taken only as the gate wrote it down, and kept by the hash of its files. Hidden cells stay
hidden: they are shown as not published. Before a site is built all releases on it are attacked together.

- ``cards``: a card for each of the 33 indicators, from ``indicators.toml``
- ``reoffending``: cards and figures of studies of reoffending, from ``reoffending.toml``
- ``held``: releases in the scorecard's folder, each file by its hash, and how one is taken in
- ``together``: what releases of several forces, periods and editions give away beside one another
- ``released``: figures of releases as a table of the site
"""
