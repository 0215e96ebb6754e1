#include "cmd/case-result.h"

#include <stdio.h>
#include <unistd.h>

#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/model/critical.h"
#include "lib/rules/rules.h"

#define ALERT_CLAUSE "5.3.3"

/* A case with its psych record, as far as the person may read it. */
struct both {
	const struct jz_node *record;
	const struct jz_node *psych;
	bool psych_exists;
	struct jz_record *read[2]; /* what had to be read for that */
};

static void both_release(struct both *both)
{
	for (size_t i = 0; i < JZ_COUNT(both->read); i++)
		jz_record_free(both->read[i]);
}

/* The other record of a case: among those just put, else out of the store. */
static const struct jz_node *other(struct jz_change *change, struct jz_snapshot *head,
				   const char *kind, const char *id, struct jz_record **read,
				   bool *exists)
{
	struct jz_entry entry;

	for (size_t i = 0; i < change->puts.len; i++) {
		const struct jz_touched *put = change->puts.items[i];

		if (jz_eq(put->kind, kind) && jz_eq(put->id, id)) {
			*exists = true;
			return put->root;
		}
	}
	*exists = !jz_snapshot_find(head, kind, id, &entry, NULL);
	if (!*exists || jz_record_read(head, &entry, read, NULL))
		return NULL;
	return (*read)->root;
}

static void open_both(struct jz_change *change, struct jz_snapshot *head, const char *id,
		      struct both *both)
{
	bool exists;

	memset(both, 0, sizeof(*both));
	both->record = other(change, head, "case", id, &both->read[0], &exists);
	both->psych = other(change, head, "psych", id, &both->read[1], &both->psych_exists);
}

/* ---- critical answers ---- */

static void short_time(int64_t seconds, char out[26])
{
	jz_time_format(seconds, jz_local_offset(seconds), out);
	out[10] = ' ';
	out[16] = '\0';
}

static void print_critical(const char *id, const struct jz_critical_open *open)
{
	bool bold = isatty(STDERR_FILENO);
	const char *assessment = jz_map_text(open->assessment, "id");
	const char *instrument = jz_map_text(open->assessment, "instrument");
	jz_cleanup(jz_buf_release) struct jz_buf items = JZ_BUF_INIT;
	char due[26];

	for (size_t i = 0; i < open->items.len; i++)
		jz_buf_addf(&items, "%s%s", i ? ", " : "", open->items.items[i]);
	short_time(open->due, due);
	fprintf(stderr, "%s%s%s ", bold ? "\033[1;31m" : "", _("ATTENTION:"),
		bold ? "\033[0m" : "");
	fprintf(stderr,
		_("%s: a critical answer (%s, item %s) must be reported at once, or ruled out by a "
		  "professional, by %s (office policy)"),
		id, instrument, items.data, due);
	fprintf(stderr, " [%s]\n", ALERT_CLAUSE);
	fprintf(stderr, "  jzbf alert %s --assessment %s --from -\n", id, assessment);
	fprintf(stderr, "  jzbf alert %s --rule-out %s --from -\n", id, assessment);
}

static struct jz_node *critical_node(struct jz_arena *arena, const char *id,
				     const struct jz_critical_open *open)
{
	struct jz_node *node = jz_node_map(arena), *items = jz_node_seq(arena);
	char due[26];

	jz_time_format(open->due, jz_local_offset(open->due), due);
	for (size_t i = 0; i < open->items.len; i++)
		jz_seq_push(arena, items, jz_node_string(arena, open->items.items[i]));
	jz_map_set(arena, node, "id", jz_node_string(arena, id));
	jz_map_set(arena, node, "assessment",
		   jz_node_string(arena, jz_map_text(open->assessment, "id")));
	jz_map_set(arena, node, "instrument",
		   jz_node_string(arena, jz_map_text(open->assessment, "instrument")));
	jz_map_set(arena, node, "items", items);
	jz_map_set(arena, node, "due", jz_node_string(arena, due));
	return node;
}

