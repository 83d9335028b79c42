"""Give the embedded server its share of the machine."""

from __future__ import annotations

import psutil

# Room for bulk imports; everything else is PostgreSQL's own default, fsync and
# synchronous_commit above all: what is reported as stored is on the disk. The
# log writer works ahead of a large COPY, which otherwise waits for the disk.
# The first change of a page after a checkpoint logs the whole page. A report
# changes a hundred pages anywhere; to compress them took longer than the rest.
# Files of the log are used again rather than removed: to make one, sixteen megabytes are
# written and waited for, by the very report that comes upon the end of the last.
# Nobody follows the log from elsewhere, and copies are pg_dump's: rows of a table
# that is emptied and filled in one transaction, as when everything is linked
# anew, go to the disk once, and not to the log as well.
# A page that is wanted soon is asked for ahead of time by the process that wants it:
# handing it to another one (the default since 18) takes longer than to read it, and
# the processor of both.
# Statements can hold names, so the server's own log never repeats one.
CONFIGURATION = """
# Lamplighter
shared_buffers = {shared}MB
shared_preload_libraries = 'pg_prewarm'
maintenance_work_mem = {making}MB
io_method = sync
effective_io_concurrency = 32
max_wal_size = 4GB
min_wal_size = 1GB
checkpoint_timeout = 15min
wal_level = minimal
max_wal_senders = 0
wal_compression = off
wal_buffers = 64MB
wal_writer_delay = 20ms
wal_writer_flush_after = 8MB
log_min_messages = fatal
log_statement = none
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
track_activities = off
log_line_prefix = '%m [%p] '
log_timezone = 'Europe/London'
"""


LEAST_SHARED = 256  # megabytes


def configuration() -> str:
    """Return the lines added to PostgreSQL's own configuration. A quarter of the memory is for pages that are
    shared: keys of a new report lie anywhere in an index of millions, and a page that is not there is read
    again. After a restart the pages that were there are brought back (``pg_prewarm``)."""
    quarter = psutil.virtual_memory().total // 4 // 1024**2
    # Indexes are made by three processes, which share this.
    return CONFIGURATION.format(shared=max(LEAST_SHARED, quarter), making=max(LEAST_SHARED, quarter // 4))
