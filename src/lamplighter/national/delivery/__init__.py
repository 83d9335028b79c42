"""What does a force send, to whom, and under which ids?

- ``keys``: ids under keys of a role, a purpose and a release
- ``tokens``: exact keyed tokens of strong identifiers, for an agency that may not send names
- ``event_tables``: a force's events without its own ids
- ``splitting``: what a force holds as two files
- ``deliveries``: the folders of the linker and the analyst; who is there, late or withdrawn
"""
