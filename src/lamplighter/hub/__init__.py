"""The hub: one Django app a bounded context, standing on all the rooms below."""
