"""What the built pages weigh, and how soon each shows its first text.

``python -m rfbook.weights`` opens every chapter of the built book from the disk in
Chromium, some times over, and records in ``book/_static/data/weights.json`` its bytes
beyond what all pages share and the seconds to its first text. The seconds are those of
the machine that the record names, of files that it has read before; they are to be
taken on a quiet one. The rule that a chapter keeps is that of `is_light` and `SOON`.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import platform
import re
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from rfbook.chapters import checkout
from rfbook.doctor import CHROMIUM_ARGUMENTS, find_chromium
from rfbook.footprints import commit, say
from rfbook.ledger.digest import tree_digest
from rfbook.records import Record, data_folder, provenance, read_record, write_record

if TYPE_CHECKING:
    from playwright.sync_api import Browser

KIND = "weights"
FILE = "weights.json"
MEGABYTE = 10**6
HEAVIEST = 1.5 * MEGABYTE
"""A chapter's most bytes beyond what all pages share."""
HEAVIEST_SENT = 1.0 * MEGABYTE
"""The same as servers send it, compressed."""
SOON = 1.0
"""Seconds within which a chapter opened from a disk shows text."""
LOADS = 5
WINDOW = {"width": 1280, "height": 900}

_PICTURE = re.compile(r'<img [^>]*src="([^"]*_images/[^"]*)"')
FIRST_TEXT = """() => new Promise((resolve) => {
  const seen = (list) => list.getEntriesByName("first-contentful-paint")
    .forEach((entry) => resolve(entry.startTime));
  new PerformanceObserver(seen).observe({type: "paint", buffered: true});
})"""


class WeightError(ValueError):
    """A book that is not built, or a browser that is not there."""


# ---- bytes -------------------------------------------------------------------------


def pictures(page: Path) -> set[Path]:
    """Return the pictures of a written page that are no part of the book's design."""
    found = _PICTURE.findall(page.read_text(encoding="utf-8"))
    return {(page.parent / unquote(address)).resolve() for address in found}


def own_bytes(page: Path) -> tuple[int, int]:
    """Return a page's bytes beyond what all pages share: plain, and as servers send it.

    These are its text and its pictures. A picture is sent as it is: its format is
    compressed already.
    """
    text = page.read_bytes()
    drawn = sum(path.stat().st_size for path in pictures(page))
    return len(text) + drawn, len(gzip.compress(text)) + drawn


def is_light(page: Path) -> bool:
    """Tell whether a written page keeps the rule of weight for chapters."""
    plain, sent = own_bytes(page)
    return plain <= HEAVIEST and sent <= HEAVIEST_SENT


# ---- in the browser ----------------------------------------------------------------


@dataclass(frozen=True)
class Weight:
    """What was measured of a page.

    Parameters
    ----------
    plain, sent : int
        Bytes beyond what all pages share, as they are and compressed.
    seconds : sequence of float
        From the call of the page to its first text, of each load.
    """

    plain: int
    sent: int
    seconds: Sequence[float]

    @property
    def first_text(self) -> float:
        """The loads' median."""
        return statistics.median(self.seconds)


def load(browser: Browser, address: str) -> tuple[float, set[str]]:
    """Open a page in a fresh context; return the seconds to its text, what it loaded.

    Parameters
    ----------
    browser : playwright's Browser
    address : str
        With its scheme; ``file:`` for a page on the disk.

    Returns
    -------
    seconds : float
        To the first text or picture that is drawn.
    loaded : set of str
        The addresses of all that was loaded until the page's formulas stood.
    """
    context = browser.new_context(viewport=WINDOW)
    try:
        page, loaded = context.new_page(), set()
        page.on("request", lambda request: loaded.add(request.url))
        page.goto(address, wait_until="domcontentloaded")
        seconds = page.evaluate(FIRST_TEXT) / 1000
        page.wait_for_load_state("load")
        page.evaluate("async () => { await window.MathJax?.startup?.promise; }")
    finally:
        context.close()
    return seconds, loaded


def shared_bytes(loaded: Sequence[set[str]]) -> int:
    """Return the bytes of the files that every one of some pages loaded."""
    common = set.intersection(*loaded)
    files = [urlsplit(url) for url in common if urlsplit(url).scheme == "file"]
    return sum(Path(url2pathname(part.path)).stat().st_size for part in files)


