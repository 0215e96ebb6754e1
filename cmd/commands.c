#include "cmd/command.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"

#define COMMAND(name) extern const struct jz_command jz_cmd_##name;
#include "cmd/commands.def"
#undef COMMAND

#define COMMAND(name) &jz_cmd_##name,
const struct jz_command *const jz_commands[] = {
#include "cmd/commands.def"
	NULL,
};
#undef COMMAND

const struct jz_group jz_groups[] = {
	{"store", N_("The store")},
	{"case", N_("The case, in the order of clause 6")},
	{"look", N_("Looking and reporting")},
	{"office", N_("The office")},
	{"history", N_("History")},
	{"plumbing", N_("Tools that need no store")},
	{"help", N_("Help")},
	{NULL, NULL},
};

struct jz_global jz_global;

const struct jz_opt jz_global_opts[] = {
	{.kind = JZ_OPT_STRING,
	 .short_name = 'C',
	 .long_name = "directory",
	 .dest = &jz_global.dir,
	 .metavar = N_("DIR"),
	 .help = N_("use the store at or above DIR instead of the working directory"),
	 .complete = JZ_COMPLETE_DIR},
	{.kind = JZ_OPT_FLAG,
	 .short_name = 'q',
	 .long_name = "quiet",
	 .dest = &jz_global.quiet,
	 .help = N_("print no notes and no progress")},
	{.kind = JZ_OPT_COUNT,
	 .short_name = 'v',
	 .long_name = "verbose",
	 .dest = &jz_global.verbose,
	 .help = N_("say more about what is done")},
	JZ_FLAG_OPT(&jz_global.unverified, "unverified",
		    N_("work although the history does not verify, and say so")),
	{.kind = JZ_OPT_FLAG,
	 .short_name = 'h',
	 .long_name = "help",
	 .dest = &jz_global.help,
	 .help = N_("print a short help and stop")},
	{0},
};

const struct jz_opt jz_top_opts[] = {
	JZ_FLAG_OPT(&jz_global.version, "version", N_("print the version and stop")),
	{0},
};

static const struct jz_command *find_in(const struct jz_command *const *table, const char *name)
{
	for (; table && *table; table++)
		if (jz_eq((*table)->name, name))
			return *table;
	return NULL;
}

const struct jz_command *jz_command_find(const char *name)
{
	return find_in(jz_commands, name);
}

const struct jz_command *jz_command_sub(const struct jz_command *command, const char *name)
{
	return find_in(command->subs, name);
}
