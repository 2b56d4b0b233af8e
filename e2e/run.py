#!/usr/bin/python3
"""The end-to-end pass: the real programs, a virtual display, a terminal, and somebody who types.

    cargo build --workspace && e2e/run.py

It needs Xvfb, openbox, xdotool, xprop, xkbcomp, ImageMagick's import, tmux, netcat, dbus-daemon, the launcher of AT-SPI, and
Python with Tk, D-Bus and GLib. Screenshots and every program's output are left in target/e2e/. It ends with 0, or with 1 and one
sentence that names what was not seen.
"""
import os
import signal
import sys
import time

import stage
from host import Host, gone
from readout import Readout
from stage import BIN, HERE, Missing, Program, Terminal, Window, screenshot, until

PERSIAN = "سلام، حال شما چطور است؟"
ITALIAN = "perché no? così è più bello"
EMOJI = "ciao 🙂 سلام"


class Server(Program):
    """Our server, at free ports the first time and at the same ones after that."""

    def __init__(self, ports=None):
        ports = ports or {"parlor": 0, "nic": 0, "prompt": 0}
        listen = [part for kind, port in ports.items() for part in ("--listen", f"{kind}://127.0.0.1:{port}")]
        super().__init__("parlor-server", BIN / "parlor-server", "--data", stage.OUT / "data", *listen)
        self.expect("Server is running...")
        lines = [line for line in self.text().splitlines() if line.startswith("listening on ")]
        self.urls = {line.split()[2].split(":")[0]: line.split()[2] for line in lines}
        self.ports = {kind: int(url.rstrip("/").rsplit(":", 1)[1]) for kind, url in self.urls.items()}
        if set(self.ports) != {"parlor", "nic", "prompt"}:
            raise Missing(f"the server did not say where it listens: {lines}")


class ChatRoom(Program):
    """The ChatRoom tutorial's client, its window and the name given in it."""

    def __init__(self, program, port, name):
        super().__init__(program, HERE / "chatroom_client.py", "127.0.0.1", port, program)
        self.window = Window(f"^{program}$", self)
        self.expect("Please enter your name and press Enter")
        # Enter in the untouched entry box sends its pre-filled text as the name: one is asked again.
        self.window.keys("Return")
        self.expect("name")
        self.say(name)
        self.expect(f"Welcome to the chat {name}")

    def say(self, text):
        self.window.type(text)
        self.window.keys("Return")


class Messenger(Program):
    """The Messenger tutorial's client and its window."""

    def __init__(self, program, port, nick):
        super().__init__(program, HERE / "messenger_client.py", "127.0.0.1", port, nick)
        self.window = Window(f"^messenger {nick}$", self)
        self.expect("Connected to the server.")

    def say(self, text):
        self.window.type(text)
        self.window.keys("ctrl+Tab", "space", "shift+Tab")


class Gui(Program):
    """Our desktop client."""

    def __init__(self, name, url, nick):
        super().__init__(name, BIN / "parlor-gui", url, "--nick", nick)
        self.window = Window("Parlor", self)

    def say(self, text):
        self.window.type(text)
        self.window.keys("Return")


class Tui(Terminal):
    """Our terminal client."""

    def __init__(self, name, url, nick):
        super().__init__(name, str(BIN / "parlor-tui"), url, "--nick", nick)

    def say(self, text):
        self.type(text)
        self.keys("Enter")


class Pipe(Program):
    """Our terminal client without a screen."""

    def __init__(self, name, url, nick):
        super().__init__(name, BIN / "parlor-tui", "--pipe", url, "--nick", nick, stdin=True)

    def say(self, text):
        self.write(text)


