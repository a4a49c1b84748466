#ifndef EMU_CKVM_H
#define EMU_CKVM_H

// What Swift cannot import of the kernel's virtual machine interface: ioctl(2) is variadic, its request numbers are
// macros with casts, and kvm_run is made of unions.

#if defined(__linux__) && defined(__x86_64__)

#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/// Requests, by their names in the kernel's documentation.
static const unsigned long CKVM_GET_API_VERSION = KVM_GET_API_VERSION;
static const unsigned long CKVM_CREATE_VM = KVM_CREATE_VM;
static const unsigned long CKVM_CHECK_EXTENSION = KVM_CHECK_EXTENSION;
static const unsigned long CKVM_GET_VCPU_MMAP_SIZE = KVM_GET_VCPU_MMAP_SIZE;
static const unsigned long CKVM_GET_SUPPORTED_CPUID = KVM_GET_SUPPORTED_CPUID;
static const unsigned long CKVM_SET_USER_MEMORY_REGION = KVM_SET_USER_MEMORY_REGION;
static const unsigned long CKVM_SET_TSS_ADDR = KVM_SET_TSS_ADDR;
static const unsigned long CKVM_SET_IDENTITY_MAP_ADDR = KVM_SET_IDENTITY_MAP_ADDR;
static const unsigned long CKVM_CREATE_IRQCHIP = KVM_CREATE_IRQCHIP;
static const unsigned long CKVM_IRQ_LINE = KVM_IRQ_LINE;
static const unsigned long CKVM_CREATE_PIT2 = KVM_CREATE_PIT2;
static const unsigned long CKVM_CREATE_VCPU = KVM_CREATE_VCPU;
static const unsigned long CKVM_RUN = KVM_RUN;
static const unsigned long CKVM_GET_REGS = KVM_GET_REGS;
static const unsigned long CKVM_SET_REGS = KVM_SET_REGS;
static const unsigned long CKVM_GET_SREGS = KVM_GET_SREGS;
static const unsigned long CKVM_SET_SREGS = KVM_SET_SREGS;
static const unsigned long CKVM_GET_SREGS2 = KVM_GET_SREGS2;
static const unsigned long CKVM_SET_SREGS2 = KVM_SET_SREGS2;
static const unsigned long CKVM_INTERRUPT = KVM_INTERRUPT;
static const unsigned long CKVM_NMI = KVM_NMI;
static const unsigned long CKVM_SET_CPUID2 = KVM_SET_CPUID2;
static const unsigned long CKVM_GET_LAPIC = KVM_GET_LAPIC;
static const unsigned long CKVM_SET_LAPIC = KVM_SET_LAPIC;
static const unsigned long CKVM_GET_XSAVE = KVM_GET_XSAVE;
static const unsigned long CKVM_SET_XSAVE = KVM_SET_XSAVE;
static const unsigned long CKVM_GET_XCRS = KVM_GET_XCRS;
static const unsigned long CKVM_SET_XCRS = KVM_SET_XCRS;
static const unsigned long CKVM_GET_DEBUGREGS = KVM_GET_DEBUGREGS;
static const unsigned long CKVM_SET_DEBUGREGS = KVM_SET_DEBUGREGS;
static const unsigned long CKVM_GET_VCPU_EVENTS = KVM_GET_VCPU_EVENTS;
static const unsigned long CKVM_SET_VCPU_EVENTS = KVM_SET_VCPU_EVENTS;
static const unsigned long CKVM_GET_MP_STATE = KVM_GET_MP_STATE;
static const unsigned long CKVM_SET_MP_STATE = KVM_SET_MP_STATE;
static const unsigned long CKVM_SET_GUEST_DEBUG = KVM_SET_GUEST_DEBUG;
static const unsigned long CKVM_ENABLE_CAP = KVM_ENABLE_CAP;
static const unsigned long CKVM_SET_TSC_KHZ = KVM_SET_TSC_KHZ;
static const unsigned long CKVM_GET_PIT2 = KVM_GET_PIT2;
static const unsigned long CKVM_SET_PIT2 = KVM_SET_PIT2;

/// ioctl(2) with a pointer.
static inline int ckvm_ioctl(int descriptor, unsigned long request, void *argument) {
  return ioctl(descriptor, request, argument);
}

/// ioctl(2) with a number.
static inline int ckvm_ioctl_value(int descriptor, unsigned long request, unsigned long value) {
  return ioctl(descriptor, request, value);
}