def measure(site: Path, loads: int = LOADS) -> tuple[dict[str, Weight], int, str]:
    """Open every chapter of a built book; return the weights and what all share.

    The chapters are opened one after the other, and that as often as asked: a slow
    moment of the machine does not fall on all loads of one page.

    Returns
    -------
    weights : dict of str to Weight
        By chapter.
    shared : int
        Bytes of what every chapter loads.
    browser : str
        The browser's name and version.

    Raises
    ------
    WeightError
        If there is no book or no browser.
    """
    from playwright.sync_api import sync_playwright

    chromium = find_chromium()
    if chromium is None:
        raise WeightError("there is no Chromium: `make doctor` tells what to install")
    paths = sorted(site.glob("book/*.html"))
    if not paths:
        raise WeightError(f"{site} holds no book: run `make book` first")
    seconds: dict[str, list[float]] = {path.stem: [] for path in paths}
    loaded = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=CHROMIUM_ARGUMENTS
        )
        for _ in range(loads):
            for path in paths:
                taken, files = load(browser, path.resolve().as_uri())
                seconds[path.stem].append(round(taken, 3))
                loaded.append(files)
        name = f"Chromium {browser.version}"
        browser.close()
    weights = {p.stem: Weight(*own_bytes(p), tuple(seconds[p.stem])) for p in paths}
    return weights, shared_bytes(loaded), name


# ---- the record --------------------------------------------------------------------


def make_record(
    found: Mapping[str, Weight],
    shared: int,
    *,
    browser: str,
    seconds: float,
    revision: str,
) -> Record:
    """Return the record of a run: the pages' weights and where they are from.

    Examples
    --------
    >>> found = {"psi": Weight(3, 2, (0.5, 0.3, 0.4))}
    >>> record = make_record(found, 9, browser="B 1", seconds=1.0, revision="x")
    >>> weights(record)["psi"].first_text, record.results["shared"]
    (0.4, 9)
    """
    pages = {
        name: {"plain": one.plain, "sent": one.sent, "seconds": list(one.seconds)}
        for name, one in found.items()
    }
    return Record(
        kind=KIND,
        parameters={
            "browser": browser,
            "commit": revision,
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "machine": platform.machine(),
            "system": platform.system(),
        },
        sizes={"loads": max(len(one.seconds) for one in found.values())},
        results={"pages": pages, "shared": shared},
        # Nothing is drawn here.
        **provenance(0, seconds=seconds, source_digest=tree_digest()),
    )


def recorded_weights(path: str | Path | None = None) -> Record:
    """Return the recorded weights of the pages.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        By default the book's own.

    Raises
    ------
    FileNotFoundError
        If there is none.
    rfbook.records.RecordError
        If it is damaged or of another kind.
    """
    return read_record(path or data_folder() / FILE, kind=KIND)


def weights(record: Record) -> dict[str, Weight]:
    """Return the weights of a record, by page."""
    return {name: Weight(**row) for name, row in record.results["pages"].items()}


def provenance_words(record: Record) -> str:
    """Return when, where and with what a record was made, in one line."""
    made = record.parameters
    return (
        f"{made['date']}, commit {made['commit'][:10]}, {made['browser']}, "
        f"{record.device}, {made['system']}, {record.sizes['loads']} loads of each page"
    )


def size_words(size: int) -> str:
    """Return a number of bytes in megabytes, rounded up.

    Examples
    --------
    >>> size_words(1_210_001), size_words(40_000)
    ('1.3 MB', '0.1 MB')
    """
    return f"{-(-size // (MEGABYTE // 10)) / 10} MB"


def main(argv: Sequence[str] | None = None, *, root: Path | None = None) -> int:
    """Run ``python -m rfbook.weights``; return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; the process's own by default.
    root : pathlib.Path, optional
        The checkout; the one this package runs from by default.

    Returns
    -------
    int
        0; 1 if there is no book or no browser; 2 on a wrong call.
    """
    parser = argparse.ArgumentParser(
        prog="python -m rfbook.weights",
        description="Record what the built chapters weigh and when they show text.",
    )
    parser.add_argument(
        "--site", type=Path, help="the built book (default: _build/html)"
    )
    parser.add_argument(
        "--only-print", action="store_true", help="write no record, print the numbers"
    )
    args = parser.parse_args(argv)
    root = root or checkout()
    if root is None:
        parser.error("not in a checkout of the book")
    site, start = args.site or root / "_build" / "html", time.perf_counter()
    try:
        found, shared, browser = measure(site)
    except WeightError as error:
        sys.stderr.write(f"rfbook.weights: {error}\n")
        return 1
    for name, one in sorted(found.items(), key=lambda pair: -pair[1].plain):
        say(f"{name}: {size_words(one.plain)}, first text {one.first_text:.2f} s")
    say(f"shared by all: {size_words(shared)}")
    if not args.only_print:
        record = make_record(
            found,
            shared,
            browser=browser,
            seconds=time.perf_counter() - start,
            revision=commit(site),
        )
        write_record(root / "book" / "_static" / "data" / FILE, record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
