"""The other side: work with the suspect, and with those who manage them."""
