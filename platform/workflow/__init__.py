"""The one lifecycle mechanism: transitions as data, history, inbox."""
