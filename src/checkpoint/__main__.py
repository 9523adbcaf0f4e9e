"""``python -m checkpoint`` is the ``checkpoint`` command."""

from checkpoint.cli import main

main()
