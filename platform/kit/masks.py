"""What personal values look like where they are listed."""


def masked_phone(number: str) -> str:
    """138****5678, as the field writes it; of a short number nothing."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 8 else "****"
