"""The desktop client as one who hosts a chat, and what became of the processes it started."""
import os

import stage
from stage import BIN, Missing, Program, Window


class Host(Program):
    """Our desktop client with our server beside it, which it may start; at a free port the first time and then the same."""

    def __init__(self, name, nick, readout):
        home = stage.OUT / "hosting"
        home.mkdir(exist_ok=True)
        program = home / "parlor-gui"
        if not program.exists():
            os.link(BIN / "parlor-gui", program)
        self.beside = home / "parlor-server"
        if not self.beside.exists():
            self.put_server("parlor://127.0.0.1:0")
        super().__init__(name, program, "--nick", nick)
        self.window = Window("Parlor", self)
        self.readout = readout

    def shows(self, pattern):
        return self.readout.expect(self, pattern)

    def press(self, name):
        self.readout.press(self, name)

    def say(self, text):
        self.readout.expect_focus(self, "Message")
        self.window.type(text)
        self.window.keys("Return")

    def put_server(self, url):
        """Puts our server beside the client, listening here."""
        self.beside.write_text(f'#!/bin/sh\nexec "{BIN}/parlor-server" --listen {url} "$@"\n')
        self.beside.chmod(0o700)

    def host(self):
        """Starts a server from the dialog; its address as it is shown, and its process id."""
        self.press("Host a chat on this computer")
        self.shows("Who may come")
        self.press("Start")
        self.shows("You are hosting this chat")
        address = self.shows(r"^parlor://127\.0\.0\.1:\d+$")
        servers = children(self.process.pid)
        if [name for _, name in servers] != ["parlor-server"]:
            raise Missing(f"{self.name} should have one server running and has {servers}.")
        self.put_server(address)
        self.press("Close")
        self.readout.expect_gone(self, "You are hosting this chat")
        return address, servers[0][0]


def children(process):
    """The process ids and names of those that a process has started and that run."""
    running = [(int(entry), running_as(entry)) for entry in os.listdir("/proc") if entry.isdigit()]
    return [(child, found[1]) for child, found in running if found and found[0] == process]


def running_as(process):
    """The parent and the name of a process; nothing if it has ended."""
    try:
        with open(f"/proc/{process}/stat") as stat:
            name, rest = stat.read().split("(", 1)[1].rsplit(")", 1)
    except OSError:
        return None
    state, parent = rest.split()[:2]
    # A zombie is what its parent has not looked at yet.
    return (int(parent), name) if state not in "ZX" else None


def gone(process):
    """Waits until a process has ended."""
    stage.until(f"process {process} did not end", lambda: not running_as(process))
