"""What a window tells whoever cannot see it, read and pressed as a screen reader does: by AT-SPI, on buses of this pass."""
import os
import re
import subprocess

import dbus
import dbus.bus

from stage import PATIENCE, Missing, Program, until

LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
ACCESSIBLE = "org.a11y.atspi.Accessible"
# Roles and states have numbers there.
BUTTON = 43
FOCUSED = 12


class Readout:
    """The buses. What is started from then on tells what it shows."""

    def __init__(self):
        session = Program("session-bus", "dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1")
        session.expect("unix:")
        session.expect("\n")
        address = next(line for line in session.text().splitlines() if line.startswith("unix:"))
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = address
        self.session, self.launcher = session, Launcher("at-spi", LAUNCHER)
        bus = dbus.bus.BusConnection(address)
        until("nobody offered to read windows out", lambda: bus.name_has_owner("org.a11y.Bus"))
        status = bus.get_object("org.a11y.Bus", "/org/a11y/bus", introspect=False)

        def switched_on():
            wanted = ("org.a11y.Status", "IsEnabled")
            answer(status.Set, *wanted, dbus.Boolean(True, variant_level=1), dbus_interface=dbus.PROPERTIES_IFACE)
            return answer(status.Get, *wanted, dbus_interface=dbus.PROPERTIES_IFACE)
        until("reading windows out could not be switched on", switched_on)
        read_out = until("there is no bus for reading windows out",
                         lambda: answer(status.GetAddress, dbus_interface="org.a11y.Bus"))
        self.bus = dbus.bus.BusConnection(read_out)

    def end(self):
        """Nobody reads any more."""
        del os.environ["DBUS_SESSION_BUS_ADDRESS"]
        self.launcher.kill()
        self.session.kill()

    def expect(self, program, pattern):
        """Waits until a window of this program shows something in which this is found, and returns that whole."""
        def shown():
            self.alive(program, pattern)
            return next((name for name, _ in self.things(program.process.pid) if re.search(pattern, name)), None)
        return until(f"{program.name} never showed {pattern!r}", shown)

    def expect_gone(self, program, pattern):
        """Waits until no window of this program shows anything in which this is found."""
        looks = [False, False]

        def gone():
            self.alive(program, pattern)
            names = [name for name, _ in self.things(program.process.pid)]
            # What is looked at while it changes may be seen in part: twice in a row it is hardly that.
            looks.append(bool(names) and not any(re.search(pattern, name) for name in names))
            return looks[-1] and looks[-2]
        until(f"{program.name} went on showing {pattern!r}", gone)

    def expect_focus(self, program, name):
        """Waits until what is typed goes into what has this name."""
        def focused():
            self.alive(program, name)
            for there, thing in self.things(program.process.pid):
                states = there == name and answer(thing.GetState, dbus_interface=ACCESSIBLE)
                if states and states[0] >> FOCUSED & 1:
                    return True
            return False
        until(f"{program.name} never took what is typed for {name!r}", focused)

    def press(self, program, name):
        """Waits until a window of this program has this button, and presses it."""
        def pressed():
            self.alive(program, name)
            for there, thing in self.things(program.process.pid):
                if there == name and answer(thing.GetRole, dbus_interface=ACCESSIBLE) == BUTTON:
                    return answer(thing.DoAction, dbus.Int32(0), dbus_interface="org.a11y.atspi.Action")
            return False
        until(f"{program.name} never had a button {name!r}", pressed)

    def alive(self, program, part):
        if not program.is_running():
            raise Missing(f"{program.name} ended with {program.process.returncode} and never showed {part!r}.")

    def things(self, process):
        """Everything that a process shows now, with its name."""
        root = self.bus.get_object("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root", introspect=False)
        for name, path in answer(root.GetChildren, dbus_interface=ACCESSIBLE) or []:
            daemon = self.bus.get_object("org.freedesktop.DBus", "/org/freedesktop/DBus", introspect=False)
            if answer(daemon.GetConnectionUnixProcessID, name, dbus_interface="org.freedesktop.DBus") == process:
                yield from self.below(name, path)

    def below(self, bus_name, path):
        thing = self.bus.get_object(bus_name, path, introspect=False)
        name = answer(thing.Get, ACCESSIBLE, "Name", dbus_interface=dbus.PROPERTIES_IFACE)
        if name:
            yield str(name), thing
        for child in answer(thing.GetChildren, dbus_interface=ACCESSIBLE) or []:
            yield from self.below(*child)


class Launcher(Program):
    """What starts a bus for reading out: ended in good order, it ends that too."""

    def kill(self):
        if self.is_running():
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                super().kill()


def answer(ask, *arguments, **options):
    """What is answered, or nothing: what is asked may just have gone."""
    try:
        return ask(*arguments, **options)
    except dbus.exceptions.DBusException:
        return None
