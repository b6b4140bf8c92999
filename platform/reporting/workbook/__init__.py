"""Excel files: the only package that knows them."""
