"""Why are two records held to be one person, what is that person called, and how right is all of it?

- ``pair_bars``: the bars of each pair, which sum to its match weight
- ``explanations``: bars as a waterfall and as a sentence
- ``naming``: what to call a person
- ``accuracy``: persons and probabilities beside a truth that is known
"""
