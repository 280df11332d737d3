"""Tests of what the case reader learns from."""
