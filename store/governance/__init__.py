"""The rules: what the law and the policy allow, pure, with `now` as an argument."""
