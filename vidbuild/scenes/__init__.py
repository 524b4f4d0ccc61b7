"""The scene types: a folder for each, with its part of the schema, its Typst template and its Python code."""
