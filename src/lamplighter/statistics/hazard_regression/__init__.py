"""Which factors bring an event sooner, with or without outcomes that compete?

- ``cox``: Efron, Breslow or exact ties, delayed entry, start-stop rows, strata, weights, clusters
- ``cox_postestimation``: proportional hazards, baseline, predictions and concordance of a Cox fit
- ``risk_sets``: the partial likelihood by sorted risk sets
- ``exact_ties``: the exact conditional likelihood of ties
- ``newton_raphson``: the maximum of a concave log likelihood, and coefficients without a finite value
- ``score_residuals``: added up by cluster, for variance that holds when rows are not independent
- ``fine_gray``: the subdistribution hazard of one outcome
- ``accelerated_failure``: Weibull, lognormal and other models of the time itself
"""
