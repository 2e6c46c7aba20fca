# Sourced by the commands beside it, which set $script to their own folder: finds a Python that can run the
# set-up, steps into the root of the clone and leaves the interpreter's name in $python.
# The clone's own comes first because it is the quickest to find.

# The caller's own Python settings would lead our interpreter to other people's modules.
unset PYTHONPATH PYTHONHOME PYTHONSAFEPATH PYTHONSTARTUP PYTHONWARNINGS PYTHONOPTIMIZE PYTHONINSPECT

cd -- "$script/.." || exit 1

python=
for requirement in "venv, ensurepip" "venv"; do
    for candidate in .venv/bin/python python3.13 python3.12 python3.11 python3.14 python3 python; do
        if "$candidate" -c "import sys, $requirement; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1; then
            python=$candidate
            break 2
        fi
    done
done
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed and was not found on the PATH." >&2
    echo "  Debian, Ubuntu:  apt-get install python3 python3-venv" >&2
    echo "  macOS:           brew install python@3.13" >&2
    echo "  or from python.org; then run this command again." >&2
    exit 1
fi
