#include "CFloatOracle.h"

#if defined(__x86_64__)

static const uint32_t usual = 0x1F80;

int float_oracle_features(void) {
  __builtin_cpu_init();
  return FLOAT_ORACLE_SSE | (__builtin_cpu_supports("sse4.1") ? FLOAT_ORACLE_SSE41 : 0)
    | (__builtin_cpu_supports("avx") ? FLOAT_ORACLE_AVX : 0) | (__builtin_cpu_supports("fma") ? FLOAT_ORACLE_FMA : 0)
    | (__builtin_cpu_supports("f16c") ? FLOAT_ORACLE_F16C : 0);
}

#define OPERATION(number, text)                                                                                  \
  case number:                                                                                                   \
    __asm__ volatile("movq %2, %%xmm0\n movq %3, %%xmm1\n ldmxcsr %1\n " text " %%xmm1, %%xmm0\n stmxcsr %1\n"   \
                     "movq %%xmm0, %0\n ldmxcsr %4"                                                              \
                     : "=r"(out), "+m"(state) : "r"(a), "r"(b), "m"(usual) : "xmm0", "xmm1", "memory");          \
    break;
#define BOTH(number, single, double_) OPERATION(2 * (number), single) OPERATION(2 * (number) + 1, double_)

uint64_t float_oracle_operation(int operation, int is_double, uint64_t a, uint64_t b, uint32_t *mxcsr) {
  uint64_t out = 0;
  uint32_t state = *mxcsr;
  switch (2 * operation + is_double) {
    BOTH(FLOAT_ORACLE_ADD, "addss", "addsd")
    BOTH(FLOAT_ORACLE_SUB, "subss", "subsd")
    BOTH(FLOAT_ORACLE_MUL, "mulss", "mulsd")
    BOTH(FLOAT_ORACLE_DIV, "divss", "divsd")
    BOTH(FLOAT_ORACLE_MIN, "minss", "minsd")
    BOTH(FLOAT_ORACLE_MAX, "maxss", "maxsd")
    BOTH(FLOAT_ORACLE_SQRT, "sqrtss", "sqrtsd")
    BOTH(FLOAT_ORACLE_CONVERT, "cvtss2sd", "cvtsd2ss")
    BOTH(FLOAT_ORACLE_ROUND, "roundss $4,", "roundsd $4,")
    BOTH(FLOAT_ORACLE_ROUND_QUIET, "roundss $12,", "roundsd $12,")
    BOTH(FLOAT_ORACLE_ROUND_UP, "roundss $2,", "roundsd $2,")
    OPERATION(2 * FLOAT_ORACLE_TO_HALF, "vcvtps2ph $4,")
    OPERATION(2 * FLOAT_ORACLE_FROM_HALF, "vcvtph2ps")
    OPERATION(2 * FLOAT_ORACLE_RCP, "rcpss")
    OPERATION(2 * FLOAT_ORACLE_RSQRT, "rsqrtss")
  }
  *mxcsr = state;
  // CVTSS2SD makes a double, CVTSD2SS a single; binary16 is the low word.
  int is_wide = operation == FLOAT_ORACLE_CONVERT ? !is_double : is_double;
  if (operation == FLOAT_ORACLE_TO_HALF) return out & 0xFFFF;
  return is_wide ? out : out & 0xFFFFFFFF;
}

#define PREDICATE(number)                                                                                        \
  case number:                                                                                                   \
    if (is_double)                                                                                               \
      __asm__ volatile("movq %2, %%xmm0\n movq %3, %%xmm1\n ldmxcsr %1\n vcmpsd $" #number                       \
                       ", %%xmm1, %%xmm0, %%xmm0\n stmxcsr %1\n movq %%xmm0, %0\n ldmxcsr %4"                    \
                       : "=r"(out), "+m"(state) : "r"(a), "r"(b), "m"(usual) : "xmm0", "xmm1", "memory");        \
    else                                                                                                         \
      __asm__ volatile("movq %2, %%xmm0\n movq %3, %%xmm1\n ldmxcsr %1\n vcmpss $" #number                       \
                       ", %%xmm1, %%xmm0, %%xmm0\n stmxcsr %1\n movq %%xmm0, %0\n ldmxcsr %4"                    \
                       : "=r"(out), "+m"(state) : "r"(a), "r"(b), "m"(usual) : "xmm0", "xmm1", "memory");        \
    break;

