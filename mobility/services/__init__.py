"""What people do with the shared nouns: one module per noun, each function one atomic act."""
