"""The rules of a networking meeting. Pure: no I/O, no clock, no unseeded randomness, no sentences."""
