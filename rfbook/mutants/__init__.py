"""Mutation testing: what a room's own tests notice of small changes of its formulas.

`operators` changes one place of a module's text, `rooms` says which tests a module has,
`server` runs tests on a changed copy of the tree, `work` draws a sample, runs it and
records it, and `report` counts what the page ``book/trust.md`` shows.

``python -m rfbook.mutants`` runs or resumes it.
"""
