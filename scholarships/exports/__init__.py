"""What can be taken away from a run: files made from its rows, on demand."""
