"""How is a result drawn, so that it can also be read and heard?

- ``pictures``: a picture with its alternative in words and the table it was drawn from
- ``axes``: scales, grids and the look that all charts share
- ``occasions_chart``, ``scores_chart``: what happened when, and answers over time
- ``waterfall``, ``weights_chart``: what spoke for and against, and the weights behind it
- ``funnel_chart``: forces by size, within the limits of chance
- ``bars_chart``, ``trend_chart``, ``curves_chart``, ``forest_chart``: numbers of a review
"""
