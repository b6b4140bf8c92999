"""代报 for a whole township: one workbook of villages × fields, down, filled, up, looked over, handed in."""
