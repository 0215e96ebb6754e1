#include "lib/store/hook.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/hook-impl.h"
#include "lib/store/store-impl.h"
#include "lib/store/trust.h"

struct receive {
	struct jz_store *store;
	const struct jz_hook_settings *settings;
	struct jz_verdict *out;
	struct jz_trust trust;
	char branch[256];
	char head[JZ_GIT_ID]; /* where the branch stands; "": unborn */
	char tip[JZ_GIT_ID];  /* where it is going to; the same if it is not pushed */
	bool moves;
};

bool jz_hook_split(const char *line, char words[4][256], size_t count)
{
	int len = 0, used;

	for (size_t i = 0; i < count; i++) {
		if (sscanf(line + len, i ? " %255s%n" : "%255s%n", words[i], &used) != 1)
			return false;
		len += used;
	}
	return !line[len];
}

bool jz_hook_is_none(const char *id)
{
	return strspn(id, "0") == strlen(id);
}

void jz_hook_refuse_notes(struct jz_verdict *out, const char *ref, const char *commit)
{
	if (jz_starts_with(ref, "refs/notes/textconv"))
		jz_verdict_add(out, commit, ref, "ref",
			       _("git keeps decrypted records under this name: delete it where it "
				 "is ('git update-ref -d %s'), it must never be pushed"),
			       ref);
	else
		jz_verdict_add(out, commit, ref, "ref",
			       _("notes are not accepted: nobody can judge what they say"));
}

/* ---- where the repository stands ---- */

/* The root of a history that begins here: the pinned one, if an earlier first push did not arrive;
 * else the expected one, or the one that is there. */
static int begin_with(struct receive *receive, const char *tip, struct jz_err *err)
{
	char founder[41] = "", root[JZ_GIT_ID];
	int rc = jz_trust_root(receive->store, tip, root, err);

	if (!rc && *receive->trust.root && strcmp(root, receive->trust.root))
		return jz_fail(err, JZ_E_CONFLICT, _("this repository trusts another root, %.10s"),
			       receive->trust.root);
	if (!rc)
		rc = jz_trust_founder(receive->store, root, founder, err);
	if (!rc && receive->settings->expect)
		rc = jz_trust_expect(receive->settings->expect, root, founder, err);
	if (!rc)
		memcpy(receive->trust.root, root, JZ_GIT_ID);
	return rc;
}

static int judge(struct receive *receive, const char *tip, const char *known, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs judged = JZ_STRS_INIT;
	struct jz_verify_opts opts = {.tip = tip, .judged = &judged, .enough = JZ_HOOK_ENOUGH};

	if (*known)
		jz_strs_add(&judged, known);
	return jz_verify_history(receive->store, &opts, receive->out, err);
}

/* Somebody moved the branch without us, or this is the first time. What was accepted before must be
 * in it, and the rest be true. */
static int look_back(struct receive *receive, struct jz_err *err)
{
	struct jz_trust *trust = &receive->trust;
	const char *last = jz_trust_ref(trust, receive->branch);
	int rc;

	if (!strcmp(receive->head, trust->head))
		return 0;
	if (!*receive->head && *trust->head)
		return jz_fail(err, JZ_E_CONFLICT,
			       _("this repository was emptied: what was accepted here is gone"));
	if (!*receive->head)
		return 0;
	rc = jz_trust_contains(receive->store, receive->branch, receive->head, trust->head,
			       trust->root, err);
	if (rc || (last && !strcmp(receive->head, last)))
		return rc; /* our own last verdict: that update went through */
	rc = judge(receive, receive->head, trust->head, err);
	if (!rc && !receive->out->len && !*trust->head)
		rc = begin_with(receive, receive->head, err);
	return rc;
}

