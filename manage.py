#!/usr/bin/env python
"""Run a management command of the Residents' Hubs portal."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hubportal.settings")
    execute_from_command_line(sys.argv)
