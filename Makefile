# jzbf: `make demo` shows it, `make check` tests it, `make help` lists the rest.
# Everything is built under $(O); no recursion, no generated file in the source tree.

comma   := ,
VERSION := 0.1.0
DATE    := November 23, 2026
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
SAN     ?=
O       := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))

# V=1 shows the commands.
Q        = $(if $(V),,@printf '  %s\n' $@;)

# Debian packages: what the program is built with, and what the tests need on top.
DEPS_BUILD := pkg-config gettext git gnupg libyaml-dev libgit2-dev libgpgme-dev \
	libcsv-dev libpcre2-dev libsodium-dev
DEPS_TEST  := perl mandoc groff-base zsh fish python3-minimal strace

PKGS   := yaml-0.1 libgit2 gpgme libpcre2-8 libsodium
PKG_CF := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LD := $(shell pkg-config --libs $(filter-out libgit2,$(PKGS)) 2>/dev/null)
CFLAGS ?= -O2 -g
WARN   := -std=c11 -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wformat=2
HARD   := -fstack-protector-strong -fPIE $(if $(SAN),,-D_FORTIFY_SOURCE=2)
ALLCF   = $(WARN) $(HARD) $(CFLAGS) -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I. -I$(O) \
	-DJZ_VERSION='"$(VERSION)"' -DJZ_DATE='"$(DATE)"' \
	$(PKG_CF) $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
ALLLD   = -pie -Wl,-z,relro,-z,now $(LDFLAGS) $(if $(SAN),-fsanitize=$(SAN))
LIBS    = $(PKG_LD) -lcsv -lpthread -ldl $$(cat $(GIT_LINK))

