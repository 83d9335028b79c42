"""The parts of the report, each made from what may be shown."""
