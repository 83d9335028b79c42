"""The review of a force's response to stalking, as the London Stalking Review asked it."""
