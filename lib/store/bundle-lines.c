#include <stdio.h>
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/port/seal-sha256.h"
#include "lib/base/str.h"
#include "lib/port/json.h"
#include "lib/port/openpgp.h"
#include "lib/store/bundle-impl.h"
#include "lib/store/store-impl.h"
#include "lib/store/trust.h"
#include "lib/store/verify-impl.h"

struct lines {
	struct jz_store *store;
	struct jz_arena *arena; /* owns what was given */
	struct jz_map blobs;	/* blob -> its node in the given lines */
	struct jz_map commits;	/* commit -> its given line */
	bool given;
	struct jz_buf *out;
	struct jz_err *err;
	int rc;
};

static void set_text(struct jz_arena *arena, struct jz_node *map, const char *key, const char *text)
{
	jz_map_set(arena, map, key,
		   text && *text ? jz_node_string(arena, text) : jz_node_null(arena));
}

/* ---- what was given ---- */

static int take_given(struct lines *lines, const struct jz_buf *given)
{
	jz_cleanup(jz_strs_release) struct jz_strs texts = JZ_STRS_INIT;

	jz_strs_split(&texts, given->data, '\n');
	for (size_t i = 0; i < texts.len; i++) {
		struct jz_node *line, *changes;
		const char *id;

		if (!*texts.items[i])
			continue;
		if (jz_json_read(lines->arena, texts.items[i], strlen(texts.items[i]), &line,
				 lines->err))
			return JZ_E_INVALID;
		id = jz_map_text(line, "commit");
		if (id)
			jz_map_puts(&lines->commits, id, line);
		changes = jz_map_get(line, "changes");
		for (size_t k = 0; k < jz_seq_len(changes); k++) {
			const char *blob = jz_map_text(jz_seq_get(changes, k), "blob");

			if (blob)
				jz_map_puts(&lines->blobs, blob, jz_seq_get(changes, k));
		}
	}
	return 0;
}

/* ---- one change ---- */

static const char *kind_of(const char *path, char kind[24], char id[40])
{
	static const char *const settings[][2] = {{"access.yaml", "access"},
						  {"jzbf.yaml", "office"},
						  {".gitattributes", "attributes"}};

	if (jz_verify_place(path, kind, id))
		return kind;
	*id = '\0';
	for (size_t i = 0; i < JZ_COUNT(settings); i++)
		if (jz_eq(path, settings[i][0]))
			return settings[i][1];
	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++)
		if (jz_eq(path, jz_role_secret_path((enum jz_role_key)k)))
			return "role-secret";
	return jz_starts_with(path, "keys/") && jz_ends_with(path, ".asc") ? "public-key" : "other";
}

/* Does a key of the commit have the subkey of this id? */
static bool has_subkey(struct jz_trial *trial, const char *fingerprint, const char *keyid)
{
	struct jz_keyfile *file = NULL;

	if (!fingerprint ||
	    jz_verify_key(trial->verify, trial->commit->id, fingerprint, &file, NULL) || !file ||
	    !file->key)
		return false;
	for (size_t i = 0; i < file->key->count; i++)
		if (jz_eq(file->key->subkeys[i].keyid, keyid))
			return true;
	return false;
}

/* Whose key it is: a person's id, "office", "clinical", "recovery"; "?": nobody's whom the commit
 * knows. */
static const char *owner_of(struct jz_trial *trial, const char *keyid)
{
	static const char *const roles[JZ_ROLE_KEY_COUNT] = {"office", "clinical"};
	const struct jz_access *access = trial->law.access;

	for (int k = 0; access && k < JZ_ROLE_KEY_COUNT; k++)
		if (has_subkey(trial, access->role_key[k], keyid))
			return roles[k];
	for (size_t i = 0; access && i < access->count; i++)
		for (size_t k = 0; k < access->people[i].key_count; k++)
			if (has_subkey(trial, access->people[i].keys[k].fingerprint, keyid))
				return access->people[i].id;
	return access && has_subkey(trial, access->recovery, keyid) ? "recovery" : "?";
}

static void set_recipients(struct jz_trial *trial, struct jz_arena *arena, struct jz_node *map,
			   const struct jz_buf *cipher)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT, words = JZ_STRS_INIT;
	struct jz_node *list = jz_node_seq(arena);

	(void)jz_openpgp_recipients(cipher->data, cipher->len, &ids, NULL);
	for (size_t i = 0; i < ids.len; i++)
		jz_strs_addf(&words, "%s %s", owner_of(trial, ids.items[i]), ids.items[i]);
	jz_strs_sort(&words);
	for (size_t i = 0; i < words.len; i++)
		jz_seq_push(arena, list, jz_node_string(arena, words.items[i]));
	jz_map_set(arena, map, "recipients", list);
}

/* Size, sum and readers: from the file itself, or as given by who had it. */
static void describe_blob(struct lines *lines, struct jz_trial *trial, struct jz_arena *arena,
			  struct jz_node *map, const char *path, const char *blob)
{
	static const char *const told[] = {"bytes", "sha256", "recipients"};
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	const struct jz_node *given = jz_map_gets(&lines->blobs, blob);
	char sum[65];

