"""Questions asked of many courses of conduct; they read study bundles and never an identity."""
