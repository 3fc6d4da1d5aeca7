"""An SMTP server that takes every mail and throws it away: ``python -m …post_office``.

Says its port on standard output. As little as a server can do, so that the bench measures whoever
sends.
"""

import asyncio

OK = b"250 OK\r\n"
ANSWERS = {
    b"EHLO": b"250-post-office\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    b"DATA": b"354 Go on\r\n",
    b"QUIT": b"221 Bye\r\n",
}
END = b"\r\n.\r\n"


async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, until whoever sends says goodbye or hangs up."""
    writer.write(b"220 post-office\r\n")
    try:
        while line := await reader.readline():
            word = line[:4].strip().upper()
            writer.write(ANSWERS.get(word, OK))
            if word == b"QUIT":
                break
            if word == b"DATA":
                await reader.readuntil(END)
                writer.write(OK)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass  # whoever sent is gone
    finally:
        writer.close()


async def main() -> None:
    """Serves until it is ended."""
    server = await asyncio.start_server(take, "127.0.0.1", 0, limit=1 << 24)
    print(server.sockets[0].getsockname()[1], flush=True)  # for whoever started it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
