#include "lib/store/hook.h"

#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "lib/base/tmpfs.h"
#include "lib/store/hook-impl.h"
#include "lib/store/signer.h"
#include "lib/store/store-impl.h"
#include "lib/store/trust.h"

/* ---- what is going to be committed ---- */

/* Git itself is asked, for it may have been given settings for this one command. false: it has no
 * answer. */
static bool ask_git(const char *verb, const char *type, const char *name, struct jz_buf *out)
{
	const char *argv[] = {"git", verb, type ? type : name, type ? name : NULL, NULL};
	struct jz_run run = {.argv = argv, .limit = (size_t)1 << 12};
	int status = -1;

	if (jz_run(&run, out, &status, NULL) || status)
		return false;
	while (out->len && out->data[out->len - 1] == '\n')
		jz_buf_truncate(out, out->len - 1);
	return true;
}

/* Author and committer as git would write them, "NAME <ADDRESS> TIME OFFSET". */
static void judge_name(const char *commit, const struct jz_git_person *who, struct jz_verdict *out)
{
	static const char *const idents[] = {"GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"};
	jz_autofree char *wanted = jz_xasprintf("%s <%s>", who->name, who->email);

	for (size_t i = 0; i < JZ_COUNT(idents); i++) {
		jz_cleanup(jz_buf_release) struct jz_buf ident = JZ_BUF_INIT;
		char *end;

		(void)ask_git("var", NULL, idents[i], &ident);
		end = strrchr(ident.data, '>');
		if (end)
			jz_buf_truncate(&ident, (size_t)(end + 1 - ident.data));
		if (!strcmp(ident.data, wanted))
			continue;
		jz_verdict_add(out, commit, "", "identity",
			       _("the commit would be by '%s', not by '%s'; 'jzbf hook install' "
				 "sets that right"),
			       ident.data, wanted);
		return;
	}
}

static void judge_signing(const char *commit, struct jz_verdict *out)
{
	jz_cleanup(jz_buf_release) struct jz_buf sign = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf format = JZ_BUF_INIT;

	if (ask_git("config", "--bool", "commit.gpgsign", &sign) && jz_eq(sign.data, "true") &&
	    (!ask_git("config", "--get", "gpg.format", &format) || jz_eq(format.data, "openpgp")))
		return;
	jz_verdict_add(out, commit, "", "signature",
		       _("git would not sign the commit with OpenPGP; 'jzbf hook install' sets "
			 "that right"));
}

static int imagine_commit(struct jz_store *store, const char *head, const char *message,
			  const struct jz_git_person *who, struct jz_strs *parents,
			  char commit[JZ_GIT_ID], struct jz_err *err)
{
	char tree[JZ_GIT_ID];
	int rc;

	jz_strs_add(parents, head);
	rc = jz_git_merge_heads(store->git, parents, err);
	if (!rc && parents->len > 2)
		rc = jz_fail(err, JZ_E_CONFLICT,
			     _("a merge of more than two sides cannot be judged"));
	if (!rc)
		rc = jz_git_staged(store->git, tree, err);
	if (!rc)
		rc = jz_git_write_merge(store->git, tree, (const char *const *)parents->items,
					parents->len, who, message, NULL, NULL, commit, err);
	return rc;
}

/* Git takes the lines that begin with '#' out, and what is behind the scissors. */
static void clean_message(const char *message, struct jz_buf *out)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;

	jz_strs_split(&lines, message, '\n');
	for (size_t i = 0; i < lines.len && !strstr(lines.items[i], ">8 ---"); i++)
		if (lines.items[i][0] != '#')
			jz_buf_addf(out, "%s\n", lines.items[i]);
}

/* Before the message is known only what lies in the files can be judged. */
static void drop_rules(struct jz_verdict *verdict, size_t from)
{
	size_t kept = from;

	for (size_t i = from; i < verdict->len; i++)
		if (!jz_eq(verdict->flaws[i].rule, "message") &&
		    !jz_eq(verdict->flaws[i].rule, "revision"))
			verdict->flaws[kept++] = verdict->flaws[i];
	verdict->len = kept;
}

