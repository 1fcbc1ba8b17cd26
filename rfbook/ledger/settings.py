"""Where the book and its sources are published: nowhere, until someone says so."""

from __future__ import annotations

import os


def book_url() -> str:
    """Return the published book's address without a final slash, or ''."""
    return os.environ.get("RFBOOK_BOOK_URL", "").rstrip("/")


def permalink(claim_id: str) -> str:
    """Return the permanent address of a claim; without an address, a relative one.

    Examples
    --------
    >>> permalink("psi-counts").endswith("ledger.html#claim-psi-counts")
    True
    """
    base = book_url()
    page = f"book/ledger.html#claim-{claim_id}"
    return f"{base}/{page}" if base else page
