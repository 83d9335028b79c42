"""Who is who: records joined to persons, with reasons, and taken apart again by decisions."""
