"""Django's PostgreSQL backend, pointed at the embedded server when it is first used."""
