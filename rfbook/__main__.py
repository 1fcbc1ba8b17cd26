"""``python -m rfbook`` is the command ``rfbook``."""

from rfbook.cli import main

raise SystemExit(main())
