"""The month at a glance: every unit below one by everything that is due, and whom to call."""
