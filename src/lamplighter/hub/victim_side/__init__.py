"""The victim's side of a case: advocate, safe contact, support, needs, impact, safety, and updates."""