int float_oracle_compare(int predicate, int is_double, uint64_t a, uint64_t b, uint32_t *mxcsr) {
  uint64_t out = 0;
  uint32_t state = *mxcsr;
  switch (predicate) {
    PREDICATE(0) PREDICATE(1) PREDICATE(2) PREDICATE(3) PREDICATE(4) PREDICATE(5) PREDICATE(6) PREDICATE(7)
    PREDICATE(8) PREDICATE(9) PREDICATE(10) PREDICATE(11) PREDICATE(12) PREDICATE(13) PREDICATE(14) PREDICATE(15)
    PREDICATE(16) PREDICATE(17) PREDICATE(18) PREDICATE(19) PREDICATE(20) PREDICATE(21) PREDICATE(22) PREDICATE(23)
    PREDICATE(24) PREDICATE(25) PREDICATE(26) PREDICATE(27) PREDICATE(28) PREDICATE(29) PREDICATE(30) PREDICATE(31)
  }
  *mxcsr = state;
  return out & 1;
}

#define FUSED(number, text)                                                                                      \
  case number:                                                                                                   \
    __asm__ volatile("movq %2, %%xmm1\n movq %3, %%xmm2\n movq %4, %%xmm0\n ldmxcsr %1\n " text                  \
                     " %%xmm2, %%xmm1, %%xmm0\n stmxcsr %1\n movq %%xmm0, %0\n ldmxcsr %5"                       \
                     : "=r"(out), "+m"(state) : "r"(x), "r"(y), "r"(z), "m"(usual)                               \
                     : "xmm0", "xmm1", "xmm2", "memory");                                                        \
    break;

uint64_t float_oracle_fused(int kind, int is_double, uint64_t x, uint64_t y, uint64_t z, uint32_t *mxcsr) {
  uint64_t out = 0;
  uint32_t state = *mxcsr;
  switch (2 * kind + is_double) {
    FUSED(0, "vfmadd231ss") FUSED(1, "vfmadd231sd") FUSED(2, "vfmsub231ss") FUSED(3, "vfmsub231sd")
    FUSED(4, "vfnmadd231ss") FUSED(5, "vfnmadd231sd") FUSED(6, "vfnmsub231ss") FUSED(7, "vfnmsub231sd")
  }
  *mxcsr = state;
  return is_double ? out : out & 0xFFFFFFFF;
}

#define INTEGER(number, text, size)                                                                              \
  case number:                                                                                                   \
    __asm__ volatile("movq %2, %%xmm1\n ldmxcsr %1\n " text " %%xmm1, %" size "0\n stmxcsr %1\n ldmxcsr %3"      \
                     : "=r"(out), "+m"(state) : "r"(a), "m"(usual) : "xmm1", "memory");                          \
    break;

uint64_t float_oracle_integer(int kind, int is_double, uint64_t a, uint32_t *mxcsr) {
  uint64_t out = 0;
  uint32_t state = *mxcsr;
  switch (2 * kind + is_double) {
    INTEGER(0, "cvtss2si", "k") INTEGER(1, "cvtsd2si", "k") INTEGER(2, "cvttss2si", "k") INTEGER(3, "cvttsd2si", "k")
    INTEGER(4, "cvtss2si", "q") INTEGER(5, "cvtsd2si", "q") INTEGER(6, "cvttss2si", "q") INTEGER(7, "cvttsd2si", "q")
  }
  *mxcsr = state;
  return out;
}

uint64_t float_oracle_number(int is_double, int64_t a, uint32_t *mxcsr) {
  uint64_t out = 0;
  uint32_t state = *mxcsr;
  if (is_double)
    __asm__ volatile("pxor %%xmm1, %%xmm1\n ldmxcsr %1\n cvtsi2sdq %2, %%xmm1\n stmxcsr %1\n ldmxcsr %3\n"
                     "movq %%xmm1, %0" : "=r"(out), "+m"(state) : "r"(a), "m"(usual) : "xmm1", "memory");
  else
    __asm__ volatile("pxor %%xmm1, %%xmm1\n ldmxcsr %1\n cvtsi2ssq %2, %%xmm1\n stmxcsr %1\n ldmxcsr %3\n"
                     "movq %%xmm1, %0" : "=r"(out), "+m"(state) : "r"(a), "m"(usual) : "xmm1", "memory");
  *mxcsr = state;
  return out;
}

