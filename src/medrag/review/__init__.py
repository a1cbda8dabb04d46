"""Sign-off: checked answer to reviewed answer."""
