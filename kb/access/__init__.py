"""Who is asking, what may he see, and what is written down of it."""
