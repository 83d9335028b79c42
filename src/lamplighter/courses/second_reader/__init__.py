"""Which act may a clause tell of that the first reader could not read, and which known clauses is it like?

Optional: where its model is not installed, nothing here says anything. What it proposes is no act until a
person agrees.

- ``encoder``: sentences as vectors, so that those that mean alike lie close
- ``model_files``: the network's files, found where they were installed and checked by their hash
- ``unread``: clauses that the first reader could not read
- ``learning``: a linear layer, the vote of neighbours, and how often both are right
- ``examples``: labelled clauses, and what was learned from them
- ``proposing``: proposals with their nearest examples
"""
