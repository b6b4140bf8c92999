"""套表: the city's own workbook, uploaded once, its cells mapped, filled every period."""
