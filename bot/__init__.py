"""Earshot keeps engineers within earshot of their customers."""
