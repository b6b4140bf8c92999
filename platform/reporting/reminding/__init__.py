"""Reminders before and after the due time: rules, channels that leave the platform, and what was sent."""
