"""The container engine: what runs there, and how a running container really is."""
