"""The command ``rfbook``: claims, experiments, chapters, and the state of things."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 0, 1 for an unexpected outcome, 2 for a wrong call."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["doctor"]:
        from rfbook.doctor import main as doctor

        return doctor(arguments[1:])
    if arguments[:1] == ["chapters"]:
        from rfbook.chapters import main as chapters

        return chapters(arguments[1:])
    options = _parser().parse_args(arguments)
    try:
        status = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough, as `head` does; nothing is left to be flushed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (KeyError, ValueError) as error:
        print(f"rfbook: {error.args[0]}", file=sys.stderr)
        return 2
    except OSError as error:
        # A full disk, a folder that may not be written: what is kept is still whole.
        print(
            f"rfbook: {error.filename or 'a file'}: {error.strerror}", file=sys.stderr
        )
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rfbook", description="Results that are stated once, checked, and cited."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run, words: str, ids: str = "") -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=run)
        if ids:
            command.add_argument("ids", nargs=ids, metavar="ID", help="a claim's id")
        return command

    command = add("verify", _verify, "run the checks of some claims, or of all", "*")
    command.add_argument("--no-cache", action="store_true", help="run everything anew")
    command.add_argument(
        "--json", action="store_true", help="print the outcomes as JSON"
    )
    command.add_argument("--details", action="store_true", help="print every check")
    command = add("list", _list, "list the claims and their status")
    command.add_argument("--chapter", help="only the claims of this chapter")
    add("show", _show, "print claims as the boxes that a chapter shows", "+")
    command = add("cite", _cite, "print a citation: book, CHAPTER or a claim's id")
    command.add_argument(
        "ids", nargs="*", metavar="NAME", help="book (the default), a page or a claim"
    )
    command.add_argument("--format", default="bibtex", help="bibtex, csl-json or text")
    command.add_argument("--at", default="", metavar="VERSION", help="as released then")
    command = add("history", _history, "what became of claims, or of all of them", "*")
    command.add_argument(
        "--record", metavar="DAY", help="write down the present version as released"
    )
    command.add_argument(
        "--released", action="store_true", help="fail unless it is what was written"
    )
    command = add("graph", _graph, "print what a claim rests on, as Graphviz DOT", "*")
    command.add_argument("--up", action="store_true", help="what rests on it instead")
    command = add("reproduce", _reproduce, "run the recorded experiments anew")
    command.add_argument("experiment", help="which: see `rfbook reproduce list`")
    command.add_argument("--scale", default="laptop", help="laptop or paper")
    command.add_argument("--folder", help="where the files go; runs/NAME-SCALE")
    command.add_argument("--only", help="cells whose name begins so: rf, or nt-450")
    command.add_argument("--device", help="auto, cpu or cuda; else RFBOOK_DEVICE")
    command.add_argument("--workers", type=int, default=1, help="processes")
    command.add_argument("--resume", action="store_true", help="go on with a folder")
    commands.add_parser("chapters", help="list the chapters, or copy them: --copy DIR")
    commands.add_parser("doctor", help="versions, device, and whether all is in order")
    return parser


def _verify(options: argparse.Namespace) -> int:
    from rfbook.ledger.runner import verify

    report = verify(options.ids or None, cache=not options.no_cache, progress=True)
    if options.json:
        print(json.dumps(dict(report.rows), indent=1))
    else:
        print(report)
        if options.details:
            _print_details(report)
    return 0 if report.ok else 1


def _print_details(report) -> None:
    for name, row in report.rows.items():
        print(f"\n{name}  ({row['why']}; {row['seconds']} s)")
        for check in row["checks"]:
            evidence = check["witness"] or check["detail"]
            print(
                f"  {check['verdict']:8}{check['kind']}: {check['title']}: {evidence}"
            )
        for planted in row["planted"]:
            near = ", near miss" if planted["near"] else ""
            print(f"  planted{near}: {planted['what']}: {planted['witness']}")


def _list(options: argparse.Namespace) -> int:
    from rfbook.ledger.citation import status
    from rfbook.ledger.registry import claims
    from rfbook.ledger.runner import load_verdicts

    found, verdicts = claims().values(), load_verdicts()
    chapters = {claim.chapter for claim in found}
    if options.chapter not in (None, *chapters):
        raise ValueError(
            f"chapter must be one of {', '.join(sorted(chapters))}, "
            f"got {options.chapter!r}"
        )
    wide, broad = (max(map(len, column)) for column in (claims(), chapters))
    for claim in found:
        if options.chapter in (None, claim.chapter):
            row = f"{claim.id:{wide}}  {claim.chapter:{broad}}"
            print(f"{row}  {status(claim, verdicts)}")
    return 0


def _show(options: argparse.Namespace) -> int:
    from rfbook.ledger.pages import box_text
    from rfbook.ledger.runner import find

    print("\n\n".join(box_text(find(name)) for name in options.ids))
    return 0


def _reproduce(options: argparse.Namespace) -> int:
    from rfbook.reproduce import reproduce

    return reproduce(
        options.experiment,
        scale=options.scale,
        folder=options.folder,
        only=options.only,
        device=options.device,
        workers=options.workers,
        resume=options.resume,
    )


def _cite(options: argparse.Namespace) -> int:
    from rfbook.ledger.citation import WHOLE, cite_all

    print(cite_all(options.ids or [WHOLE], options.format, at=options.at))
    return 0


def _history(options: argparse.Namespace) -> int:
    from rfbook import __version__
    from rfbook.ledger import history
    from rfbook.ledger.runner import find

    kept, now = history.load(), history.present()
    if options.record:
        _record(kept, now, options.record)
        return 0
    wrong = history.faults(kept, now)
    if options.released:
        wrong += history.differences(kept.release(__version__), now)
    else:
        names = [find(name).id for name in options.ids]
        for name in names or dict.fromkeys(change.claim for change in kept.changes):
            print("\n  ".join([name, *history.lines(name, kept)]))
    for fault in wrong:
        print(f"rfbook: {fault}", file=sys.stderr)
    return 1 if wrong else 0


def _record(kept, now, released: str) -> None:
    from rfbook import __version__
    from rfbook.ledger import history
    from rfbook.ledger.citation import pages

    made = history.recorded(kept, __version__, released, now, pages())
    history.save(made)
    print(f"{history.FILE} has {len(made.releases)} releases, now {__version__}")


def _graph(options: argparse.Namespace) -> int:
    from rfbook.ledger.registry import ancestors, claims, descendants
    from rfbook.ledger.runner import find

    registry = claims()
    follow = descendants if options.up else ancestors
    chosen = {find(name).id for name in options.ids} or set(registry)
    for name in list(chosen):
        chosen |= follow(registry, name)
    print("digraph ledger {")
    for name in registry:
        if name in chosen:
            print(f'  "{name}";')
            for below in registry[name].uses:
                if below in chosen:
                    print(f'  "{name}" -> "{below}";')
    print("}")
    return 0
