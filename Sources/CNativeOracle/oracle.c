#define _GNU_SOURCE
#include "CNativeOracle.h"

#if defined(__x86_64__) && defined(__linux__)

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE_PAGE 0x10000000ull
#define DATA_PAGE 0x20000000ull
#define WINDOW_OFFSET 0xF00
#define WINDOW_SIZE 512
#define DATA_SIZE 0x3000
#define NO_EXCEPTION 0xFF
#define LOST 0xFE
#define FLAG_TF 0x100ull
#define FLAG_RF 0x10000ull
// What a signal return does not restore: NT and ID come from the handler's own flags.
#define OWN_FLAGS 0x204000ull
#define STEP_LIMIT 20000

_Static_assert(sizeof(struct emu_user_state) == 1360, "X86.UserState");
_Static_assert(sizeof(struct emu_instruction_test) == 1392, "X86.InstructionTest");
_Static_assert(offsetof(struct emu_user_state, window) == 816, "X86.UserState.window");
_Static_assert(offsetof(struct emu_user_state, mxcsr) == 1328, "X86.UserState.mxcsr");

int emu_native_is_supported(void) { return 1; }

void emu_native_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
  __cpuid_count(leaf, subleaf, registers[0], registers[1], registers[2], registers[3]);
}

static size_t area_size(uint64_t capacity) {
  return 4096 + capacity * (sizeof(struct emu_instruction_test) + sizeof(struct emu_user_state));
}

