"""Streamlit views and components; the only Streamlit imports beside app.py."""
