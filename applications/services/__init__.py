"""What people do with applications and runs; one module per noun."""
