#!/usr/bin/env python3
"""Writes a header with the version and the time of the zone data that the Windows programs carry. Use: zone_origin.py TZDATA.ZI HEADER."""
import pathlib
import re
import sys

data, header = map(pathlib.Path, sys.argv[1:3])
version = re.match(r"# version (\S+)", data.read_text())[1]
header.write_text(f'constexpr const char* zone_origin_version = "{version}";\nconstexpr long long zone_origin_made = {int(data.stat().st_mtime)}; // seconds since 1970\n')
