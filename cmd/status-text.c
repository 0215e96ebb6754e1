#include "cmd/status-text.h"

#include <stdio.h>
#include "cmd/out.h"
#include "lib/base/buf.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/label.h"
#include "lib/store/access.h"

static void row(struct jz_table *table, const char *label, const char *text)
{
	jz_table_cell(table, label);
	jz_table_cell(table, text);
}

static const char *role_label(const char *word)
{
	enum jz_role role;

	return jz_role_parse(word, &role) ? jz_role_label(role) : word;
}

/* A moment for people: "2026-03-03 09:00". */
static void short_time(const char *text, char out[17])
{
	jz_copy(out, 17, text ? text : "");
	if (strlen(out) == 16)
		out[10] = ' ';
}

static void print_me(const struct jz_node *root, struct jz_table *table)
{
	const struct jz_node *me = jz_map_get(root, "me");
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	const struct jz_node *roles = jz_map_get(me, "roles");

	if (!me || me->kind != JZ_MAP) {
		row(table, _("you"), jz_map_text(root, "me_problem"));
		return;
	}
	jz_buf_addf(&text, "%s (%s)", jz_map_text(me, "id"), jz_map_text(me, "name"));
	for (size_t i = 0; i < jz_seq_len(roles); i++)
		jz_buf_addf(&text, "%s %s", i ? "," : ":",
			    role_label(jz_node_text(jz_seq_get(roles, i))));
	row(table, _("you"), text.data);
}

static void print_records(const struct jz_node *root, struct jz_table *table)
{
	const struct jz_node *counts = jz_map_get(root, "records");
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_buf_addf(&text, _("cases: %s, psychological files: %s"), jz_map_text(counts, "case"),
		    jz_map_text(counts, "psych"));
	row(table, _("records"), text.data);
	if (!jz_map_text(root, "readable")) /* they were only counted */
		return;
	jz_buf_clear(&text);
	jz_buf_addf(&text, _("%s readable, %zu unreadable, %s not for you"),
		    jz_map_text(root, "readable"), jz_seq_len(jz_map_get(root, "unreadable")),
		    jz_map_text(root, "not_for_me"));
	row(table, _("read"), text.data);
}

static void print_critical(const struct jz_node *item)
{
	const struct jz_node *numbers = jz_map_get(item, "items");
	jz_cleanup(jz_buf_release) struct jz_buf items = JZ_BUF_INIT;
	char due[17];

	for (size_t i = 0; i < jz_seq_len(numbers); i++)
		jz_buf_addf(&items, "%s%s", i ? ", " : "", jz_node_text(jz_seq_get(numbers, i)));
	short_time(jz_map_text(item, "due"), due);
	printf(_("  %s: %s, item %s (due %s)"), jz_map_text(item, "id"),
	       jz_map_text(item, "instrument"), items.data, due);
	printf("%s\n", jz_map_true(item, "overdue") ? _(": overdue") : "");
}

static void print_unreadable(const struct jz_node *item)
{
	jz_say(stdout, "  %s %s: %s\n", jz_map_text(item, "kind"), jz_map_text(item, "id"),
	       jz_map_text(item, "message"));
}

static void print_uncommitted(const struct jz_node *item)
{
	jz_say(stdout, "  %s %s\n", jz_map_text(item, "code"), jz_map_text(item, "path"));
}

static void print_list(const struct jz_node *root, const char *key, const char *title,
		       void (*print)(const struct jz_node *item))
{
	const struct jz_node *list = jz_map_get(root, key);

	if (jz_seq_len(list))
		printf("\n%s\n", title);
	for (size_t i = 0; i < jz_seq_len(list); i++)
		print(jz_seq_get(list, i));
}

