"""Cycles that a task carries: for its addressees alone, under its deadline, ended with it (`docs/dispatch.md`)."""
