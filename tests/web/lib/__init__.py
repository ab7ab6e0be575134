"""Tests of the browser library; a package, so that one browser serves them all and is gone afterwards."""
