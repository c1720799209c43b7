"""`python -m fleet` is the command `fleet`."""

from __future__ import annotations

from fleet.main import main

if __name__ == "__main__":
    main()
