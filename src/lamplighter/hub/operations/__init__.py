"""Keep the service running: background jobs, copies, health, and the page that says how it stands."""
