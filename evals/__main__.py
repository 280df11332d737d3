"""`python -m evals` is the command `evals`."""

from evals.cli import main

if __name__ == "__main__":
    main()
