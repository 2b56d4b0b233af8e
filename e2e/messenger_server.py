#!/usr/bin/python3
"""The server of the "Messenger" tutorial, rebuilt: messenger_server.py [PORT]

Prints `listening on PORT` and what it passes on. It dies of a client that connects and closes, and says SPINNING where
the tutorial's loop would go round for ever.
"""
import socket
import sys
import threading

listener = socket.create_server(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0))
print("listening on", listener.getsockname()[1], flush=True)
clients = []
nicks = []


def broadcast(chunk):
    for client in clients:
        client.send(chunk)


def handle(client):
    while True:
        try:
            chunk = client.recv(1024)
            if chunk == b"":
                print("SPINNING", flush=True)
                return
            print(nicks[clients.index(client)], "says", chunk.decode("utf-8", "replace"), flush=True)
            broadcast(chunk)
        except Exception:
            number = clients.index(client)
            print(nicks.pop(number), "is gone", flush=True)
            clients.pop(number).close()
            return


while True:
    client, address = listener.accept()
    client.send(b"NIC")
    nick = client.recv(2048)
    if nick == b"":
        raise BrokenPipeError("a client connected and closed")
    nicks.append(nick)
    clients.append(client)
    broadcast(f"{nick} joined the chat!".encode("utf-8"))
    client.send(b"Connected to the server.")
    threading.Thread(target=handle, args=(client,), daemon=True).start()
