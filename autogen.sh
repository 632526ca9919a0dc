#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Make ./configure from a checkout. A release tarball needs none of this.
set -e
cd "$(dirname "$0")"
exec autoreconf --install --force --warnings=all
