#!/usr/bin/python3
"""The client of the "ChatRoom" tutorial, rebuilt: chatroom_client.py HOST PORT [TITLE]

A list box with one row for each chunk that came, an entry box, a Send button. Each chunk is also printed, so that a
test can see what the window shows.
"""
import socket
import sys
import threading
import tkinter

window = tkinter.Tk()
window.title(sys.argv[3] if len(sys.argv) > 3 else "chatroom")
rows = tkinter.Listbox(window, height=15, width=60, takefocus=0)
rows.pack()
text = tkinter.StringVar(value="Write your messages here.")
entry = tkinter.Entry(window, textvariable=text, width=50)
entry.pack()
entry.focus_set()
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))


def send(_event=None):
    message = text.get()
    text.set("")
    connection.send(message.encode("utf-8"))
    if message == "{quit}":
        connection.close()  # takes effect once the receiving thread's recv returns
        window.quit()


def close_window():
    text.set("{quit}")
    send()


def receive():
    while True:
        try:
            chunk = connection.recv(1024).decode("utf-8")
            print(repr(chunk), flush=True)
            if chunk == "":
                print("SPINNING", flush=True)  # the tutorial's list box would now get 20,000 empty rows a second
                return
            rows.insert("end", chunk)
        except ConnectionResetError:
            print("RESET", flush=True)
            return
        except (OSError, RuntimeError):
            return


entry.bind("<Return>", send)
tkinter.Button(window, text="Send", command=send).pack()
window.protocol("WM_DELETE_WINDOW", close_window)
threading.Thread(target=receive).start()
window.mainloop()