/// Reads one MSR: 1 is success, 0 refusal.
static inline int ckvm_get_msr(int vcpu, uint32_t number, uint64_t *value) {
  uint64_t area[(sizeof(struct kvm_msrs) + sizeof(struct kvm_msr_entry)) / 8] = {0};
  struct kvm_msrs *request = (struct kvm_msrs *)area;
  request->nmsrs = 1;
  request->entries[0].index = number;
  int count = ioctl(vcpu, KVM_GET_MSRS, request);
  *value = request->entries[0].data;
  return count == 1;
}

/// Writes one MSR: 1 is success, 0 refusal.
static inline int ckvm_set_msr(int vcpu, uint32_t number, uint64_t value) {
  uint64_t area[(sizeof(struct kvm_msrs) + sizeof(struct kvm_msr_entry)) / 8] = {0};
  struct kvm_msrs *request = (struct kvm_msrs *)area;
  request->nmsrs = 1;
  request->entries[0].index = number;
  request->entries[0].data = value;
  return ioctl(vcpu, KVM_SET_MSRS, request) == 1;
}

/// Entries that follow a kvm_cpuid2.
static inline struct kvm_cpuid_entry2 *ckvm_cpuid_entries(struct kvm_cpuid2 *list) { return list->entries; }

/// The registers that are synchronised through kvm_run.
static inline struct kvm_regs *ckvm_regs(struct kvm_run *run) { return &run->s.regs.regs; }
static inline struct kvm_sregs *ckvm_sregs(struct kvm_run *run) { return &run->s.regs.sregs; }
static inline struct kvm_vcpu_events *ckvm_events(struct kvm_run *run) { return &run->s.regs.events; }

/// Bytes of a KVM_EXIT_IO.
static inline uint8_t *ckvm_port_data(struct kvm_run *run) { return (uint8_t *)run + run->io.data_offset; }
static inline int ckvm_port_is_write(struct kvm_run *run) { return run->io.direction == KVM_EXIT_IO_OUT; }
static inline int ckvm_port_width(struct kvm_run *run) { return run->io.size; }
static inline uint16_t ckvm_port_number(struct kvm_run *run) { return run->io.port; }
static inline uint32_t ckvm_port_count(struct kvm_run *run) { return run->io.count; }

/// A KVM_EXIT_MMIO.
static inline uint64_t ckvm_mmio_address(struct kvm_run *run) { return run->mmio.phys_addr; }
static inline uint8_t *ckvm_mmio_data(struct kvm_run *run) { return run->mmio.data; }
static inline int ckvm_mmio_width(struct kvm_run *run) { return (int)run->mmio.len; }
static inline int ckvm_mmio_is_write(struct kvm_run *run) { return run->mmio.is_write; }

/// A KVM_EXIT_X86_RDMSR or KVM_EXIT_X86_WRMSR.
static inline uint32_t ckvm_msr_number(struct kvm_run *run) { return run->msr.index; }
static inline uint64_t ckvm_msr_value(struct kvm_run *run) { return run->msr.data; }
static inline void ckvm_msr_answer(struct kvm_run *run, uint64_t value, int refused) {
  run->msr.data = value;
  run->msr.error = (uint8_t)refused;
}

/// A KVM_EXIT_INTERNAL_ERROR.
static inline uint32_t ckvm_internal_suberror(struct kvm_run *run) { return run->internal.suberror; }

/// The reason that the hardware gave for a KVM_EXIT_FAIL_ENTRY.
static inline uint64_t ckvm_entry_failure(struct kvm_run *run) { return run->fail_entry.hardware_entry_failure_reason; }

/// DR6 of a KVM_EXIT_DEBUG: bits 3:0 name the breakpoint.
static inline uint64_t ckvm_debug_conditions(struct kvm_run *run) { return run->debug.arch.dr6; }

/// Lets KVM stop in front of instructions at addresses, four at most, or behind each instruction; 0 is success.
static inline int ckvm_set_debugging(int vcpu, const uint64_t *addresses, int count, int steps) {
  struct kvm_guest_debug debug;
  memset(&debug, 0, sizeof debug);
  if (steps) debug.control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP;
  if (count > 0) debug.control |= KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP;
  debug.arch.debugreg[7] = 0x400;
  for (int i = 0; i < count && i < 4; i++) {
    debug.arch.debugreg[i] = addresses[i];
    debug.arch.debugreg[7] |= 2ull << (i * 2);
  }
  return ioctl(vcpu, KVM_SET_GUEST_DEBUG, &debug);
}

/// The kind of a KVM_EXIT_SYSTEM_EVENT.
static inline uint32_t ckvm_system_event(struct kvm_run *run) { return run->system_event.type; }