	if (!jz_git_blob(lines->store->git, blob, JZ_CIPHER_MAX, &bytes, NULL)) {
		jz_sha256(bytes.data, bytes.len, sum);
		jz_map_set(arena, map, "bytes", jz_node_int(arena, (int64_t)bytes.len));
		set_text(arena, map, "sha256", sum);
		if (jz_ends_with(path, ".gpg"))
			set_recipients(trial, arena, map, &bytes);
		return;
	}
	for (size_t i = 0; given && i < JZ_COUNT(told); i++)
		if (jz_map_get(given, told[i]))
			jz_map_set(arena, map, told[i],
				   jz_node_clone(arena, jz_map_get(given, told[i])));
}

static struct jz_node *change_node(struct lines *lines, struct jz_trial *trial,
				   struct jz_arena *arena, const struct jz_altered *altered)
{
	struct jz_node *map = jz_node_map(arena);
	char kind[24], id[40];
	const char *word = kind_of(altered->path, kind, id);

	set_text(arena, map, "kind", word);
	set_text(arena, map, "id", id);
	set_text(arena, map, "path", jz_eq(word, "other") ? "" : altered->path);
	set_text(arena, map, "change",
		 !*altered->old_blob   ? "added"
		 : !*altered->new_blob ? "removed"
				       : "changed");
	set_text(arena, map, "blob", altered->new_blob);
	if (*altered->new_blob)
		describe_blob(lines, trial, arena, map, altered->path, altered->new_blob);
	return map;
}

/* ---- findings ---- */

static bool needs_more(const char *rule)
{
	static const char *const words[] = {"replay", "revision", "recipients", "ciphertext"};

	for (size_t i = 0; i < JZ_COUNT(words); i++)
		if (jz_eq(rule, words[i]))
			return true;
	return false;
}

/* "rule path" of each, sorted. Where ciphertexts and what came before are not here, findings that
 * need them are taken as they were given. */
static void gather_findings(struct lines *lines, struct jz_trial *trial, struct jz_strs *out)
{
	const struct jz_verdict *verdict = trial->verify->out;
	const struct jz_node *given =
		jz_map_get(jz_map_gets(&lines->commits, trial->commit->id), "findings");
	char kind[24], id[40];

	for (size_t i = trial->first_flaw; i < verdict->len; i++) {
		const char *path = verdict->flaws[i].path;
		bool shown = *path && !jz_eq(kind_of(path, kind, id), "other");

		jz_strs_addf(out, "%s %s", verdict->flaws[i].rule, shown ? path : "");
	}
	for (size_t i = 0; i < jz_seq_len(given); i++) {
		const char *rule = jz_map_text(jz_seq_get(given, i), "rule");
		const char *path = jz_map_text(jz_seq_get(given, i), "path");

		if (rule && needs_more(rule))
			jz_strs_addf(out, "%s %s", rule, path ? path : "");
	}
	jz_strs_sort(out);
	jz_strs_uniq(out);
}

static struct jz_node *finding_nodes(struct jz_arena *arena, const struct jz_strs *findings)
{
	struct jz_node *list = jz_node_seq(arena);

	for (size_t i = 0; i < findings->len; i++) {
		struct jz_node *map = jz_node_map(arena);
		const char *blank = strchr(findings->items[i], ' ');

		jz_map_set(arena, map, "rule",
			   jz_node_stringn(arena, findings->items[i],
					   (size_t)(blank - findings->items[i])));
		set_text(arena, map, "path", blank + 1);
		jz_seq_push(arena, list, map);
	}
	return list;
}

/* ---- one commit ---- */

struct tally {
	struct lines *lines;
	struct jz_bundle_facts *facts;
};

static struct jz_node *parent_nodes(struct jz_arena *arena, const struct jz_git_commit *commit)
{
	struct jz_node *list = jz_node_seq(arena);

	for (size_t i = 0; i < commit->parent_count; i++)
		jz_seq_push(arena, list, jz_node_string(arena, commit->parents + i * JZ_GIT_ID));
	return list;
}

