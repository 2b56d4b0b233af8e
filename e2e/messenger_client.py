#!/usr/bin/python3
"""The client of the "Messenger" tutorial, rebuilt: messenger_client.py HOST PORT [NICK]

Connects, then asks for a nickname, then shows what comes. Each chunk it receives is also printed, so that a test
can see what the window shows.
"""
import socket
import sys
import threading
import tkinter
from tkinter import scrolledtext, simpledialog

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
window = tkinter.Tk()
nick = sys.argv[3] if len(sys.argv) > 3 else simpledialog.askstring("Nickname", "Choose a nickname", parent=window)
window.title(f"messenger {nick}")
log = scrolledtext.ScrolledText(window, height=12, state="disabled", takefocus=0)
log.pack()
box = tkinter.Text(window, height=3)
box.pack()
box.focus_set()


def send():
    connection.send(f"{nick}: {box.get('1.0', 'end')}".encode("utf-8"))
    box.delete("1.0", "end")


tkinter.Button(window, text="Send", command=send).pack()


def receive():
    while True:
        try:
            chunk = connection.recv(1024).decode("utf-8")
            print(repr(chunk), flush=True)
            if chunk == "":
                print("SPINNING", flush=True)  # the tutorial's loop would now go round for ever at full speed
                return
            if chunk == "NIC":
                connection.send(nick.encode("utf-8"))
                continue
            log.config(state="normal")
            log.insert("end", chunk)
            log.yview("end")
            log.config(state="disabled")
        except Exception as error:
            print("ERROR", repr(error), flush=True)
            connection.close()
            return


threading.Thread(target=receive).start()
window.mainloop()