// FNSAVE reads the result even where an exception waits, and FNINIT forgets that exception.
#define X87(number, text)                                                                                        \
  case number:                                                                                                   \
    __asm__ volatile("fninit\n fldt %3\n fldt %2\n fnclex\n fldcw %4\n " text "\n fnsave %0\n fninit"            \
                     : "=m"(image), "+m"(result.stored) : "m"(a), "m"(b), "m"(control) : "memory");              \
    break;

struct float_oracle_x87 float_oracle_x87(
  int operation, uint16_t control, struct float_oracle_extended a, struct float_oracle_extended b) {
  struct { uint32_t environment[7]; uint8_t registers[80]; } __attribute__((packed)) image;
  struct float_oracle_x87 result = {0};
  switch (operation) {
    X87(FLOAT_ORACLE_FADD, "fadd %%st(1), %%st") X87(FLOAT_ORACLE_FSUB, "fsub %%st(1), %%st")
    X87(FLOAT_ORACLE_FMUL, "fmul %%st(1), %%st") X87(FLOAT_ORACLE_FDIV, "fdiv %%st(1), %%st")
    X87(FLOAT_ORACLE_FSQRT, "fsqrt") X87(FLOAT_ORACLE_FRNDINT, "frndint") X87(FLOAT_ORACLE_FSCALE, "fscale")
    X87(FLOAT_ORACLE_FXTRACT, "fxtract") X87(FLOAT_ORACLE_FPREM, "fprem") X87(FLOAT_ORACLE_FPREM1, "fprem1")
    X87(FLOAT_ORACLE_FCOM, "fcom") X87(FLOAT_ORACLE_FUCOM, "fucom") X87(FLOAT_ORACLE_FST32, "fsts %1")
    X87(FLOAT_ORACLE_FST64, "fstl %1") X87(FLOAT_ORACLE_FISTP64, "fistpll %1") X87(FLOAT_ORACLE_FIST32, "fistl %1")
    X87(FLOAT_ORACLE_FIST16, "fists %1")
    X87(FLOAT_ORACLE_F2XM1, "f2xm1") X87(FLOAT_ORACLE_FYL2X, "fyl2x") X87(FLOAT_ORACLE_FYL2XP1, "fyl2xp1")
    X87(FLOAT_ORACLE_FPATAN, "fpatan") X87(FLOAT_ORACLE_FSIN, "fsin") X87(FLOAT_ORACLE_FCOS, "fcos")
    X87(FLOAT_ORACLE_FSINCOS, "fsincos") X87(FLOAT_ORACLE_FPTAN, "fptan")
    default: return result;
  }
  result.status = (uint16_t)image.environment[1];
  for (int index = 0; index < 2; index++) {
    __builtin_memcpy(&result.st[index].significand, image.registers + 10 * index, 8);
    __builtin_memcpy(&result.st[index].sign_exponent, image.registers + 10 * index + 8, 2);
  }
  return result;
}

#else

int float_oracle_features(void) { return 0; }
uint64_t float_oracle_operation(int operation, int is_double, uint64_t a, uint64_t b, uint32_t *mxcsr) { return 0; }
int float_oracle_compare(int predicate, int is_double, uint64_t a, uint64_t b, uint32_t *mxcsr) { return 0; }
uint64_t float_oracle_fused(int kind, int is_double, uint64_t x, uint64_t y, uint64_t z, uint32_t *mxcsr) { return 0; }
uint64_t float_oracle_integer(int kind, int is_double, uint64_t a, uint32_t *mxcsr) { return 0; }
uint64_t float_oracle_number(int is_double, int64_t a, uint32_t *mxcsr) { return 0; }
struct float_oracle_x87 float_oracle_x87(
  int operation, uint16_t control, struct float_oracle_extended a, struct float_oracle_extended b) {
  struct float_oracle_x87 result = {0};
  return result;
}

#endif
