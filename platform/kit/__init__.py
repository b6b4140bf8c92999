"""What every capability stands on. No business lives here."""
