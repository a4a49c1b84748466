// Runs instruction tests on the host's own processor: a signal handler stores the result of one test and loads the next
// into the frame that rt_sigreturn(2) then makes the machine's state. One trap and one system call a test.
//
// Nothing here calls into libc, so a test's FS base, RSP or direction flag cannot reach it.
#define _GNU_SOURCE
#include "internal.h"

#ifdef EMU_NATIVE_ORACLE
#include <signal.h>
#include <ucontext.h>

#define WINDOW 0x20000F00ull
#define FLAG_TF 0x100ull
#define FLAG_NT 0x4000ull
#define FLAG_RF 0x10000ull
#define FLAG_ID 0x200000ull
#define NO_EXCEPTION 0xFF
#define LOST 0xFE
// Twelve KiB of data can be walked a byte at a time; a repeated string instruction that goes on faults.
#define TRAP_LIMIT 16384
#define UC_SEGMENTS 6ul  // UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS

struct segments {
  uint16_t es, ds, fs, gs;
  uint64_t fs_base, gs_base;
};

struct emu_native_self emu_native_self;
static struct emu_native_batch *batch;
static struct emu_instruction_test *test;
static struct emu_user_state *result;
static uint32_t last_code_offset, last_code_length;
// Of the running test: where the current step began, steps to go, traps so far; then the watch over hangs.
static uint64_t step_rip;
static uint32_t steps_left;
static uint32_t traps;
static uint64_t serial, seen_serial;
static uint32_t unchanged_ticks;

// AC is cleared before anything can be misaligned. NT and ID are not among the flags that rt_sigreturn takes from the
// frame: it keeps the handler's, so the handler leaves with those that the frame asks for.
__asm__(
    ".text\n"
    ".hidden emu_native_entry\n.globl emu_native_entry\n.type emu_native_entry,@function\n"
    "emu_native_entry:\n"
    "  pushfq\n"
    "  andl $0xFFDBBFFF, (%rsp)\n"
    "  popfq\n"
    "  subq $8, %rsp\n"
    "  call emu_native_on_signal\n"
    "  addq $8, %rsp\n"
    "  pushfq\n"
    "  orq %rax, (%rsp)\n"
    "  popfq\n"
    "  ret\n"
    ".hidden emu_native_restorer\n.globl emu_native_restorer\n.type emu_native_restorer,@function\n"
    "emu_native_restorer:\n"
    "  movl $15, %eax\n"
    "  syscall\n"
    ".hidden emu_native_restorer_end\n.globl emu_native_restorer_end\n"
    "emu_native_restorer_end:\n"
    "  ud2\n"
    ".hidden emu_native_syscall\n.globl emu_native_syscall\n.type emu_native_syscall,@function\n"
    "emu_native_syscall:\n"
    "  movq %rdi, %rax\n"
    "  movq %rsi, %rdi\n"
    "  movq %rdx, %rsi\n"
    "  movq %rcx, %rdx\n"
    "  syscall\n"
    ".hidden emu_native_syscall_end\n.globl emu_native_syscall_end\n"
    "emu_native_syscall_end:\n"
    "  ret\n");

// First of all in the handler: no thread-local storage before it.
HANDLER static inline void take_segments(struct segments *s) {
  __asm__ volatile(
      "movw %%es, %0\n movw %%ds, %1\n movw %%fs, %2\n movw %%gs, %3"
      : "=m"(s->es), "=m"(s->ds), "=m"(s->fs), "=m"(s->gs));
  __asm__ volatile("rdfsbase %0\n rdgsbase %1" : "=r"(s->fs_base), "=r"(s->gs_base));
}

HANDLER static inline void load_segments(uint32_t es, uint32_t ds, uint32_t fs, uint32_t gs, uint64_t fs_base, uint64_t gs_base) {
  __asm__ volatile(
      "movl %0, %%es\n movl %1, %%ds\n movl %2, %%fs\n movl %3, %%gs\n wrfsbase %4\n wrgsbase %5"
      : : "r"(es), "r"(ds), "r"(fs), "r"(gs), "r"(fs_base), "r"(gs_base) : "memory");
}

