"""From positions to alerts: rules say what is true, the engine what changed."""
