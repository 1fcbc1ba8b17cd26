"""The notebooks are executed side by side before the pages are read.

MyST-NB executes a notebook when it comes to read its page, one after the other. Before
it begins, jupyter-cache's own executor runs those that the cache does not hold, as many
at once as there are processors. A notebook that fails is not kept: it runs again when
its page is read, and the build reports it there.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from myst_nb.core.read import create_nb_reader
from sphinx.util import logging as sphinx_logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

LOGGER = sphinx_logging.getLogger(__name__)


def reading(path: Path, env: BuildEnvironment) -> dict[str, Any] | None:
    """Return how jupyter-cache reads a page; None if it has no cell to execute."""
    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
    if reader is None or reader.read_fmt is None:
        return None
    cells = reader.read(text).cells
    return reader.read_fmt if any(c.cell_type == "code" for c in cells) else None


def execute(app: Sphinx | None, env: BuildEnvironment, docnames: list[str]) -> None:
    """Execute the notebooks among the pages to be read that the cache lacks.

    Parameters
    ----------
    app : sphinx.application.Sphinx or None
        Not used.
    env : sphinx.environment.BuildEnvironment
        With the settings of MyST-NB.
    docnames : list of str
        The pages.
    """
    config = env.mystnb_config
    if config.execution_mode != "cache":
        return
    cache = get_cache(config.execution_cache_path)
    staged = []
    for path in (Path(env.doc2path(name)) for name in docnames):
        read = reading(path, env)
        if read is not None:
            staged.append(cache.add_nb_to_project(str(path), read_data=read).uri)
    if staged and cache.list_unexecuted(staged):
        LOGGER.info("executing the notebooks that the cache does not hold")
        # Sphinx's own loggers are adapters; the executor wants a level.
        silent = logging.Logger(__name__, logging.CRITICAL)
        executor = load_executor("local-parallel", cache, silent)
        executor.run_and_cache(filter_uris=staged, timeout=config.execution_timeout)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the execution before the first page is read."""
    app.connect("env-before-read-docs", execute)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
