"""News downwards only: who hears what, and nothing is written here."""
