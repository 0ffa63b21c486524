"""The wire: everything between a request of ``remote/`` and the sockets."""
