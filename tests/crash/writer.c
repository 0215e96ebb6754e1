/*
 * Writes to a store through the library alone, for tests of transactions:
 *   writer DIR new COUNT [YEAR]   COUNT new cases in one commit; prints their ids
 *   writer DIR touch ID…          one more field and revision in each case, in one commit
 *   writer DIR psych ID           the psychological file of a case
 *   writer DIR bad                a case that its schema refuses
 *   writer DIR twice ID           touches a case while a plain git commit gets in between
 *   writer DIR wrong-row ID       a row in the index that is not what the record says
 *   writer DIR at REV ID          prints the revision of a case as of a commit or a day
 * With WRITER_UNVERIFIED set nothing is verified before. The person is invented, the number made for tests.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/i18n.h"
#include "lib/base/proc.h"
#include "lib/base/secret.h"
#include "lib/base/str.h"
#include "lib/store/access.h"
#include "lib/store/index.h"
#include "lib/store/keyring.h"
#include "lib/store/trust.h"
#include "lib/store/txn.h"

struct job {
	int argc;
	char **argv;
	int calls;
};

static struct jz_node *text(struct jz_arena *arena, const char *value)
{
	return jz_node_string(arena, value);
}

static struct jz_node *new_case(struct jz_arena *arena, const char *person)
{
	struct jz_node *root = jz_node_map(arena), *whom = jz_node_map(arena);
	struct jz_node *assigned = jz_node_seq(arena), *sentence = jz_node_map(arena);

	jz_seq_push(arena, assigned, text(arena, person));
	jz_map_set(arena, root, "assigned", assigned);
	jz_map_set(arena, whom, "name", text(arena, "测试甲"));
	jz_map_set(arena, whom, "id_type", text(arena, "citizen_id"));
	jz_map_set(arena, whom, "id_number", text(arena, "441825199003070018"));
	jz_map_set(arena, root, "person", whom);
	jz_map_set(arena, sentence, "category", text(arena, "probation"));
	jz_map_set(arena, root, "sentence", sentence);
	return root;
}

static int put_new(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct job *job = data;
	long count = strtol(job->argv[0], NULL, 10);
	int year = job->argc > 1 ? atoi(job->argv[1]) : 2026;
	const struct jz_access *access = jz_snapshot_access(jz_txn_snapshot(txn));
	int rc = 0;

	for (long i = 0; !rc && i < count; i++) {
		jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
		char id[40];

		rc = jz_txn_new_id(txn, year, id, err);
		if (!rc)
			rc = jz_txn_put(txn, "case", id, new_case(arena, access->people[0].id),
					arena, NULL, err);
	}
	return rc;
}

static int put_psych(struct jz_txn *txn, void *data, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	const struct jz_access *access = jz_snapshot_access(jz_txn_snapshot(txn));
	struct jz_node *root = jz_node_map(arena), *assigned = jz_node_seq(arena);
	struct job *job = data;

	jz_seq_push(arena, assigned, text(arena, access->people[0].id));
	jz_map_set(arena, root, "case", text(arena, job->argv[0]));
	jz_map_set(arena, root, "assigned", assigned);
	jz_map_set(arena, root, "opened_on", text(arena, "2026-03-02"));
	return jz_txn_put(txn, "psych", job->argv[0], root, arena, NULL, err);
}

static int put_bad(struct jz_txn *txn, void *data, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	const struct jz_access *access = jz_snapshot_access(jz_txn_snapshot(txn));
	struct jz_node *root = new_case(arena, access->people[0].id);
	char id[40];
	int rc = jz_txn_new_id(txn, 2026, id, err);

	(void)data;
	jz_map_remove(root, "person");
	return rc ? rc : jz_txn_put(txn, "case", id, root, arena, NULL, err);
}

static int touch_one(struct jz_txn *txn, const char *id, struct jz_err *err)
{
	jz_cleanup(jz_record_free_p) struct jz_record *record = NULL;
	struct jz_snapshot *snapshot = jz_txn_snapshot(txn);
	struct jz_entry entry;
	int rc = jz_snapshot_find(snapshot, "case", id, &entry, err);

	if (!rc)
		rc = jz_record_read(snapshot, &entry, &record, err);
	if (rc)
		return rc;
	struct jz_node *root = jz_node_clone(record->arena, record->root);
	char token[9];

	jz_random_token(token, 8);
	jz_map_set(record->arena, root, "x-touched", text(record->arena, token));
	return jz_txn_put(txn, "case", entry.id, root, record->arena, record, err);
}

static int put_touched(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct job *job = data;
	int rc = 0;

	for (int i = 0; !rc && i < job->argc; i++)
		rc = touch_one(txn, job->argv[i], err);
	return rc;
}

/* The first time, another writer that knows nothing of the store's lock commits in between. */
static int put_twice(struct jz_txn *txn, void *data, struct jz_err *err)
{
	static const char *const argv[] = {"git", "commit",  "-q", "--allow-empty",
					   "-m",  "between", NULL};
	struct job *job = data;
	struct jz_run run = {.argv = argv};
	int status = 0;
	int rc = put_touched(txn, data, err);

	if (!rc && !job->calls++)
		rc = jz_run(&run, NULL, &status, err);
	return rc ? rc : status ? jz_fail(err, JZ_E_IO, "git failed") : 0;
}

