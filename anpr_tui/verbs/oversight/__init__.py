"""The auditor's verbs of `anpr audit`: the sample, its reviews, flags, figures, own record."""
