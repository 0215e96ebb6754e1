#include "cmd/complete.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include "cmd/command.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

/* What the words before the one being typed say. */
struct place {
	const struct jz_command *command; /* NULL: none yet */
	const struct jz_opt *pending;	  /* an option that waits for its value */
	const char *dir;		  /* -C */
	int args;			  /* positional arguments already there */
	bool plain;			  /* behind "--" */
};

struct asked {
	FILE *to;
	const char *prefix; /* what is typed of the candidate */
	const char *front;  /* what stands before it in the same word: "--format=" */
	const char *dir;
	const char *list; /* that fields begin in */
};

static void offer(const struct asked *asked, const char *candidate, const char *description)
{
	if (!jz_starts_with(candidate, asked->prefix))
		return;
	fprintf(asked->to, "%s%s\t", asked->front, candidate);
	for (const char *c = description ? description : ""; *c; c++)
		fputc(*c == '\n' ? ' ' : *c, asked->to);
	fputc('\n', asked->to);
}

static void offer_to(void *data, const char *candidate, const char *description)
{
	offer(data, candidate, description);
}

static void offer_values(const struct asked *asked, const char *const *values)
{
	for (; values && *values; values++)
		offer(asked, *values, NULL);
}

static void offer_list(const struct asked *asked, struct jz_strs *list)
{
	jz_strs_sort(list);
	for (size_t i = 0; i < list->len; i++)
		offer(asked, list->items[i], NULL);
}

/* The names of the YAML files in a directory of schemas/. */
static void offer_data(const struct asked *asked, const char *folder)
{
	jz_cleanup(jz_strs_release) struct jz_strs names = JZ_STRS_INIT;
	const char *schemas = jz_schema_dir();
	jz_autofree char *path = schemas ? jz_path_join(schemas, folder) : NULL;
	DIR *dir = path ? opendir(path) : NULL;
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (jz_ends_with(entry->d_name, ".yaml"))
			jz_strs_addn(&names, entry->d_name,
				     strlen(entry->d_name) - strlen(".yaml"));
	closedir(dir);
	offer_list(asked, &names);
}

static void offer_commands(const struct asked *asked, const struct jz_command *const *table)
{
	for (; table && *table; table++)
		if (!(*table)->hidden)
			offer(asked, (*table)->name, _((*table)->summary));
}

static void offer_kind(const struct asked *asked, enum jz_complete kind, const char *const *values)
{
	jz_cleanup(jz_strs_release) struct jz_strs list = JZ_STRS_INIT;

	offer_values(asked, values);
	switch (kind) {
	case JZ_COMPLETE_FILE:
		fputs(":file\n", asked->to);
		break;
	case JZ_COMPLETE_DIR:
		fputs(":dir\n", asked->to);
		break;
	case JZ_COMPLETE_INSTRUMENT:
		offer_data(asked, "instruments");
		break;
	case JZ_COMPLETE_REPORT:
		offer_data(asked, "reports");
		break;
	case JZ_COMPLETE_SCHEMA:
		offer_data(asked, "");
		fputs(":file\n", asked->to);
		break;
	case JZ_COMPLETE_COMMAND:
		offer_commands(asked, jz_commands);
		break;
	case JZ_COMPLETE_CASE:
	case JZ_COMPLETE_PERSON:
		jz_complete_store(kind, asked->dir ? asked->dir : getenv("JZBF_DIR"), &list);
		offer_list(asked, &list);
		break;
	case JZ_COMPLETE_PATH:
	case JZ_COMPLETE_FIELD:
	case JZ_COMPLETE_WHERE:
		jz_complete_field(kind, asked->list, asked->prefix, offer_to, (void *)asked);
		break;
	default:
		break;
	}
}

static void offer_options(const struct asked *asked, const struct jz_opt *opts)
{
	for (; opts && opts->kind; opts++) {
		char name[48];

		if (opts->hidden)
			continue;
		if (opts->long_name)
			snprintf(name, sizeof(name), "--%s", opts->long_name);
		else
			snprintf(name, sizeof(name), "-%c", opts->short_name);
		offer(asked, name, _(opts->help));
	}
}

static const struct jz_opt *find_option(const struct jz_opt *opts, const char *word)
{
	size_t len = word[1] == '-' ? strcspn(word + 2, "=") : 0;

	for (; opts && opts->kind; opts++) {
		if (word[1] == '-' && opts->long_name && strlen(opts->long_name) == len &&
		    !strncmp(opts->long_name, word + 2, len))
			return opts;
		if (word[1] != '-' && opts->short_name == word[1])
			return opts;
	}
	return NULL;
}

static const struct jz_opt *option_at(const struct place *place, const char *word)
{
	const struct jz_opt *opt = NULL;

	if (place->command)
		opt = find_option(place->command->opts, word);
	else
		opt = find_option(jz_top_opts, word);
	return opt ? opt : find_option(jz_global_opts, word);
}

static void pass_option(struct place *place, const char *word)
{
	const struct jz_opt *opt = option_at(place, word);
	bool attached = word[1] == '-' ? strchr(word, '=') != NULL : word[2] != '\0';

	if (opt && jz_opt_takes_value(opt) && !attached)
		place->pending = opt;
}

static void pass_word(struct place *place, const char *word)
{
	const struct jz_command *sub;

	if (place->pending) {
		if (place->pending->dest == &jz_global.dir)
			place->dir = word;
		place->pending = NULL;
	} else if (!place->plain && jz_eq(word, "--")) {
		place->plain = true;
	} else if (!place->plain && word[0] == '-' && word[1]) {
		pass_option(place, word);
	} else if (!place->command) {
		place->command = jz_command_find(word);
		place->args = place->command ? 0 : place->args + 1;
	} else if (!place->args && (sub = jz_command_sub(place->command, word))) {
		place->command = sub;
	} else {
		place->args++;
	}
}

static void offer_argument(const struct asked *asked, const struct place *place)
{
	const struct jz_arg *arg = place->command->args;

	if (!place->args)
		offer_commands(asked, place->command->subs);
	if (!arg)
		return;
	for (int n = place->args; n && arg->metavar && !arg->many; n--)
		arg++;
	if (arg->metavar)
		offer_kind(asked, arg->complete, arg->values);
	/* a case may be left out: what is typed then is a field */
	if (arg->metavar && arg->optional && arg[1].complete == JZ_COMPLETE_FIELD && *asked->prefix)
		offer_kind(asked, JZ_COMPLETE_FIELD, NULL);
}

void jz_complete(int count, char **words, FILE *to)
{
	struct place place = {0};
	struct asked asked = {to, count ? words[count - 1] : "", "", NULL, NULL};
	jz_autofree char *front = NULL;
	const char *word = asked.prefix;

	for (int i = 0; i + 1 < count; i++)
		pass_word(&place, words[i]);
	asked.dir = place.dir;
	asked.list = place.command ? place.command->list : NULL;
	if (!place.pending && !place.plain && word[0] == '-' && word[1] == '-' &&
	    strchr(word, '=')) {
		place.pending = option_at(&place, word);
		asked.prefix = strchr(word, '=') + 1;
		front = jz_xstrndup(word, (size_t)(asked.prefix - word));
		asked.front = front;
	}
	if (place.pending) {
		offer_kind(&asked, place.pending->complete, place.pending->values);
	} else if (!place.plain && word[0] == '-') {
		offer_options(&asked, place.command ? place.command->opts : jz_top_opts);
		offer_options(&asked, jz_global_opts);
	} else if (place.command) {
		offer_argument(&asked, &place);
	} else if (!place.args) {
		offer_commands(&asked, jz_commands);
	}
}