HANDLER static int is_canonical(uint64_t address) { return (uint64_t)((int64_t)(address << 16) >> 16) == address; }

// The segment of the local descriptor table that a selector of RPL 3 names, or null.
HANDLER static const struct emu_native_segment *local_segment(uint16_t selector) {
  if ((selector & 7) != 7 || selector >> 3 >= self.region->segment_count) return 0;
  return self.region->segments + (selector >> 3);
}

// Those of Linux's GDT that a program may load, and the null selectors.
HANDLER static int is_loadable(uint16_t selector) {
  const struct emu_native_segment *s = local_segment(selector);
  if (s) return !s->is_not_present && (s->contents != 2 || !s->is_restricted);
  return selector < 4 || selector == 0x23 || selector == 0x2B || selector == 0x33;
}

enum { LONG64, COMPATIBILITY32, SEGMENTED };

HANDLER static int is_code(uint16_t selector) {
  const struct emu_native_segment *s = local_segment(selector);
  return s ? !s->is_not_present && s->contents == 2 : selector == 0x23;
}

HANDLER static int is_stack(uint16_t selector) {
  const struct emu_native_segment *s = local_segment(selector);
  return s ? !s->is_not_present && s->contents != 2 && !s->is_restricted : selector == 0x2B;
}

// The linear address of RIP in the segment that the test began in.
HANDLER static uint64_t linear_rip(uint64_t rip) {
  const struct emu_native_segment *s = test->mode == SEGMENTED ? local_segment(test->input.selectors[1]) : 0;
  return s ? s->base + rip : rip;
}

HANDLER static int is_in_code_page(uint64_t rip) { return rip - CODE_PAGE < PAGE; }

// What matters here of an instruction. FOR_KERNEL: the kernel itself answers it (SYSCALL and SYSENTER; by UMIP SGDT, SIDT,
// SLDT, STR and SMSW), so that it shows nothing of the processor, unless it is undefined.
enum { PLAIN, REPEATED_STRING, PUSH_FLAGS, LOADS_SS, INT1, FOR_KERNEL, GATHER };

HANDLER static int kind_of_0f(uint8_t opcode, uint8_t modrm) {
  int extension = modrm >> 3 & 7, is_register = modrm >= 0xC0;
  if (opcode == 0x05 || opcode == 0x34) return FOR_KERNEL;
  if (opcode == 0x00 && extension <= 1) return FOR_KERNEL;
  if (opcode == 0x01 && ((extension <= 1 && !is_register) || extension == 4)) return FOR_KERNEL;
  return PLAIN;
}

// The kind of the instruction at `rip`, and how many bytes go up to the end of its opcode.
HANDLER static int kind_of(uint64_t rip, uint64_t *length) {
  int repeats = 0, is_long = test->mode == 0;
  *length = 0;
  rip = linear_rip(rip);
  if (!is_in_code_page(rip)) return PLAIN;
  const uint8_t *first = self.code_alias + (rip - CODE_PAGE), *byte = first, *end = self.code_alias + PAGE;
  for (; byte < end && byte < first + 15; ++byte) {
    uint8_t b = *byte;
    if (b == 0xF2 || b == 0xF3) {
      repeats = 1;
    } else if (
        !(b == 0x66 || b == 0x67 || b == 0xF0 || (b & 0xE7) == 0x26 || b == 0x64 || b == 0x65 ||
          (is_long && (b & 0xF0) == 0x40))) {
      break;
    }
  }
  if (byte >= end) return PLAIN;
  *length = (uint64_t)(byte - first) + 1;
  uint8_t b = *byte;
  if (b == 0xF1) return INT1;
  if (b == 0x9C) return PUSH_FLAGS;
  if (b == 0x17 && !is_long) return LOADS_SS;
  if (b == 0x8E && byte + 1 < end && (byte[1] & 0x38) == 0x10) return LOADS_SS;
  if (b == 0x0F && byte + 1 < end) return kind_of_0f(byte[1], byte + 2 < end ? byte[2] : 0);
  // VEX map 2, 90h to 93h.
  if (b == 0xC4 && byte + 3 < end && (is_long || byte[1] >= 0xC0) && (byte[1] & 0x1F) == 2 && (byte[3] & 0xFC) == 0x90)
    return GATHER;
  if (repeats && ((b >= 0xA4 && b <= 0xA7) || (b >= 0xAA && b <= 0xAF))) return REPEATED_STRING;
  return PLAIN;
}

