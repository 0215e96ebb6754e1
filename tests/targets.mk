# Checks, packages to install, installation. Included by the Makefile.

# ---- what a machine must have ----

# Installs by apt-get only what is missing; elsewhere says once what is needed.
define INSTALL
	@if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then \
		missing=; \
		for p in $(1); do \
			dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || \
				missing="$$missing $$p"; \
		done; \
		[ -n "$$missing" ] || exit 0; \
		if [ "$$(id -u)" = 0 ]; then as=; \
		elif command -v sudo >/dev/null; then as=sudo; \
		else echo "these packages are missing, and neither root nor sudo is there:$$missing" >&2; exit 1; fi; \
		echo "installing:$$missing"; \
		$$as apt-get update -qq && \
		$$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else \
		missing=; \
		for c in pkg-config msgfmt git gpg $(2); do \
			command -v $$c >/dev/null || missing="$$missing $$c"; \
		done; \
		pkg-config --exists $(PKGS) 2>/dev/null || missing="$$missing $(PKGS)"; \
		[ -n "$$missing" ] || exit 0; \
		echo "this is no Debian: please install what is missing:$$missing" >&2; \
		echo "(Debian calls it: $(1))" >&2; exit 1; \
	fi
endef

deps:  ## install what the build needs (Debian packages; root or sudo)
	$(call INSTALL,$(DEPS_BUILD),)

deps-test:  ## install what the tests need on top
	$(call INSTALL,$(DEPS_BUILD) $(DEPS_TEST),prove mandoc groff strace python3)

# ---- demo and check ----

# pkg-config was asked when make started: a second make sees what was installed meanwhile.
demo: deps  ## show a whole office from an empty directory to printed reports
	@$(MAKE) --no-print-directory all
	@PATH="$(abspath $(O)):$$PATH" examples/demo.sh

check: deps-test  ## build and run all tests (SAN=address,undefined: with sanitizers)
	@$(MAKE) --no-print-directory check-built

TESTS ?= $(sort $(wildcard tests/t*.sh))
PROVE  = JZBF_BUILD=$(abspath $(O)) prove -j$(JOBS) --exec ''
JOBS  ?= 2

# Helpers of the tests of transactions and of memory.
TOOLS := $(O)/crash-killer $(O)/crash-writer $(O)/crash-memory $(O)/crash-slow-malloc.so

