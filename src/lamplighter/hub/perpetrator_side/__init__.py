"""The other side: work with the person reported, and with those who manage them."""
