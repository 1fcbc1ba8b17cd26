"""rfbook: a textbook on random features that runs and that checks itself.

Importing it is light: the parts are loaded when they are first asked for.

Examples
--------
>>> import rfbook
>>> "psi-counts" in rfbook.claims()
True
"""

from importlib import import_module

__version__ = "0.1.0"
__all__ = ["__version__", "cite", "claims", "verify"]


def __getattr__(name: str):
    if name == "claims":
        return import_module("rfbook.claims")
    if name == "verify":
        return import_module("rfbook.ledger.runner").verify
    if name == "cite":
        return import_module("rfbook.ledger.citation").cite
    raise AttributeError(f"module 'rfbook' has no attribute {name!r}")
