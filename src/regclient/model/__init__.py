"""The nouns: frozen values that know nothing of files, sockets, threads, clocks or the environment."""
