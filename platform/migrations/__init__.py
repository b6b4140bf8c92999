"""Forward-only migrations, run as the owner of the tables under one advisory lock."""
