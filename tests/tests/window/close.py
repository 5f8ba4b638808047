"""Asks a window to close, as a click on its cross does. Usage: close.py WINDOW_ID"""

import ctypes
import sys

xlib = ctypes.CDLL("libX11.so.6")
xlib.XOpenDisplay.restype = ctypes.c_void_p
xlib.XInternAtom.restype = ctypes.c_ulong
xlib.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]


class ClientMessage(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        # An XEvent is 24 longs, of which these are the last.
        ("rest", ctypes.c_long * 12),
    ]


CLIENT_MESSAGE = 33
window = int(sys.argv[1])
display = xlib.XOpenDisplay(None)
protocols = xlib.XInternAtom(display, b"WM_PROTOCOLS", 0)
delete = xlib.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
event = ClientMessage(CLIENT_MESSAGE, 0, 1, display, window, protocols, 32)
event.data[0] = delete
xlib.XSendEvent(
    ctypes.c_void_p(display), ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(event)
)
xlib.XCloseDisplay(ctypes.c_void_p(display))