int jz_hook_staged(struct jz_store *store, const char *message, struct jz_verdict *verdict,
		   struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_strs_release) struct jz_strs parents = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_tmpdir_release) struct jz_tmpdir objects = JZ_TMPDIR_INIT;
	struct jz_verify_opts opts = {.judged = &parents, .enough = JZ_HOOK_ENOUGH};
	struct jz_git_person who;
	struct jz_signer signer;
	struct jz_keyview view;
	char head[JZ_GIT_ID], commit[JZ_GIT_ID];
	int rc = jz_git_head(store->git, NULL, head, err);

	if (!rc)
		rc = jz_snapshot_at(store, head, &snapshot, err);
	if (rc)
		return rc;
	jz_snapshot_view(snapshot, &view);
	rc = jz_signer_find(store, &view, jz_snapshot_code(snapshot), &signer, err);
	if (rc)
		return rc;
	who = jz_signer_now(&signer);
	clean_message(message ? message : "", &text);
	rc = jz_tmpdir_init(&objects, err);
	if (!rc)
		rc = jz_git_imagine(store->git, objects.path, err);
	if (!rc)
		rc = imagine_commit(store, head, text.data, &who, &parents, commit, err);
	if (rc)
		return rc;
	judge_name(commit, &who, verdict);
	judge_signing(commit, verdict);
	opts.tip = commit;
	opts.assumed = signer.me->id;
	rc = jz_verify_history(store, &opts, verdict, err);
	if (!rc && !message)
		drop_rules(verdict, 0);
	return rc;
}

/* ---- what is going to be pushed ---- */

/* Lists what is wrong; jz_trust_ensure() tells the first only. */
static int list_flaws(struct jz_store *store, const char *commit, const char *sentence,
		      struct jz_verdict *verdict, struct jz_err *err)
{
	jz_cleanup(jz_trust_release) struct jz_trust trust = JZ_TRUST_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs judged = JZ_STRS_INIT;
	struct jz_verify_opts opts = {.tip = commit, .judged = &judged, .enough = JZ_HOOK_ENOUGH};
	size_t before = verdict->len;
	int rc = jz_trust_load(store, &trust, NULL);

	if (!rc && *trust.head && jz_git_descends(store->git, commit, trust.head))
		jz_strs_add(&judged, trust.head);
	rc = jz_verify_history(store, &opts, verdict, err);
	if (!rc && verdict->len == before)
		jz_verdict_add(verdict, commit, "", "rollback", "%s", sentence);
	return rc;
}

static int judge_push(struct jz_store *store, char words[4][256], struct jz_verdict *verdict,
		      struct jz_err *err)
{
	const char *local = words[1], *ref = words[2], *remote = words[3];
	struct jz_err why = JZ_ERR_INIT;
	char commit[JZ_GIT_ID];
	int rc;

	if (jz_starts_with(ref, "refs/notes/")) {
		jz_hook_refuse_notes(verdict, ref, local);
		return 0;
	}
	if (jz_hook_is_none(local)) {
		jz_verdict_add(verdict, remote, ref, "ref", _("nothing is deleted there"));
		return 0;
	}
	rc = jz_git_resolve(store->git, local, commit, err);
	if (rc)
		return rc;
	if (jz_starts_with(ref, "refs/heads/") && !jz_hook_is_none(remote) &&
	    !jz_git_descends(store->git, commit, remote)) {
		jz_verdict_add(verdict, commit, ref, "ref",
			       _("a forced push: it would drop commits that are there; fetch and "
				 "merge them"));
		return 0;
	}
	rc = jz_trust_ensure(store, commit, &why);
	if (rc == JZ_E_CONFLICT)
		return list_flaws(store, commit, why.message, verdict, err);
	if (rc && err)
		*err = why;
	return rc;
}

int jz_hook_push(struct jz_store *store, const char *updates, struct jz_verdict *verdict,
		 struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	char words[4][256];
	int rc = 0;

	jz_strs_split(&lines, updates, '\n');
	for (size_t i = 0; !rc && i < lines.len && verdict->len < JZ_HOOK_ENOUGH; i++) {
		if (!*lines.items[i])
			continue;
		if (!jz_hook_split(lines.items[i], words, 4))
			return jz_fail(err, JZ_E_USAGE,
				       _("this is not what git tells a pre-push hook"));
		rc = judge_push(store, words, verdict, err);
	}
	return rc;
}
