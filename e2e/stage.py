"""What the end-to-end pass is played on: programs, a virtual display, a terminal, and waiting with an upper bound."""
import atexit
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")).resolve()
OUT = TARGET / "e2e"
BIN = TARGET / os.environ.get("PARLOR_PROFILE", "debug")
PATIENCE = float(os.environ.get("PARLOR_E2E_PATIENCE", "60"))

running = []


class Missing(Exception):
    """What should have been seen and was not, as one sentence."""


def until(sentence, condition, seconds=PATIENCE):
    """Polls until the condition holds; its value is returned. The sentence says what was not seen."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Missing(f"{sentence} (within {seconds:.0f} s).")
        time.sleep(0.05)


def clean_environment():
    """An environment in which nothing of the person who runs this is read or written."""
    home = OUT / "home"
    shutil.rmtree(OUT, ignore_errors=True)
    home.mkdir(parents=True)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "HOME"):
        directory = home / name.lower()
        directory.mkdir(mode=0o700)
        os.environ[name] = str(directory)
    # Sockets lie in it, whose paths are short.
    os.environ["XDG_RUNTIME_DIR"] = runtime = tempfile.mkdtemp(prefix="parlor-e2e-")
    atexit.register(shutil.rmtree, runtime, ignore_errors=True)
    for name in ("STATE_DIRECTORY", "WAYLAND_DISPLAY", "DISPLAY", "TMUX", "DBUS_SESSION_BUS_ADDRESS"):
        os.environ.pop(name, None)
    os.environ["LC_ALL"] = "C.UTF-8"
    os.environ["NO_AT_BRIDGE"] = "1"


class Program:
    """A program with its output in a file; ended by its own process id."""

    def __init__(self, name, *command, stdin=False):
        self.name = name
        self.log = OUT / f"{name}.log"
        self.seen = 0
        # What an earlier program of this name said is not this one's. Looked at before it can say anything.
        self.begun = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running.append(self)

    def text(self):
        return self.log.read_bytes()[self.begun:].decode("utf-8", "replace")

    def expect(self, part, seconds=PATIENCE):
        """Waits until the output holds this, after what was expected before."""
        def position():
            at = self.text().find(part, self.seen)
            if at < 0 and self.process.poll() is not None:
                raise Missing(f"{self.name} ended with {self.process.returncode} and never showed {part!r}.")
            return at >= 0 and at + len(part)
        self.seen = until(f"{self.name} never showed {part!r}", position, seconds)

    def shows(self, part, seconds):
        """Whether the output comes to hold this in so many seconds."""
        try:
            self.expect(part, seconds)
        except Missing:
            return False
        return True

    def is_running(self):
        return self.process.poll() is None

    def write(self, line):
        self.process.stdin.write((line + "\n").encode("utf-8"))
        self.process.stdin.flush()

    def wait(self, code=None, seconds=PATIENCE):
        until(f"{self.name} did not end", lambda: not self.is_running(), seconds)
        if code is not None and self.process.returncode != code:
            raise Missing(f"{self.name} ended with {self.process.returncode} and not with {code}.")

    def stop(self, code=0, seconds=PATIENCE):
        """Ends it in good order."""
        self.process.send_signal(signal.SIGTERM)
        self.wait(code, seconds)

    def kill(self):
        """Ends it hard, as a power cut would."""
        if self.is_running():
            self.process.kill()
            self.process.wait()


def start_display():
    """A virtual display with a window manager, so that windows get the keyboard and can be closed."""
    number, display = os.pipe()
    with open(OUT / "xvfb.log", "wb") as log:
        process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(display), "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[display], stdout=log, stderr=log, start_new_session=True,
        )
    os.close(display)
    holder = Program.__new__(Program)
    holder.name, holder.process, holder.log = "Xvfb", process, OUT / "xvfb.log"
    running.append(holder)
    with os.fdopen(number) as pipe:
        os.environ["DISPLAY"] = ":" + pipe.readline().strip()
    Program("openbox", "openbox", "--sm-disable")
    until("the window manager did not start", lambda: run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK").find("#") > 0)


def teach_keyboard(letters):
    """Gives the letters that the keyboard lacks keys of their own.

    xdotool would otherwise borrow one for each, and give it back before a busy program has looked it up.
    """
    letters = sorted({letter for letter in letters if not letter.isascii()})
    keymap = run("xkbcomp", os.environ["DISPLAY"], "-")
    used = set(re.findall(r"key +(<\w+>)", keymap))
    spare = [key for key in re.findall(r"^ *(<\w+>) = \d+;", keymap, re.MULTILINE) if key not in used]
    pairs = [(letters + letters[-1:])[at:at + 2] for at in range(0, len(letters), 2)]
    if len(pairs) > len(spare):
        raise Missing(f"the keyboard has {len(spare)} keys to spare, and {len(pairs)} pairs of letters need one.")
    keys = [f"key {key} {{ [ U{ord(plain):04X}, U{ord(shifted):04X} ] }};" for key, (plain, shifted) in zip(spare, pairs)]
    keymap = re.sub(r"(xkb_symbols [^{]*\{)", lambda found: found[1] + "\n".join(["", *keys, ""]), keymap, count=1)
    (OUT / "keymap.xkb").write_text(keymap)
    run("xkbcomp", "-w", "0", OUT / "keymap.xkb", os.environ["DISPLAY"])


def run(*command):
    """The output of a short command; empty if it fails."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.decode("utf-8", "replace")


