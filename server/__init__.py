"""Coltiva: the program with which a business-networking group runs its live meetings."""

__version__ = "0.1.0"
