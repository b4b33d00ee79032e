"""Text as such: normalising, numerals, segmenting, dates, citations. Knows no document."""
