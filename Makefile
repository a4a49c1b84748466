# make run      installs what is missing, builds, boots the demonstration
# make test     installs what is missing, builds with testing enabled, runs every test
# make slow-test  the same, with whole random searches and every boot (an hour)
# make float-test COUNT=N  SoftFloat against the host, N operands an operation
# make engine-fuzz COUNT=N  N random programs on both engines (an hour without COUNT)
# make linux    boots Debian's kernel to a shell on this terminal
# make mutants  wrong models against the recorded vectors of all processors: fails below 99 %
# make kvm-unit-tests IMAGES=DIR  runs the images that you have built of that suite
# make userspace-test  Debian's user space: the same commands in emu and on the host
# make test-disks  boots Debian and others from drives by both engines, kills emu 200 times, mutates 10^6 images (a quarter of an hour)
# make test-moves  moves guests and disks, kills each side at 500 moments and more, hands over 1,000 times (ten minutes)
# make bench    compares speed with QEMU's TCG (BENCHFLAGS='--only kinds,boot'), prints latencies and sizes
# make budgets  holds host instructions per guest instruction, the hot loop's code, size and memory to their limits
.PHONY: run test slow-test float-test engine-fuzz kvm-unit-tests debug-test mutants linux linux-files guest-files disk-files test-disks test-moves userspace-files userspace-test bench budgets build packages firmware measuring comparing browser testroms lint check-generated client test-slurm clean

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
CACHE ?= $(HOME)/.cache/emu
ROMS := .build/testroms
# Exclusive access is checked in the tests' build and in debug builds; in the executable the checks would take a sixth of
# the time of an interrupt.
RELEASE := -c release --static-swift-stdlib --omit-frame-pointers -Xswiftc -enforce-exclusivity=unchecked

run: build testroms
	.build/release/emu run $(ROMS)/hello.elf

build: packages
	swift build $(RELEASE) --product emu

# Debian packages for the tests: Capstone's headers, GDB, and what packs traces.
packages:
	@command -v gdb >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq gdb; }
	@command -v zstd >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq zstd; }
	@pkg-config --exists capstone 2>/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq libcapstone-dev pkg-config; }

# SeaBIOS and its video BIOS, which boot what is in drives, and qemu-img, which reads what emu writes. Without them those
# tests are skipped by name.
firmware:
	@[ -e /usr/share/seabios/bios-256k.bin ] || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends seabios; } \
	  || echo "SKIP drives: seabios cannot be installed" >&2
	@command -v qemu-img >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends qemu-utils; } \
	  || echo "SKIP qcow2 beside qemu-img: qemu-utils cannot be installed" >&2

# Chromium, in which the tests open the page of emu view; too large to ask for it before a mere `make run`.
browser:
	@command -v chromium >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends chromium; } \
	  || echo "SKIP emu view in a browser: chromium cannot be installed" >&2

# What make budgets measures with. A host that cannot install it skips those budgets, and the tool says which.
measuring:
	@command -v valgrind >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends valgrind; } || true
	@command -v objdump >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends binutils; } || true
	@[ -x /usr/bin/time ] || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends time; } || true

# What make bench compares with. Without it the columns of QEMU stay empty, and the tool says so.
comparing:
	@command -v qemu-system-x86_64 >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends qemu-system-x86; } || true

# SoftFloat against the host and against itself with more operands: COUNT for each operation and format.
COUNT ?= 10000000
float-test: packages
	swift build --build-tests $(TEST_BUILD)
	EMU_FLOAT_COUNT=$(COUNT) swift test --skip-build $(TEST_BUILD) --filter SoftFloatTests

testroms:
	@testroms/build.sh $(ROMS)

# One build has the tests and the executable that they start: it is `make build`'s, but for the tests' view of its insides.
TEST_BUILD := -c release -Xswiftc -enable-testing --omit-frame-pointers --scratch-path .build/tests
test: packages measuring firmware testroms linux-files guest-files browser
	swift build --build-tests $(TEST_BUILD)
	EMU_CACHE=$(CACHE) EMU_EXECUTABLE=$(CURDIR)/.build/tests/release/emu swift test --skip-build $(TEST_BUILD) $(TESTFLAGS)

# The same with what is too slow for every day: whole random searches, every boot, Xen up to its first domain.
slow-test: export EMU_SLOW_TESTS = 1
slow-test: test

# The small tests on a debug build, which traps where a release build may not.
debug-test: packages measuring firmware testroms
	swift test $(TESTFLAGS)