/* A refusal, not a failure: the pusher reads it like the others. */
static int stand(struct receive *receive, struct jz_err *err)
{
	struct jz_err why = JZ_ERR_INIT;
	int rc = jz_trust_load(receive->store, &receive->trust, err);

	if (!rc)
		rc = jz_git_head(receive->store->git, receive->branch, receive->head, err);
	if (rc)
		return rc;
	if (*receive->head)
		jz_store_zone_of(receive->store, receive->head);
	rc = look_back(receive, &why);
	if (rc == JZ_E_CONFLICT) {
		jz_verdict_add(receive->out, receive->head, "", "rollback", "%s", why.message);
		return 0;
	}
	if (rc && err)
		*err = why;
	return rc;
}

/* ---- what is pushed ---- */

static int ignore(void *data, const struct jz_git_commit *commit)
{
	(void)data, (void)commit;
	return 0;
}

static bool is_commit(struct receive *receive, const char *id)
{
	return strlen(id) == JZ_GIT_ID - 1 && jz_is_hex(id, JZ_GIT_ID - 1) &&
	       !jz_git_show(receive->store->git, id, ignore, NULL, NULL);
}

/* What is wrong with a root is the pusher's business, and no failure. */
static int judge_first(struct receive *receive, const char *tip, struct jz_err *err)
{
	struct jz_err why = JZ_ERR_INIT;
	int rc = begin_with(receive, tip, &why);

	if (rc == JZ_E_CONFLICT || rc == JZ_E_CRYPTO) {
		jz_verdict_add(receive->out, tip, "", "root", "%s", why.message);
		return 0;
	}
	if (rc && err)
		*err = why;
	return rc;
}

static int judge_branch(struct receive *receive, const char *old, const char *new,
			struct jz_err *err)
{
	struct jz_git *git = receive->store->git;
	int rc;

	if (!is_commit(receive, new)) {
		jz_verdict_add(receive->out, new, receive->branch, "ref", _("this is no commit"));
		return 0;
	}
	if (!jz_hook_is_none(old) && !jz_git_descends(git, new, old)) {
		jz_verdict_add(receive->out, new, receive->branch, "ref",
			       _("a forced push: it would drop commits that are here; fetch and "
				 "merge them"));
		return 0;
	}
	memcpy(receive->tip, new, JZ_GIT_ID);
	receive->moves = true;
	jz_store_zone_of(receive->store, new);
	rc = judge(receive, new, receive->head, err);
	if (!rc && !*receive->head && !receive->out->len)
		rc = judge_first(receive, new, err);
	return rc;
}

/* Names are seen by everybody: letters of no language but the plainest. */
static bool is_plain(const char *name)
{
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("._-", *name))
			return false;
	return true;
}

static void judge_tag(struct receive *receive, const char *old, const char *new, const char *ref)
{
	struct jz_git *git = receive->store->git;

	if (!receive->settings->tags)
		jz_verdict_add(receive->out, new, ref, "ref", _("tags are not accepted here"));
	else if (!jz_hook_is_none(old))
		jz_verdict_add(receive->out, new, ref, "ref", _("a tag does not move"));
	else if (!is_plain(ref + strlen("refs/tags/")))
		jz_verdict_add(receive->out, new, ref, "ref",
			       _("the name of a tag is made of letters, digits, '.', '_' and '-'"));
	else if (!is_commit(receive, new))
		jz_verdict_add(receive->out, new, ref, "ref",
			       _("a tag with a text of its own: only 'git tag NAME COMMIT' is "
				 "accepted"));
	else if (!*receive->tip || !jz_git_descends(git, receive->tip, new))
		jz_verdict_add(receive->out, new, ref, "ref",
			       _("the tag stands at no commit of '%s'"), receive->branch);
}