static void print_stale(const struct jz_node *root)
{
	const char *cases = jz_map_text(root, "stale");
	const char *psych = jz_map_text(root, "stale_psych");

	if (cases && !jz_eq(cases, "0"))
		printf(_("\nencrypted to keys that have ended: %s cases; a custodian runs 'jzbf "
			 "access rotate --resume'\n"),
		       cases);
	if (psych && !jz_eq(psych, "0"))
		printf(_("\nencrypted to keys that have ended: %s psych files; a psychologist runs "
			 "'jzbf access rotate --resume'\n"),
		       psych);
	if (jz_map_true(root, "clinical_key_waits"))
		printf("\n%s\n", _("a new clinical role key waits: a custodian runs 'jzbf access "
				   "rotate clinical'"));
}

static void print_stopped(const struct jz_node *root, struct jz_table *table)
{
	const struct jz_node *sync = jz_map_get(root, "sync");
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	size_t left;

	if (!jz_map_text(sync, "remote"))
		return;
	left = jz_seq_len(jz_map_get(sync, "conflicts"));
	if (left)
		jz_buf_addf(&text,
			    _("stopped with '%s', %zu left to settle ('jzbf resolve', then 'jzbf "
			      "sync'; 'jzbf sync --abort' drops it)"),
			    jz_map_text(sync, "remote"), left);
	else
		jz_buf_addf(&text,
			    _("stopped with '%s', all is settled ('jzbf sync' goes on; 'jzbf sync "
			      "--abort' drops it)"),
			    jz_map_text(sync, "remote"));
	row(table, _("sync"), text.data);
}

static void print_ending(const struct jz_node *item)
{
	const char *fingerprint = jz_map_text(item, "fingerprint"), *day = jz_map_text(item, "day");

	if (jz_map_true(item, "over"))
		jz_say(stdout, _("  %s, %.16s: can no longer be used\n"), jz_map_text(item, "who"),
		       fingerprint + 24);
	else
		jz_say(stdout, _("  %s, %.16s: expires on %s\n"), jz_map_text(item, "who"),
		       fingerprint + 24, day);
}

static void print_draft(const struct jz_node *draft)
{
	jz_say(stdout, "  %s\n", jz_node_text(draft));
}

void jz_status_print(const struct jz_node *root)
{
	struct jz_table *table = jz_table_new(2, NULL);
	const char *branch = jz_map_text(root, "branch");
	const char *writer = jz_map_text(root, "writer");
	const char *interrupted = jz_map_text(root, "interrupted");
	const char *operation = jz_map_text(root, "git_operation");
	jz_autofree char *office = jz_xasprintf("%s %s", jz_map_text(root, "office"),
						jz_map_text(root, "office_name"));
	char when[17];
	short_time(jz_map_text(root, "committed_at"), when);
	jz_autofree char *head =
		jz_xasprintf("%s %.10s (%s, %s)", branch ? branch : _("no branch"),
			     jz_map_text(root, "commit"), when, jz_map_text(root, "committer"));
	jz_autofree char *busy =
		operation ? jz_xasprintf(_("git is in the midst of a %s"), operation) : NULL;
	jz_autofree char *process = writer ? jz_xasprintf(_("process %s"), writer) : NULL;

	row(table, _("office"), office);
	row(table, _("at"), head);
	print_me(root, table);
	print_records(root, table);
	if (process)
		row(table, _("writing now"), process);
	if (interrupted)
		row(table, _("interrupted"), interrupted);
	if (busy)
		row(table, _("git"), busy);
	print_stopped(root, table);
	jz_table_print(table, stdout);
	jz_table_free(table);
	print_list(root, "critical", _("critical answers that nobody has met:"), print_critical);
	print_list(root, "unreadable", _("unreadable:"), print_unreadable);
	print_stale(root);
	print_list(root, "ending_keys",
		   _("keys that end soon or have ended (extend them, 'jzbf access add PERSON "
		     "--key-file FILE'):"),
		   print_ending);
	print_list(root, "drafts", _("drafts of interrupted edits ('jzbf edit CASE --resume'):"),
		   print_draft);
	print_list(root, "uncommitted",
		   _("uncommitted in the working tree, not read by any command:"),
		   print_uncommitted);
}
