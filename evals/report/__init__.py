"""What people are shown of a run: a page, a summary for a pull request, and JUnit XML for a CI system."""

from evals.report.page import page
from evals.report.text import junit, markdown

__all__ = ["junit", "markdown", "page"]