LAYERS  := base port model rules store report
LIB_SRC := $(filter-out lib/port/git-offline.c,$(sort $(foreach l,$(LAYERS),$(wildcard lib/$(l)/*.c))))
CMD_SRC := $(sort $(wildcard cmd/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(O)/%.o)
CMD_OBJ := $(CMD_SRC:%.c=$(O)/%.o)
CMD_LIB := $(filter-out $(O)/cmd/main.o,$(CMD_OBJ))
UNIT    := $(patsubst tests/unit/%.c,$(O)/tests/%,$(sort $(wildcard tests/unit/test-*.c)))
HEADERS := $(sort $(wildcard lib/*/*.h) $(wildcard cmd/*.h))
PO      := $(O)/locale/zh_CN/LC_MESSAGES/jzbf.mo
MAN     := $(O)/man/.made

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

all: $(O)/jzbf $(PO) $(MAN)  ## build the program at build/jzbf (the default)

# A stamp whose content is the flags: objects are rebuilt when the flags change.
$(O)/flags: FORCE
	@mkdir -p $(O); printf '%s\n' '$(CC) $(ALLCF) $(ALLLD)' | cmp -s - $@ || printf '%s\n' '$(CC) $(ALLCF) $(ALLLD)' > $@

$(O)/%.o: %.c $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALLCF) -MD -MP -c -o $@ $<

# libgit2: its archive linked in, if there is one that lib/port/git-offline.c fits; what to link is in
# $(GIT_LINK). Else it is loaded at run time (lib/port/git-load.c): then the header has its name, the
# functions of it that are called, and a macro for each that calls it there. GIT_ARCHIVE= wants that.
GIT_ARCHIVE ?= $(wildcard $(shell $(CC) -print-file-name=libgit2.a 2>/dev/null))
GIT_LINK    := $(O)/git-link
GIT_CALLS   := $(O)/lib/port/git-calls.h
GIT_OFFLINE := lib/port/git-offline

$(GIT_LINK): $(GIT_OFFLINE).c $(GIT_ARCHIVE) $(O)/flags
	@if $(CC) $(ALLCF) -DJZ_GIT_TRIAL $(GIT_OFFLINE).c $(ALLLD) -o $(O)/git-trial $(or $(GIT_ARCHIVE),-lnone) \
		$(PKG_LD) -lz -lpthread 2>/dev/null && $(O)/git-trial; \
	then $(CC) $(ALLCF) -c -o $(O)/git-offline.o $(GIT_OFFLINE).c && echo $(O)/git-offline.o $(GIT_ARCHIVE) $(PKG_LD) -lz; \
	else echo -Wl,--export-dynamic-symbol=mbedtls_x509_crt_parse_file; fi >$@; rm -f $(O)/git-trial

$(GIT_CALLS): $(GIT_LINK) $(wildcard lib/port/git*.[ch]) $(O)/flags
	@mkdir -p $(@D)
	@if grep -q git-offline $(GIT_LINK); then echo '#define JZ_GIT_LINKED 1'; else \
	readelf -d "$$(readlink -f "$$($(CC) -print-file-name=libgit2.so)")" | \
		sed -n 's/.*SONAME.*\[\(.*\)\].*/#define JZ_GIT_LIBRARY "\1"/p'; \
	grep -oh '\<git_[a-z0-9_]*(' lib/port/git*.[ch] | tr -d '(' | LC_ALL=C sort -u | \
		awk '{ list = list " X(" $$1 ")"; print "#define " $$1 "(...) jz_git_calls." $$1 "(__VA_ARGS__)" } \
		END { print "#define JZ_GIT_CALLS(X)" list }'; fi >$@.new
	@cmp -s $@.new $@ || cp $@.new $@

$(filter $(O)/lib/port/git%,$(LIB_OBJ)) $(O)/lib/port/git-impl.h.ok: $(GIT_CALLS)

# Text that the program prints, as string literals.
$(O)/%.inc: %
	@mkdir -p $(@D)
	@sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $< > $@

$(O)/cmd/cmd-completion.o: $(O)/cmd/completion.bash.inc $(O)/cmd/completion.zsh.inc $(O)/cmd/completion.fish.inc

# A stamp whose content is the list of sources: a deleted file leaves the archive.
$(O)/sources: FORCE
	@mkdir -p $(O); printf '%s\n' '$(LIB_SRC) $(CMD_SRC)' | cmp -s - $@ || printf '%s\n' '$(LIB_SRC) $(CMD_SRC)' > $@

$(O)/libjzbf.a: $(LIB_OBJ) $(O)/sources $(GIT_LINK)
	@rm -f $@
	$(Q)ar rcs $@ $(LIB_OBJ)

# The commands as an archive: unit tests take from it what they test.
$(O)/libcmd.a: $(CMD_LIB) $(O)/sources
	@rm -f $@
	$(Q)ar rcs $@ $(CMD_LIB)

$(O)/jzbf: $(O)/cmd/main.o $(O)/libcmd.a $(O)/libjzbf.a
	$(Q)$(CC) $(ALLLD) -o $@ $^ $(LIBS)

$(O)/tests/%: tests/unit/%.c $(O)/libcmd.a $(O)/libjzbf.a $(O)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALLCF) -MD -MP -MT $@ -MF $@.d -o $@ $< $(O)/libcmd.a $(O)/libjzbf.a $(ALLLD) $(LIBS)

# Translations: one fragment a subject in po/zh_CN, put together here.
$(PO): $(sort $(wildcard po/zh_CN/*.po))
	@mkdir -p $(@D)
	awk "FNR==1{print \"\"} 1" $^ | msguniq --use-first -o $(O)/zh_CN.po
	msgfmt --check-format -o $@ $(O)/zh_CN.po

# Manual pages: from the command tables, with the prose of man/ put in, once a language.
$(MAN): $(O)/jzbf $(PO) $(wildcard man/*.inc man/*.[57] man/zh_CN/*) $(sort $(wildcard schemas/*.yaml)) man/make.sh man/zh.awk
	@man/make.sh $(O)

-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(UNIT:=.d)

FORCE:
.PHONY: all FORCE
include tests/targets.mk
