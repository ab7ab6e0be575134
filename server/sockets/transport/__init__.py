"""How frames leave the process."""
