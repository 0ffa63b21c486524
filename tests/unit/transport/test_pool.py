from __future__ import annotations

import socket

from regclient.concurrency import Cancel
from regclient.transport.connection import Connection
from regclient.transport.options import Timeouts
from regclient.transport.pool import Lease, Pool


def connected() -> tuple[Connection, socket.socket]:
    ours, theirs = socket.socketpair()
    connection = Connection(Timeouts(), None)
    connection.sock = ours
    return connection, theirs


def test_the_youngest_connection_is_taken_first() -> None:
    pool = Pool()
    (older, far), (younger, away) = connected(), connected()
    pool.put("key", older)
    pool.put("key", younger)

    assert younger is pool.take("key")
    assert pool.take("other") is None
    pool.close()
    assert older.sock is None
    younger.close()
    far.close()
    away.close()


def test_a_connection_that_ended_is_not_handed_out() -> None:
    pool = Pool()
    connection, far = connected()
    pool.put("key", connection)
    far.close()

    assert pool.take("key", careful=True) is None
    assert connection.sock is None


def test_a_connection_in_use_a_moment_ago_is_taken_to_be_alive() -> None:
    pool = Pool()
    connection, far = connected()
    pool.put("key", connection)
    far.close()

    assert connection is pool.take("key")
    connection.close()


def test_a_closed_pool_keeps_nothing() -> None:
    pool = Pool()
    pool.close()
    connection, far = connected()
    pool.put("key", connection)

    assert connection.sock is None
    far.close()


def test_no_more_than_a_few_are_kept() -> None:
    pool = Pool()
    pairs = [connected() for _ in range(40)]
    for connection, _ in pairs:
        pool.put("key", connection)

    assert 32 == sum(connection.sock is not None for connection, _ in pairs)
    pool.close()
    for _, far in pairs:
        far.close()


def test_a_lease_ends_in_the_pool_or_not() -> None:
    pool, cancel = Pool(), Cancel()
    connection, far = connected()

    Lease(connection, pool, "key", cancel=cancel, closer=cancel.register(connection.abort)).end(keep=True)
    assert connection is pool.take("key")
    Lease(connection, pool, "key", cancel=cancel, closer=cancel.register(connection.abort)).end(keep=False)
    assert connection.sock is None
    far.close()
