"""Everything that Earshot keeps: rows in, values out. Knows nothing of Slack or of `bot`."""
