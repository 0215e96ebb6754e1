/*
 * Fills a store with a made-up population, and takes plaintexts out of it for programs that the
 * figures are compared with.
 *   population fill STORE COUNT EXAMPLES   COUNT cases in commits of BATCH (500) records; a store that
 *                                          holds some of them already is filled up
 *   population plain STORE DIR             each case as DIR/ID.yaml
 *   population rec STORE                   all cases as recutils records on standard output: a field
 *                                          for each scalar, named by its path, repeated in lists
 *   population show COUNT EXAMPLES I       case number I, without a store
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/str.h"
#include "lib/port/yaml.h"
#include "lib/store/access.h"
#include "lib/store/txn.h"
#include "tests/bench/synthetic.h"

/* ---- filling ---- */

struct filling {
	struct synthetic synthetic;
	size_t from; /* case numbers of the present commit */
	size_t to;
};

static int put_batch(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct filling *filling = data;
	int rc = 0;

	for (size_t i = filling->from; !rc && i < filling->to; i++) {
		jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
		struct jz_node *root = synthetic_case(&filling->synthetic, arena, i);
		char id[40];

		rc = jz_txn_new_id(txn, synthetic_year(root), id, err);
		if (!rc)
			rc = jz_txn_put(txn, "case", id, root, arena, NULL, err);
		if (rc)
			jz_err_prefix(err, "case number %zu", i);
	}
	return rc;
}

/* Everybody who is assigned cases, and how many cases there are already. */
static int survey(struct jz_store *store, struct filling *filling, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_autofree struct jz_entry *entries = NULL;
	const struct jz_access *access;
	int rc = jz_snapshot_open(store, NULL, &snapshot, err);

	if (!rc)
		rc = jz_snapshot_entries(snapshot, "case", &entries, &filling->from, err);
	if (rc)
		return rc;
	access = jz_snapshot_access(snapshot);
	for (size_t i = 0; i < access->count; i++)
		for (size_t k = 0; k < access->people[i].role_count; k++)
			if (access->people[i].roles[k].role == JZ_ROLE_CASEWORKER)
				jz_strs_add(&filling->synthetic.staff, access->people[i].id);
	return filling->synthetic.staff.len ? 0 : jz_fail(err, JZ_E_INVALID, "no caseworker");
}

static int fill(struct jz_store *store, size_t count, const char *examples, struct jz_err *err)
{
	struct filling filling = {.from = 0};
	const char *batch = getenv("BATCH");
	size_t step = batch ? strtoul(batch, NULL, 10) : 500;
	int rc = synthetic_init(&filling.synthetic, examples, count, err);

	if (!rc)
		rc = survey(store, &filling, err);
	for (; !rc && filling.from < count; filling.from = filling.to) {
		struct jz_change_opts opts = {.verb = "intake"};

		filling.to = filling.from + step < count ? filling.from + step : count;
		rc = jz_store_change(store, &opts, put_batch, &filling, err);
		fprintf(stderr, "\r%zu/%zu", filling.to, count);
	}
	fputc('\n', stderr);
	synthetic_release(&filling.synthetic);
	return rc;
}

static int show(size_t count, const char *examples, size_t i, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	struct synthetic synthetic;
	int rc = synthetic_init(&synthetic, examples, count, err);

	jz_strs_add(&synthetic.staff, "chen.wen");
	if (!rc) {
		jz_yaml_write(synthetic_case(&synthetic, arena, i), &out);
		fwrite(out.data, 1, out.len, stdout);
	}
	synthetic_release(&synthetic);
	return rc;
}

/* ---- taking out ---- */

/* Continuation lines of a record file begin with "+ ". */
static void rec_value(const char *name, const char *text)
{
	printf("%s: ", name);
	for (; *text; text++)
		if (*text == '\n')
			fputs("\n+ ", stdout);
		else
			putchar(*text);
	putchar('\n');
}

static void rec_node(const char *name, const struct jz_node *node)
{
	static const char *const truths[] = {"false", "true"};

	for (uint32_t i = 0; node->kind == JZ_MAP && i < node->len; i++) {
		jz_autofree char *path =
			jz_xasprintf("%s%s%s", name, *name ? "_" : "", node->pairs[i].key);

		for (char *c = path; *c; c++)
			if (*c == '-')
				*c = '_';
		rec_node(path, node->pairs[i].value);
	}
	for (uint32_t i = 0; node->kind == JZ_SEQ && i < node->len; i++)
		rec_node(name, node->items[i]);
	if (node->kind == JZ_STRING || node->kind == JZ_NUMBER)
		rec_value(name, node->text);
	else if (node->kind == JZ_BOOL)
		rec_value(name, truths[node->truth]);
}

/* data: the directory of the files; NULL: records on standard output. */
static int take_out(void *data, const struct jz_entry *entry, struct jz_record **record,
		    const struct jz_err *failure)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	jz_autofree char *path = jz_xasprintf("%s/%s.yaml", data ? (char *)data : "", entry->id);
	struct jz_err err = JZ_ERR_INIT;

	if (!*record) {
		fprintf(stderr, "population: %s: %s\n", entry->id, failure->message);
		return failure->code;
	}
	if (!data) {
		rec_node("", (*record)->root);
		putchar('\n');
		return 0;
	}
	jz_yaml_write((*record)->root, &out);
	return jz_file_replace(path, out.data, out.len, 0600, &err);
}

static int take_all(struct jz_store *store, const char *dir, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_autofree struct jz_entry *entries = NULL;
	size_t count;
	int rc = jz_snapshot_open(store, NULL, &snapshot, err);

	if (!rc)
		rc = jz_snapshot_entries(snapshot, "case", &entries, &count, err);
	if (!rc && !dir)
		puts("%rec: case\n");
	return rc ? rc
		  : jz_records_each(snapshot, entries, count, take_out, (void *)(uintptr_t)dir,
				    NULL, err);
}

static int run(int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	const char *verb = argv[1];
	int rc;

	if (!strcmp(verb, "show") && argc == 5)
		return show(strtoul(argv[2], NULL, 10), argv[3], strtoul(argv[4], NULL, 10), err);
	rc = jz_store_open(argv[2], &store, err);
	if (rc)
		return rc;
	if (!strcmp(verb, "fill") && argc == 5)
		return fill(store, strtoul(argv[3], NULL, 10), argv[4], err);
	if (!strcmp(verb, "plain") && argc == 4)
		return take_all(store, argv[3], err);
	if (!strcmp(verb, "rec") && argc == 3)
		return take_all(store, NULL, err);
	return jz_fail(err, JZ_E_USAGE, "population fill|plain|rec|show …");
}

int main(int argc, char **argv)
{
	struct jz_err err = JZ_ERR_INIT;

	jz_secret_harden();
	if (argc < 3)
		return 2;
	if (run(argc, argv, &err)) {
		fprintf(stderr, "population: %s\n", err.message);
		return -err.code;
	}
	return ferror(stdout) || fflush(stdout) ? 6 : 0;
}
