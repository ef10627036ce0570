"""One message to one subscriber: pure decisions and transports, no SQL."""