static int judge_ref(struct receive *receive, char words[4][256], bool tags, struct jz_err *err)
{
	const char *old = words[0], *new = words[1], *ref = words[2];
	bool tag = jz_starts_with(ref, "refs/tags/");

	if (tag != tags) /* the branch first: a tag may stand at what comes with it */
		return 0;
	if (jz_hook_is_none(new))
		jz_verdict_add(receive->out, old, ref, "ref", _("nothing is deleted here"));
	else if (tag)
		judge_tag(receive, old, new, ref);
	else if (jz_starts_with(ref, "refs/notes/"))
		jz_hook_refuse_notes(receive->out, ref, new);
	else if (strcmp(ref, receive->branch))
		jz_verdict_add(receive->out, new, ref, "ref",
			       _("only '%s' is accepted: a store has one history"),
			       receive->branch);
	else
		return judge_branch(receive, old, new, err);
	return 0;
}

static int judge_all(struct receive *receive, const char *updates, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	char words[4][256];
	int rc = 0;

	jz_strs_split(&lines, updates, '\n');
	for (int tags = 0; tags < 2; tags++) {
		for (size_t i = 0; !rc && i < lines.len; i++) {
			if (!*lines.items[i])
				continue;
			if (!jz_hook_split(lines.items[i], words, 3))
				return jz_fail(err, JZ_E_USAGE,
					       _("this is not what git tells a pre-receive hook"));
			if (receive->out->len < JZ_HOOK_ENOUGH)
				rc = judge_ref(receive, words, tags, err);
		}
	}
	return rc;
}

/* The branch has not moved yet, and may not: its new commit is remembered beside the old one. */
static int remember(struct receive *receive, char **pinned, struct jz_err *err)
{
	bool first = !*receive->trust.head;

	if (!receive->moves && !*receive->head)
		return 0;
	if (first && *receive->trust.root && pinned)
		*pinned = jz_xasprintf(
			_("this repository trusts the root %.10s from now on; compare it with "
			  "'jzbf trust' in the clone"),
			receive->trust.root);
	memcpy(receive->trust.head, receive->head, JZ_GIT_ID);
	if (receive->moves)
		jz_trust_set_ref(&receive->trust, receive->branch, receive->tip);
	return first ? jz_trust_pin(receive->store, &receive->trust, err)
		     : jz_trust_save(receive->store, &receive->trust, err);
}

int jz_hook_receive(struct jz_store *store, const struct jz_hook_settings *settings,
		    const char *updates, struct jz_verdict *verdict, char **pinned,
		    struct jz_err *err)
{
	struct receive receive = {
		.store = store, .settings = settings, .out = verdict, .trust = JZ_TRUST_INIT};
	bool first;
	int rc = stand(&receive, err);

	memcpy(receive.tip, receive.head, JZ_GIT_ID);
	first = !*receive.trust.root;
	if (!rc && !verdict->len)
		rc = judge_all(&receive, updates, err);
	if (!rc && !verdict->len)
		rc = remember(&receive, first ? pinned : NULL, err);
	jz_trust_release(&receive.trust);
	return rc;
}

int jz_hook_received(struct jz_store *store, const char *updates, struct jz_err *err)
{
	jz_cleanup(jz_trust_release) struct jz_trust trust = JZ_TRUST_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	char words[4][256], branch[256], head[JZ_GIT_ID];
	const char *judged;
	int rc = jz_trust_load(store, &trust, err);

	if (!rc)
		rc = jz_git_head(store->git, branch, head, err);
	if (rc)
		return rc;
	judged = jz_trust_ref(&trust, branch);
	jz_strs_split(&lines, updates, '\n');
	for (size_t i = 0; judged && i < lines.len; i++) {
		if (!jz_hook_split(lines.items[i], words, 3) || strcmp(words[2], branch) ||
		    strcmp(words[1], judged))
			continue;
		memcpy(trust.head, judged, JZ_GIT_ID);
		return jz_trust_save(store, &trust, err);
	}
	return 0;
}

int jz_hook_standing(struct jz_store *store, const char *expect, struct jz_verdict *verdict,
		     struct jz_err *err)
{
	struct jz_hook_settings settings = {.expect = expect};

	return jz_hook_receive(store, &settings, "", verdict, NULL, err);
}
