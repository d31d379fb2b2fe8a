"""The language of Madang: what server and clients say to each other, without any I/O."""