def one_room():
    """Everybody's client in one room; one is killed; the server stops, and then is killed, and starts again."""
    server = Server()
    observer = Pipe("observer", server.urls["parlor"], "olga")
    observer.say("is anybody there?")
    observer.expect("olga: is anybody there?")
    messenger = Messenger("messenger-client", server.ports["nic"], "ali")
    observer.expect("ali joined")
    chatroom = ChatRoom("chatroom-client", server.ports["prompt"], "bea")
    observer.expect("bea joined")
    netcat = Program("netcat", "nc", "127.0.0.1", server.ports["prompt"], stdin=True)
    netcat.write("nino")
    observer.expect("nino joined")
    tui = Tui("parlor-tui", server.urls["parlor"], "tina")
    observer.expect("tina joined")
    gui = Gui("parlor-gui", server.urls["parlor"], "gina")
    observer.expect("gina joined")
    note("all six are in one room")

    speakers = {"ali": messenger, "bea": chatroom, "nino": netcat, "tina": tui, "gina": gui, "olga": observer}
    netcat.say = netcat.write
    for number, (nick, speaker) in enumerate(speakers.items()):
        text = f"{[PERSIAN, ITALIAN, EMOJI][number % 3]} word{number}"
        speaker.say(text)
        for listener in (messenger, chatroom, netcat, tui, observer):
            listener.expect(f"{nick}: {text}" if listener is not tui else tail(text))
    screenshot("one-room")
    (stage.OUT / "one-room-terminal.txt").write_text(tui.text())
    note("everybody heard everybody: Persian, Italian, emoji (what the window shows is in one-room.png)")

    messenger.kill()
    for listener in (chatroom, netcat, tui, observer):
        listener.expect("ali left")
    note("one client was killed and everybody was told")

    server.stop()
    chatroom.expect("The server is shutting down.")
    # After a bare FIN it would spin instead.
    chatroom.expect("RESET")
    chatroom.kill()
    observer.kill()
    server = Server(server.ports)
    newcomer = Pipe("newcomer", server.urls["parlor"], "nora")
    until_back(newcomer, {"tina": tui, "gina": gui})
    screenshot("back-again")
    note("the server was stopped and started, and our clients came back by themselves")

    server.kill()
    server = Server(server.ports)
    reader = Program("late-netcat", "nc", "127.0.0.1", server.ports["prompt"], stdin=True)
    reader.write("rita")
    reader.expect(f"bea: {ITALIAN} word1")
    reader.expect("gina: back again 1")
    newcomer = Pipe("second-newcomer", server.urls["parlor"], "nina")
    until_back(newcomer, {"tina": tui, "gina": gui})
    reader.expect("gina: back again 1")
    reader.kill()
    note("the server was killed hard: whoever comes reads what was said before, and our clients are back")

    gui.window.close()
    newcomer.expect("gina left")
    gui.wait(0)
    tui.say("/quit")
    newcomer.expect("tina left")
    tui.wait()
    newcomer.process.stdin.close()
    newcomer.wait(0)
    netcat.kill()
    server.stop()
    note("goodbyes were said, and the server ended with 0")


