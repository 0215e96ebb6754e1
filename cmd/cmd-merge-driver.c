#include "cmd/command.h"

#include <fcntl.h>
#include <stdio.h>

#include "cmd/clashes.h"
#include "cmd/out.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/git.h"
#include "lib/store/known.h"
#include "lib/store/merge.h"

extern char **environ;

/* The commit that git merges with, as it tells its drivers; NULL: it does not (rebase). */
static const char *merged_commit(struct jz_git *git, char out[JZ_GIT_ID])
{
	static const char name[] = "GITHEAD_";

	for (char **at = environ; *at; at++)
		if (jz_starts_with(*at, name) && jz_is_hex(*at + strlen(name), 40)) {
			jz_copy(out, JZ_GIT_ID, *at + strlen(name));
			out[40] = '\0';
			return out;
		}
	if (!jz_git_resolve(git, "REBASE_HEAD", out, NULL) ||
	    !jz_git_resolve(git, "CHERRY_PICK_HEAD", out, NULL))
		return out;
	return NULL;
}

static int open_meeting(struct jz_store *store, struct jz_meeting *meeting, struct jz_err *err)
{
	char head[JZ_GIT_ID], other[JZ_GIT_ID];
	int rc = jz_git_head(jz_store_git(store), NULL, head, err);

	return rc ? rc
		  : jz_meeting_open(meeting, store, head, merged_commit(jz_store_git(store), other),
				    NULL, err);
}

/* git made the file, and takes what is in it only from a driver that ended well. */
static int hand_back(const char *path, const struct jz_buf *bytes, struct jz_err *err)
{
	jz_autoclose int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	return fd < 0 ? jz_fail_errno(err, path) : jz_fd_write(fd, bytes->data, bytes->len, err);
}

/* Where two lines have several common ancestors, git merges these first, with longer markers, to have
 * one base. What clashes there has no base then: were one side's value taken for it, the other side's
 * would win in the end, unasked. */
static bool merges_ancestors(const char *marker)
{
	long size;

	return marker && jz_parse_int(marker, 0, 1000000, &size) && size > 7;
}

/* Does the record stand at an ancestor of both sides? */
static bool stood_before(const struct jz_meeting *meeting, const char *path)
{
	char blob[JZ_GIT_ID];

	return *meeting->base &&
	       !jz_git_path_blob(jz_store_git(meeting->store), meeting->base, path, blob, NULL);
}

/* Two clones took people in under one id: a merge of both would be a case of nobody. */
static int two_cases(struct jz_merged *merged, const struct jz_entry *entry, struct jz_err *err)
{
	struct jz_record **versions = merged->versions;
	jz_cleanup(jz_known_release) struct jz_known known = {.read = 0};
	bool same;

	jz_known_add(&known, entry->id, versions[JZ_VERSION_OURS]->root);
	same = jz_known_find(&known, versions[JZ_VERSION_THEIRS]->root);
	return jz_fail(err, JZ_E_FINDINGS,
		       same ? _("both sides took in the same person as '%s': 'git merge --abort', "
				"then 'jzbf sync' keeps both, as two cases, and names them")
			    : _("both sides took in another person as '%s': 'git merge --abort', "
				"then 'jzbf sync' keeps both and gives yours the next free number"),
		       entry->id);
}

static int merge(struct jz_meeting *meeting, const struct jz_entry *entry, char **paths,
		 bool ancestors, struct jz_err *err)
{
	struct jz_buf ciphers[JZ_VERSION_COUNT] = {JZ_BUF_INIT, JZ_BUF_INIT, JZ_BUF_INIT};
	jz_cleanup(jz_merged_release) struct jz_merged merged;
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	int rc = 0;

	jz_merged_init(&merged);
	jz_findings_init(&findings);
	for (size_t i = 0; !rc && i < JZ_VERSION_COUNT; i++)
		rc = jz_file_read(paths[i], JZ_CIPHER_MAX, &ciphers[i], err);
	if (!rc)
		rc = jz_merge_open(meeting, entry, ciphers, &merged, err);
	for (size_t i = 0; i < JZ_VERSION_COUNT; i++)
		jz_buf_release(&ciphers[i]);
	if (!rc && jz_eq(entry->kind, "case") && !merged.versions[JZ_VERSION_BASE] &&
	    merged.versions[JZ_VERSION_OURS] && merged.versions[JZ_VERSION_THEIRS] &&
	    !stood_before(meeting, entry->path))
		return two_cases(&merged, entry, err);
	if (!rc)
		rc = jz_merge_versions(&merged, entry, err);
	if (!rc && merged.merge.clashes.len && ancestors)
		return jz_fail(err, JZ_E_FINDINGS, "%s", "");
	if (!rc && merged.merge.clashes.len) {
		jz_print_clashes(entry->id, &merged.merge.clashes, stderr);
		return jz_fail(err, JZ_E_FINDINGS,
			       _("settle it with 'jzbf resolve %s', which shows both sides"),
			       entry->id);
	}
	if (!rc)
		rc = jz_merge_seal(meeting, &merged, &findings, &out, err);
	if (rc == JZ_E_INVALID)
		jz_print_findings(&findings, stderr, false);
	return rc ? rc : hand_back(paths[JZ_VERSION_OURS], &out, err);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_meeting_release) struct jz_meeting meeting = {.store = NULL};
	const bool ancestors = merges_ancestors(argc > 5 ? argv[5] : NULL);
	const struct jz_buf none = JZ_BUF_INIT;
	struct jz_entry entry;
	int rc = jz_record_entry(argv[4], &entry, err);

	if (!rc)
		rc = open_meeting(ctx->store, &meeting, err);
	if (!rc)
		rc = merge(&meeting, &entry, argv + 1, ancestors, err);
	if (rc && ancestors) /* no base, and git goes on */
		(void)hand_back(argv[1 + JZ_VERSION_OURS], &none, NULL);
	return rc;
}

static const struct jz_arg args[] = {
	{.metavar = N_("BASE"),
	 .help = N_("file with the common ancestor (%O), empty if there is none"),
	 .complete = JZ_COMPLETE_FILE},
	{.metavar = N_("OURS"),
	 .help = N_("file with our version (%A); the merged record is written to it"),
	 .complete = JZ_COMPLETE_FILE},
	{.metavar = N_("THEIRS"),
	 .help = N_("file with the other version (%B)"),
	 .complete = JZ_COMPLETE_FILE},
	{.metavar = N_("PATH"),
	 .help = N_("the record's path in the store (%P)"),
	 .complete = JZ_COMPLETE_FILE},
	{.metavar = N_("MARKER"),
	 .help = N_("the length of conflict markers (%L); over 7: common ancestors are merged"),
	 .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Merges three versions of an encrypted record by meaning: maps by key, lists by the id "
	   "of their items. git merge, pull, rebase and cherry-pick run it in a clone where 'jzbf "
	   "init' or 'jzbf doctor --mend' registered it."),
	N_("The merged record is checked as every record is and encrypted to those who may read it "
	   "by the access.yaml of both sides. Where both sides changed one field differently, "
	   "nothing is written, the fields are named, the exit status is 1, and git leaves the "
	   "record in conflict for 'jzbf resolve'. No decrypted text touches a disk."),
	NULL,
};
static const char *const examples[] = {
	"git config merge.jzbf.driver \"jzbf merge-driver %O %A %B %P %L\"",
	N_("what 'jzbf doctor --mend' does"), NULL};

const struct jz_command jz_cmd_merge_driver = {
	.name = "merge-driver",
	.group = "plumbing",
	.summary = N_("merge three versions of an encrypted record, for git merge"),
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};
