#!/usr/bin/env bash
# pyarrow 26.0.1 (numpy 2.4.6)
#
# Behaviour: write_table looks at data_page_size and dictionary_pagesize_limit (1 MiB each by default) once in write_batch_size rows, 1024
# by default. A column whose values are files of pictures gets pages of 1024 pictures, the first as a dictionary, whatever limits are given.
# One would guess otherwise: both limits are documented as limits of pages, and columns of numbers and words keep them.
# Costs: a page is what a reader must unpack to reach one value. Training on such a file in random order unpacks tens of megabytes
# for each picture. The limits that one would lower do nothing; write_batch_size=16 and use_dictionary=False help.
#
# Seen, 1500 values of 60 000 random bytes, limits of 100 000 bytes:
#   as usual:                                    first page 61444117 bytes
#   write_batch_size=16, use_dictionary=False:   first page 960070 bytes
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 pyarrow==26.0.1
fi
FOLDER=$tmp "$python" - <<'PY'
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

random = np.random.default_rng(0)
table = pa.table({"image": pa.array([random.bytes(60_000) for _ in range(1500)], pa.binary())})


def first_page(name, **options):
    path = os.path.join(os.environ["FOLDER"], name)
    pq.write_table(table, path, compression="none", data_page_size=100_000, dictionary_pagesize_limit=100_000, **options)
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    if column.has_dictionary_page:
        return column.data_page_offset - column.dictionary_page_offset
    # A page is a Thrift header and its bytes: the header's second and third fields, zigzag numbers of seven bits a byte, are its sizes.
    with open(path, "rb") as file:
        file.seek(column.data_page_offset)
        head = file.read(32)
    at, size, shift = 3, 0, 0
    while True:
        size |= (head[at] & 127) << shift
        shift += 7
        at += 1
        if head[at - 1] < 128:
            return size >> 1


usual = first_page("usual.parquet")
small = first_page("small.parquet", write_batch_size=16, use_dictionary=False)
print(f"as usual:                                  first page {usual} bytes")
print(f"write_batch_size=16, use_dictionary=False: first page {small} bytes")
if usual > 50_000_000 and small < 2_000_000:
    print("reproduced: the limits of pages are not kept for columns of pictures")
else:
    print("no longer so: pages are near their limits")
    sys.exit(1)
PY