static inline void ckvm_kick(int number, siginfo_t *info, void *context) {
  (void)number;
  (void)context;
  struct kvm_run *run = (struct kvm_run *)info->si_value.sival_ptr;
  if (info->si_code == SI_TIMER && run) *(volatile uint8_t *)&run->immediate_exit = 1;
}

/// The instruction bytes of a KVM_EXIT_INTERNAL_ERROR of suberror 1: how many were written, at most 15.
static inline int ckvm_failed_instruction(struct kvm_run *run, uint8_t *bytes) {
  if (!(run->emulation_failure.flags & KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES)) return 0;
  if (run->emulation_failure.ndata < 3) return 0;
  int count = run->emulation_failure.insn_size > 15 ? 15 : run->emulation_failure.insn_size;
  memcpy(bytes, run->emulation_failure.insn_bytes, (size_t)count);
  return count;
}

/// The physical address of a linear one, as KVM sees it; 0 is failure.
static inline int ckvm_translate(int vcpu, uint64_t linear, uint64_t *physical) {
  struct kvm_translation request;
  memset(&request, 0, sizeof request);
  request.linear_address = linear;
  if (ioctl(vcpu, KVM_TRANSLATE, &request) != 0 || !request.valid) return 0;
  *physical = request.physical_address;
  return 1;
}

/// Raises or lowers an interrupt line of KVM's own controllers.
static inline int ckvm_irq_line(int vm, uint32_t irq, int level) {
  struct kvm_irq_level request;
  memset(&request, 0, sizeof request);
  request.irq = irq;
  request.level = (uint32_t)level;
  return ioctl(vm, KVM_IRQ_LINE, &request);
}

/// Delivers an external interrupt at the next entry.
static inline int ckvm_interrupt(int vcpu, uint32_t vector) {
  struct kvm_interrupt request;
  request.irq = vector;
  return ioctl(vcpu, KVM_INTERRUPT, &request);
}

/// KVM's own timer chip, with the speaker's port as far as timing loops need it.
static inline int ckvm_create_timer_chip(int vm) {
  struct kvm_pit_config request;
  memset(&request, 0, sizeof request);
  request.flags = KVM_PIT_SPEAKER_DUMMY;
  return ioctl(vm, KVM_CREATE_PIT2, &request);
}

/// Masks all inputs of KVM's own PIC; 0 is success.
static inline int ckvm_mask_interrupts(int vm) {
  for (uint32_t chip = KVM_IRQCHIP_PIC_MASTER; chip <= KVM_IRQCHIP_PIC_SLAVE; chip++) {
    struct kvm_irqchip state;
    memset(&state, 0, sizeof state);
    state.chip_id = chip;
    if (ioctl(vm, KVM_GET_IRQCHIP, &state) != 0) return -1;
    state.chip.pic.imr = 0xFF;
    if (ioctl(vm, KVM_SET_IRQCHIP, &state) != 0) return -1;
  }
  return 0;
}

/// Reads the state of KVM's own 8259A, the master or the slave; 0 is success.
static inline int ckvm_get_pic(int vm, int slave, struct kvm_pic_state *state) {
  struct kvm_irqchip chip;
  memset(&chip, 0, sizeof chip);
  chip.chip_id = slave ? KVM_IRQCHIP_PIC_SLAVE : KVM_IRQCHIP_PIC_MASTER;
  if (ioctl(vm, KVM_GET_IRQCHIP, &chip) != 0) return -1;
  *state = chip.chip.pic;
  return 0;
}

/// Writes it.
static inline int ckvm_set_pic(int vm, int slave, const struct kvm_pic_state *state) {
  struct kvm_irqchip chip;
  memset(&chip, 0, sizeof chip);
  chip.chip_id = slave ? KVM_IRQCHIP_PIC_SLAVE : KVM_IRQCHIP_PIC_MASTER;
  chip.chip.pic = *state;
  return ioctl(vm, KVM_SET_IRQCHIP, &chip);
}

/// Reads KVM's own I/O APIC: IOREGSEL, the identification and the 24 entries; 0 is success.
static inline int ckvm_get_ioapic(int vm, uint32_t *select, uint32_t *id, uint64_t *entries) {
  struct kvm_irqchip chip;
  memset(&chip, 0, sizeof chip);
  chip.chip_id = KVM_IRQCHIP_IOAPIC;
  if (ioctl(vm, KVM_GET_IRQCHIP, &chip) != 0) return -1;
  *select = chip.chip.ioapic.ioregsel;
  *id = chip.chip.ioapic.id;
  for (int pin = 0; pin < KVM_IOAPIC_NUM_PINS; pin++) entries[pin] = chip.chip.ioapic.redirtbl[pin].bits;
  return 0;
}

