"""The database: declarative base, the policy classes, the tenant session, one-statement writes."""
