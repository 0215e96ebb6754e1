#include "lib/store/doctor.h"

#include <stdio.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "lib/base/tmpfs.h"
#include "lib/base/vec.h"
#include "lib/port/git.h"
#include "lib/store/keyring.h"

#define SMALL_FILE ((size_t)1 << 16)

/* A passphrase-protected key costs this much at every use when the agent derives keys too slowly.
 */
#define SLOW_DERIVATION_MS 150

void jz_checkup_init(struct jz_checkup *checkup)
{
	*checkup = (struct jz_checkup){.arena = jz_arena_new()};
}

void jz_checkup_release(struct jz_checkup *checkup)
{
	free(checkup->items);
	jz_arena_free(checkup->arena);
	*checkup = (struct jz_checkup){0};
}

void jz_checkup_add(struct jz_checkup *checkup, enum jz_severity severity, const char *id,
		    const char *mend, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (checkup->len == checkup->cap) {
		checkup->cap = checkup->cap ? 2 * checkup->cap : 16;
		checkup->items =
			jz_xrealloc(checkup->items, checkup->cap * sizeof(*checkup->items));
	}
	checkup->items[checkup->len++] = (struct jz_ailment){
		.severity = severity,
		.id = id,
		.what = jz_arena_strdup(checkup->arena, text),
		.mend = jz_arena_strdup(checkup->arena, mend),
	};
	checkup->wrong += severity != JZ_INFO;
}

/* ---- programs ---- */

static void check_gpg(struct jz_checkup *checkup)
{
	const char *argv[] = {"gpg", "--version", NULL};
	struct jz_run run = {.argv = argv, .limit = SMALL_FILE};
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int status = -1, major = 0, minor = 0;

	if (!jz_in_path("gpg")) {
		jz_checkup_add(checkup, JZ_ERROR, "gpg-missing", _("install the package gnupg"),
			       _("gpg is not installed"));
		return;
	}
	if (jz_run(&run, &text, &status, NULL) || status ||
	    sscanf(text.data, "gpg (GnuPG) %d.%d", &major, &minor) != 2)
		jz_checkup_add(checkup, JZ_ERROR, "gpg-broken", _("run 'gpg --version' to see why"),
			       _("gpg does not say its version"));
	else if (major < 2 || (major == 2 && minor < 2))
		jz_checkup_add(checkup, JZ_ERROR, "gpg-old", _("install GnuPG 2.2 or newer"),
			       _("GnuPG %d.%d is too old"), major, minor);
	if (!jz_in_path("gpgconf") || !jz_in_path("gpg-agent"))
		jz_checkup_add(checkup, JZ_ERROR, "gpg-agent-missing",
			       _("install the package gpg-agent"),
			       _("gpg-agent or gpgconf is not installed"));
}

static void check_git(struct jz_checkup *checkup)
{
	if (!jz_in_path("git"))
		jz_checkup_add(checkup, JZ_WARNING, "git-missing", _("install the package git"),
			       _("git is not installed; jzbf works without it, but nobody can push "
				 "or pull"));
}

static void check_git_library(struct jz_checkup *checkup)
{
	char version[32];
	const char *library;
	struct jz_err why = JZ_ERR_INIT;

	if (jz_git_library(version, &library, &why))
		jz_checkup_add(checkup, JZ_ERROR, "libgit2-missing",
			       _("install the libgit2 that jzbf was built with, or build jzbf anew"),
			       "%s", why.message);
}

/* ---- the agent ---- */

/* A line of gpg-agent.conf: the value behind a name, "" for a bare option; NULL: not set. */
static const char *agent_option(const struct jz_strs *lines, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < lines->len; i++) {
		const char *line = lines->items[i] + strspn(lines->items[i], " \t");

		if (!strncmp(line, name, len) && strchr(" \t\r", line[len]))
			return line + len + strspn(line + len, " \t");
	}
	return NULL;
}

static void read_agent_conf(struct jz_strs *lines)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	const char *home = getenv("GNUPGHOME"), *user = getenv("HOME");
	jz_autofree char *dir =
		home && *home ? jz_xstrdup(home) : jz_path_join(user ? user : "/", ".gnupg");
	jz_autofree char *path = jz_path_join(dir, "gpg-agent.conf");

	if (!jz_file_read(path, SMALL_FILE, &text, NULL))
		jz_strs_split(lines, text.data, '\n');
}

static void check_pinentry(struct jz_checkup *checkup, const struct jz_strs *lines)
{
	const char *chosen = agent_option(lines, "pinentry-program");

	if (chosen && !jz_in_path(chosen))
		jz_checkup_add(checkup, JZ_WARNING, "pinentry-missing",
			       _("install it, or take the line out of gpg-agent.conf"),
			       _("the pinentry-program of gpg-agent.conf is not there"));
	else if (!chosen && !jz_in_path("pinentry"))
		jz_checkup_add(
			checkup, JZ_WARNING, "pinentry-missing",
			_("install a pinentry package, for instance pinentry-curses"),
			_("no pinentry is installed: a key with a passphrase cannot be used"));
}

