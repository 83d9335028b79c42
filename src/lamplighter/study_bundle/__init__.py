"""What does a study read? The pseudonymised Data Package: its schema, its reading, its checking."""
