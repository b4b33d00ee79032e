"""What other programs may ask: JSON over HTTP, read only (docs/api.md)."""
