"""What may cross from one side of a case to another, on what basis, for how long, and who read it?

- ``receipts``: what was released to an agency, and whether it was read
- ``refusals``: what is not shared, and what is warned of before something is
- ``vault``, ``guarding``: words that nothing for the other side may repeat
- ``hooks``, ``walls``: what a release takes with it; who reads it, as SQL
"""
