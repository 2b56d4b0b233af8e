"""A desktop that shows notifications by writing each as a line (Desktop Notifications Specification 1.3). It runs until it is
ended."""
import itertools

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

NAME = "org.freedesktop.Notifications"


class Desktop(dbus.service.Object):
    """One that reads bodies as markup, as most do."""
    numbers = itertools.count(1)

    @dbus.service.method(NAME, out_signature="as")
    def GetCapabilities(self):
        return ["body", "body-markup"]

    @dbus.service.method(NAME, out_signature="ssss")
    def GetServerInformation(self):
        return "notices", "Parlor", "1", "1.3"

    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, program, replaces, _icon, summary, body, _actions, _hints, _expires):
        number = replaces or next(self.numbers)
        print(f"{number}. {program}: {summary}: {body}", flush=True)
        return number


DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
name = dbus.service.BusName(NAME, bus)
Desktop(bus, "/org/freedesktop/Notifications")
print("ready", flush=True)
GLib.MainLoop().run()