// PUSHF under TF pushes TF, which is the runner's.
HANDLER static void hide_pushed_tf(const greg_t *g) {
  uint64_t at = (test->mode == LONG64 ? (uint64_t)g[REG_RSP] : (uint32_t)g[REG_RSP]) + 1;
  const struct emu_native_segment *s = local_segment((uint16_t)((uint64_t)g[REG_CSGSFS] >> 48));
  if (s) at = (uint32_t)(s->base + (s->is_32bit ? at : (at & 0xFFFF)));
  if (at - DATA_PAGE < 2 * PAGE) *(volatile uint8_t *)at &= 0xFE;
}

HANDLER static uint64_t differences(const uint64_t *a, const uint64_t *b, size_t count) {
  uint64_t any = 0;
  for (size_t i = 0; i < count; ++i) any |= a[i] ^ b[i];
  return any;
}

HANDLER static uint64_t restore_background(size_t first, size_t end) {
  uint64_t *data = (uint64_t *)DATA_PAGE, sum = 0;
  if (differences(data + first, self.background + first, end - first) == 0) return 0;
  for (size_t i = first; i < end; ++i) {
    if (data[i] == self.background[i]) continue;
    sum += mix(i * 8 + 0x10000 + data[i] * 3) | 1;
    data[i] = self.background[i];
  }
  return sum;
}

