#define _GNU_SOURCE
#include "limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

struct limits_server {
    int listener;
    int file;
    size_t head_bytes;
    uint16_t port;
    pthread_t thread;
};

static int accept_one(limits_server *server) {
    int connection = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
    int one = 1;
    if (connection >= 0) setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return connection;
}

static int read_all(int connection, void *target, size_t count) {
    size_t filled = 0;
    while (filled < count) {
        ssize_t got = read(connection, (char *)target + filled, count - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return -1;
        filled += (size_t)got;
    }
    return 0;
}

static int write_all(int connection, const void *source, size_t count, int flags) {
    size_t sent = 0;
    while (sent < count) {
        ssize_t put = send(connection, (const char *)source + sent, count - sent, flags | MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return -1;
        sent += (size_t)put;
    }
    return 0;
}

static void *echo(void *argument) {
    limits_server *server = argument;
    int connection = accept_one(server);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = connection};
    static char buffer[65536];
    if (connection >= 0 && poll >= 0 && epoll_ctl(poll, EPOLL_CTL_ADD, connection, &event) == 0) {
        while (epoll_wait(poll, &event, 1, -1) >= 0 || errno == EINTR) {
            ssize_t got = read(connection, buffer, sizeof buffer);
            if (got <= 0 || write_all(connection, buffer, (size_t)got, 0) != 0) break;
        }
    }
    if (poll >= 0) close(poll);
    if (connection >= 0) close(connection);
    return NULL;
}

static void *send_regions(void *argument) {
    limits_server *server = argument;
    int connection = accept_one(server);
    char *head = calloc(1, 4 + server->head_bytes);
    while (connection >= 0 && head) {
        struct {
            uint32_t length;
            int64_t position, count;
        } __attribute__((packed)) request;
        if (read_all(connection, &request, sizeof request) != 0) break;
        uint32_t length = htonl((uint32_t)(server->head_bytes + (size_t)request.count));
        memcpy(head, &length, 4);
        if (write_all(connection, head, 4 + server->head_bytes, MSG_MORE) != 0) break;
        off_t position = request.position;
        size_t left = (size_t)request.count;
        while (left > 0) {
            ssize_t sent = sendfile(connection, server->file, &position, left);
            if (sent < 0 && errno == EINTR) continue;
            if (sent <= 0) break;
            left -= (size_t)sent;
        }
        if (left > 0) break;
    }
    free(head);
    if (connection >= 0) close(connection);
    return NULL;
}

static limits_server *start(void *(*serve)(void *), int file, size_t head_bytes) {
    limits_server *server = calloc(1, sizeof *server);
    if (!server) return NULL;
    server->file = file;
    server->head_bytes = head_bytes;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&address, size) != 0
        || listen(server->listener, 1) != 0
        || getsockname(server->listener, (struct sockaddr *)&address, &size) != 0
        || (errno = pthread_create(&server->thread, NULL, serve, server)) != 0) {
        int reason = errno;
        if (server->listener >= 0) close(server->listener);
        free(server);
        errno = reason;
        return NULL;
    }
    server->port = ntohs(address.sin_port);
    return server;
}

limits_server *limits_start_echo(void) { return start(echo, -1, 0); }

limits_server *limits_start_sendfile(int file, size_t head_bytes) { return start(send_regions, file, head_bytes); }

uint16_t limits_port(const limits_server *server) { return server->port; }

void limits_join(limits_server *server) {
    pthread_join(server->thread, NULL);
    close(server->listener);
    free(server);
}

int limits_connect(uint16_t port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0) return -errno;
    int one = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0) {
        int reason = errno;
        close(connection);
        return -reason;
    }
    return connection;
}

int64_t limits_exchange(int connection, const void *frame, size_t count, void *answer, size_t capacity) {
    uint32_t length;
    errno = ECONNRESET;
    if (write_all(connection, frame, count, 0) != 0) return -errno;
    if (read_all(connection, &length, sizeof length) != 0) return -errno;
    length = ntohl(length);
    if (length > capacity) return -EMSGSIZE;
    if (read_all(connection, answer, length) != 0) return -errno;
    return length;
}