struct emu_native_area *emu_native_area_make(uint64_t capacity) {
  void *area = mmap(0, area_size(capacity), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (area == MAP_FAILED) return 0;
  struct emu_native_area *result = area;
  result->capacity = capacity;
  return result;
}

void emu_native_area_free(struct emu_native_area *area) { munmap(area, area_size(area->capacity)); }

struct emu_instruction_test *emu_native_tests(struct emu_native_area *area) {
  return (struct emu_instruction_test *)((char *)area + 4096);
}

struct emu_user_state *emu_native_results(struct emu_native_area *area) {
  return (struct emu_user_state *)(emu_native_tests(area) + area->capacity);
}

// ---- In the child ----

static struct emu_native_area *area;
static uint64_t current, end;
static unsigned steps_taken, traps_taken;
static int is_running;
static uint8_t *code_alias;
static uint64_t background[DATA_SIZE / 8];
// Where the child's own code goes on when the tests are done.
static greg_t own_registers[NGREG];
static uint8_t own_floating[512 + 64 + 256];
static uint64_t own_fs_base, own_gs_base;
static int has_fsgsbase, has_avx;
static int command_pipe, answer_pipe;
static uint8_t signal_stack[1 << 16] __attribute__((aligned(64)));

static uint64_t background_word(uint64_t offset) {
  uint64_t z = offset + 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

static uint64_t stray_weight(uint64_t offset, uint64_t value) {
  return background_word(offset + 0x10000 + value * 3) | 1;
}

#define IN_HANDLER __attribute__((no_stack_protector, noinline))

static inline uint64_t read_fs_base(void) {
  uint64_t value;
  __asm__ volatile(".byte 0xF3, 0x48, 0x0F, 0xAE, 0xC0" : "=a"(value));
  return value;
}
static inline uint64_t read_gs_base(void) {
  uint64_t value;
  __asm__ volatile(".byte 0xF3, 0x48, 0x0F, 0xAE, 0xC8" : "=a"(value));
  return value;
}
static inline void write_fs_base(uint64_t value) {
  __asm__ volatile(".byte 0xF3, 0x48, 0x0F, 0xAE, 0xD0" : : "a"(value));
}
static inline void write_gs_base(uint64_t value) {
  __asm__ volatile(".byte 0xF3, 0x48, 0x0F, 0xAE, 0xD8" : : "a"(value));
}

// The XSAVE header and the upper YMM halves in a signal frame, if they are there.
static inline uint64_t *xstate_header(uint8_t *floating) {
  uint32_t magic;
  __builtin_memcpy(&magic, floating + 464, 4);
  return magic == 0x46505853 ? (uint64_t *)(floating + 512) : 0;
}

static IN_HANDLER void load_test(greg_t *registers, uint8_t *floating) {
  const struct emu_instruction_test *test = emu_native_tests(area) + current;
  const struct emu_user_state *input = &test->input;
  area->progress = current;
  steps_taken = traps_taken = 0;
  uint64_t offset = input->rip & 0xFFF;
  for (unsigned i = 0; i < 16 && offset + i < 4096; i++) code_alias[offset + i] = test->code[i];
  __builtin_memcpy((void *)(DATA_PAGE + WINDOW_OFFSET), input->window, WINDOW_SIZE);
  static const int places[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                 REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
  for (int i = 0; i < 16; i++) registers[places[i]] = (greg_t)input->general_registers[i];
  registers[REG_RIP] = (greg_t)input->rip;
  registers[REG_EFL] = (greg_t)((input->rflags & ~FLAG_RF) | (test->single_steps ? FLAG_TF : 0));
  uint64_t cs = test->mode ? 0x23 : 0x33;
  registers[REG_CSGSFS] = (greg_t)(cs | 0x2Bull << 48);
  __asm__ volatile("mov %0, %%ds\n mov %1, %%es\n mov %2, %%fs\n mov %2, %%gs"
                   : : "r"((uint32_t)input->selectors[3]), "r"((uint32_t)input->selectors[0]), "r"(0));
  if (has_fsgsbase) {
    write_fs_base(input->fs_base);
    write_gs_base(input->gs_base);
  }
  __builtin_memcpy(floating, &input->fcw, 2);
  __builtin_memcpy(floating + 2, &input->fsw, 2);
  floating[4] = input->ftw;
  __builtin_memcpy(floating + 24, &input->mxcsr, 4);
  for (int i = 0; i < 8; i++) {
    __builtin_memcpy(floating + 32 + i * 16, &input->st[i * 2], 8);
    __builtin_memcpy(floating + 40 + i * 16, &input->st[i * 2 + 1], 8);
  }
  uint64_t *header = xstate_header(floating);
  for (int i = 0; i < 16; i++) {
    __builtin_memcpy(floating + 160 + i * 16, &input->ymm[i * 4], 16);
    if (header && has_avx) __builtin_memcpy(floating + 576 + i * 16, &input->ymm[i * 4 + 2], 16);
  }
  if (header) header[0] = has_avx ? 7 : 3;
}

static IN_HANDLER void store_result(int number, const greg_t *registers, uint8_t *floating) {
  const struct emu_instruction_test *test = emu_native_tests(area) + current;
  struct emu_user_state *result = emu_native_results(area) + current;
  static const int places[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                 REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
  for (int i = 0; i < 16; i++) result->general_registers[i] = (uint64_t)registers[places[i]];
  uint64_t trap = (uint64_t)registers[REG_TRAPNO];
  uint64_t rip = (uint64_t)registers[REG_RIP];
  result->vector = (uint8_t)trap;
  result->error_code = 0;
  result->cr2 = 0;
  if (number == SIGSYS) {
    result->vector = LOST;
  } else if (trap == 1 && test->single_steps) {
    result->vector = NO_EXCEPTION;
  } else if (trap == 3 && !test->single_steps && rip - 1 == test->input.rip + test->code_length) {
    result->vector = NO_EXCEPTION;
    rip -= 1;
  } else if (trap == 8 || (trap >= 10 && trap <= 14) || trap == 17) {
    result->error_code = (uint32_t)registers[REG_ERR];
    if (trap == 14) result->cr2 = (uint64_t)registers[REG_CR2];
  }
  result->rip = rip;
  result->rflags = (uint64_t)registers[REG_EFL] & ~(FLAG_TF | FLAG_RF);
  uint64_t packed = (uint64_t)registers[REG_CSGSFS];
  uint32_t ds, es, fs, gs;
  __asm__ volatile("mov %%ds, %0\n mov %%es, %1\n mov %%fs, %2\n mov %%gs, %3" : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
  result->selectors[0] = (uint16_t)es;
  result->selectors[1] = (uint16_t)packed;
  result->selectors[2] = (uint16_t)(packed >> 48);
  result->selectors[3] = (uint16_t)ds;
  result->selectors[4] = (uint16_t)fs;
  result->selectors[5] = (uint16_t)gs;
  if (has_fsgsbase) {
    result->fs_base = read_fs_base();
    result->gs_base = read_gs_base();
  } else {
    result->fs_base = test->input.fs_base;
    result->gs_base = test->input.gs_base;
  }
  uint64_t *header = xstate_header(floating);
  uint64_t present = header ? header[0] : 3;
  for (int i = 0; i < 16; i++) {
    if (present & 2) {
      __builtin_memcpy(&result->ymm[i * 4], floating + 160 + i * 16, 16);
    } else {
      result->ymm[i * 4] = result->ymm[i * 4 + 1] = 0;
    }
    if (header && has_avx && (present & 4)) {
      __builtin_memcpy(&result->ymm[i * 4 + 2], floating + 576 + i * 16, 16);
    } else {
      result->ymm[i * 4 + 2] = has_avx ? 0 : test->input.ymm[i * 4 + 2];
      result->ymm[i * 4 + 3] = has_avx ? 0 : test->input.ymm[i * 4 + 3];
    }
  }
  __builtin_memcpy(&result->mxcsr, floating + 24, 4);
  if (present & 1) {
    __builtin_memcpy(&result->fcw, floating, 2);
    __builtin_memcpy(&result->fsw, floating + 2, 2);
    result->ftw = floating[4];
    for (int i = 0; i < 8; i++) {
      __builtin_memcpy(&result->st[i * 2], floating + 32 + i * 16, 8);
      uint16_t sign_exponent;
      __builtin_memcpy(&sign_exponent, floating + 40 + i * 16, 2);
      result->st[i * 2 + 1] = sign_exponent;
    }
  } else {
    result->fcw = 0x37F;
    result->fsw = 0;
    result->ftw = 0;
    for (int i = 0; i < 16; i++) result->st[i] = 0;
  }
  result->reserved = 0;
  result->reserved_word = 0;
  const uint64_t *data = (const uint64_t *)DATA_PAGE;
  __builtin_memcpy(result->window, (const void *)(DATA_PAGE + WINDOW_OFFSET), WINDOW_SIZE);
  uint64_t stray = 0;
  const int first = WINDOW_OFFSET / 8, last = (WINDOW_OFFSET + WINDOW_SIZE) / 8;
  if (memcmp(data, background, WINDOW_OFFSET) != 0 || memcmp(data + last, background + last, 0x2000 - last * 8) != 0) {
    for (int i = 0; i < 0x2000 / 8; i++) {
      if ((i >= first && i < last) || data[i] == background[i]) continue;
      stray += stray_weight((uint64_t)i * 8, data[i]);
      ((volatile uint64_t *)DATA_PAGE)[i] = background[i];
    }
  }
  result->stray_writes = stray;
  uint64_t offset = test->input.rip & 0xFFF;
  for (unsigned i = 0; i < 16 && offset + i < 4096; i++) code_alias[offset + i] = 0xCC;
}

// Whether the code of the running test is a repeated string instruction.
static int is_repeated_string(const struct emu_instruction_test *test) {
  int repeats = 0;
  for (int i = 0; i < test->code_length; i++) {
    uint8_t byte = test->code[i];
    if (byte == 0xF2 || byte == 0xF3) {
      repeats = 1;
    } else if (byte != 0x66 && byte != 0x67 && byte != 0x2E && byte != 0x36 && byte != 0x3E && byte != 0x26 &&
               byte != 0x64 && byte != 0x65 && byte != 0xF0 && !(test->mode == 0 && (byte & 0xF0) == 0x40)) {
      return repeats && ((byte >= 0xA4 && byte <= 0xA7) || (byte >= 0xAA && byte <= 0xAF) ||
                         (byte >= 0x6C && byte <= 0x6F));
    }
  }
  return 0;
}

// Sets the flags that the return from the handler hands on.
static inline __attribute__((always_inline)) void take_own_flags(uint64_t flags) {
  flags &= OWN_FLAGS;
  __asm__ volatile("pushfq\n orq %0, (%%rsp)\n popfq" : : "r"(flags) : "memory", "cc");
}

static IN_HANDLER void handle(int number, siginfo_t *info, void *context) {
  (void)info;
  // AC would make each unaligned access of ours a fault; NT and ID are the test's.
  __asm__ volatile("pushfq\n andq %0, (%%rsp)\n popfq" : : "i"(~0x244400) : "memory", "cc");
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  uint8_t *floating = (uint8_t *)((ucontext_t *)context)->uc_mcontext.fpregs;
  if (!is_running) {
    for (int i = 0; i < NGREG; i++) own_registers[i] = registers[i];
    __builtin_memcpy(own_floating, floating, sizeof own_floating);
    is_running = 1;
  } else {
    const struct emu_instruction_test *test = emu_native_tests(area) + current;
    if (number == SIGTRAP && registers[REG_TRAPNO] == 1 && test->single_steps) {
      int is_in_place = (uint64_t)registers[REG_RIP] == test->input.rip;
      int goes_on = 0;
      if (is_in_place && is_repeated_string(test)) {
        if (++traps_taken < STEP_LIMIT) goes_on = 1; else number = SIGSYS;
      } else {
        goes_on = ++steps_taken < test->steps;
      }
      if (goes_on) {
        take_own_flags((uint64_t)registers[REG_EFL]);
        return;
      }
    }
    store_result(number, registers, floating);
    current++;
  }
  if (current < end) {
    load_test(registers, floating);
    take_own_flags((emu_native_tests(area) + current)->input.rflags);
    return;
  }
  is_running = 0;
  for (int i = 0; i < NGREG; i++) registers[i] = own_registers[i];
  __builtin_memcpy(floating, own_floating, sizeof own_floating);
  __asm__ volatile("mov %0, %%ds\n mov %0, %%es\n mov %0, %%fs\n mov %0, %%gs" : : "r"(0));
  if (has_fsgsbase) {
    write_fs_base(own_fs_base);
    write_gs_base(own_gs_base);
  }
}

static int map_pages(void) {
  int code = (int)syscall(SYS_memfd_create, "emu-test-code", 1u);
  if (code < 0 || ftruncate(code, 4096) != 0) return errno;
  code_alias = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, code, 0);
  if (code_alias == MAP_FAILED) return errno;
  memset(code_alias, 0xCC, 4096);
  int fixed = MAP_FIXED_NOREPLACE | MAP_POPULATE;
  if (mmap((void *)CODE_PAGE, 4096, PROT_READ | PROT_EXEC, MAP_SHARED | fixed, code, 0) != (void *)CODE_PAGE)
    return errno ? errno : EEXIST;
  void *data = mmap((void *)DATA_PAGE, DATA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0);
  if (data != (void *)DATA_PAGE) return errno ? errno : EEXIST;
  for (int i = 0; i < DATA_SIZE / 8; i++) background[i] = background_word((uint64_t)i * 8);
  memcpy(data, background, DATA_SIZE);
  if (mprotect((char *)data + 0x2000, 4096, PROT_READ) != 0) return errno;
  close(code);
  return 0;
}

static int install_handlers(void) {
  stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
  if (sigaltstack(&stack, 0) != 0) return errno;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
  sigset_t mask;
  sigfillset(&mask);
  for (int i = 0; i < 6; i++) {
    if (sigaction(numbers[i], &action, 0) != 0) return errno;
    sigdelset(&mask, numbers[i]);
  }
  sigdelset(&mask, SIGTERM);
  signal(SIGTERM, SIG_DFL);
  signal(SIGINT, SIG_IGN);
  return sigprocmask(SIG_SETMASK, &mask, 0) != 0 ? errno : 0;
}

// System calls from the test's page, and all by the 32-bit ways, trap.
static int fence(void) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 ? errno : 0;
}

static void detect(void) {
  uint32_t registers[4];
  // AT_HWCAP2 bit 1: the kernel lets user code use FSGSBASE.
  extern unsigned long getauxval(unsigned long);
  has_fsgsbase = (getauxval(26) & 2) != 0;
  emu_native_cpuid(1, 0, registers);
  has_avx = (registers[2] >> 27 & 1) && (registers[2] >> 28 & 1);
  if (has_avx) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    has_avx = (low & 6) == 6;
  }
}

static void child_main(int parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(3);
  detect();
  int failure = map_pages();
  if (!failure) failure = install_handlers();
  if (!failure) failure = fence();
  uint8_t answer = (uint8_t)failure;
  if (write(answer_pipe, &answer, 1) != 1 || failure) _exit(1);
  if (has_fsgsbase) {
    own_fs_base = read_fs_base();
    own_gs_base = read_gs_base();
  }
  while (1) {
    uint64_t range[2];
    ssize_t count = read(command_pipe, range, sizeof range);
    if (count != sizeof range) _exit(0);
    current = range[0];
    end = range[1];
    if (current < end) __asm__ volatile("int3" : : : "memory", "cc");
    answer = 0;
    if (write(answer_pipe, &answer, 1) != 1) _exit(0);
  }
}

// ---- In the parent ----

int emu_native_start(struct emu_native_area *shared, struct emu_native_child *child) {
  int commands[2], answers[2];
  if (pipe2(commands, O_CLOEXEC) != 0) return errno;
  if (pipe2(answers, O_CLOEXEC) != 0) {
    int code = errno;
    close(commands[0]);
    close(commands[1]);
    return code;
  }
  int parent = getpid();
  int pid = fork();
  if (pid == 0) {
    close(commands[1]);
    close(answers[0]);
    command_pipe = commands[0];
    answer_pipe = answers[1];
    area = shared;
    child_main(parent);
    _exit(1);
  }
  int code = errno;
  close(commands[0]);
  close(answers[1]);
  child->pid = pid;
  child->commands = commands[1];
  child->answers = answers[0];
  if (pid < 0) {
    close(commands[1]);
    close(answers[0]);
    return code;
  }
  uint8_t answer = 0;
  ssize_t count;
  do {
    count = read(child->answers, &answer, 1);
  } while (count < 0 && errno == EINTR);
  if (count != 1) answer = ECHILD;
  if (answer != 0) emu_native_stop(child);
  return answer;
}

int emu_native_submit(const struct emu_native_child *child, uint64_t first, uint64_t last) {
  uint64_t range[2] = {first, last};
  ssize_t count;
  do {
    count = write(child->commands, range, sizeof range);
  } while (count < 0 && errno == EINTR);
  return count == sizeof range ? 0 : EPIPE;
}

int emu_native_wait(const struct emu_native_child *child, int milliseconds) {
  struct pollfd waiting = {.fd = child->answers, .events = POLLIN};
  int ready;
  do {
    ready = poll(&waiting, 1, milliseconds);
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return 0;
  uint8_t answer;
  return ready == 1 && read(child->answers, &answer, 1) == 1 ? 1 : -1;
}

void emu_native_stop(struct emu_native_child *child) {
  if (child->pid <= 0) return;
  kill(child->pid, SIGKILL);
  while (waitpid(child->pid, 0, 0) < 0 && errno == EINTR) {
  }
  close(child->commands);
  close(child->answers);
  child->pid = 0;
}

#else

#include <errno.h>

int emu_native_is_supported(void) { return 0; }
void emu_native_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
  (void)leaf, (void)subleaf;
  for (int i = 0; i < 4; i++) registers[i] = 0;
}
struct emu_native_area *emu_native_area_make(uint64_t capacity) { (void)capacity; return 0; }
void emu_native_area_free(struct emu_native_area *area) { (void)area; }
struct emu_instruction_test *emu_native_tests(struct emu_native_area *area) { (void)area; return 0; }
struct emu_user_state *emu_native_results(struct emu_native_area *area) { (void)area; return 0; }
int emu_native_start(struct emu_native_area *area, struct emu_native_child *child) {
  (void)area, (void)child;
  return ENOSYS;
}
int emu_native_submit(const struct emu_native_child *child, uint64_t first, uint64_t last) {
  (void)child, (void)first, (void)last;
  return ENOSYS;
}
int emu_native_wait(const struct emu_native_child *child, int milliseconds) {
  (void)child, (void)milliseconds;
  return 0;
}
void emu_native_stop(struct emu_native_child *child) { (void)child; }

#endif
