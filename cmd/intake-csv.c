/* intake --csv: everyone of a list, all or none, by one commit. Each row is checked and put in one
 * transaction, which encrypts the earlier ones meanwhile; a row that is wrong ends that, and the others
 * are only checked, so that all that is wrong is told at once. */
#include "cmd/intake-csv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/case-result.h"
#include "cmd/out.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/port/encoding.h"

/* Every bad cell is named, up to a flood that nobody reads. */
#define FINDINGS_LIMIT 100000

/* Of a list. */
#define LIST_MAX ((size_t)512 << 20)

static int read_table(struct jz_import *in, struct jz_err *err)
{
	const char *encoding = in->csv->encoding ? in->csv->encoding : "utf-8";
	int rc = jz_file_read(in->csv->file, LIST_MAX, &in->text, err);

	if (!rc)
		rc = jz_decode_whole(jz_encoding_named(encoding), &in->text, err);
	if (rc)
		jz_err_file(err, in->csv->file);
	return rc;
}

/* ---- rows that are not taken ---- */

/* Found out before anything is done; the file itself is made when it is clear what goes there. */
static int check_rejects(const struct jz_import *in, struct jz_err *err)
{
	struct stat st;

	if (!in->csv->rejects || in->change->args->dry_run || lstat(in->csv->rejects, &st))
		return 0;
	errno = EEXIST;
	return jz_fail_errno(err, in->csv->rejects);
}

static int write_rejects(struct jz_import *in, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf head = JZ_BUF_INIT;
	jz_autoclose int fd =
		open(in->csv->rejects, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return jz_fail_errno(err, in->csv->rejects);
	for (size_t k = 0; k < in->column_count; k++)
		jz_csv_write(in->heads[k], strlen(in->heads[k]), !k, &head);
	jz_csv_end_row(&head);
	rc = jz_fd_write(fd, head.data, head.len, err);
	if (!rc)
		rc = jz_fd_write(fd, in->rejects.data, in->rejects.len, err);
	if (rc)
		unlink(in->csv->rejects);
	else
		in->rejects_written = true;
	return rc;
}

static void drop_rejects(struct jz_import *in)
{
	if (in->rejects_written)
		unlink(in->csv->rejects);
	in->rejects_written = false;
}

/* ---- the transaction ---- */

/* Nothing of an earlier attempt may stay. */
static void begin_again(struct jz_import *in, struct jz_txn *txn)
{
	jz_arena_free(in->arena);
	in->arena = jz_arena_new();
	in->txn = txn;
	jz_findings_release(&in->findings);
	jz_findings_init(&in->findings);
	in->findings.limit = in->change->findings.limit = FINDINGS_LIMIT;
	jz_buf_clear(&in->rejects);
	drop_rejects(in);
	in->count = in->bad = 0;
	in->id[0] = '\0';
	in->store_failed = false;
}

/* The people of the store as it stands; who was in the list the last time is not among them. */
static int know_again(struct jz_import *in, struct jz_err *err)
{
	const char *commit = jz_snapshot_commit(jz_txn_snapshot(in->txn));
	bool same = !in->attempts++ && !strcmp(in->known.commit, commit);

	if (same)
		return 0;
	jz_known_release(&in->known);
	return jz_intake_known(in->change->ctx, jz_txn_snapshot(in->txn), &in->known, err);
}

static int put_rows(struct jz_import *in, struct jz_err *err)
{
	struct jz_progress progress;
	int rc;

	jz_progress_start(&progress, in->change->ctx, _("taking rows in"),
			  jz_csv_rows(in->text.data, in->text.len));
	in->progress = &progress;
	rc = jz_csv_each(in->text.data, in->text.len, jz_import_row, in, err);
	jz_progress_end(&progress);
	if (!rc && !in->count)
		rc = jz_fail(err, JZ_E_INVALID, _("the table has no rows"));
	if (rc && !in->store_failed)
		jz_err_file(err, in->csv->file);
	return rc;
}

/* All rows, or those that are good: or none, and change->findings says why. */
static int settle(struct jz_import *in, struct jz_err *err)
{
	struct jz_change *change = in->change;

	jz_findings_file(&in->findings, 0, in->csv->file);
	if (!in->bad)
		return 0;
	if (!in->csv->rejects || in->bad == in->count) {
		jz_findings_release(&change->findings);
		change->findings = in->findings;
		jz_findings_init(&in->findings);
		return JZ_E_INVALID;
	}
	jz_print_findings(&in->findings, stderr, false);
	return change->args->dry_run ? 0 : write_rejects(in, err);
}

static int apply(struct jz_change *change, struct jz_txn *txn, struct jz_err *err)
{
	struct jz_import *in = change->data;
	int rc;

	begin_again(in, txn);
	rc = know_again(in, err);
	if (!rc)
		rc = put_rows(in, err);
	return rc ? rc : settle(in, err);
}

static int take_all(struct jz_import *in, struct jz_err *err)
{
	struct jz_change *change = in->change;
	int rc;

	change->apply = apply;
	rc = jz_change_commit(change, err);
	if (rc)
		drop_rejects(in);
	if (in->rejects_written)
		jz_warn(_("%zu of %zu rows were not taken; they are in '%s', which is not "
			  "encrypted: delete it when they are mended"),
			in->bad, in->count, in->csv->rejects);
	else if (in->bad && (!rc || rc == JZ_E_INVALID))
		jz_note(change->ctx, _("%zu of %zu rows are wrong"), in->bad, in->count);
	return !rc && in->bad ? jz_fail(err, JZ_E_FINDINGS, "%s", "") : rc;
}

static int import_all(struct jz_import *in, struct jz_err *err)
{
	struct jz_change *change = in->change;
	struct jz_field_target target = {
		.arena = change->arena,
		.codes = change->codes,
		.shape = change->shape,
	};
	int rc = jz_csvmap_read(in->csv->map, &target, &in->map, err);

	if (!rc)
		rc = check_rejects(in, err);
	if (!rc)
		rc = read_table(in, err);
	if (!rc)
		rc = jz_intake_known(change->ctx, change->snapshot, &in->known, err);
	if (rc)
		return rc;
	jz_intake_warn_unreadable(&in->known);
	return take_all(in, err);
}

int jz_intake_csv(struct jz_change *change, const struct jz_intake_csv *csv, int argc, char **argv,
		  struct jz_err *err)
{
	struct jz_import in = {.change = change, .csv = csv, .text = JZ_BUF_INIT, .rejects = JZ_BUF_INIT};
	int rc;

	if (!csv->map)
		return jz_fail(err, JZ_E_USAGE, _("--csv needs a --map"));
	if (argc > 1 || change->args->from)
		return jz_fail(
			err, JZ_E_USAGE,
			_("--csv takes no case, no fields and no --from; the map has constants"));
	jz_findings_init(&in.findings);
	rc = jz_change_begin(change, argc, argv, 1, err);
	change->data = &in;
	if (!rc)
		rc = import_all(&in, err);
	jz_known_release(&in.known);
	jz_csvmap_free(in.map);
	jz_findings_release(&in.findings);
	jz_buf_release(&in.text);
	jz_buf_release(&in.rejects);
	jz_arena_free(in.arena);
	return rc;
}
