"""What other programs read: problems as commands of GitHub's workflows, as JUnit XML and as SARIF.

All of it is text from plain data: nothing here reads a file or knows how the problems were found.
"""
