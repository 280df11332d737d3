"""The embedded model: llama.cpp as a child process on loopback, spoken to like any other OpenAI-compatible server.

weights    which model file, where it comes from, and that it is the right one
child      the program that the child process runs
server     starts the child, watches it, restarts it once, ends it
"""

from coach.local_model.server import LocalModel
from coach.local_model.weights import LocalWeights, Progress, find_weights, silent

__all__ = ["LocalModel", "LocalWeights", "Progress", "find_weights", "silent"]
