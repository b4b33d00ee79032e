"""Identity, policy, audit."""
