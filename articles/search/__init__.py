"""Finding live pages by what a reader types, on indexes however many pages there are.

`asked` understands the question, `spelling` mends it, `finding` asks PostgreSQL, `excerpts` shows why a page was found,
`suggestions` helps while it is typed. Nothing of a question is logged or kept.
"""
