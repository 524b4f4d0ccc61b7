"""Scripts of videos by a model: what it is asked, what it may answer, and what becomes of that."""
