"""One view a file; each has ``show()``. What can be thought without Streamlit is beside them."""
