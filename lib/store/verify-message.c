#include "lib/store/verify-impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/store.h"

static const char trailer[] = "Jzbf-Record: ";

bool jz_verify_place(const char *path, char kind[24], char id[40])
{
	const char *name = strrchr(path, '/'), *start = name;
	char place[128];
	size_t stem;

	if (!name || !jz_ends_with(path, ".yaml.gpg"))
		return false;
	stem = strlen(name + 1) - strlen(".yaml.gpg");
	while (start > path && start[-1] != '/')
		start--;
	if (stem >= 24 || name - start >= 40)
		return false;
	snprintf(kind, 24, "%.*s", (int)stem, name + 1);
	snprintf(id, 40, "%.*s", (int)(name - start), start);
	return !jz_record_path(kind, id, place, sizeof(place), NULL) && !strcmp(place, path);
}

/* "Jzbf-Record: case LS-2026-0001 3" */
static bool parse_trailer(const char *line, char kind[24], char id[40], long long *revision)
{
	char end;

	return jz_starts_with(line, trailer) &&
	       sscanf(line + strlen(trailer), "%23[a-z_] %39[A-Z0-9-] %lld%c", kind, id, revision,
		      &end) == 3 &&
	       *revision > 0;
}

long long jz_message_revision(const char *message, const char *path)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	char kind[24], id[40], place[128];
	long long revision;

	jz_strs_split(&lines, message, '\n');
	for (size_t i = 0; i < lines.len; i++)
		if (parse_trailer(lines.items[i], kind, id, &revision) &&
		    !jz_record_path(kind, id, place, sizeof(place), NULL) && !strcmp(place, path))
			return revision;
	return 0;
}

static bool changes(const struct jz_trial *trial, const char *path)
{
	for (size_t i = 0; i < trial->altered.len; i++) {
		const struct jz_altered *altered = trial->altered.items[i];

		if (!strcmp(altered->path, path))
			return *altered->new_blob;
	}
	return false;
}

/* A line about a renumbered case; that both sides took one in is judged where one gives way. */
static bool judge_renumbering(struct jz_trial *trial, const char *line)
{
	char from[40], to[40], place[128];

	if (trial->parents < 2 || !jz_message_renumbered(line, from, to))
		return false;
	if (jz_record_path("case", to, place, sizeof(place), NULL) || !changes(trial, place))
		jz_flaw(trial, "", "message",
			_("the message names a renumbered case that the commit does not bring"));
	return true;
}

/* What git itself writes into the message of a merge that had conflicts. */
static bool is_conflict_hint(const struct jz_trial *trial, const char *line)
{
	char kind[24], id[40];

	return trial->parents == 2 &&
	       (jz_eq(line, "# Conflicts:") ||
		(jz_starts_with(line, "#\t") && jz_verify_place(line + 2, kind, id)));
}

/* Every line behind the subject must be a trailer of a record that was changed, named once. */
static void judge_lines(struct jz_trial *trial, const struct jz_strs *lines)
{
	jz_cleanup(jz_strs_release) struct jz_strs named = JZ_STRS_INIT;

	for (size_t i = 1; i < lines->len; i++) {
		char kind[24], id[40], place[128];
		long long revision;

		if (!*lines->items[i] || is_conflict_hint(trial, lines->items[i]) ||
		    judge_renumbering(trial, lines->items[i]))
			continue;
		if (!parse_trailer(lines->items[i], kind, id, &revision) ||
		    jz_record_path(kind, id, place, sizeof(place), NULL)) {
			jz_flaw(trial, "", "message",
				_("line %zu of the message is not one that jzbf writes"), i + 1);
			return;
		}
		if (!changes(trial, place))
			jz_flaw(trial, place, "message",
				_("the message names a record that the commit does not change"));
		if (jz_strs_has(&named, place))
			jz_flaw(trial, place, "message", _("the message names a record twice"));
		jz_strs_add(&named, place);
	}
}

/* jzbf writes plain words there; what a hurried colleague writes may name a person. */
static bool is_plain(const char *subject)
{
	for (; *subject; subject++)
		if (*subject < ' ' || *subject > '~')
			return false;
	return true;
}

/* "update LS-2026-0001 and 3 more" */
static void judge_subject(struct jz_trial *trial, const char *subject)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	char kind[24], id[40];
	bool named = false;
	size_t more = 0;
	const char *tail;

	if (!is_plain(subject))
		jz_flaw(trial, "", "message",
			_("the subject has other than plain English letters and signs: everybody "
			  "can read it, so nothing about a person may stand there"));
	for (size_t i = 0; i < trial->altered.len; i++)
		if (jz_verify_place(((struct jz_altered *)trial->altered.items[i])->path, kind, id))
			jz_strs_add(&ids, id);
	jz_strs_sort(&ids);
	jz_strs_uniq(&ids);
	for (size_t i = 0; !named && i < ids.len; i++) {
		const char *at = strstr(subject, ids.items[i]);

		tail = at ? at + strlen(ids.items[i]) : NULL;
		named = tail && (!*tail || *tail == ' ');
		if (named && *tail)
			named = sscanf(tail, " and %zu more", &more) == 1;
	}
	if (ids.len && (!named || more != ids.len - 1))
		jz_flaw(trial, "", "message",
			_("the subject does not say which records the commit changes"));
}

void jz_verify_message(struct jz_trial *trial)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;

	jz_strs_split(&lines, trial->commit->message, '\n');
	if (trial->commit->parent_count < 2)
		judge_subject(trial, lines.items[0]);
	judge_lines(trial, &lines);
}
