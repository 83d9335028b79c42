"""What rate will be known once the courts have finished, and how sure is that today?

Only what was proven by the day of the extract is seen: delays are cut off on the right. They are read in
reverse time, where that is ordinary delayed entry (Lagakos, Barraj and De Gruttola, Biometrika 1988).

- ``counts``: delays and windows as counts by day, for every stratum
- ``factors``: the pace of each stratum against that of all, small ones drawn towards all
- ``delays``: the share proven by each day, by reverse-time hazards
- ``drift``: do delays change with time, and by how much?
- ``influences``: what each person does to an estimate, for its variance
- ``maturity``: the mature rate and the mature number of offences, with limits, or bounds
- ``waiting``: the rates as official statistics print them: 12 and 6 months, 12 and 12, 12 and 18
- ``back_test``: extracts frozen on earlier days, held against what was known later
"""
