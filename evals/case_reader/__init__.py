"""What the case reader learns from, how it is trained, and what it is worth."""
