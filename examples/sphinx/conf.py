"""Build it: sphinx-build -b html . build. It needs: pip install 'vidbuild[sphinx]' myst-parser"""

project = "Acme"
author = "The authors of Acme"
copyright = "2026, the authors of Acme"
version = release = "2.4"
extensions = ["myst_parser", "vidbuild.sphinx"]
exclude_patterns = ["build"]
html_theme = "alabaster"
html_baseurl = "https://docs.example.org/"
