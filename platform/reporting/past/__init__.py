"""Past years: an office's own earlier figures as approved history, so that 同期 is not empty in the first year."""
