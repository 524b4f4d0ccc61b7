"""Scene types, a folder each: schema part, Typst template, and what moves when. They know nothing of steps."""
