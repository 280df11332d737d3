"""The reply coach: writes the reply an unhappy customer should have been sent, and checks it."""

__version__ = "0.1.0"
