"""Numbered steps from an empty database to today's. Never edited once released; a failing step rolls back whole."""
