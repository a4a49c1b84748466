// Sets the child process up: its pages, signals, timer and filter. It was forked off a process with threads, so no malloc
// and no stdio.
#define _GNU_SOURCE
#include "internal.h"

#ifdef EMU_NATIVE_ORACLE
#include <asm/ldt.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

#define READ_ONLY_PAGE 0x20002000ull
#define TICK_MICROSECONDS 50000

static uint8_t alternate_stack[65536] __attribute__((aligned(64)));

enum { STAGE_NONE, STAGE_CODE, STAGE_DATA, STAGE_SIGNALS, STAGE_TIMER, STAGE_SECCOMP, STAGE_SEGMENTS };

const char *emu_native_stage(int stage) {
  switch (stage) {
    case STAGE_CODE: return "map the code page at 10000000h";
    case STAGE_DATA: return "map the data pages at 20000000h";
    case STAGE_SIGNALS: return "install its signal handlers";
    case STAGE_TIMER: return "start its timer";
    case STAGE_SECCOMP: return "install its seccomp filter";
    case STAGE_SEGMENTS: return "install its local descriptor table, with 16-bit segments";
    default: return "start";
  }
}

static void fail(int stage) {
  self.region->setup_stage = stage;
  self.region->setup_error = errno;
  _exit(1);
}

static void map_code(void) {
  int file = (int)syscall(SYS_memfd_create, "emu-code", 1u);
  if (file < 0 || ftruncate(file, PAGE) != 0) fail(STAGE_CODE);
  self.code_alias = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
  if (self.code_alias == MAP_FAILED) fail(STAGE_CODE);
  fill_words(self.code_alias, 0xCCCCCCCCCCCCCCCCull, PAGE / 8);
  void *page = mmap((void *)CODE_PAGE, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_POPULATE | MAP_FIXED_NOREPLACE, file, 0);
  if (page != (void *)CODE_PAGE) fail(STAGE_CODE);
  close(file);
  (void)mlock(page, PAGE);
}

static void map_data(void) {
  void *pages = mmap(
      (void *)DATA_PAGE, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_FIXED_NOREPLACE,
      -1, 0);
  if (pages != (void *)DATA_PAGE) fail(STAGE_DATA);
  for (size_t i = 0; i < 3 * PAGE / 8; ++i) self.background[i] = mix(i * 8);
  copy_words(pages, self.background, 3 * PAGE / 8);
  if (mprotect((void *)READ_ONLY_PAGE, PAGE, PROT_READ) != 0) fail(STAGE_DATA);
  (void)mlock(pages, 3 * PAGE);
}

static void install_segments(void) {
  for (uint32_t i = 0; i < self.region->segment_count; ++i) {
    const struct emu_native_segment *s = self.region->segments + i;
    if (s->is_absent) continue;
    struct user_desc d = {.entry_number = i, .base_addr = s->base, .limit = s->limit};
    d.seg_32bit = s->is_32bit;
    d.contents = s->contents;
    d.read_exec_only = s->is_restricted;
    d.limit_in_pages = s->counts_pages;
    d.seg_not_present = s->is_not_present;
    d.useable = 1;
    // Its result is an int in the lower half alone.
    int code = (int)syscall(SYS_modify_ldt, 0x11, &d, sizeof d);
    if (code == 0) continue;
    if (code != -1) errno = -code;
    fail(STAGE_SEGMENTS);
  }
}

static const int caught[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGPROF};

// The kernel's own interface: libc's would install its restorer, from which the filter allows nothing.
static void install_handlers(void) {
  struct {
    void (*handler)(void);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
  } action = {emu_native_entry, SA_SIGINFO | SA_ONSTACK | 0x04000000, emu_native_restorer, ~0ull};
  uint64_t mask = ~0ull;
  stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
  if (sigaltstack(&stack, 0) != 0) fail(STAGE_SIGNALS);
  for (size_t i = 0; i < sizeof caught / sizeof caught[0]; ++i) {
    mask &= ~(1ull << (caught[i] - 1));
    if (syscall(SYS_rt_sigaction, caught[i], &action, 0, 8) != 0) fail(STAGE_SIGNALS);
  }
  if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, 0, 8) != 0) fail(STAGE_SIGNALS);
}

#define LOW(address) ((uint32_t)(uintptr_t)(address))
#define HIGH(address) ((uint32_t)((uintptr_t)(address) >> 32))

// Only two addresses of this file may enter the kernel, by the 64-bit interface.
static void install_filter(void) {
  const void *allowed[2] = {emu_native_restorer_end, emu_native_syscall_end};
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 8),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LOW(allowed[0]), 0, 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, HIGH(allowed[0]), 3, 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LOW(allowed[1]), 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, HIGH(allowed[1]), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
  };
  struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(STAGE_SECCOMP);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) fail(STAGE_SECCOMP);
}

// Its own two ends of the pipes become descriptors 0 and 1; all else that it inherited is closed.
static void take_descriptors(int command, int done) {
  int high_command = (int)syscall(SYS_fcntl, command, 0, 64), high_done = (int)syscall(SYS_fcntl, done, 0, 64);
  syscall(SYS_dup2, high_command, 0);
  syscall(SYS_dup2, high_done, 1);
  if (syscall(SYS_close_range, 2u, ~0u, 0u) != 0)
    for (int i = 2; i < 4096; ++i) syscall(SYS_close, i);
  self.command_descriptor = 0;
  self.done_descriptor = 1;
}

static void find_vector_layout(void) {
  self.ymm_offset = 0;
  if ((emu_native_cpuid(1, 0).ecx >> 27 & 1) && (emu_native_xcr0() & 6) == 6) self.ymm_offset = emu_native_cpuid(13, 2).ebx;
  static uint8_t image[512] __attribute__((aligned(16)));
  __asm__ volatile("fxsave64 %0" : "=m"(image));
  self.mxcsr_mask = *(uint32_t *)(image + 28);
  if (self.mxcsr_mask == 0) self.mxcsr_mask = 0xFFBF;
}

void emu_native_child(struct emu_native_region *region, int parent, int command, int done) {
  self.region = region;
  self.parent = parent;
  take_descriptors(command, done);
  __asm__ volatile("rdfsbase %0\n rdgsbase %1" : "=r"(self.own_fs_base), "=r"(self.own_gs_base));
  find_vector_layout();
  map_code();
  map_data();
  install_segments();
  install_handlers();
  emu_native_find_unwanted();
  struct itimerval tick = {{0, TICK_MICROSECONDS}, {0, TICK_MICROSECONDS}};
  if (setitimer(ITIMER_PROF, &tick, 0) != 0) fail(STAGE_TIMER);
  install_filter();
  uint8_t ready = 1;
  emu_native_syscall(SYS_write, self.done_descriptor, (long)&ready, 1);
  __asm__ volatile("int3" : : : "memory");
  __builtin_unreachable();
}
#endif
