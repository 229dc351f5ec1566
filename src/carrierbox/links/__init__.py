"""The asyncio edge: sockets in, sockets out, and the pulse that calls the runtime."""
