"""What reports are made of: definitions as data, formulas, checks, aggregation, layout."""
