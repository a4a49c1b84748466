// What kind-calls.s runs.
#include <stdint.h>

#define OWN static __attribute__((noinline))

static uint64_t state = 0x9E3779B97F4A7C15;
static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

// Recursion: Fibonacci, Takeuchi, Hanoi, a tree's depth first.
OWN uint64_t fibonacci(unsigned n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
OWN int takeuchi(int x, int y, int z) {
  return y >= x ? z : takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y));
}
OWN uint64_t hanoi(unsigned disks, unsigned from, unsigned to, uint64_t sum) {
  if (disks == 0) return sum;
  sum = hanoi(disks - 1, from, 6 - from - to, sum);
  return hanoi(disks - 1, 6 - from - to, to, sum * 7 + from * 4 + to);
}

// Functions by a table, in an order that the data decide.
typedef uint64_t Step(uint64_t value, uint64_t operand);
OWN uint64_t add(uint64_t a, uint64_t b) { return a + b; }
OWN uint64_t subtract(uint64_t a, uint64_t b) { return a - b * 3; }
OWN uint64_t mix(uint64_t a, uint64_t b) { return a ^ b >> 3; }
OWN uint64_t turn(uint64_t a, uint64_t b) { return (a << 5 | a >> 59) + b; }
OWN uint64_t multiply(uint64_t a, uint64_t b) { return a * (b | 1); }
OWN uint64_t keep(uint64_t a, uint64_t b) { return a > b ? a : b; }
OWN uint64_t twice(uint64_t a, uint64_t b) { return add(mix(a, b), b); }
OWN uint64_t thrice(uint64_t a, uint64_t b) { return turn(twice(a, b), subtract(b, a)); }
static Step *const steps[8] = {add, subtract, mix, turn, multiply, keep, twice, thrice};
OWN uint64_t table(uint64_t sum, unsigned count) {
  for (; count; count--) {
    uint64_t choice = next();
    sum = steps[choice >> 20 & 7](sum, choice);
  }
  return sum;
}

// Objects with functions of their own, in a tree.
struct Node {
  uint64_t (*visit)(struct Node *, uint64_t);
  struct Node *left, *right;
  uint64_t value;
};
static struct Node nodes[1024];
OWN uint64_t leaf(struct Node *node, uint64_t sum) { return sum * 3 + node->value; }
OWN uint64_t before(struct Node *node, uint64_t sum) {
  sum += node->value;
  return node->right->visit(node->right, node->left->visit(node->left, sum));
}
OWN uint64_t after(struct Node *node, uint64_t sum) {
  sum = node->left->visit(node->left, node->right->visit(node->right, sum));
  return (sum ^ node->value) + (sum >> 9);
}
OWN struct Node *plant(void) {
  for (unsigned i = 1023; i; i--) {
    struct Node *node = &nodes[i];
    node->value = next();
    node->visit = i >= 512 ? leaf : node->value & 1 ? before : after;
    if (i < 512) node->left = &nodes[i * 2], node->right = &nodes[i * 2 + 1];
  }
  return &nodes[1];
}

// A stack machine's interpreter: by a switch, and by a jump to the next operation's label.
enum { PUSH, ADD, SUB, MUL, XOR, DUP, SWAP, OVER, SHIFT, LOOP, STOP };
static uint8_t program[256];
OWN void assemble(void) {
  unsigned depth = 2;
  for (unsigned i = 0; i < 250; i++) {
    unsigned kind = next() >> 30 & 7;
    unsigned operation = depth < 4 ? (kind & 1 ? DUP : PUSH) : depth > 12 ? ADD + (kind & 3) : kind + PUSH;
    if (operation == PUSH || operation == DUP || operation == OVER) depth++;
    if (operation >= ADD && operation <= XOR) depth--;
    program[i] = (uint8_t)(i % 9 == 8 ? SHIFT : operation);
    if (i % 9 == 8 && operation != SHIFT) {
      if (operation == PUSH || operation == DUP || operation == OVER) depth--;
      if (operation >= ADD && operation <= XOR) depth++;
    }
  }
  program[250] = LOOP;
  program[251] = STOP;
}
OWN uint64_t switched(uint64_t sum, unsigned rounds) {
  uint64_t stack[32], *top = stack + 1, other;
  const uint8_t *at = program;
  stack[0] = sum;
  stack[1] = rounds;
  for (;;) {
    switch (*at++) {
    case PUSH: *++top = sum + (uint64_t)(at - program); break;
    case ADD: top--; *top += top[1]; break;
    case SUB: top--; *top -= top[1]; break;
    case MUL: top--; *top *= top[1] | 1; break;
    case XOR: top--; *top ^= top[1] >> 1; break;
    case DUP: top++; *top = top[-1]; break;
    case SWAP: other = *top; *top = top[-1]; top[-1] = other; break;
    case OVER: top++; *top = top[-2]; break;
    case SHIFT: *top = (*top << 9 | *top >> 55) ^ sum; break;
    case LOOP:
      sum += *top;
      top = stack + 1;
      if (--rounds) at = program;
      break;
    default: return sum;
    }
  }
}
OWN uint64_t threaded(uint64_t sum, unsigned rounds) {
  static const void *const labels[] = {&&push, &&add, &&sub, &&mul, &&xor, &&dup, &&swap, &&over, &&shift, &&loop, &&stop};
  uint64_t stack[32], *top = stack + 1, other;
  const uint8_t *at = program;
  stack[0] = sum;
  stack[1] = rounds;
#define NEXT goto *labels[*at++]
  NEXT;
push: *++top = sum + (uint64_t)(at - program); NEXT;
add: top--; *top += top[1]; NEXT;
sub: top--; *top -= top[1]; NEXT;
mul: top--; *top *= top[1] | 1; NEXT;
xor: top--; *top ^= top[1] >> 1; NEXT;
dup: top++; *top = top[-1]; NEXT;
swap: other = *top; *top = top[-1]; top[-1] = other; NEXT;
over: top++; *top = top[-2]; NEXT;
shift: *top = (*top << 9 | *top >> 55) ^ sum; NEXT;
loop:
  sum += *top;
  top = stack + 1;
  if (--rounds) at = program;
  NEXT;
stop: return sum;
}

uint64_t work(uint64_t sum) {
  sum += fibonacci(18);
  sum = sum * 31 + (uint64_t)takeuchi(9, 5, 2);
  sum = hanoi(11, 1, 3, sum);
  sum = table(sum, 8000);
  struct Node *root = plant();
  for (unsigned i = 0; i < 8; i++) sum = root->visit(root, sum);
  assemble();
  uint64_t left = switched(sum, 40), right = threaded(sum, 40);
  if (left != right) return 0xBAD;
  sum = left * 0x9E3779B97F4A7C15;
  return sum ^ sum >> 29;
}
