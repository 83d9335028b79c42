"""Are these two records the same person? Beliefs with their reasons, apart from people's decisions."""