/// Writes it.
///
/// `requests` are pins that interrupt if their entry lets them.
static inline int ckvm_set_ioapic(int vm, uint32_t select, uint32_t id, const uint64_t *entries, uint32_t requests) {
  struct kvm_irqchip chip;
  memset(&chip, 0, sizeof chip);
  chip.chip_id = KVM_IRQCHIP_IOAPIC;
  if (ioctl(vm, KVM_GET_IRQCHIP, &chip) != 0) return -1;
  chip.chip.ioapic.ioregsel = select;
  chip.chip.ioapic.id = id;
  chip.chip.ioapic.irr = requests;
  for (int pin = 0; pin < KVM_IOAPIC_NUM_PINS; pin++) chip.chip.ioapic.redirtbl[pin].bits = entries[pin];
  return ioctl(vm, KVM_SET_IRQCHIP, &chip);
}

/// Leads the lines to KVM's own controllers as a PC does: line 0 to pin 2 of the I/O APIC, every other to the pin of its
/// number, lines 0 to 15 but 2 to the 8259A pair; 0 is success.
static inline int ckvm_route_interrupts(int vm) {
  uint64_t area[(sizeof(struct kvm_irq_routing) + 2 * KVM_IOAPIC_NUM_PINS * sizeof(struct kvm_irq_routing_entry)) / 8];
  memset(area, 0, sizeof area);
  struct kvm_irq_routing *request = (struct kvm_irq_routing *)area;
  struct kvm_irq_routing_entry *entry = request->entries;
  for (uint32_t line = 0; line < KVM_IOAPIC_NUM_PINS; line++) {
    if (line == 2) continue;
    if (line < 16) {
      entry->gsi = line;
      entry->type = KVM_IRQ_ROUTING_IRQCHIP;
      entry->u.irqchip.irqchip = line < 8 ? KVM_IRQCHIP_PIC_MASTER : KVM_IRQCHIP_PIC_SLAVE;
      entry->u.irqchip.pin = line & 7;
      entry++;
    }
    entry->gsi = line;
    entry->type = KVM_IRQ_ROUTING_IRQCHIP;
    entry->u.irqchip.irqchip = KVM_IRQCHIP_IOAPIC;
    entry->u.irqchip.pin = line == 0 ? 2 : line;
    entry++;
  }
  request->nr = (uint32_t)(entry - request->entries);
  return ioctl(vm, KVM_SET_GSI_ROUTING, request);
}

/// Frequency of the time-stamp counter in kHz; 0 is unknown.
static inline uint32_t ckvm_tsc_kilohertz(int vcpu) {
  int frequency = ioctl(vcpu, KVM_GET_TSC_KHZ, 0);
  return frequency > 0 ? (uint32_t)frequency : 0;
}

/// Makes the next or the present stay in the guest end at once.
static inline void ckvm_request_exit(struct kvm_run *run) { *(volatile uint8_t *)&run->immediate_exit = 1; }

/// The signal that takes a thread out of KVM_RUN.
static inline int ckvm_kick_signal(void) { return SIGRTMIN + 4; }

/// Handles that signal, in the whole process, and lets the calling thread receive it; 0 is success.
static inline int ckvm_accept_kicks(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = ckvm_kick;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  if (sigaction(ckvm_kick_signal(), &action, 0) != 0) return -1;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, ckvm_kick_signal());
  return pthread_sigmask(SIG_UNBLOCK, &set, 0);
}

/// Makes a timer whose signal takes the calling thread out of KVM_RUN on `run`, at once or, by `immediate_exit`, when
/// it is about to begin; 0 is success.
static inline int ckvm_timer_create(struct kvm_run *run, timer_t *timer) {
  if (ckvm_accept_kicks() != 0) return -1;
  struct sigevent event;
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = ckvm_kick_signal();
  event.sigev_value.sival_ptr = run;
  event._sigev_un._tid = (int)syscall(SYS_gettid);
  return timer_create(CLOCK_MONOTONIC, &event, timer);
}

/// Arms a timer: nanoseconds until it fires first (0 disarms it) and between later times (0 is once).
static inline int ckvm_timer_set(timer_t timer, uint64_t first, uint64_t period) {
  struct itimerspec when;
  when.it_value.tv_sec = (time_t)(first / 1000000000u);
  when.it_value.tv_nsec = (long)(first % 1000000000u);
  when.it_interval.tv_sec = (time_t)(period / 1000000000u);
  when.it_interval.tv_nsec = (long)(period % 1000000000u);
  return timer_settime(timer, 0, &when, 0);
}

/// Removes a timer.
static inline void ckvm_timer_delete(timer_t timer) { timer_delete(timer); }

#endif
#endif
