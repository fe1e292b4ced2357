#ifndef MILLRACE_LIMITS_H
#define MILLRACE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

// What a machine can do at best: the plainest C for each job, as the mark that our figures stand beside.
// Everything here runs on Linux only.

/// A server on 127.0.0.1 with a thread of its own; it serves one connection and ends when that closes.
typedef struct limits_server limits_server;

/// Sends every byte back that it reads: one epoll loop. NULL when it cannot be started; errno says why.
limits_server *limits_start_echo(void);

/// Answers each request (a frame of 4 bytes of length, then position and count, 8 bytes each, in this machine's order)
/// with a frame of `head_bytes` zero bytes and the region of `file`, by sendfile.
limits_server *limits_start_sendfile(int file, size_t head_bytes);

/// The port that it listens on.
uint16_t limits_port(const limits_server *server);

/// Waits for its thread to end, and frees it. The connection must be closed before.
void limits_join(limits_server *server);

/// A blocking connection to a port of 127.0.0.1, without Nagle's delay; below 0 it is an errno, negated.
int limits_connect(uint16_t port);

/// Writes a frame, which has its length in front, and reads the frame that answers it into `answer`. Returns the answer's
/// size without its length; below 0 it is an errno, negated.
int64_t limits_exchange(int connection, const void *frame, size_t count, void *answer, size_t capacity);

/// Walks `count` records of a batch's body, uncompressed, and adds up their times and the first bytes of keys and values.
/// Checks nothing.
int64_t limits_visit_records(const void *records, int32_t count, int64_t base_timestamp);

/// CPU time of the calling thread and of the whole process, and time on the wall, in nanoseconds since some moment.
double limits_clock_thread(void);
double limits_clock_process(void);
double limits_clock_wall(void);

#endif
