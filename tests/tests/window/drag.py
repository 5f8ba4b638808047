"""Offers a file for dragging, as a file manager does: a small window at X Y, until it is dropped.

Usage: drag.py X Y SIZE PATH. Prints `ready` when it can be grabbed, `done` or `refused` at the end.
"""

import pathlib
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

x, y, size = map(int, sys.argv[1:4])
uri = pathlib.Path(sys.argv[4]).as_uri()
refused = []


def ended(_widget, _context):
    print("refused" if refused else "done", flush=True)
    Gtk.main_quit()


def failed(_widget, _context, _result):
    refused.append(True)
    return True


def ready(*_):
    """It is mapped; and once the server has answered, the server knows that too."""
    Gdk.Display.get_default().sync()
    print("ready", flush=True)


window = Gtk.Window(type=Gtk.WindowType.POPUP)
window.set_default_size(size, size)
window.move(x, y)
window.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
window.drag_source_add_uri_targets()
window.connect("drag-data-get", lambda _w, _c, data, _i, _t: data.set_uris([uri]))
window.connect("drag-failed", failed)
window.connect("drag-end", ended)
window.connect_after("map-event", ready)
window.show_all()
Gtk.main()
