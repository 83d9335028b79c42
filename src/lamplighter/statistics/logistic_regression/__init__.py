"""Which factors make an outcome more or less likely, and by how much?

- ``logistic``: maximum likelihood, with a variance that holds when suspects and victims recur
- ``firth``: Firth's penalised likelihood, whose estimates always exist
- ``profile_likelihood``: its maximum, constrained or not, and where its profile ends
- ``diagnostics``: variance inflation, calibration, link test, influence, and which estimator to use
- ``marginal_effects``: average marginal effects, in points
"""
