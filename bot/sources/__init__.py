"""Where tickets come from: each module reads one sort of source and yields drafts and bad rows."""
