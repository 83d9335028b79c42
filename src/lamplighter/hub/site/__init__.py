"""Settings, the folder of an installation, its configuration files and PostgreSQL: below every context."""
