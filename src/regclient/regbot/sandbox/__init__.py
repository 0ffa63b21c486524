"""Where scripts run: a child process with Lua in it, the conversation with it, and the functions it may call."""
