"""Formulas and checks: spreadsheet-like text over field codes, parsed once into a tree, computed exactly."""
