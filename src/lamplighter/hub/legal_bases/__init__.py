"""What may information about somebody be shared on, and for how long? Asked by reports and by releases."""
