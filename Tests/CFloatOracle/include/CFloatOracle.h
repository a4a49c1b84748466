// The host's own floating-point units, one instruction at a time, in any mode of their control registers: what the
// tests of SoftFloat compare with. On other hosts than x86-64 there is no oracle.
#ifndef C_FLOAT_ORACLE_H
#define C_FLOAT_ORACLE_H

#include <stdint.h>

enum { FLOAT_ORACLE_SSE = 1, FLOAT_ORACLE_SSE41 = 2, FLOAT_ORACLE_AVX = 4, FLOAT_ORACLE_FMA = 8, FLOAT_ORACLE_F16C = 16 };

/// What the host has; 0 without an oracle.
int float_oracle_features(void);

enum {
  FLOAT_ORACLE_ADD, FLOAT_ORACLE_SUB, FLOAT_ORACLE_MUL, FLOAT_ORACLE_DIV, FLOAT_ORACLE_MIN, FLOAT_ORACLE_MAX,
  FLOAT_ORACLE_SQRT, FLOAT_ORACLE_CONVERT, FLOAT_ORACLE_ROUND, FLOAT_ORACLE_ROUND_QUIET, FLOAT_ORACLE_ROUND_UP,
  FLOAT_ORACLE_TO_HALF, FLOAT_ORACLE_FROM_HALF, FLOAT_ORACLE_RCP, FLOAT_ORACLE_RSQRT,
};

/// One scalar operation of two binary32 or binary64 operands; one of one operand takes b. MXCSR goes in and comes out.
uint64_t float_oracle_operation(int operation, int is_double, uint64_t a, uint64_t b, uint32_t *mxcsr);
/// VCMPSS or VCMPSD with a predicate of 0 to 31: 0 or 1.
int float_oracle_compare(int predicate, int is_double, uint64_t a, uint64_t b, uint32_t *mxcsr);
/// x * y + z: bit 1 of `kind` negates the product, bit 0 the addend.
uint64_t float_oracle_fused(int kind, int is_double, uint64_t x, uint64_t y, uint64_t z, uint32_t *mxcsr);
/// A number as an integer: bit 0 of `kind` truncates, bit 1 makes 64 bits.
uint64_t float_oracle_integer(int kind, int is_double, uint64_t a, uint32_t *mxcsr);
/// A 64-bit integer as a number.
uint64_t float_oracle_number(int is_double, int64_t a, uint32_t *mxcsr);

/// An 80-bit number as in memory, and what an x87 instruction left.
struct float_oracle_extended { uint64_t significand; uint16_t sign_exponent; };
struct float_oracle_x87 { struct float_oracle_extended st[2]; uint64_t stored; uint16_t status; };

enum {
  FLOAT_ORACLE_FADD, FLOAT_ORACLE_FSUB, FLOAT_ORACLE_FMUL, FLOAT_ORACLE_FDIV, FLOAT_ORACLE_FSQRT, FLOAT_ORACLE_FRNDINT,
  FLOAT_ORACLE_FSCALE, FLOAT_ORACLE_FXTRACT, FLOAT_ORACLE_FPREM, FLOAT_ORACLE_FPREM1, FLOAT_ORACLE_FCOM,
  FLOAT_ORACLE_FUCOM, FLOAT_ORACLE_FST32, FLOAT_ORACLE_FST64, FLOAT_ORACLE_FISTP64, FLOAT_ORACLE_FIST32,
  FLOAT_ORACLE_FIST16, FLOAT_ORACLE_F2XM1, FLOAT_ORACLE_FYL2X, FLOAT_ORACLE_FYL2XP1, FLOAT_ORACLE_FPATAN,
  FLOAT_ORACLE_FSIN, FLOAT_ORACLE_FCOS, FLOAT_ORACLE_FSINCOS, FLOAT_ORACLE_FPTAN,
};

/// An instruction on ST(0) = a and ST(1) = b with a control word; what it stores to memory is in `stored`.
struct float_oracle_x87 float_oracle_x87(
  int operation, uint16_t control, struct float_oracle_extended a, struct float_oracle_extended b);

#endif
