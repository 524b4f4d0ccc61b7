"""Object stores and HTTP servers that keep files: their addresses, and a client that is made when it is first used."""
