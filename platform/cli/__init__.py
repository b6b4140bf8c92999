"""The `jiceng` command: assembly only."""
