// The parent's side of the child process that runs instruction tests.
#define _GNU_SOURCE
#include "internal.h"

#ifdef EMU_NATIVE_ORACLE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int emu_native_spawn(struct emu_native_region *shared) {
  int command[2], done[2];
  if (pipe2(command, O_CLOEXEC) != 0) return errno;
  if (pipe2(done, O_CLOEXEC) != 0) {
    int error = errno;
    close(command[0]);
    close(command[1]);
    return error;
  }
  shared->setup_stage = 0;
  shared->setup_error = 0;
  int own = getpid();
  // No signal of the parent's may be handled in the child before it has its own mask.
  uint64_t all = ~0ull, before;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, 8);
  int pid = fork();
  if (pid == 0) {
    emu_native_child(shared, own, command[0], done[1]);
  }
  int error = errno;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, 0, 8);
  close(command[0]);
  close(done[1]);
  if (pid < 0) {
    close(command[1]);
    close(done[0]);
    return error;
  }
  shared->child = pid;
  shared->command_descriptor = command[1];
  shared->done_descriptor = done[0];
  if (emu_native_wait(shared, 10000) == EMU_NATIVE_DONE) return 0;
  emu_native_reap(shared);
  return shared->setup_error ? shared->setup_error : EIO;
}

void emu_native_reap(struct emu_native_region *shared) {
  if (shared->child <= 0) return;
  kill(shared->child, SIGKILL);
  int status = 0;
  while (waitpid(shared->child, &status, 0) < 0 && errno == EINTR) {}
  shared->status = status;
  shared->child = 0;
  close(shared->command_descriptor);
  close(shared->done_descriptor);
}

int emu_native_submit(struct emu_native_region *shared, uint8_t index) {
  // A dead child's pipe must not end this process by SIGPIPE.
  sigset_t pipe_only, before;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
  int error = 0;
  while (write(shared->command_descriptor, &index, 1) != 1) {
    if (errno == EINTR) continue;
    error = errno;
    struct timespec zero = {0, 0};
    if (error == EPIPE) sigtimedwait(&pipe_only, 0, &zero);
    break;
  }
  pthread_sigmask(SIG_SETMASK, &before, 0);
  return error;
}

int emu_native_wait(struct emu_native_region *shared, int milliseconds) {
  struct pollfd entry = {.fd = shared->done_descriptor, .events = POLLIN};
  int count = poll(&entry, 1, milliseconds);
  if (count <= 0) return EMU_NATIVE_TIMEOUT;
  uint8_t byte;
  return read(shared->done_descriptor, &byte, 1) == 1 ? EMU_NATIVE_DONE : EMU_NATIVE_DEAD;
}

struct emu_native_region *emu_native_open(uint32_t capacity) {
  size_t tests = capacity * sizeof(struct emu_instruction_test), results = capacity * sizeof(struct emu_user_state);
  size_t header = (sizeof(struct emu_native_region) + 63) / 64 * 64;
  size_t size = header + 2 * (tests + results);
  uint8_t *base = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return 0;
  struct emu_native_region *shared = (struct emu_native_region *)base;
  shared->byte_count = size;
  shared->capacity = capacity;
  for (int i = 0; i < 2; ++i) {
    shared->batches[i].tests = (struct emu_instruction_test *)(base + header + (size_t)i * (tests + results));
    shared->batches[i].results = (struct emu_user_state *)((uint8_t *)shared->batches[i].tests + tests);
  }
  return shared;
}

void emu_native_add_segment(struct emu_native_region *shared, struct emu_native_segment segment) {
  shared->segments[shared->segment_count++] = segment;
}

void emu_native_close(struct emu_native_region *shared) {
  emu_native_reap(shared);
  munmap(shared, shared->byte_count);
}

int emu_native_has_fsgsbase(void) { return getauxval(AT_HWCAP2) >> 1 & 1; }

struct emu_native_cpuid emu_native_cpuid(uint32_t leaf, uint32_t subleaf) {
  struct emu_native_cpuid r;
  __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
  return r;
}

uint64_t emu_native_xcr0(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}
#endif
