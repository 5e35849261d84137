"""`python -m wizard`, and the command `seawall`: `--version` answers before anything is imported."""

import sys


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    if sys.argv[1:] == ["--version"]:
        from wizard import __version__

        print(f"seawall {__version__}")
        return
    from wizard import garbage

    garbage.starting()
    from wizard.run import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