def terminal():
    """What the terminal client alone does: finished names, Persian on a grid of cells, pastes, small windows, answers, drafts."""
    # The names of other parts belong to other people in this history.
    server = Server()
    url = server.urls["parlor"]
    observer = Pipe("terminal-observer", url, "opal")
    observer.say("is anybody there?")
    observer.expect("opal: is anybody there?")
    tui = Tui("first-terminal", url, "tess")
    observer.expect("tess joined")
    tui.type("op")
    tui.keys("Tab")
    tui.expect("> opal:")
    tui.say("ciao")
    observer.expect("tess: opal: ciao")
    note("a name was finished by Tab")

    tui.say(PERSIAN)
    observer.expect(f"tess: {PERSIAN}")
    # Its first word, joined and from right to left, as a terminal that turns nothing shows it.
    tui.expect("ﻡﻼﺳ")
    note("Persian is joined and turned on the screen, and arrived as it was typed")

    tui.tmux("set-buffer", "one\ntwo")
    tui.tmux("paste-buffer", "-p", "-t", "0")
    tui.expect("> one")
    tui.tmux("resize-window", "-t", "0", "-x", "40", "-y", "10")
    stage.until("the small window never came", lambda: "Here" not in tui.text())
    tui.keys("Enter")
    observer.expect("tess: one\n  two")
    tui.tmux("resize-window", "-t", "0", "-x", "100", "-y", "30")
    tui.expect("Here")
    for size in range(20):
        # Both reach the program together, and it has no other input that would wake it.
        tui.tmux("resize-window", "-t", "0", "-x", str(60 + size), "-y", "20", ";", "send-keys", "-t", "0", str(size % 10))
    tui.keys("Enter")
    observer.expect("tess: " + "0123456789" * 2)
    tui.tmux("resize-window", "-t", "0", "-x", "100", "-y", "30")
    note("a paste of two lines was one message, also in a small window, and no key was lost while the window changed")

    asker = Program("asker", BIN / "parlor-tui", "--pipe", "--once", "--wait", "60", "--nick", "ask", url, stdin=True)
    asker.write("what time is it?")
    observer.expect("ask: what time is it?")
    asker.process.stdin.close()
    tui.say("noon")
    asker.wait(0)
    if asker.text() != "tess: noon\n":
        raise Missing(f"--once printed {asker.text()!r} and not the answer alone.")
    note("a script asked and was answered")

    tui.type("half a thought")
    tui.expect("> half a thought")
    tui.keys("C-q")
    tui.wait()
    observer.expect("tess left")
    tui = Tui("second-terminal", url, "tess")
    tui.expect("> half a thought")
    tui.keys("Enter")
    observer.expect("tess: half a thought")
    note("what was typed and not sent was there again after a restart")

    persian = Terminal("persian-terminal", "env", "LC_ALL=fa_IR.UTF-8", str(BIN / "parlor-tui"), url, "--nick", "علی")
    observer.expect("علی joined")
    persian.expect("ﺎﻤﻨﻫﺍﺭ F1")
    persian.type("/quit")
    persian.keys("Enter")
    persian.wait()
    tui.keys("C-q")
    tui.wait()
    observer.process.stdin.close()
    observer.wait(0)
    server.stop()
    note("the screen speaks Persian where the machine does")


def window():
    """What the desktop client does with what was not sent, and when the system ends it."""
    server = Server()
    url = server.urls["parlor"]
    observer = Pipe("window-observer", url, "omar")
    observer.say("is anybody there?")
    observer.expect("omar: is anybody there?")
    gui = Gui("first-window", url, "wanda")
    observer.expect("wanda joined")
    gui.window.type(PERSIAN)
    gui.window.keys("ctrl+q")
    observer.expect("wanda left")
    gui.wait(0)
    gui = Gui("second-window", url, "wanda")
    observer.expect("wanda joined")
    gui.window.keys("Return")
    observer.expect(f"wanda: {PERSIAN}")
    note("what was typed in the window and not sent was there again after a restart, letter for letter")

    gui.process.send_signal(signal.SIGTERM)
    observer.expect("wanda left")
    gui.wait(0)
    observer.process.stdin.close()
    observer.wait(0)
    server.stop()
    note("the system ended the window, and it said goodbye")


def hosting():
    """The desktop client starts a server of its own, says so when that dies, and leaves none behind."""
    readout = Readout()
    notices = Program("notices", sys.executable, HERE / "notices.py")
    notices.expect("ready")
    host = Host("first-host", "hanna", readout)
    address, server = host.host()
    guest = Pipe("guest", address, "gustav")
    guest.say("a fine place")
    guest.expect("gustav: a fine place")
    host.shows("a fine place")
    host.say(PERSIAN)
    guest.expect(f"hanna: {PERSIAN}")
    note("a chat was hosted from the window, and somebody came by the address it shows")

    host.window.minimize()

    def called():
        # What is said before the window knows that it is out of sight is read at once.
        guest.say("hanna: <b>چای</b>?")
        return notices.shows("1. Parlor: \u2068gustav\u2069 in \u2068lobby\u2069: hanna: &lt;b&gt;چای&lt;/b&gt;?", 2)
    until("no notification told what was said to one who looks elsewhere", called)
    notices.kill()
    host.window.activate()
    note("who was called while the window was out of sight was told by the desktop")

    os.kill(server, signal.SIGKILL)
    host.shows("Your server has ended, and did not say why")
    screenshot("server-killed")
    guest.kill()
    gone(server)
    note("the server was killed, and the window said so")

    host.window.keys("ctrl+o")
    address, server = host.host()
    host.shows("a fine place")
    guest = Pipe("second-guest", address, "gerda")
    host.shows("gerda joined")
    host.process.send_signal(signal.SIGTERM)
    guest.expect("hanna left")
    host.wait(0)
    gone(server)
    guest.kill()
    note("it hosted again with what had been said, and when the system ended the window it took its server along")

    host = Host("second-host", "hanna", readout)
    _, server = host.host()
    host.kill()
    gone(server)
    readout.end()
    note("the window was killed, and its server ended all the same")


