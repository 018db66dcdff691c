"""What the tests of real failures share: processes, databases, load, and what must hold afterwards."""
