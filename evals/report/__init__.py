"""What people are shown of a run: a page, a pull request's summary, JUnit XML for a CI system, a log for Inspect."""

from evals.report.inspect import inspect_log
from evals.report.page import page
from evals.report.text import junit, markdown

__all__ = ["inspect_log", "junit", "markdown", "page"]