static void add_line(void *data, struct jz_trial *trial)
{
	struct tally *tally = data;
	struct lines *lines = tally->lines;
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_strs_release) struct jz_strs findings = JZ_STRS_INIT;
	const struct jz_git_commit *commit = trial->commit;
	struct jz_node *root = jz_node_map(arena), *changes = jz_node_seq(arena);
	char tree[JZ_GIT_ID] = "", date[26];

	gather_findings(lines, trial, &findings);
	tally->facts->commits++;
	tally->facts->findings += findings.len;
	for (size_t i = 0; i < findings.len; i++)
		jz_strs_addf(&tally->facts->list, "%s %s", commit->id, findings.items[i]);
	(void)jz_git_dir_tree(lines->store->git, commit->id, "", tree, NULL);
	jz_time_format(commit->committer.time, commit->committer.offset, date);
	set_text(arena, root, "commit", commit->id);
	jz_map_set(arena, root, "parents", parent_nodes(arena, commit));
	set_text(arena, root, "tree", tree);
	set_text(arena, root, "date", date);
	set_text(arena, root, "signer", trial->signer);
	set_text(arena, root, "key", trial->key);
	jz_map_set(arena, root, "true", jz_node_bool(arena, !findings.len));
	jz_map_set(arena, root, "findings", finding_nodes(arena, &findings));
	for (size_t i = 0; i < trial->altered.len; i++)
		jz_seq_push(arena, changes,
			    change_node(lines, trial, arena, trial->altered.items[i]));
	jz_map_set(arena, root, "changes", changes);
	jz_json_write(root, 0, lines->out);
	jz_buf_addc(lines->out, '\n');
}

int jz_bundle_lines(struct jz_store *store, struct jz_bundle_facts *facts,
		    const struct jz_buf *given,
		    void (*progress)(void *data, size_t done, size_t total), void *data,
		    struct jz_buf *out, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_verdict_release) struct jz_verdict verdict;
	jz_cleanup(jz_strs_release) struct jz_strs judged = JZ_STRS_INIT;
	struct lines lines = {
		.store = store, .arena = arena, .given = given, .out = out, .err = err};
	struct tally tally = {&lines, facts};
	struct jz_verify_opts opts = {.tip = facts->to,
				      .judged = &judged,
				      .partial = given,
				      .each = add_line,
				      .each_data = &tally,
				      .progress = progress,
				      .data = data};
	int rc;

	jz_verdict_init(&verdict);
	facts->commits = facts->findings = 0;
	jz_strs_release(&facts->list);
	if (*facts->from)
		jz_strs_add(&judged, facts->from);
	rc = given ? take_given(&lines, given) : 0;
	if (!rc)
		rc = jz_verify_history(store, &opts, &verdict, err);
	jz_map_release(&lines.blobs, NULL);
	jz_map_release(&lines.commits, NULL);
	return rc;
}

void jz_bundle_facts_release(struct jz_bundle_facts *facts)
{
	jz_strs_release(&facts->list);
}

/* ---- the head ---- */

void jz_bundle_set_facts(const struct jz_bundle_facts *facts, struct jz_arena *arena,
			 struct jz_node *map)
{
	set_text(arena, map, "root", facts->root);
	set_text(arena, map, "root_key", facts->founder);
	set_text(arena, map, "from", facts->from);
	set_text(arena, map, "to", facts->to);
	set_text(arena, map, "maker", facts->maker);
	set_text(arena, map, "maker_key", facts->maker_key);
	jz_map_set(arena, map, "ciphertext", jz_node_bool(arena, facts->ciphertext));
	jz_map_set(arena, map, "commits", jz_node_int(arena, (int64_t)facts->commits));
}

void jz_bundle_head(const struct jz_bundle_facts *facts, const char *tool, struct jz_buf *out)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root = jz_node_map(arena);

	set_text(arena, root, "format", "jzbf/bundle/1");
	set_text(arena, root, "tool", tool);
	jz_bundle_set_facts(facts, arena, root);
	jz_map_set(arena, root, "findings", jz_node_int(arena, (int64_t)facts->findings));
	jz_json_write(root, 2, out);
	jz_buf_addc(out, '\n');
}

static bool take(const struct jz_node *root, const char *key, char *out, size_t size)
{
	const char *text = jz_map_text(root, key);

	*out = '\0';
	return !text || jz_copy(out, size, text);
}

static bool is_id(const char *text)
{
	return strlen(text) == 40 && jz_is_hex(text, 40);
}

int jz_bundle_read_head(const struct jz_buf *text, struct jz_bundle_facts *facts, char tool[64],
			struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root;
	int rc = jz_json_read(arena, text->data, text->len, &root, err);

	if (rc)
		return rc;
	if (!jz_eq(jz_map_text(root, "format"), "jzbf/bundle/1") || !take(root, "tool", tool, 64) ||
	    !take(root, "from", facts->from, 41) || !take(root, "to", facts->to, 41) ||
	    !take(root, "maker", facts->maker, sizeof(facts->maker)) ||
	    !take(root, "maker_key", facts->maker_key, 41) || !is_id(facts->to) ||
	    (*facts->from && !is_id(facts->from)) || !is_id(facts->maker_key))
		return jz_fail(err, JZ_E_INVALID, _("'%s' is not what jzbf writes"),
			       "manifest.json");
	facts->ciphertext = jz_map_true(root, "ciphertext");
	return 0;
}

int jz_bundle_begin(struct jz_store *store, struct jz_bundle_facts *facts, struct jz_err *err)
{
	int rc = jz_trust_root(store, facts->to, facts->root, err);

	return rc ? rc : jz_trust_founder(store, facts->root, facts->founder, err);
}
