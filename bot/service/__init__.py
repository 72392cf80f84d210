"""One function per thing that a person can do: opens a session, calls below, returns a report."""
