"""How a result is written down: one module per format."""
