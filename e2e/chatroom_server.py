#!/usr/bin/python3
"""The server of the "ChatRoom" tutorial, rebuilt: chatroom_server.py [PORT]

Prints `listening on PORT` and what it tells everybody. Whoever leaves without `{quit}` breaks it for the others.
"""
import socket
import sys
import threading

listener = socket.create_server(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0))
print("listening on", listener.getsockname()[1], flush=True)
names = {}


def broadcast(row):
    print(row.decode("utf-8"), flush=True)
    for client in names:
        client.send(row)


def handle(client):
    name = client.recv(1024).decode("utf-8")
    client.send(f"Welcome to the chat {name}. Write {{quit}} to leave.".encode("utf-8"))
    broadcast(f"{name} joined the chat".encode("utf-8"))
    names[client] = name
    while True:
        text = client.recv(1024)
        if text == b"{quit}":
            client.send(b"{quit}")
            client.close()
            del names[client]
            broadcast(f"{name} left the chat.".encode("utf-8"))
            return
        broadcast(f"{name}: ".encode("utf-8") + text)


while True:
    client, address = listener.accept()
    client.send(b"Please enter your name and press Enter")
    threading.Thread(target=handle, args=(client,), daemon=True).start()
