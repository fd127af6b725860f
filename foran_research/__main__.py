"""`python -m foran_research` is the command `foran`."""

from .cli import main

main(prog_name="foran")
