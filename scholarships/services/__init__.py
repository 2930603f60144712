"""What the office and the portal do with grants and with the outcome of a run."""
