#ifndef EMU_NATIVE_ORACLE_H
#define EMU_NATIVE_ORACLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// `UserState` of the module InstructionTesting, byte for byte.
struct emu_user_state {
  uint64_t general[16];
  uint64_t rip;
  uint64_t rflags;
  uint64_t ymm[64];
  uint64_t st[16];
  uint64_t fs_base;
  uint64_t gs_base;
  uint64_t cr2;
  uint64_t stray_writes;
  uint64_t window[64];
  uint32_t mxcsr;
  uint32_t error_code;
  uint16_t fcw;
  uint16_t fsw;
  uint8_t ftw;
  uint8_t vector;
  uint16_t selectors[6];
  uint16_t reserved;
  uint32_t reserved_word;
};

/// `InstructionTest` of the module InstructionTesting, byte for byte.
struct emu_instruction_test {
  uint8_t code[128];
  uint8_t code_length;
  uint8_t steps;
  uint8_t mode;
  uint8_t cpl;
  uint8_t single_steps;
  uint8_t reserved;
  uint16_t form;
  uint64_t number;
  struct emu_user_state input;
};

#ifdef __cplusplus
#define EMU_NATIVE_ASSERT static_assert
#else
#define EMU_NATIVE_ASSERT _Static_assert
#endif
EMU_NATIVE_ASSERT(sizeof(struct emu_user_state) == 1360, "UserState");
EMU_NATIVE_ASSERT(offsetof(struct emu_user_state, rip) == 128, "rip");
EMU_NATIVE_ASSERT(offsetof(struct emu_user_state, ymm) == 144, "ymm");
EMU_NATIVE_ASSERT(offsetof(struct emu_user_state, st) == 656, "st");
EMU_NATIVE_ASSERT(offsetof(struct emu_user_state, fs_base) == 784, "fsBase");
EMU_NATIVE_ASSERT(offsetof(struct emu_user_state, stray_writes) == 808, "strayWrites");
EMU_NATIVE_ASSERT(offsetof(struct emu_user_state, window) == 816, "window");
EMU_NATIVE_ASSERT(offsetof(struct emu_user_state, mxcsr) == 1328, "mxcsr");
EMU_NATIVE_ASSERT(offsetof(struct emu_user_state, fcw) == 1336, "fcw");
EMU_NATIVE_ASSERT(offsetof(struct emu_user_state, vector) == 1341, "vector");
EMU_NATIVE_ASSERT(offsetof(struct emu_user_state, selectors) == 1342, "selectors");
EMU_NATIVE_ASSERT(sizeof(struct emu_instruction_test) == 1504, "InstructionTest");
EMU_NATIVE_ASSERT(offsetof(struct emu_instruction_test, form) == 134, "form");
EMU_NATIVE_ASSERT(offsetof(struct emu_instruction_test, number) == 136, "number");
EMU_NATIVE_ASSERT(offsetof(struct emu_instruction_test, input) == 144, "input");

/// One of the two halves of the region that parent and child share.
struct emu_native_batch {
  /// Tests in it.
  uint32_t count;
  /// The test that runs now; all before it have their results.
  volatile uint32_t next;
  /// 1 once the child loaded a test of this batch.
  volatile uint32_t started;
  uint32_t padding;
  struct emu_instruction_test *tests;
  struct emu_user_state *results;
};

/// A segment of the child's local descriptor table, as modify_ldt(2) wants it.
struct emu_native_segment {
  uint32_t base, limit;
  uint8_t is_32bit, contents, is_restricted, is_not_present, counts_pages, is_absent, padding[2];
};
enum { EMU_NATIVE_SEGMENTS = 16 };

/// What parent and child share, at the same address in both.
struct emu_native_region {
  struct emu_native_batch batches[2];
  uint64_t byte_count;
  uint32_t capacity;
  /// The child's process, 0 if there is none. The parent's words from here on.
  int32_t child;
  int32_t command_descriptor;
  int32_t done_descriptor;
  /// How the last child ended, as waitpid(2) gives it.
  int32_t status;
  /// Where its setup failed (`emu_native_stage`), and errno.
  volatile int32_t setup_stage;
  volatile int32_t setup_error;
  /// The local descriptor table; an empty one is not installed.
  uint32_t segment_count;
  struct emu_native_segment segments[EMU_NATIVE_SEGMENTS];
};

/// What the parent can hear of its child.
enum { EMU_NATIVE_DONE = 0, EMU_NATIVE_TIMEOUT = 1, EMU_NATIVE_DEAD = 2 };

#if defined(__x86_64__) && defined(__linux__)
#define EMU_NATIVE_ORACLE 1

/// 0, or -1 and errno: a region for twice `capacity` tests, without a child.
struct emu_native_region *emu_native_open(uint32_t capacity);
/// Ends the child and gives the region back.
void emu_native_close(struct emu_native_region *region);
/// Puts a segment into the table of the children to come; 0 to EMU_NATIVE_SEGMENTS - 1, in order.
void emu_native_add_segment(struct emu_native_region *region, struct emu_native_segment segment);
/// Forks the child and waits until it is ready: 0, or errno; `setup_stage` names the step if the child failed.
int emu_native_spawn(struct emu_native_region *region);
/// Kills the child and reaps it; `status` then says how it ended.
void emu_native_reap(struct emu_native_region *region);
/// Has the child run batch 0 or 1 from its `next` on: 0, or errno (EPIPE: it is dead).
int emu_native_submit(struct emu_native_region *region, uint8_t batch);
/// Waits at most `milliseconds` for the end of the oldest batch.
int emu_native_wait(struct emu_native_region *region, int milliseconds);
/// The name of a setup step.
const char *emu_native_stage(int stage);
/// Whether the kernel lets programs use RDFSBASE and its like.
int emu_native_has_fsgsbase(void);
/// What CPUID gives.
struct emu_native_cpuid {
  uint32_t eax, ebx, ecx, edx;
};
struct emu_native_cpuid emu_native_cpuid(uint32_t leaf, uint32_t subleaf);
/// XCR0; only if CPUID says OSXSAVE.
uint64_t emu_native_xcr0(void);
#endif

#ifdef __cplusplus
}
#endif
#endif
