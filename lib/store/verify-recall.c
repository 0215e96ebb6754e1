#include "lib/store/verify-impl.h"

#include <stdio.h>
#include <string.h>
#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/store/trust.h"

/* The ciphertexts of a history are remembered in a file beside the memory of trust: what a commit's
 * history has put where first follows from its id alone, so the file names the commit, and every
 * later one only adds to it. Without it each look at a few new commits would read the trees of all
 * the old ones. */
static const char first_line[] = "jzbf-seen 1";

#define FILE_MAX ((size_t)1 << 30)

/* So many commits are recalled sooner than the file is written anew. */
#define SAVE_FROM 64

void jz_verify_remember(struct jz_verify *verify, const char *message, const char *path,
			const char *blob)
{
	struct jz_seen *seen;

	if (!*blob || !jz_ends_with(path, ".gpg") || jz_map_gets(&verify->seen, blob))
		return;
	seen = jz_xcalloc(1, sizeof(*seen));
	jz_copy(seen->path, sizeof(seen->path), path);
	seen->revision = jz_message_revision(message, path);
	jz_map_puts(&verify->seen, blob, seen);
}

struct recall {
	struct jz_verify *verify;
	const struct jz_git_commit *commit;
	struct jz_err *err;
	int rc;
};

static int recall_path(void *data, const char *path, const char *old_blob, const char *new_blob)
{
	struct recall *recall = data;

	(void)old_blob;
	jz_verify_remember(recall->verify, recall->commit->message, path, new_blob);
	return 0;
}

/* Of a merge only what it changed itself counts here; the sides are recalled on their own. */
static int recall_commit(void *data, const struct jz_git_commit *commit)
{
	struct recall *recall = data;

	recall->commit = commit;
	recall->rc =
		jz_git_changes(recall->verify->git, commit->parent_count ? commit->parents : "",
			       commit->id, recall_path, recall, recall->err);
	return recall->rc ? 1 : 0;
}

/* Adds a line of the file; false: it is damaged. */
static bool take_line(struct jz_verify *verify, char *line)
{
	char blob[JZ_GIT_ID], path[128];
	long long revision;
	struct jz_seen *seen;

	if (sscanf(line, "%40[0-9a-f] %lld %127s", blob, &revision, path) != 3 ||
	    strlen(blob) != JZ_GIT_ID - 1)
		return false;
	if (jz_map_gets(&verify->seen, blob))
		return true;
	seen = jz_xcalloc(1, sizeof(*seen));
	jz_copy(seen->path, sizeof(seen->path), path);
	seen->revision = revision;
	jz_map_puts(&verify->seen, blob, seen);
	return true;
}

/* Up to which commit the file knows everything, if that lies behind what is judged; else "". */
static void load(struct jz_verify *verify, const char *judged, char upto[JZ_GIT_ID])
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_autofree char *path = jz_trust_beside(verify->store, "seen");
	char head[JZ_GIT_ID] = "", *line, *next;
	bool sound;

	*upto = '\0';
	if (!path || !jz_exists(path) || jz_file_read(path, FILE_MAX, &text, NULL) ||
	    !jz_starts_with(text.data, first_line) || !(line = strchr(text.data, '\n')) ||
	    sscanf(line, " head %40[0-9a-f]", head) != 1 || strlen(head) != JZ_GIT_ID - 1 ||
	    !jz_git_descends(verify->git, judged, head))
		return;
	sound = (line = strchr(line + 1, '\n')) != NULL;
	for (line++; sound && *line; line = next + 1) {
		next = strchr(line, '\n');
		sound = next != NULL;
		if (sound) {
			*next = '\0';
			sound = take_line(verify, line);
		}
	}
	if (sound)
		memcpy(upto, head, JZ_GIT_ID);
	else
		jz_map_release(&verify->seen, free);
}

void jz_verify_save_seen(struct jz_verify *verify, const char *tip)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_autofree char *path = jz_trust_beside(verify->store, "seen");

	if (!path || verify->recalled < SAVE_FROM)
		return;
	jz_buf_addf(&text, "%s\nhead %s\n", first_line, tip);
	for (size_t i = 0; i < verify->seen.len; i++) {
		const struct jz_seen *seen = verify->seen.slots[i].value;

		jz_buf_addf(&text, "%.40s %lld %s\n", verify->seen.slots[i].key, seen->revision,
			    seen->path);
	}
	(void)jz_file_replace(path, text.data, text.len, 0600, NULL); /* a cache */
}

int jz_verify_recall(struct jz_verify *verify, const struct jz_strs *judged, struct jz_err *err)
{
	struct recall recall = {.verify = verify, .err = err};
	jz_cleanup(jz_strs_release) struct jz_strs known = JZ_STRS_INIT;
	char upto[JZ_GIT_ID] = "";
	int rc = 0;

	if (judged && judged->len)
		load(verify, judged->items[0], upto);
	if (*upto)
		jz_strs_add(&known, upto);
	for (size_t i = 0; !rc && judged && i < judged->len; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;

		rc = jz_git_ancestry(verify->git, judged->items[i], &known, &ids, err);
		verify->recalled += ids.len;
		for (size_t k = 0; !rc && k < ids.len; k++) {
			rc = jz_git_show(verify->git, ids.items[k], recall_commit, &recall, err);
			if (rc > 0)
				rc = recall.rc;
		}
	}
	return rc;
}
