"""Ways to reach a unit outside the platform: e-mail and signed robots."""
