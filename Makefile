.PHONY: test check-generated packages
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

packages:
	@pkg-config --exists capstone 2>/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq libcapstone-dev pkg-config; }

check-generated: packages
	swift run OpcodeTableGenerator --check

test: packages
	swift test
