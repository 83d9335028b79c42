"""Configuration files of an installation: read at one moment, checked, and never half in force."""
