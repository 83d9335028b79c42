"""What do the codes mean, and on which date? Dated code sets and recording rules, as data."""
