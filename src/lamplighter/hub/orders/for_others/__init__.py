"""What do other contexts ask of orders and breaches, by the hooks of ``apps.py``?

- ``agenda``: orders that end soon, for a meeting
- ``caseload``: cases without a recorded decision in time
- ``closing``: what is open before an outcome drops a case
- ``risk_reasons``: what a judgement of the risk can cite
"""
