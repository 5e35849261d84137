"""`seawall fix`: the same rules as `check`, as edits of the very text that somebody wrote."""
