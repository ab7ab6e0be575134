"""The made-up group that shows what the program does: `prepare` makes or refreshes it, `greet` says where to go.

It lives in an instance of its own and never touches another. The same seed makes the same people and mornings.
"""

from server.demo.start import greet, prepare

__all__ = ["greet", "prepare"]