/* Only a running agent knows how long it lets a derivation take. */
static void check_derivation(struct jz_checkup *checkup)
{
	const char *argv[] = {"gpg-connect-agent", "--no-autostart", "GETINFO s2k_time", "/bye",
			      NULL};
	struct jz_run run = {.argv = argv, .limit = SMALL_FILE};
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int status = -1, ms = 0;

	if (jz_run(&run, &text, &status, NULL) || status || sscanf(text.data, "D %d", &ms) != 1 ||
	    ms < SLOW_DERIVATION_MS)
		return;
	jz_checkup_add(
		checkup, JZ_INFO, "agent-slow",
		_("put a smaller 's2k-count' into gpg-agent.conf and change the passphrase with "
		  "'gpg --change-passphrase'; a strong passphrase makes up for it"),
		_("each use of a key with a passphrase takes %d ms"), ms);
}

static void check_agent(struct jz_checkup *checkup)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;

	read_agent_conf(&lines);
	check_pinentry(checkup, &lines);
	check_derivation(checkup);
	if (!agent_option(&lines, "auto-expand-secmem"))
		jz_checkup_add(
			checkup, JZ_INFO, "agent-secmem",
			_("add the line 'auto-expand-secmem' to gpg-agent.conf and run 'gpgconf "
			  "--kill gpg-agent'"),
			_("the agent's secure memory is limited: with several programs at work it "
			  "can run out, which looks like a missing key"));
}

/* ---- the machine ---- */

static void check_files(struct jz_checkup *checkup)
{
	jz_cleanup(jz_tmpdir_release) struct jz_tmpdir dir = JZ_TMPDIR_INIT;
	mode_t mask = umask(077);
	struct jz_err why = JZ_ERR_INIT;

	umask(mask);
	if ((mask & 022) != 022)
		jz_checkup_add(checkup, JZ_WARNING, "umask", _("set 'umask 077' in your profile"),
			       _("with the umask %03o others may write to new files"),
			       (unsigned)mask);
	else if ((mask & 077) != 077)
		jz_checkup_add(
			checkup, JZ_INFO, "umask", _("set 'umask 077' in your profile"),
			_("with the umask %03o others may read new files; records are encrypted, "
			  "exported reports are not"),
			(unsigned)mask);
	if (jz_tmpdir_init(&dir, &why))
		jz_checkup_add(
			checkup, JZ_ERROR, "tmpfs-missing",
			_("mount a tmpfs on /dev/shm, or log in so that XDG_RUNTIME_DIR is set"),
			"%s", why.message);
}

static void check_core(struct jz_checkup *checkup)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	if (jz_file_read("/proc/sys/kernel/core_pattern", SMALL_FILE, &text, NULL) ||
	    text.data[0] != '|')
		return;
	jz_checkup_add(
		checkup, JZ_INFO, "core-pattern",
		_("nothing to do for jzbf itself, which leaves no core; editors and viewers may"),
		_("this machine hands core dumps to a program that may store them"));
}

/* What lies in memory can be written out there; compressed memory and mapped (mostly encrypted)
 * devices are left alone. */
static void check_swap(struct jz_checkup *checkup)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;

	if (jz_file_read("/proc/swaps", SMALL_FILE, &text, NULL))
		return;
	jz_strs_split(&lines, text.data, '\n');
	for (size_t i = 1; i < lines.len; i++) {
		if (!lines.items[i][0] || jz_starts_with(lines.items[i], "/dev/zram") ||
		    jz_starts_with(lines.items[i], "/dev/dm-"))
			continue;
		jz_checkup_add(
			checkup, JZ_INFO, "swap", _("encrypt the swap space, or do without"),
			_("this machine swaps to a disk that may not be encrypted: an opened role "
			  "key or record can end up there"));
		return;
	}
}

static void check_stale(struct jz_checkup *checkup)
{
	int swept = jz_keyring_sweep();

	if (swept)
		jz_checkup_add(checkup, JZ_INFO, "stale-homes", "",
			       P_("%d private directory of a killed process was removed",
				  "%d private directories of killed processes were removed", swept),
			       swept);
}

void jz_doctor_machine(struct jz_checkup *checkup)
{
	check_gpg(checkup);
	check_git(checkup);
	check_git_library(checkup);
	check_agent(checkup);
	check_files(checkup);
	check_core(checkup);
	check_swap(checkup);
	check_stale(checkup);
}
