"""Variables whose values end in the pages of a site, where everybody reads them: their tools put them there by how the name begins.

Source: the documentation of Vite, Next.js, Nuxt, Astro and SvelteKit, Create React App, Vue CLI, Gatsby and Expo on environment variables.
"""

import re

_PUBLIC = re.compile(r"(?:VITE|NEXT_PUBLIC|NUXT_PUBLIC|PUBLIC|REACT_APP|VUE_APP|GATSBY|EXPO_PUBLIC)_")
_PRIVATE = re.compile(r"SECRET|PASSW|PRIVATE|CREDENTIAL|SERVICE_ROLE", re.I)


def is_public(name: str) -> bool:
    """Whether a variable of this name ends in the pages."""
    return bool(_PUBLIC.match(name))


def is_meant_for_all(name: str) -> bool:
    """Whether it may: keys of maps and of services that browsers talk to are no secrets, what calls itself one is."""
    return is_public(name) and not _PRIVATE.search(name)