def tail(text):
    """What a terminal's capture surely holds of a text: right-to-left words may be laid out otherwise."""
    return text.rsplit(" ", 1)[1]


def until_back(newcomer, clients):
    """Each client is back when what is said there arrives, without anybody having told it to come back."""
    for number, (nick, client) in enumerate(clients.items()):
        text = f"back again {number}"
        client.say(text)
        newcomer.expect(f"{nick}: {text}")


def tutorial_servers():
    """Our clients on the tutorials' own servers, leaving them alive."""
    for kind, script in (("nic", "messenger_server.py"), ("prompt", "chatroom_server.py")):
        server = Program(script.removesuffix(".py"), "/usr/bin/python3", HERE / script)
        server.expect("listening on ")
        server.expect("\n")
        port = int(server.text().split()[2])
        url = f"{kind}://127.0.0.1:{port}"
        if kind == "nic":
            native = Messenger("messenger-at-home", port, "ali")
        else:
            native = ChatRoom.__new__(ChatRoom)
            Program.__init__(native, "chatroom-at-home", HERE / "chatroom_client.py", "127.0.0.1", port, "at home")
            native.window = Window("^at home$", native)
            native.expect("Please enter your name")
            native.window.keys("End", "shift+Home", "Delete")
            native.say("ali")
            native.expect("Welcome to the chat ali")
        for make, name in ((Pipe, "pipe"), (Tui, "tui"), (Gui, "gui")):
            ours = make(f"{name}-on-{kind}", url, f"{name}1")
            native.expect("joined the chat")
            text = f"{EMOJI} {kind} {name}"
            ours.say(text)
            native.expect(f"{name}1: {text}")
            native.say(f"answer to {name}")
            if make is not Gui:
                ours.expect(f"answer to {name}")
            else:
                native.expect(f"answer to {name}")
                screenshot(f"gui-on-{kind}")
            if make is Pipe:
                ours.process.stdin.close()
                ours.wait(0)
            elif make is Tui:
                ours.say("/quit")
                ours.wait()
            else:
                ours.window.close()
                ours.wait(0)
        native.say("still here")
        native.expect("ali: still here")
        # The next guest is let in: the server is alive and does not spin.
        last = Pipe(f"last-on-{kind}", url, "last")
        native.expect("joined the chat")
        last.process.stdin.close()
        last.wait(0)
        if not server.is_running() or "SPINNING" in server.text() or "Traceback" in server.text():
            raise Missing(f"the {kind} tutorial's server did not survive our clients: see {server.log}.")
        native.kill()
        server.kill()
        note(f"our clients chatted on the {kind} tutorial's own server and left it alive")


def note(sentence):
    print(f"[{time.monotonic() - started:5.1f} s] {sentence}", flush=True)


PARTS = {"one-room": one_room, "terminal": terminal, "window": window, "hosting": hosting, "tutorial-servers": tutorial_servers}

if __name__ == "__main__":
    started = time.monotonic()
    stage.clean_environment()
    try:
        stage.start_display()
        stage.teach_keyboard(PERSIAN + ITALIAN + EMOJI)
        for part in sys.argv[1:] or PARTS:
            PARTS[part]()
    except Missing as missing:
        print(f"end-to-end: {missing}", file=sys.stderr)
        if "DISPLAY" in os.environ:
            stage.run("import", "-window", "root", stage.OUT / "failure.png")
        sys.exit(1)
    finally:
        stage.end_everything()
    note("end-to-end pass done")
