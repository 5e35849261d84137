"""How people spell the names of the outside that a service may reach: `api.example.com, *.example.org:8443`."""

from wizard.outside_names import spelled
from wizard.spelling import Spelling, rows

OUTSIDE_NAMES = rows(Spelling(spelled, str, "api.example.com, *.example.org, files.example.com:8443"))
