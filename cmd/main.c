/* Finds the command, gives it what its table says it needs, and turns its result into the exit. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd/command.h"
#include "cmd/help.h"
#include "cmd/locale.h"
#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/base/secret.h"
#include "lib/base/str.h"
#include "lib/base/tmpfs.h"
#include "lib/base/vec.h"
#include "lib/store/index.h"
#include "lib/store/store.h"

/* What was in a private tmpfs directory does not outlive the process. It may have been stopped
 * anywhere, in malloc() too: nothing is called here that could not bear that. */
static void end_by_signal(int signal_number)
{
	jz_tmpfs_release_all();
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void let_write_fail(int signal_number)
{
	(void)signal_number;
}

/* A closed standard stream must not become the first file that is opened. Writing to standard
 * output goes on failing: what stands in for it can only be read. */
static void keep_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

static void catch_signals(void)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction end = {.sa_handler = end_by_signal, .sa_flags = SA_RESETHAND};
	/* A handler, not SIG_IGN: programs that are started get the default back. */
	struct sigaction pipe = {.sa_handler = let_write_fail, .sa_flags = SA_RESTART};
	struct sigaction old;

	for (size_t i = 0; i < JZ_COUNT(ending); i++)
		sigaddset(&end.sa_mask, ending[i]); /* one of them is enough */
	for (size_t i = 0; i < JZ_COUNT(ending); i++)
		if (!sigaction(ending[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(ending[i], &end, NULL);
	sigaction(SIGPIPE, &pipe, NULL);
}

static bool wants_color(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && !jz_eq(term, "dumb");
}

static void fill_ctx(struct jz_ctx *ctx)
{
	const char *dir = jz_global.dir ? jz_global.dir : getenv("JZBF_DIR");

	*ctx = (struct jz_ctx){
		.dir = dir && *dir ? dir : NULL,
		.quiet = jz_global.quiet,
		.verbose = jz_global.verbose,
		.color = wants_color(),
		.progress = isatty(STDERR_FILENO) && !jz_global.quiet,
	};
}

/* Replaces this process by jzbf-NAME if PATH has it; returns if not. */
static int run_external(char **argv, struct jz_err *err)
{
	jz_autofree char *program = jz_xasprintf("jzbf-%s", argv[0]);

	if (strchr(program, '/') || !jz_in_path(program))
		return 0;
	if (jz_global.dir)
		setenv("JZBF_DIR", jz_global.dir, 1);
	if (jz_self())
		setenv("JZBF", jz_self(), 1);
	argv[0] = program;
	execvp(program, argv);
	return jz_fail_errno(err, program);
}

static int unknown_command(const char *name, const struct jz_command *const *table,
			   struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs names = JZ_STRS_INIT;
	const char *meant;

	for (; *table; table++)
		if (!(*table)->hidden)
			jz_strs_add(&names, (*table)->name);
	meant = names.len ? jz_closest(name, (const char *const *)names.items) : NULL;
	if (meant)
		return jz_fail(err, JZ_E_USAGE, _("unknown command '%s'; did you mean '%s'?"), name,
			       meant);
	return jz_fail(err, JZ_E_USAGE, _("unknown command '%s'"), name);
}

static int run_with_store(const struct jz_command *command, struct jz_ctx *ctx, int argc,
			  char **argv, struct jz_err *err)
{
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	struct jz_judging judging;
	jz_cleanup(jz_index_guess_free_p) struct jz_index_guess *guess = NULL;
	int rc;

	if (command->needs & JZ_NEED_INDEX && !jz_global.unverified)
		guess = jz_index_guess(ctx->dir);
	rc = jz_store_open(ctx->dir, &store, err);
	if (rc)
		return rc;
	ctx->store = store;
	jz_look_trust(store);
	jz_look_judging(&judging, ctx, store);
	if (command->needs & JZ_NEED_INDEX)
		jz_index_start(store, guess);
	rc = command->run(ctx, argc, argv, err);
	ctx->store = NULL;
	jz_look_notices(ctx, store);
	return rc;
}

/* Goes down to the subcommand that the arguments name. parent is left NULL at the top. */
static int find_sub(const struct jz_command **command, const struct jz_command **parent, int *argc,
		    char ***argv, struct jz_err *err)
{
	const struct jz_command *sub;

	if (!(*command)->subs || *argc < 2 || (*argv)[1][0] == '-')
		return 0;
	sub = jz_command_sub(*command, (*argv)[1]);
	if (!sub)
		return unknown_command((*argv)[1], (*command)->subs, err);
	*parent = *command;
	*command = sub;
	--*argc;
	++*argv;
	return 0;
}

static int no_subcommand(const struct jz_command *command, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf names = JZ_BUF_INIT;

	for (const struct jz_command *const *sub = command->subs; *sub; sub++)
		if (!(*sub)->hidden)
			jz_buf_addf(&names, "%s%s", names.len ? ", " : "", (*sub)->name);
	return jz_fail(err, JZ_E_USAGE, _("'%s' needs a subcommand: %s"), command->name, names.data);
}

/* What a script reads is never translated; nor is what it may have to look for on standard error. */
static void settle_language(const struct jz_opt *opts)
{
	const char *format = jz_opt_text(opts, "format");

	if (jz_eq(format, "json") || jz_eq(format, "csv"))
		jz_locale_machine();
}

static int run_command(const struct jz_command *command, const struct jz_command *parent, int argc,
		       char **argv, struct jz_err *err)
{
	struct jz_ctx ctx;
	int rc = jz_opt_parse(command->opts, jz_global_opts, &argc, argv, err);

	if (rc)
		return rc;
	if (jz_global.help) {
		jz_help_command(parent, command, stdout);
		return 0;
	}
	if (!command->run)
		return no_subcommand(command, err);
	rc = jz_args_check(command->args, argc, argv, err);
	if (rc)
		return rc;
	settle_language(command->opts);
	fill_ctx(&ctx);
	if (command->needs & JZ_NEED_STORE)
		return run_with_store(command, &ctx, argc, argv, err);
	return command->run(&ctx, argc, argv, err);
}

/* The command line from the command's name on. *where becomes "jzbf CMD" for the hint. */
static int dispatch(int argc, char **argv, struct jz_buf *where, struct jz_err *err)
{
	const struct jz_command *command = jz_command_find(argv[0]);
	const struct jz_command *parent = NULL;
	int rc;

	if (!command) {
		rc = run_external(argv, err);
		return rc ? rc : unknown_command(argv[0], jz_commands, err);
	}
	rc = find_sub(&command, &parent, &argc, &argv, err);
	if (parent)
		jz_buf_addf(where, " %s", parent->name);
	jz_buf_addf(where, " %s", command->name);
	return rc ? rc : run_command(command, parent, argc, argv, err);
}

static int run(int argc, char **argv, struct jz_buf *where, struct jz_err *err)
{
	static char name[] = "version";
	char *version_command[] = {name, NULL};
	int next;
	int rc = jz_opt_parse_leading(jz_top_opts, jz_global_opts, argc, argv, &next, err);

	if (rc)
		return rc;
	if (jz_global.version)
		return dispatch(1, version_command, where, err);
	if (next < argc)
		return dispatch(argc - next, argv + next, where, err);
	if (jz_global.help) {
		jz_help_all(stdout);
		return 0;
	}
	return jz_fail(err, JZ_E_USAGE, _("no command given"));
}

int main(int argc, char **argv)
{
	jz_cleanup(jz_buf_release) struct jz_buf where = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;
	struct jz_err out = JZ_ERR_INIT;
	int rc;

	keep_standard_streams();
	jz_secret_harden();
	catch_signals();
	jz_locale_init();
	jz_buf_adds(&where, "jzbf");
	rc = run(argc, argv, &where, &err);
	if (rc && *err.message) {
		jz_print_error(&err);
		if (rc == JZ_E_USAGE)
			fprintf(stderr, _("try '%s --help'\n"), where.data);
	}
	if (jz_stdout_check(&out)) {
		if (*out.message)
			jz_print_error(&out);
		if (!rc && *out.message)
			fprintf(stderr, _("all else that '%s' was to do is done\n"), where.data);
		if (!rc || rc == JZ_E_FINDINGS) /* nobody got the findings */
			rc = JZ_E_IO;
	}
	jz_tmpfs_release_all();
	return -rc;
}
