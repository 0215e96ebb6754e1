/* The way back from a HEAD that does not verify. */
#include <string.h>
#include "lib/base/str.h"
#include "lib/store/store-impl.h"
#include "lib/store/trust.h"
#include "lib/store/verify.h"

/* What a commit made anew by the same person would not have any more. */
static bool goes_by_signing(const char *rule)
{
	static const char *const words[] = {"signature", "signer", "key", "identity", "time"};

	for (size_t i = 0; i < JZ_COUNT(words); i++)
		if (jz_eq(rule, words[i]))
			return true;
	return false;
}

static bool has_flaw(const struct jz_verdict *verdict, const char *commit)
{
	for (size_t i = 0; i < verdict->len; i++)
		if (!strcmp(verdict->flaws[i].commit, commit))
			return true;
	return false;
}

static int take_parent(void *data, const struct jz_git_commit *commit)
{
	if (commit->parent_count)
		jz_copy(data, JZ_GIT_ID, commit->parents);
	return 0;
}

/* The parent of the first bad commit, where that lies behind what was verified: parents come before
 * children, so nothing in its history is bad either. */
static int find_target(struct jz_store *store, const struct jz_strs *fresh,
		       const struct jz_verdict *verdict, const char *known,
		       struct jz_way_back *out, struct jz_err *err)
{
	char parent[JZ_GIT_ID] = "";
	size_t i = 0;
	int rc;

	while (i < fresh->len && !has_flaw(verdict, fresh->items[i]))
		i++;
	if (i == fresh->len)
		return 0;
	memcpy(out->bad, fresh->items[i], JZ_GIT_ID);
	rc = jz_git_show(store->git, out->bad, take_parent, parent, err);
	if (!rc && *parent && jz_git_descends(store->git, parent, known))
		memcpy(out->target, parent, JZ_GIT_ID);
	return rc;
}

struct elsewhere {
	struct jz_git *git;
	struct jz_way_back *out;
	struct jz_strs *tips;
};

static int look_elsewhere(void *data, const char *name, const char *commit)
{
	struct elsewhere *elsewhere = data;
	struct jz_way_back *out = elsewhere->out;

	jz_strs_add(elsewhere->tips, commit);
	if (*out->bad && !*out->shared && jz_git_descends(elsewhere->git, commit, out->bad))
		jz_copy(out->shared, sizeof(out->shared), name);
	return 0;
}

/* What leaves the branch, and what of it no remote has. */
static int count_lost(struct jz_store *store, const char *head, struct jz_way_back *out,
		      struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs hidden = JZ_STRS_INIT, off = JZ_STRS_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs lost = JZ_STRS_INIT;
	struct elsewhere elsewhere = {store->git, out, &hidden};
	int rc;

	jz_strs_add(&hidden, out->target);
	rc = jz_git_ancestry(store->git, head, &hidden, &off, err);
	if (!rc)
		rc = jz_git_refs(store->git, "refs/remotes/", look_elsewhere, &elsewhere, err);
	if (!rc)
		rc = jz_git_ancestry(store->git, head, &hidden, &lost, err);
	out->leave = off.len;
	out->lost = lost.len;
	return rc;
}

static int judge(struct jz_store *store, const char *head, const char *known,
		 struct jz_way_back *out, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs judged = JZ_STRS_INIT, fresh = JZ_STRS_INIT;
	jz_cleanup(jz_verdict_release) struct jz_verdict verdict;
	struct jz_verify_opts opts = {.tip = head, .judged = &judged};
	int rc;

	jz_verdict_init(&verdict);
	jz_strs_add(&judged, known);
	rc = jz_verify_history(store, &opts, &verdict, err);
	if (!rc && !verdict.len)
		return JZ_E_FINDINGS;
	if (!rc)
		rc = jz_git_ancestry(store->git, head, &judged, &fresh, err);
	if (!rc)
		rc = find_target(store, &fresh, &verdict, known, out, err);
	if (rc)
		return rc;
	jz_copy(out->why, sizeof(out->why), verdict.flaws[0].message);
	out->anew = !strcmp(out->bad, head);
	for (size_t i = 0; i < verdict.len; i++)
		out->anew = out->anew && !strcmp(verdict.flaws[i].commit, head) &&
			    goes_by_signing(verdict.flaws[i].rule);
	return 0;
}

int jz_trust_way_back(struct jz_store *store, const char *head, struct jz_way_back *out,
		      struct jz_err *err)
{
	jz_cleanup(jz_trust_release) struct jz_trust trust = JZ_TRUST_INIT;
	struct jz_err why = JZ_ERR_INIT;
	int rc = jz_trust_load(store, &trust, err);

	memset(out, 0, sizeof(*out));
	if (rc || !*trust.head || !strcmp(trust.head, head))
		return rc ? rc : JZ_E_FINDINGS;
	memcpy(out->target, trust.head, JZ_GIT_ID);
	if (jz_trust_contains(store, "HEAD", head, trust.head, trust.root, &why))
		jz_copy(out->why, sizeof(out->why), why.message);
	else
		rc = judge(store, head, trust.head, out, err);
	if (!rc && !jz_git_has(store->git, trust.head))
		out->target[0] = '\0';
	return rc || !*out->target ? rc : count_lost(store, head, out, err);
}