# Programs on both engines: COUNT of them, by SEED.
SEED ?= 1
engine-fuzz: build
	.build/release/emu fuzz --against reference --seed $(SEED) --count $(if $(filter file default,$(origin COUNT)),5000000,$(COUNT))

# The images of kvm-unit-tests that a user has built: IMAGES names the tree, or several with a comma between.
kvm-unit-tests: build
	@[ -n "$(IMAGES)" ] || { echo "make kvm-unit-tests IMAGES=DIR: the built tree of that suite is missing" >&2; exit 1; }
	tools/kvm-unit-tests.py .build/release/emu "$(IMAGES)" --reasons tools/kvm-unit-tests.tsv

mutants: build
	.build/release/emu mutants $(patsubst %,--recording %,$(wildcard Tests/Vectors/*.emuvec)) --minimum 99

linux: build linux-files
	.build/release/emu run --memory 256M --initrd $(CACHE)/initramfs.cpio --append "console=ttyS0" $(CACHE)/vmlinuz

linux-files: packages
	@tools/fetch-linux.sh $(CACHE)

# Guests of other Debian packages, which the tests run.
guest-files: packages userspace-files testroms
	@tools/fetch-package.sh $(CACHE) memtest.bin memtest86+ boot/memtest86+x64.bin
	@tools/fetch-package.sh $(CACHE) xen.gz xen-hypervisor-4.17-amd64 boot/xen-4.17-amd64.gz
	@tools/fetch-media.sh $(CACHE) $(ROMS)

# A disk with Debian, of which a hundred megabytes of packages are fetched.
disk-files: guest-files
	@tools/fetch-disk.sh $(CACHE)

# What starts from drives: the long form of what `make test` has a short one of.
test-disks: packages firmware testroms disk-files
	swift build --build-tests $(TEST_BUILD)
	EMU_DISK_TESTS=1 EMU_DISK_MUTATIONS=1000000 EMU_CACHE=$(CACHE) EMU_EXECUTABLE=$(CURDIR)/.build/tests/release/emu \
	  swift test --skip-build $(TEST_BUILD) $(TESTFLAGS) --filter 'DiskImagesTests|GuestMediaTests|DiskJournalTests|DriveTests'

# Guests that move: the long form of what `make test` has a short one of.
test-moves: packages firmware testroms linux-files
	swift build --build-tests $(TEST_BUILD)
	swift build --product emu
	EMU_MOVES_TESTS=1 EMU_CACHE=$(CACHE) EMU_EXECUTABLE=$(CURDIR)/.build/tests/release/emu \
	  EMU_OTHER_EXECUTABLE=$(CURDIR)/.build/debug/emu \
	  swift test --skip-build $(TEST_BUILD) $(TESTFLAGS) --filter 'MovesTests|MoveStreamTests|HandOver|MoveRows|MoveFaults'

# Debian's user space as a tree and as an initramfs; the tests run the same commands in both.
userspace-files: linux-files
	@tools/fetch-userspace.sh $(CACHE) base tools/userspace-commands.sh

# The same with python3, sqlite3 and gcc: about ten minutes.
userspace-test: build userspace-files
	@tools/fetch-userspace.sh $(CACHE) full tools/userspace-commands.sh
	tools/userspace.py .build/release/emu $(CACHE) full

# A campaign in a job array of a real one-node Slurm, which it installs if it is missing; takes some minutes, not in CI.
test-slurm: $(if $(EMU_EXECUTABLE),,build)
	SUDO="$(SUDO)" EMU_EXECUTABLE="$(or $(EMU_EXECUTABLE),$(CURDIR)/.build/release/emu)" tools/test-slurm.sh

bench: comparing build testroms disk-files
	tools/bench.py .build/release/emu $(ROMS) $(CACHE) $(BENCHFLAGS)

budgets: measuring build testroms
	swift build $(RELEASE) --product EmptyCommand
	swift build $(RELEASE) --product DecoderBenchmark
	tools/budgets.py .build/release/emu .build/release/EmptyCommand $(ROMS)

lint:
	swift format lint --strict --recursive Package.swift Sources Tests Examples

check-generated: packages
	swift run OpcodeTableGenerator --check

# The library as others use it: a package of its own, by a debug build.
client: testroms
	swift run --package-path Examples/Client Client $(ROMS)/hello.elf

clean:
	rm -rf .build Examples/Client/.build
