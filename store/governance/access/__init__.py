"""Who may give whom an authority, and what becomes of it: pure, with the moment as an argument.

`requests` moves a request from state to state, `grants` says whether a grant is good for a look,
`freezing` writes the scope that is signed, `moments` counts time on two clocks.
"""
