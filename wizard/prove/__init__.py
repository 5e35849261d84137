"""Evidence instead of belief: projects and containers on a real engine, looked at by every control."""
