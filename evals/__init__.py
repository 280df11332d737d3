"""Evals: does the coach write good replies, and does the check find what it should?"""