/* Prints (or adds to the list) the critical answers of a case that nobody has met. */
static void tell_critical(const char *id, const struct both *both, const struct jz_policy *policy,
			  struct jz_arena *arena, struct jz_node *list)
{
	struct jz_critical_list open;

	jz_critical_find(both->record, both->psych, policy, &open);
	for (size_t i = 0; i < open.len; i++) {
		if (list)
			jz_seq_push(arena, list, critical_node(arena, id, &open.items[i]));
		print_critical(id, &open.items[i]);
	}
	if (open.unscored)
		jz_warn(P_("%s: %zu assessment cannot be scored, so its critical answers are "
			   "unknown",
			   "%s: %zu assessments cannot be scored, so their critical answers are "
			   "unknown",
			   open.unscored),
			id, open.unscored);
	jz_critical_release(&open);
}

/* ---- other duties ---- */

static void judge(const struct both *both, const struct jz_node *record,
		  const struct jz_policy *policy, struct jz_findings *out)
{
	struct jz_rule_ctx rules = {
		.record = record,
		.psych = both->psych,
		.psych_exists = both->psych_exists,
		.policy = policy,
		.today = jz_today(),
		.now = jz_now(),
	};

	jz_findings_init(out);
	jz_rules_run(&rules, JZ_RULE_CHECK, out);
}

static bool is_among(const struct jz_finding *f, const struct jz_findings *list)
{
	for (size_t i = 0; i < list->len; i++)
		if (jz_eq(f->rule, list->items[i].rule) && jz_eq(f->path, list->items[i].path) &&
		    jz_eq(f->message, list->items[i].message))
			return true;
	return false;
}

/* What the rules ask of the case today: of 5.3.3 in full, of the rest what this change brought up,
 * and how much there is in all. before: the record as it was; NULL: it is new. */
static void tell_duties(const struct jz_ctx *ctx, const char *id, const struct both *both,
			const struct jz_node *before, const struct jz_policy *policy)
{
	jz_cleanup(jz_findings_release) struct jz_findings now;
	jz_cleanup(jz_findings_release) struct jz_findings earlier;
	jz_cleanup(jz_findings_release) struct jz_findings fresh;
	size_t open = 0;

	jz_findings_init(&fresh);
	judge(both, both->record, policy, &now);
	judge(both, before ? before : both->record, policy, &earlier);
	jz_findings_file(&now, 0, id);
	for (size_t i = 0; i < now.len; i++) {
		const struct jz_finding *f = &now.items[i];
		bool alert = jz_eq(f->clause, ALERT_CLAUSE) && f->severity == JZ_ERROR;

		open += f->severity == JZ_ERROR;
		if (alert && !jz_starts_with(f->path, "/assessments")) /* those are told already */
			fprintf(stderr, "%s %s: %s [%s]\n", _("ATTENTION:"), id, f->message,
				f->clause);
		else if (!alert && !ctx->quiet && !is_among(f, &earlier))
			jz_findings_copy(&fresh, f);
	}
	jz_findings_titles(&fresh, 0, "case");
	jz_print_findings(&fresh, stderr, isatty(STDERR_FILENO));
	if (open)
		jz_note(ctx,
			P_("%s: %zu duty of the standard is open; 'jzbf check %s' names it",
			   "%s: %zu duties of the standard are open; 'jzbf check %s' names them",
			   open),
			id, open, id);
}

/* Cases in which a thousand records were put are not judged one by one. */
#define DUTIES_LIMIT 20