class Window:
    """A window on the virtual display, found by its title."""

    def __init__(self, title, of):
        def found():
            if not of.is_running():
                raise Missing(f"{of.name} ended with {of.process.returncode} and never opened its window.")
            return run("xdotool", "search", "--onlyvisible", "--name", title).split()
        self.id = until(f"no window was titled {title!r}", found)[-1]

    def activate(self):
        run("timeout", "10", "xdotool", "windowactivate", "--sync", self.id)

    def type(self, text):
        self.activate()
        run("timeout", "60", "xdotool", "type", "--delay", "20", text)

    def keys(self, *keys):
        self.activate()
        run("timeout", "10", "xdotool", "key", *keys)

    def minimize(self):
        run("timeout", "10", "xdotool", "windowminimize", "--sync", self.id)

    def size(self):
        shell = dict(line.split("=") for line in run("xdotool", "getwindowgeometry", "--shell", self.id).split())
        return int(shell["WIDTH"]), int(shell["HEIGHT"])

    def click(self, x, y):
        self.activate()
        run("timeout", "10", "xdotool", "mousemove", "--window", self.id, x, y, "click", "1")

    def close(self):
        """As the person does who presses the cross."""
        self.keys("alt+F4")


class Terminal:
    """A program in tmux, on a server of its own."""

    def __init__(self, name, *command):
        self.name = name
        self.socket = f"parlor-e2e-{os.getpid()}-{name}"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", *command)
        self.pid = int(self.tmux("list-panes", "-F", "#{pane_pid}").strip() or 0)
        if not self.pid:
            raise Missing(f"{name} did not start in tmux.")
        running.append(self)

    def tmux(self, *arguments):
        return run("tmux", "-u", "-L", self.socket, *arguments)

    def text(self):
        return self.tmux("capture-pane", "-p", "-t", "0")

    def expect(self, part, seconds=PATIENCE):
        until(f"{self.name} never showed {part!r}; its screen: {self.text()}", lambda: part in self.text(), seconds)

    def type(self, text):
        self.tmux("send-keys", "-t", "0", "-l", text)

    def keys(self, *keys):
        self.tmux("send-keys", "-t", "0", *keys)

    def is_running(self):
        return bool(self.tmux("list-panes"))

    def wait(self):
        until(f"{self.name} did not end; its screen: {self.text()}", lambda: not self.is_running())

    def kill(self):
        """Takes its terminal away, which should end it, and sees to it that it does."""
        self.tmux("kill-server")
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if not os.path.exists(f"/proc/{self.pid}"):
                return
            time.sleep(0.05)
        os.kill(self.pid, signal.SIGKILL)


def screenshot(name):
    """Keeps a picture of the whole display, for people to look at; software rendering is slow, so it is given time."""
    time.sleep(2)
    run("import", "-window", "root", OUT / f"{name}.png")
    until(f"no screenshot {name} was taken", (OUT / f"{name}.png").exists)


def end_everything():
    """Ends what was started here and is still running, the last one first."""
    for program in reversed(running):
        program.kill()