# Those of the measurements.
BENCH := $(patsubst tests/bench/%.c,$(O)/bench/%,$(filter-out %/synthetic.c,$(sort $(wildcard tests/bench/*.c))))

$(O)/crash-%: tests/crash/%.c $(O)/libjzbf.a $(O)/flags
	$(Q)$(CC) $(ALLCF) -MD -MP -MT $@ -MF $@.d -o $@ $< $(O)/libjzbf.a $(ALLLD) $(LIBS)

$(O)/crash-%.so: tests/crash/%.c $(O)/flags
	$(Q)$(CC) $(filter-out -fPIE,$(ALLCF)) -fPIC -fno-builtin -Wno-missing-prototypes -MD -MP -MT $@ -MF $@.d -shared -o $@ $<

-include $(TOOLS:=.d)

check-built: all $(TOOLS) $(BENCH) unit check-layers check-headers fuzz-slice
	@$(PROVE) $(UNIT) $(TESTS)

unit: $(UNIT)

# Its own directory: objects of the two builds differ by a generated header. That the archive was left out is
# looked at first, for otherwise the tests would pass on the wrong build.
check-load:  ## build with libgit2 loaded at run time (GIT_ARCHIVE=) in its own directory, and try that
	@$(MAKE) --no-print-directory O=$(O)/load GIT_ARCHIVE= TESTS='$(LOAD_TESTS)' check-load-built

LOAD_TESTS := tests/t0001-cli.sh tests/t0330-doctor.sh tests/t0400-commit.sh tests/t0900-verify.sh

check-load-built: all $(TOOLS)
	@$(O)/jzbf version | grep -q 'loaded from libgit2'
	@$(PROVE) $(TESTS)

valgrind: all  ## run the shell tests under valgrind
	@JZBF_VALGRIND=1 $(PROVE) $(TESTS)

check-cli: all $(O)/tests/test-commands  ## help, manual and completions agree
	@$(PROVE) $(O)/tests/test-commands tests/t0001-cli.sh tests/t0002-completion.sh tests/t0003-manual.sh

check-layers: $(LIB_OBJ) $(CMD_OBJ)  ## includes go one way, vendor headers stay with their owner
	@awk -v order='$(LAYERS)' -f tests/layers.awk $(^:.o=.d)

check-headers: $(HEADERS:%=$(O)/%.ok)  ## each header compiles alone

$(O)/%.h.ok: %.h $(O)/flags
	@mkdir -p $(@D)
	@printf '#include "%s"\n' $< | $(CC) $(ALLCF) -Wno-unused-function -MD -MP -MT $@ -MF $@.d -fsyntax-only -x c - && touch $@

-include $(HEADERS:%=$(O)/%.ok.d)

# ---- fuzzing ----

FUZZ       := $(sort $(wildcard tests/fuzz/fuzz-*.c))
FUZZ_SLICE := $(FUZZ:tests/fuzz/%.c=$(O)/fuzz/%)
FUZZ_LONG  := $(FUZZ:tests/fuzz/%.c=$(O)/libfuzzer/%)
FUZZ_TIME  ?= 600
# Seeds of fuzz-NAME: tests/fuzz/seeds/NAME/*, and what is in tests/data.
seeds       = $(wildcard tests/fuzz/seeds/$(patsubst fuzz-%,%,$(notdir $(1)))/*) $(wildcard tests/data/*.yaml)

$(O)/fuzz/%: tests/fuzz/%.c tests/fuzz/driver.c $(O)/libcmd.a $(O)/libjzbf.a $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALLCF) -o $@ $< tests/fuzz/driver.c $(O)/libcmd.a $(O)/libjzbf.a $(ALLLD) $(LIBS)

fuzz-slice: $(FUZZ_SLICE)  ## every fuzz target for two seconds
	@set -e; $(foreach f,$(FUZZ_SLICE),(cd $(O)/fuzz && $(abspath $(f)) 2 $(abspath $(call seeds,$(f))));)

$(O)/libfuzzer/%: tests/fuzz/%.c $(O)/libcmd.a $(O)/libjzbf.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALLCF) -fsanitize=fuzzer -o $@ $< $(O)/libcmd.a $(O)/libjzbf.a $(ALLLD) $(LIBS)

fuzz:  ## every fuzz target under libFuzzer (clang), FUZZ_TIME seconds each
	@$(MAKE) --no-print-directory CC=clang SAN=fuzzer-no-link,address,undefined fuzz-run

fuzz-run: $(FUZZ_LONG)
	@set -e; $(foreach f,$(FUZZ_LONG),mkdir -p $(f).corpus; cp -n $(call seeds,$(f)) $(f).corpus/ || true; \
		(cd $(O)/libfuzzer && $(abspath $(f)) -max_total_time=$(FUZZ_TIME) -max_len=65536 $(abspath $(f)).corpus);)

# ---- long runs ----

crash: all $(TOOLS)  ## kill writing commands wherever they change something; calls that fail
	@JZBF_CRASH=all $(PROVE) $(sort $(wildcard tests/crash/*.sh) $(wildcard tests/t*-crash.sh))

ROUNDS ?= 25
SEEDS  ?= 1 2 3 4 5 6 7 8

soak: all  ## 8 writers, 4 readers (ROUNDS) and random work (SEEDS) in clones that sync
	@JZBF_ROUNDS='$(ROUNDS)' JZBF_SEEDS='$(SEEDS)' JZBF_STEPS=40 $(PROVE) $(sort $(wildcard tests/t101*-sync-*.sh))

# Programs that the scripts of tests/bench run.
$(O)/bench/population: tests/bench/synthetic.c

$(O)/bench/%: tests/bench/%.c $(O)/libjzbf.a $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALLCF) -MD -MP -MT $@ -MF $@.d -o $@ $(filter %.c,$^) $(O)/libjzbf.a $(ALLLD) $(LIBS)

-include $(BENCH:=.d)

BENCH_SCRIPTS := tests/bench/table.sh $(filter-out %/table.sh %/lib.sh %/population.sh,$(sort $(wildcard tests/bench/*.sh)))

# SIZE, RUNS: tests/bench/lib.sh. What is measured against is left out where it is not installed.
bench: all $(BENCH) $(TOOLS) $(if $(BENCH_INSTALL),bench-deps)  ## measure beside rivals (SIZE=1000; BENCH_INSTALL=1 installs them); no verdict
	@set -e; for b in $(BENCH_SCRIPTS); do echo; echo "== $$b"; JZBF_BUILD=$(abspath $(O)) $$b; done

bench-deps:  ## install the rivals
	$(call INSTALL,pass recutils,pass recsel)

# ---- installation ----

BIN   := $(DESTDIR)$(PREFIX)/bin
SHARE := $(DESTDIR)$(PREFIX)/share

install: all  ## install below PREFIX (/usr/local), DESTDIR in front
	@$(MAKE) --no-print-directory install-files

# What is built already; nothing is built here, so that a test can use it beside other tests.
install-files:
	install -d $(BIN) $(SHARE)/jzbf $(SHARE)/doc/jzbf $(SHARE)/locale/zh_CN/LC_MESSAGES \
		$(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	install -m 755 $(O)/jzbf $(BIN)/jzbf
	cp -R schemas $(SHARE)/jzbf/
	install -m 644 $(PO) $(SHARE)/locale/zh_CN/LC_MESSAGES/jzbf.mo
	cd $(O)/man && find . -name '*.[157]' -exec install -D -m 644 {} $(abspath $(SHARE))/man/{} \;
	$(O)/jzbf completion bash > $(SHARE)/bash-completion/completions/jzbf
	$(O)/jzbf completion zsh > $(SHARE)/zsh/site-functions/_jzbf
	$(O)/jzbf completion fish > $(SHARE)/fish/vendor_completions.d/jzbf.fish
	install -m 644 README.md README.zh-CN.md LICENSE $(SHARE)/doc/jzbf/
	if [ -d examples ]; then cp -R examples $(SHARE)/doc/jzbf/; fi

uninstall:  ## remove what install put there
	rm -f $(BIN)/jzbf $(SHARE)/locale/zh_CN/LC_MESSAGES/jzbf.mo
	rm -f $(SHARE)/man/man1/jzbf.1 $(SHARE)/man/man1/jzbf-*.1 $(SHARE)/man/man5/jzbf-*.5 $(SHARE)/man/man7/jzbf-*.7
	rm -f $(SHARE)/man/zh_CN/man1/jzbf.1 $(SHARE)/man/zh_CN/man1/jzbf-*.1 $(SHARE)/man/zh_CN/man5/jzbf-*.5 $(SHARE)/man/zh_CN/man7/jzbf-*.7
	rm -f $(SHARE)/bash-completion/completions/jzbf $(SHARE)/zsh/site-functions/_jzbf \
		$(SHARE)/fish/vendor_completions.d/jzbf.fish
	rm -rf $(SHARE)/jzbf $(SHARE)/doc/jzbf

# ---- the house ----

format:  ## lay out the sources
	clang-format -i $(LIB_SRC) $(CMD_SRC) $(HEADERS) $(wildcard tests/unit/*.c tests/fuzz/*.c tests/bench/*.c)

clean:  ## remove what was built: build/, or O= and SAN= as they were given
	[ ! -f $(O)/flags ] || rm -rf $(O)

help:  ## this list
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: deps deps-test demo check check-built unit check-load check-load-built valgrind check-cli check-layers check-headers \
	fuzz-slice fuzz fuzz-run crash soak bench bench-deps install install-files uninstall format clean help
