"""`python -m bot` is `earshot`."""

from bot.cli import main

main()
