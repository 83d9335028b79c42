"""How does a result look? Charts, tables and papers made from results alone."""