static int print_at(struct jz_store *store, const struct job *job, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_record_free_p) struct jz_record *record = NULL;
	struct jz_entry entry;
	int rc = jz_snapshot_open(store, job->argv[0], &snapshot, err);

	if (!rc)
		rc = jz_snapshot_find(snapshot, "case", job->argv[1], &entry, err);
	if (!rc)
		rc = jz_record_read(snapshot, &entry, &record, err);
	if (!rc)
		printf("%lld\n", (long long)record->revision);
	return rc;
}

static int add_wrong_row(struct jz_store *store, const struct job *job, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_record_free_p) struct jz_record *record = NULL;
	jz_cleanup(jz_buf_release) struct jz_buf row = JZ_BUF_INIT;
	struct jz_entry entry;
	int rc = jz_snapshot_open(store, NULL, &snapshot, err);

	if (!rc)
		rc = jz_snapshot_find(snapshot, "case", job->argv[0], &entry, err);
	if (!rc)
		rc = jz_record_read(snapshot, &entry, &record, err);
	if (rc)
		return rc;
	jz_map_set(record->arena, jz_map_get(record->root, "person"), "name",
		   text(record->arena, "某某"));
	jz_index_row(store, record->root, &row);
	struct jz_index_written written = {entry.blob, &row};
	jz_index_add(snapshot, &written, 1);
	return row.len ? 0 : jz_fail(err, JZ_E_FINDINGS, "no index");
}

static int run(const char *dir, const char *verb, struct job *job, struct jz_err *err)
{
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	jz_cleanup(jz_strs_release) struct jz_strs touched = JZ_STRS_INIT;
	struct jz_change_opts opts = {.verb = "update", .touched = &touched};
	int (*fn)(struct jz_txn *, void *, struct jz_err *) = !strcmp(verb, "psych") ? put_psych
							      : !strcmp(verb, "new") ? put_new
							      : !strcmp(verb, "bad") ? put_bad
							      : !strcmp(verb, "twice")
								      ? put_twice
								      : put_touched;
	int rc = jz_store_open(dir, &store, err);

	if (!rc && getenv("WRITER_UNVERIFIED"))
		jz_store_unverified(store);
	if (!rc && !strcmp(verb, "at"))
		rc = print_at(store, job, err);
	else if (!rc && !strcmp(verb, "wrong-row"))
		rc = add_wrong_row(store, job, err);
	else if (!rc)
		rc = jz_store_change(store, &opts, fn, job, err);
	for (size_t i = 0; !rc && i < touched.len; i++)
		puts(touched.items[i]);
	return rc;
}

int main(int argc, char **argv)
{
	struct job job = {.argc = argc - 3, .argv = argv + 3};
	struct jz_err err = JZ_ERR_INIT;

	jz_secret_harden();
	if (argc < 3)
		return 2;
	if (run(argv[1], argv[2], &job, &err)) {
		fprintf(stderr, "writer: %s\n", err.message);
		return -err.code;
	}
	return 0;
}
