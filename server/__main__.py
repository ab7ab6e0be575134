"""The command `coltiva`: looks at the verb, prepares the process for it, and hands over to `server.cli`.

What serves sockets is patched by gevent before anything else is imported. What only computes (plan, print)
imports neither gevent nor Flask, and so starts at once.
"""

import sys

SERVING_VERBS = frozenset({"serve", "demo", "rehearse"})


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused in one line, 2 wrong usage."""
    arguments = sys.argv[1:] if argv is None else argv
    # No option stands before the verb, so the first word decides.
    if arguments and arguments[0] in SERVING_VERBS:
        from gevent import monkey

        monkey.patch_all()
    from server import cli

    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
