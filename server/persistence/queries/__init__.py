"""Questions with a name, each asked in one place. Every one takes a scope: a group or a meeting."""
