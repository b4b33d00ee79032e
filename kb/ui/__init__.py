"""The page: Streamlit views over `kb.base`, and the server that carries them."""
