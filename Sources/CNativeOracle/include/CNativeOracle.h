// Instruction tests on the host's own processor: what runs in the child process, where no Swift may run.
#ifndef EMU_NATIVE_ORACLE_H
#define EMU_NATIVE_ORACLE_H

#include <stdint.h>

// The layout of X86.UserState and X86.InstructionTest; NativeOracleTests compare sizes and offsets.
struct emu_user_state {
  uint64_t general_registers[16], rip, rflags, ymm[64], st[16], fs_base, gs_base, cr2, stray_writes, window[64];
  uint32_t mxcsr, error_code;
  uint16_t fcw, fsw;
  uint8_t ftw, vector;
  uint16_t selectors[6], reserved;
  uint32_t reserved_word;
};

struct emu_instruction_test {
  uint8_t code[16], code_length, steps, mode, cpl, single_steps, reserved;
  uint16_t form;
  uint64_t number;
  struct emu_user_state input;
};

// What parent and child share.
struct emu_native_area {
  // Index of the test that runs.
  volatile uint64_t progress;
  uint64_t capacity;
};

// One child.
struct emu_native_child {
  int pid;
  // The parent writes a first test and an end, the child answers with one byte when it is done.
  int commands;
  int answers;
};

// Maps an area for so many tests; null if the host refuses.
struct emu_native_area *emu_native_area_make(uint64_t capacity);
void emu_native_area_free(struct emu_native_area *area);
struct emu_instruction_test *emu_native_tests(struct emu_native_area *area);
struct emu_user_state *emu_native_results(struct emu_native_area *area);

// Starts a child: 0, or an errno.
int emu_native_start(struct emu_native_area *area, struct emu_native_child *child);
// Asks for the tests from `first` to before `end`: 0, or an errno.
int emu_native_submit(const struct emu_native_child *child, uint64_t first, uint64_t end);
// Waits for the answer: 1 it is done, 0 it did not come in so many milliseconds, -1 the child is dead.
int emu_native_wait(const struct emu_native_child *child, int milliseconds);
// Ends a child.
void emu_native_stop(struct emu_native_child *child);
// CPUID.
void emu_native_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);
// Whether this build can run anything at all.
int emu_native_is_supported(void);

#endif
