"""Ways in besides name and password: a remembered device's PIN, a signed-in telephone, an OpenID Connect issuer."""
