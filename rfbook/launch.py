"""Where a chapter can be run besides this machine, and the cell that gets it ready.

Addresses for Binder, which builds the repository's environment and opens a chapter in
JupyterLab, and for Colab, which opens notebooks of a GitHub branch and knows nothing
of the repository's environment. A downloaded notebook therefore begins with a cell
that sees to the package.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

BINDER = "https://mybinder.org/v2"
COLAB = "https://colab.research.google.com/github"
FOLDER = "book"
NOTEBOOKS = "notebooks"
PLAIN = "plain"

_MISSING = """\
# The book's package: this cell does nothing where it is installed.
import importlib.util

if importlib.util.find_spec("rfbook") is None:
"""
_INSTALL = "    %pip install --quiet {target}\n"
_EXPLAIN = """\
    raise ModuleNotFoundError(
        "The package rfbook is not installed in this kernel. Install the book's "
        "wheel in a cell above this one, %pip install PATH/rfbook-VERSION.whl, "
        "and run all cells again."
    )
"""
_DATA = """
from rfbook.chapters import copy_data

_ = copy_data(".")  # the recorded data, beside the notebook
"""


def repository_parts(repository: str) -> tuple[str, str]:
    """Return the host of a repository and its path, ``OWNER/NAME``.

    Parameters
    ----------
    repository : str
        Its address, with or without a final slash or ``.git``.

    Raises
    ------
    ValueError
        If it is no http address of the form ``https://HOST/OWNER/NAME``.

    Examples
    --------
    >>> repository_parts("https://github.com/owner/name.git/")
    ('github.com', 'owner/name')
    """
    parts = urlsplit(repository)
    path = parts.path.strip("/").removesuffix(".git")
    if parts.scheme not in ("http", "https") or not parts.netloc or "/" not in path:
        raise ValueError(
            f"the repository's address must be https://HOST/OWNER/NAME: {repository!r}"
        )
    return parts.netloc, path


def binder_url(repository: str, page: str, ref: str = "HEAD") -> str:
    """Return the address that opens a chapter in JupyterLab on Binder.

    Parameters
    ----------
    repository : str
        The repository's address.
    page : str
        The chapter's name, ``psi``.
    ref : str
        A branch, a tag or a commit; ``HEAD`` is the default branch.

    Raises
    ------
    ValueError
        As `repository_parts` does.

    Examples
    --------
    >>> binder_url("https://github.com/owner/name", "psi", "v1")
    'https://mybinder.org/v2/gh/owner/name/v1?urlpath=lab/tree/book/psi.md'
    >>> binder_url("https://gitlab.com/owner/name", "psi").partition("?")[0]
    'https://mybinder.org/v2/gl/owner%2Fname/HEAD'
    """
    host, path = repository_parts(repository)
    if host == "github.com":
        where = f"gh/{path}"
    elif host == "gitlab.com":
        where = f"gl/{quote(path, safe='')}"
    else:
        where = f"git/{quote(f'https://{host}/{path}', safe='')}"
    version = quote(ref, safe="")
    return f"{BINDER}/{where}/{version}?urlpath=lab/tree/{FOLDER}/{quote(page)}.md"


def colab_url(repository: str, page: str, branch: str = "gh-pages") -> str:
    """Return the address that opens a chapter's notebook on Colab, or ''.

    Colab reads no Markdown files and no MyST: it is pointed to the notebook in plain
    Markdown that the build writes, on the branch that holds the published book.

    Parameters
    ----------
    repository : str
        The repository's address; elsewhere than on GitHub Colab finds nothing.
    page : str
        The chapter's name.
    branch : str
        The branch with the built book at its root; '' where there is none.

    Raises
    ------
    ValueError
        As `repository_parts` does.

    Examples
    --------
    >>> address = colab_url("https://github.com/owner/name", "psi")
    >>> address.removeprefix(COLAB)
    '/owner/name/blob/gh-pages/notebooks/plain/psi.ipynb'
    >>> colab_url("https://gitlab.com/owner/name", "psi")
    ''
    """
    host, path = repository_parts(repository)
    if host != "github.com" or not branch:
        return ""
    notebook = f"{NOTEBOOKS}/{PLAIN}/{quote(page)}.ipynb"
    return f"{COLAB}/{path}/blob/{quote(branch)}/{notebook}"


def first_cell(repository: str = "", ref: str = "HEAD", *, data: bool = False) -> str:
    """Return the source of the cell that a downloaded notebook begins with.

    Parameters
    ----------
    repository : str
        The address that the package is installed from where it is missing; without
        one the cell stops with a word on the wheel.
    ref : str
        The branch, tag or commit that is installed.
    data : bool
        Whether the chapter reads recorded data beside it, which the package carries.

    Raises
    ------
    ValueError
        As `repository_parts` does.

    Examples
    --------
    >>> first_cell("https://github.com/owner/name", "v1").splitlines()[-1].strip()
    '%pip install --quiet git+https://github.com/owner/name@v1'
    """
    if repository:
        host, path = repository_parts(repository)
        target = f"git+https://{host}/{path}@{quote(ref)}"
        missing = _INSTALL.format(target=target)
    else:
        missing = _EXPLAIN
    return (_MISSING + missing + (_DATA if data else "")).rstrip("\n")
