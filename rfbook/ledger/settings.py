"""Where the book is published: nowhere, until someone says so."""

from __future__ import annotations

import os
import re

from rfbook.ledger.digest import PACKAGE

_SETTING = re.compile(r"""^\s*rfbook_book_url:\s*["']?([^"'\s#]*)""", re.MULTILINE)


def book_url() -> str:
    """Return the published book's address without a final slash, or ''.

    The environment variable RFBOOK_BOOK_URL wins over ``rfbook_book_url`` in the
    checkout's ``_config.yml``.
    """
    address = os.environ.get("RFBOOK_BOOK_URL")
    config = PACKAGE.parent / "_config.yml"
    if address is None and config.is_file():
        found = _SETTING.search(config.read_text(encoding="utf-8"))
        address = found[1] if found else None
    return (address or "").rstrip("/")
