/* Kernels before 6.13 that run as a program keep the floating point state of a process in an area that is too short on newer
 * processors, and the machine's own kernel refuses what is shorter (EFAULT). This stands before the C library's `ptrace` and
 * writes such a state into an area of the right length. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PEEKTEXT = 1, PEEKUSER = 3, GETREGSET = 0x4204, SETREGSET = 0x4205, XSTATE = 0x202 };

static long call(int request, long pid, void *address, void *data)
{
    return syscall(SYS_ptrace, (long)request, pid, address, data);
}

long ptrace(int request, ...)
{
    static char area[64 * 1024] __attribute__((aligned(64)));
    va_list arguments;
    va_start(arguments, request);
    long pid = va_arg(arguments, long);
    void *address = va_arg(arguments, void *);
    void *data = va_arg(arguments, void *);
    va_end(arguments);

    if (request >= PEEKTEXT && request <= PEEKUSER) {
        /* The library's function returns the word, the kernel's writes it. */
        long word;
        return call(request, pid, address, &word) < 0 ? -1 : word;
    }
    if (request == SETREGSET && (long)address == XSTATE) {
        struct iovec *given = data;
        struct iovec whole = { area, sizeof area };
        if (call(GETREGSET, pid, address, &whole) == 0 && whole.iov_len > given->iov_len) {
            memcpy(area, given->iov_base, given->iov_len);
            return call(request, pid, address, &whole);
        }
    }
    return call(request, pid, address, data);
}
