"""Files of rules, in TOML: read in one place, dated in one way, with every fault by file and line."""
