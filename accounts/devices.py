"""What somebody signed in with, in words, from what the browser says of itself. For their own list; proves nothing."""

from __future__ import annotations

#: In this order: Edge says that it is Chrome too, Chrome that it is Safari, an iPad that it is a Mac.
BROWSERS = (
    ("Edg", "Microsoft Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
DEVICES = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("CrOS", "a Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "a Mac"),
    ("Linux", "Linux"),
)
UNKNOWN = "Unknown browser"


def device_name(user_agent: str) -> str:
    """Browser and kind of device: "Microsoft Edge on Windows"."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), UNKNOWN)
    device = next((name for sign, name in DEVICES if sign in user_agent), "")
    return f"{browser} on {device}" if device else browser
