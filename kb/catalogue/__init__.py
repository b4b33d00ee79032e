"""Three databases: index rows, people's work, audit."""
