# A check that fails, so that the checks themselves are checked.
.include "rom.inc"
main:
  corner planted
  expect "two and two", 4, 5
  ret
