"""``python -m rfbook.mutants``: draw, run and record; what is known is kept."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rfbook.mutants.rooms import ROOMS
from rfbook.mutants.work import WorkError, run_room


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(argv: Sequence[str] | None = None, root: Path | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; the process's own by default.
    root : pathlib.Path, optional
        The checkout; the one this package runs from by default.

    Returns
    -------
    int
        0; 1 if a room's tests fail on the unchanged tree; 2 on a wrong call.
    """
    parser = argparse.ArgumentParser(
        prog="python -m rfbook.mutants",
        description="Change formulas one place at a time; do the room's tests notice?",
    )
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help="default: all")
    parser.add_argument(
        "--count", type=int, default=30, help="mutants a room, at least (30)"
    )
    parser.add_argument(
        "--share", type=float, default=0.0, help="at least this share of a room (0)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the sample (0)")
    args = parser.parse_args(argv)
    if unknown := sorted(set(args.rooms) - set(ROOMS)):
        parser.error(f"no room {', '.join(unknown)}; there are: {', '.join(ROOMS)}")
    if args.count < 1:
        parser.error(f"--count must be >= 1, got {args.count}")
    if not 0 <= args.share <= 1:
        parser.error(f"--share must be >= 0 and <= 1, got {args.share}")
    sample = {"count": args.count, "share": args.share, "seed": args.seed}
    root, bad = root or Path(__file__).resolve().parents[2], 0
    for name in args.rooms or ROOMS:
        say(name)
        try:
            run_room(ROOMS[name], root, **sample, say=say)
        except WorkError as error:
            sys.stderr.write(f"rfbook.mutants: {error}\n")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
