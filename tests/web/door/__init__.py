"""The door in a real browser; a package, so that one browser serves its tests and is gone afterwards."""
