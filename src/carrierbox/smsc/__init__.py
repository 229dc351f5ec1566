"""The message centre: accepts, keeps, routes, retries and reports. No I/O happens in this room."""
