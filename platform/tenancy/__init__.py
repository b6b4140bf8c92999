"""Counties, the unit tree, accounts, memberships, sessions; who acts (Principal) and what they may see."""
