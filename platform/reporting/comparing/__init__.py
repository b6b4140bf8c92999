"""Comparison: 本期、累计、上期、同期 and what changed, by the tree of then or of now, and the month told in words."""
