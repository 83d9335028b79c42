"""Makes a release safe: thresholds, class disclosure, secondary suppression, rounding."""
