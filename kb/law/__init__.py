"""What the law of papers says: validity on a day, force, duties and limits."""