/* Duties first, so that a critical answer is what stands last. */
static void tell_open(struct jz_change *change, struct jz_arena *arena, struct jz_node *list)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *head = NULL;
	const struct jz_policy *policy;
	struct both *both;

	if (!change->puts.len || jz_snapshot_open(change->ctx->store, NULL, &head, NULL))
		return;
	policy = jz_snapshot_policy(head);
	both = jz_xcalloc(change->puts.len, sizeof(*both));
	for (size_t i = 0; i < change->puts.len; i++) {
		const struct jz_touched *put = change->puts.items[i];

		open_both(change, head, put->id, &both[i]);
		if (both[i].record && change->puts.len <= DUTIES_LIMIT)
			tell_duties(change->ctx, put->id, &both[i],
				    jz_eq(put->kind, "case") ? put->before : NULL, policy);
	}
	for (size_t i = 0; i < change->puts.len; i++) {
		const struct jz_touched *put = change->puts.items[i];

		tell_critical(put->id, &both[i], policy, arena, list);
		both_release(&both[i]);
	}
	free(both);
}

/* ---- the result ---- */

static struct jz_node *list_node(struct jz_arena *arena, const struct jz_strs *list)
{
	struct jz_node *node = jz_node_seq(arena);

	for (size_t i = 0; i < list->len; i++)
		jz_seq_push(arena, node, jz_node_string(arena, list->items[i]));
	return node;
}

static void print_json(const struct jz_change *change, int rc, struct jz_arena *arena,
		       struct jz_node *duties)
{
	struct jz_node *root = jz_node_map(arena);
	struct jz_strs none = JZ_STRS_INIT;
	bool landed = !rc && *change->commit;

	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/change/1"));
	jz_map_set(arena, root, "commit",
		   landed ? jz_node_string(arena, change->commit) : jz_node_null(arena));
	jz_map_set(arena, root, "dry_run", jz_node_bool(arena, change->args->dry_run));
	jz_map_set(arena, root, "touched", list_node(arena, rc ? &none : &change->touched));
	jz_map_set(arena, root, "items", list_node(arena, rc ? &none : &change->items));
	jz_map_set(arena, root, "findings",
		   jz_map_get(jz_findings_node(&change->findings, arena), "findings"));
	jz_map_set(arena, root, "duties", duties);
	if (!rc && change->tell)
		change->tell(change, arena, root);
	jz_print_json(root, stdout);
}

static void print_ids(const struct jz_change *change)
{
	for (size_t i = 0; i < change->touched.len; i++)
		puts(change->touched.items[i]);
	for (size_t i = 0; i < change->items.len; i++)
		puts(change->items.items[i]);
}

/* 7.5.2: the psychological files that the change began. */
static void tell_begun(const struct jz_change *change)
{
	for (size_t i = 0; i < change->puts.len; i++) {
		const struct jz_touched *put = change->puts.items[i];
		int revision;

		if (jz_eq(put->kind, "psych") && jz_get_int(put->root, "revision", &revision) &&
		    revision == 1)
			jz_note(change->ctx, _("%s: the psychological file is opened"), put->id);
	}
}

/* What the schema asks for, it asks for by a clause as well. */
static void add_clauses(struct jz_change *change)
{
	for (size_t i = 0; i < change->findings.len; i++) {
		struct jz_finding *f = &change->findings.items[i];

		if (!f->clause && *f->path)
			f->clause = jz_shape_clause_at(&change->shape, f->path);
	}
}

int jz_change_tell(struct jz_change *change, int rc, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *duties = jz_node_seq(arena);
	bool json = jz_eq(change->args->format, "json");

	if (rc && !change->findings.errors)
		return rc;
	add_clauses(change);
	if (!json && !rc) {
		print_ids(change);
		if (change->tell)
			change->tell(change, NULL, NULL);
	}
	fflush(stdout);
	if (!json || !rc)
		jz_print_findings(&change->findings, stderr, isatty(STDERR_FILENO));
	if (!rc)
		tell_begun(change);
	if (!rc && !change->args->dry_run)
		tell_open(change, arena, duties);
	else if (!rc)
		jz_note(change->ctx, "%s", _("dry run: nothing was written"));
	if (json)
		print_json(change, rc, arena, duties);
	if (rc) {
		if (!json)
			jz_note(change->ctx, _("nothing was written"));
		*err->message = '\0';
	}
	return rc;
}
