"""Do people who judged the same cases agree, beyond what chance would give?

- ``kappa``: Cohen's, weighted and Fleiss' kappa of categories, and McNemar's test
- ``intraclass_correlation``: the ICC of numbers
"""
