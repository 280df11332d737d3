"""HTTP in, HTTP out: handlers turn requests into calls of the core and its answers into responses."""
