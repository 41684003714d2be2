/* Lets the n-th write or fsync below a folder fail, and all that follow it: for LD_PRELOAD.
 *
 * A process arms it for itself, after a fork, so that one process loads everything once and lets
 * each of its children fail at another point.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static char below[4096]; /* empty: nothing is counted */
static int at, as;       /* which call fails, from 1, 0 none; its errno */
static int count;

void anpr_fail(const char *folder, int from, int code) {
    at = from;
    as = code;
    __atomic_store_n(&count, 0, __ATOMIC_SEQ_CST);
    snprintf(below, sizeof below, "%s", folder);
}

int anpr_counted(void) { return __atomic_load_n(&count, __ATOMIC_SEQ_CST); }

static int fails(int fd) {
    char link[64], path[4096];
    if (!below[0]) return 0;
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, below, strlen(below))) return 0;
    int number = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
    if (at == 0 || number < at) return 0;
    errno = as;
    return 1;
}

#define FAILING(name, result, parameters, arguments)                   \
    result name parameters {                                           \
        if (fails(fd)) return -1;                                      \
        result(*real) parameters = dlsym(RTLD_NEXT, #name);            \
        return real arguments;                                         \
    }

typedef const void *data_t;
typedef const struct iovec *parts_t;

FAILING(write, ssize_t, (int fd, data_t data, size_t size), (fd, data, size))
FAILING(writev, ssize_t, (int fd, parts_t parts, int many), (fd, parts, many))
FAILING(pwrite, ssize_t, (int fd, data_t data, size_t size, off_t to), (fd, data, size, to))
FAILING(pwrite64, ssize_t, (int fd, data_t data, size_t size, off64_t to), (fd, data, size, to))
FAILING(sendfile, ssize_t, (int fd, int in, off_t *from, size_t size), (fd, in, from, size))
FAILING(sendfile64, ssize_t, (int fd, int in, off64_t *from, size_t size), (fd, in, from, size))
FAILING(fsync, int, (int fd), (fd))
FAILING(fdatasync, int, (int fd), (fd))
FAILING(ftruncate, int, (int fd, off_t size), (fd, size))
FAILING(ftruncate64, int, (int fd, off64_t size), (fd, size))