static const uint8_t register_of[16] = {
    REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
    REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

// FP_XSTATE_MAGIC1: the frame goes on behind the FXSAVE image.
HANDLER static int has_header(const uint8_t *fx) { return *(const uint32_t *)(fx + 464) == 0x46505853; }

HANDLER static void store_vectors(const uint8_t *fx) {
  uint64_t in_use = has_header(fx) ? *(const uint64_t *)(fx + 512) : 3;
  for (int i = 0; i < 16; ++i) {
    uint64_t *to = result->ymm + 4 * i;
    const uint64_t *low = (const uint64_t *)(fx + 160 + 16 * i);
    to[0] = in_use & 2 ? low[0] : 0;
    to[1] = in_use & 2 ? low[1] : 0;
    const uint64_t *high = (const uint64_t *)(fx + self.ymm_offset + 16 * i);
    int has_high = self.ymm_offset != 0 && (in_use & 4);
    to[2] = has_high ? high[0] : 0;
    to[3] = has_high ? high[1] : 0;
  }
  result->mxcsr = *(const uint32_t *)(fx + 24);
  if (!(in_use & 1)) {
    result->fcw = 0x37F;
    result->fsw = 0;
    result->ftw = 0;
    fill_words(result->st, 0, 16);
    return;
  }
  result->fcw = *(const uint16_t *)fx;
  result->fsw = *(const uint16_t *)(fx + 2);
  result->ftw = fx[4];
  for (int i = 0; i < 8; ++i) {
    const uint64_t *from = (const uint64_t *)(fx + 32 + 16 * i);
    result->st[2 * i] = from[0];
    result->st[2 * i + 1] = from[1] & 0xFFFF;
  }
}

// A lost test shows what it began with.
HANDLER static void store_lost(void) {
  copy_words(result, &test->input, sizeof *result / 8);
  result->vector = LOST;
}

HANDLER static void store(const ucontext_t *uc, const struct segments *s, uint8_t vector) {
  const greg_t *g = uc->uc_mcontext.gregs;
  uint64_t stray = restore_background(0, 480) + restore_background(544, 1024);
  if (vector == LOST) {
    store_lost();
    return;
  }
  for (int i = 0; i < 16; ++i) result->general[i] = (uint64_t)g[register_of[i]];
  // A return to a 16-bit stack leaves parts of the kernel's own RSP in its upper half.
  if (test->mode == SEGMENTED) result->general[4] &= 0xFFFFFFFF;
  result->rip = (uint64_t)g[REG_RIP];
  result->rflags = (uint64_t)g[REG_EFL] & ~(FLAG_TF | FLAG_RF);
  store_vectors((const uint8_t *)uc->uc_mcontext.fpregs);
  result->fs_base = s->fs_base;
  result->gs_base = s->gs_base;
  result->cr2 = vector == 14 ? (uint64_t)g[REG_CR2] : 0;
  result->stray_writes = stray;
  copy_words(result->window, (const void *)WINDOW, 64);
  // #DF #TS #NP #SS #GP #PF, #AC and #CP push an error code.
  int has_code = vector < 32 && (0x00227D00u >> vector & 1);
  result->error_code = has_code ? (uint32_t)g[REG_ERR] : 0;
  result->vector = vector;
  uint64_t packed = (uint64_t)g[REG_CSGSFS];
  result->selectors[0] = s->es;
  result->selectors[1] = (uint16_t)packed;
  result->selectors[2] = (uint16_t)(packed >> 48);
  result->selectors[3] = s->ds;
  result->selectors[4] = s->fs;
  result->selectors[5] = s->gs;
  result->reserved = 0;
  result->reserved_word = 0;
}

HANDLER static int is_acceptable(void) {
  const struct emu_user_state *in = &test->input;
  return test->code_length >= 1 && test->code_length <= sizeof test->code && test->mode <= SEGMENTED && test->cpl == 3 &&
         (!test->single_steps || (test->steps >= 1 && test->steps <= 16)) && is_in_code_page(linear_rip(in->rip)) &&
         (test->mode != SEGMENTED || (is_code(in->selectors[1]) && is_stack(in->selectors[2]))) &&
         is_loadable(in->selectors[0]) && is_loadable(in->selectors[3]) && is_loadable(in->selectors[4]) &&
         is_loadable(in->selectors[5]) && is_canonical(in->fs_base) && is_canonical(in->gs_base);
}

HANDLER static void load_code(void) {
  uint32_t offset = (uint32_t)(linear_rip(test->input.rip) - CODE_PAGE);
  for (uint32_t i = last_code_offset; i < last_code_offset + last_code_length && i < PAGE; ++i) self.code_alias[i] = 0xCC;
  for (uint32_t i = 0; i < test->code_length && offset + i < PAGE; ++i) self.code_alias[offset + i] = test->code[i];
  last_code_offset = offset;
  last_code_length = test->code_length;
}

HANDLER static void load_vectors(uint8_t *fx) {
  const struct emu_user_state *in = &test->input;
  *(uint16_t *)fx = in->fcw;
  *(uint16_t *)(fx + 2) = in->fsw;
  fx[4] = in->ftw;
  fx[5] = 0;
  *(uint16_t *)(fx + 6) = 0;
  *(uint64_t *)(fx + 8) = 0;
  *(uint64_t *)(fx + 16) = 0;
  *(uint32_t *)(fx + 24) = in->mxcsr & self.mxcsr_mask;
  for (int i = 0; i < 8; ++i) {
    uint64_t *to = (uint64_t *)(fx + 32 + 16 * i);
    to[0] = in->st[2 * i];
    to[1] = in->st[2 * i + 1] & 0xFFFF;
  }
  for (int i = 0; i < 16; ++i) {
    uint64_t *low = (uint64_t *)(fx + 160 + 16 * i);
    low[0] = in->ymm[4 * i];
    low[1] = in->ymm[4 * i + 1];
    if (self.ymm_offset == 0) continue;
    uint64_t *high = (uint64_t *)(fx + self.ymm_offset + 16 * i);
    high[0] = in->ymm[4 * i + 2];
    high[1] = in->ymm[4 * i + 3];
  }
  // PKRU stays; all else beyond AVX starts in its initial state.
  uint64_t *in_use = (uint64_t *)(fx + 512);
  if (has_header(fx)) *in_use = (*in_use & 0x200) | 7;
}

HANDLER static void load(ucontext_t *uc, struct segments *s) {
  const struct emu_user_state *in = &test->input;
  greg_t *g = uc->uc_mcontext.gregs;
  load_code();
  copy_words((void *)WINDOW, in->window, 64);
  for (int i = 0; i < 16; ++i) g[register_of[i]] = (greg_t)in->general[i];
  g[REG_RIP] = (greg_t)in->rip;
  g[REG_EFL] = (greg_t)((in->rflags & ~(FLAG_TF | FLAG_RF)) | 0x202 | (test->single_steps ? FLAG_TF : 0));
  g[REG_CSGSFS] =
      test->mode == SEGMENTED
          ? (greg_t)(in->selectors[1] | (uint64_t)in->selectors[2] << 48)
          : (greg_t)((test->mode == LONG64 ? 0x33ull : 0x23ull) | 0x2Bull << 48);
  uc->uc_flags |= UC_SEGMENTS;
  load_vectors((uint8_t *)uc->uc_mcontext.fpregs);
  s->es = in->selectors[0];
  s->ds = in->selectors[3];
  s->fs = in->selectors[4];
  s->gs = in->selectors[5];
  s->fs_base = in->fs_base;
  s->gs_base = in->gs_base;
  step_rip = in->rip;
  steps_left = test->steps;
  traps = 0;
  ++serial;
}

HANDLER static void leave(void) {
  for (;;) emu_native_syscall(SYS_exit_group, 0, 0, 0);
}

HANDLER static void next_batch(void) {
  uint8_t index = 0;
  if (batch) emu_native_syscall(SYS_write, self.done_descriptor, (long)&index, 1);
  if (emu_native_syscall(SYS_read, self.command_descriptor, (long)&index, 1) != 1) leave();
  batch = &self.region->batches[index & 1];
}

// Tests that this runner refuses are lost at once.
HANDLER static void load_next(ucontext_t *uc, struct segments *s) {
  for (;;) {
    while (!batch || batch->next >= batch->count) next_batch();
    test = batch->tests + batch->next;
    result = batch->results + batch->next;
    if (is_acceptable()) break;
    store_lost();
    batch->next = batch->next + 1;
  }
  load(uc, s);
  batch->started = 1;
}

// The stack of the parent's that the child began on is among them.
HANDLER static void drop_unwanted(void) {
  for (uint32_t i = 0; i < self.unwanted_count; ++i)
    emu_native_syscall(SYS_munmap, (long)self.unwanted[i].start, (long)(self.unwanted[i].end - self.unwanted[i].start), 0);
}

enum { GO_ON = 0x100 };

// A trap by TF: GO_ON, or the vector of the test's end.
HANDLER static int after_step(greg_t *g) {
  uint64_t rip = (uint64_t)g[REG_RIP];
  // A program's own TF, by POPF or IRET.
  if (!test->single_steps) return 1;
  ++serial;
  if (++traps > TRAP_LIMIT) return LOST;
  uint64_t length;
  int kind = kind_of(step_rip, &length);
  if (kind == PUSH_FLAGS) hide_pushed_tf(g);
  // TF traps behind an iteration, and behind an element of a gather, at the same instruction.
  if (!((kind == REPEATED_STRING || kind == GATHER) && rip == step_rip)) {
    // No trap comes between a load of SS and the next instruction.
    uint32_t retired = kind == LOADS_SS && steps_left > 1 ? 2 : 1;
    steps_left -= retired;
    step_rip = rip;
    if (steps_left == 0) return NO_EXCEPTION;
  }
  g[REG_EFL] |= FLAG_TF;
  return GO_ON;
}

// TF does not trap behind a load of SS: what stands behind the code ends a test that such a load ends.
HANDLER static int ends_with_load_of_ss(uint64_t end) {
  uint64_t length;
  return test->single_steps && steps_left == 1 && step_rip != end && kind_of(step_rip, &length) == LOADS_SS;
}

HANDLER static int after_breakpoint(greg_t *g) {
  uint64_t end = test->input.rip + test->code_length;
  if ((uint64_t)g[REG_RIP] - 1 != end) return 3;
  if (test->single_steps && !ends_with_load_of_ss(end)) return 3;
  g[REG_RIP] = (greg_t)end;
  return NO_EXCEPTION;
}

// INT1 is a trap, but KVM on AMD hands it to its guest like a fault: RIP at the instruction.
HANDLER static int after_int1(greg_t *g) {
  uint64_t rip = (uint64_t)g[REG_RIP], length;
  uint64_t before = linear_rip(rip) - 1;
  int is_behind_one = rip != step_rip && is_in_code_page(before) && self.code_alias[before - CODE_PAGE] == 0xF1;
  if (kind_of(rip, &length) == INT1 && !is_behind_one) g[REG_RIP] = (greg_t)(rip + length);
  return 1;
}

HANDLER static int after_tick(void) {
  if (emu_native_syscall(SYS_getppid, 0, 0, 0) != self.parent) leave();
  if (serial != seen_serial) {
    seen_serial = serial;
    unchanged_ticks = 0;
    return GO_ON;
  }
  // A busy host counts time that it took from its guests as the guest's, and one that rations bus locks lets a locked access
  // across cache lines wait: a hang is what lasts for many ticks.
  return ++unchanged_ticks < 40 ? GO_ON : LOST;
}

HANDLER static int outcome(int number, const siginfo_t *info, greg_t *g) {
  if (number == SIGPROF) return after_tick();
  if (info->si_code <= 0) return GO_ON;  // Sent by a process, not by the test.
  if (number == SIGSYS) return LOST;
  int trap = (int)g[REG_TRAPNO];
  uint64_t length;
  if (trap != 6 && kind_of(step_rip, &length) == FOR_KERNEL) return LOST;
  if (number == SIGTRAP && trap == 3) return after_breakpoint(g);
  if (number == SIGTRAP && trap == 1) return info->si_code == TRAP_TRACE ? after_step(g) : after_int1(g);
  // At the end of the page or of the segment nothing can be fetched there.
  uint64_t end = test->input.rip + test->code_length;
  if ((trap == 13 || trap == 14) && (uint64_t)g[REG_RIP] == end && ends_with_load_of_ss(end)) return NO_EXCEPTION;
  return trap & 0xFF;
}

__attribute__((used, visibility("hidden"))) HANDLER uint64_t
emu_native_on_signal(int number, const siginfo_t *info, ucontext_t *uc) {
  struct segments s;
  take_segments(&s);
  load_segments(0, 0, 0, 0, self.own_fs_base, self.own_gs_base);
  greg_t *g = uc->uc_mcontext.gregs;
  int vector = test ? outcome(number, info, g) : NO_EXCEPTION;
  if (vector != GO_ON) {
    if (test) {
      store(uc, &s, (uint8_t)vector);
      batch->next = batch->next + 1;
    } else {
      drop_unwanted();
    }
    load_next(uc, &s);
  }
  uint64_t flags = (uint64_t)g[REG_EFL] & (FLAG_NT | FLAG_ID);
  load_segments(s.es, s.ds, s.fs, s.gs, s.fs_base, s.gs_base);
  return flags;
}
#endif
