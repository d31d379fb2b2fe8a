"""The plain page: all that can be done in the city as HTML without a script, for every phone and screen reader."""
