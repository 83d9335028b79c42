"""One search for everything that the person may see: cases, patterns, reports and people."""
