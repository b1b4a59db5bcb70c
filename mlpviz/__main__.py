"""``python -m mlpviz``: the same as the command ``mlpviz``."""

from mlpviz.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
