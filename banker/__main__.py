"""`python -m banker` is the `banker` command."""

from banker.cli import main

main()
