"""The plug-in of MkDocs and of ProperDocs: pages show the videos of specs that they name in fences."""
