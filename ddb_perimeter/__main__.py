"""`python -m ddb_perimeter` is the same program as `ddb-perimeter`."""

from ddb_perimeter.cli import main

if __name__ == "__main__":
    main()
