"""Put a set of rendered files into a folder: whole set or nothing, and nothing of the user's is lost."""

from wizard.files.model import Change, File, Plan, Recovery, Status, Written
from wizard.files.planning import plan
from wizard.files.recovery import recover
from wizard.files.writing import write

__all__ = ["Change", "File", "Plan", "Recovery", "Status", "Written", "plan", "recover", "write"]
