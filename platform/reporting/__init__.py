"""Upward: cycles, submissions, review, rollups, exports."""
