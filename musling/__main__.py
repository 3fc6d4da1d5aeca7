"""``python -m musling`` does what the command ``musling`` does."""

import sys

from musling.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
