/* What is no record, in a merge: settings by meaning, role secrets for the holders of both sides,
 * key files together. */
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/yaml.h"
#include "lib/store/merge-impl.h"
#include "lib/store/settled.h"
#include "lib/store/store-impl.h"

static int write_result(struct jz_meeting *meeting, struct jz_meet *meet, const void *bytes,
			size_t len, struct jz_err *err)
{
	int rc = jz_git_write_blob(meeting->store->git, bytes, len, meet->result, err);

	meet->sealed = !rc;
	return rc;
}

/* ---- settings ---- */

static void name_clashes(struct jz_meet *meet, const struct jz_merge *merge)
{
	for (size_t i = 0; i < merge->clashes.len; i++)
		jz_strs_add(&meet->clashes, ((struct jz_clash *)merge->clashes.items[i])->path);
	jz_meet_snag(meet, JZ_SNAG_FIELDS, _("both sides changed it, differently"));
}

static int read_version(struct jz_meeting *meeting, struct jz_arena *arena, const char *blob,
			struct jz_node **out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int rc = *blob ? jz_git_blob(meeting->store->git, blob, JZ_YAML_MAX_BYTES, &text, err) : 0;

	*out = NULL;
	return rc || !*blob ? rc : jz_yaml_read(arena, text.data, text.len, out, err);
}

int jz_settings_merge(struct jz_meeting *meeting, struct jz_meet *meet,
		      struct jz_merge *merge, struct jz_node **out, struct jz_err *err)
{
	struct jz_node *versions[JZ_VERSION_COUNT];
	const struct jz_node *three[JZ_VERSION_COUNT];
	int rc = 0;

	for (size_t i = 0; !rc && i < JZ_VERSION_COUNT; i++)
		rc = read_version(meeting, merge->arena, meet->blobs[i], &versions[i], err);
	for (size_t i = 0; !rc && i < JZ_VERSION_COUNT; i++)
		three[i] = versions[i];
	if (!rc && jz_eq(meet->path, "access.yaml"))
		return jz_access_merge(merge, three, out, meet->message, sizeof(meet->message), err);
	if (!rc)
		*out = jz_merge_trees(merge, versions[JZ_VERSION_BASE], versions[JZ_VERSION_OURS],
				      versions[JZ_VERSION_THEIRS]);
	return rc;
}

/* The file as merged or settled; a snag where fields are open. */
static int merge_settings(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_buf *text,
			  struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_merge_release) struct jz_merge merge = {.arena = arena, .path = JZ_BUF_INIT};
	struct jz_node *root;
	int rc = jz_settled_read(meeting->store, meet->blobs[JZ_VERSION_OURS],
				 meet->blobs[JZ_VERSION_THEIRS], text, err);

	if (rc != JZ_E_FINDINGS)
		return rc;
	rc = jz_settings_merge(meeting, meet, &merge, &root, err);
	if (!rc && merge.clashes.len)
		name_clashes(meet, &merge);
	else if (!rc)
		jz_yaml_write(root, text);
	return rc;
}

static int merge_access(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_yaml_write(meeting->view.access->root, &text);
	return write_result(meeting, meet, text.data, text.len, err);
}

int jz_settings_check(const char *path, const struct jz_buf *text, struct jz_err *err)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_access_free_p) struct jz_access *access = NULL;
	jz_cleanup(jz_policy_free_p) struct jz_policy *policy = NULL;
	struct jz_node *root;
	int rc;

	if (jz_eq(path, "access.yaml"))
		return jz_access_parse(text->data, text->len, &access, err);
	rc = jz_office_parse(arena, text->data, text->len, &root, err);
	return rc ? rc : jz_policy_load(root, &policy, err);
}

static int merge_office(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int rc = merge_settings(meeting, meet, &text, err);

	if (rc || meet->snag)
		return rc;
	rc = jz_settings_check(meet->path, &text, err);
	return rc ? jz_meet_stopped(meeting, meet, rc, err)
		  : write_result(meeting, meet, text.data, text.len, err);
}

int jz_merge_law(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_access **out,
		 struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int rc = merge_settings(meeting, meet, &text, err);

	*out = NULL;
	if (!rc && !meet->snag)
		rc = jz_access_parse(text.data, text.len, out, err);
	return rc == JZ_E_INVALID ? jz_meet_snag(meet, JZ_SNAG_INVALID, err->message) : rc;
}

/* ---- keys ---- */

static int role_of(const char *path)
{
	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++)
		if (jz_eq(path, jz_role_secret_path((enum jz_role_key)k)))
			return k;
	return -1;
}

/* What one side's role secret holds, behind what is there. */
static int add_secret(struct jz_meeting *meeting, struct jz_snapshot *side, int role,
		      struct jz_buf *secret, struct jz_err *err)
{
	struct jz_keyview view;

	jz_snapshot_view(side, &view);
	view.present = NULL; /* that of the head may be the other one */
	return jz_keyring_role_secret(jz_store_keyring(meeting->store), &view,
				      (enum jz_role_key)role, secret, err);
}

/* The role secret of the side whose role key is in force, and where both had replaced it, behind it
 * that of the other one. */
static int gather_secret(struct jz_meeting *meeting, int role, struct jz_buf *secret,
			 struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs held = JZ_STRS_INIT, wanted = JZ_STRS_INIT;
	const struct jz_access *law = meeting->view.access;
	bool ours = jz_eq(law->role_key[role], meeting->ours->access->role_key[role]);
	struct jz_snapshot *side = ours ? meeting->ours : meeting->theirs;
	struct jz_snapshot *other = ours ? meeting->theirs : meeting->ours;
	int rc = add_secret(meeting, side, role, secret, err);

	jz_access_generations(side->access, (enum jz_role_key)role, &held);
	jz_access_generations(law, (enum jz_role_key)role, &wanted);
	if (rc || jz_strs_has(&held, other->access->role_key[role]) ||
	    !jz_strs_has(&wanted, other->access->role_key[role]))
		return rc;
	return add_secret(meeting, other, role, secret, err);
}

static int seal_secret(struct jz_meeting *meeting, struct jz_meet *meet, int role,
		       struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf secret = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf sealed = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs holders = JZ_STRS_INIT;
	struct jz_keyring *keyring = jz_store_keyring(meeting->store);
	int rc = jz_access_role_holders(meeting->view.access, (enum jz_role_key)role, jz_today(),
					&holders, err);

	if (!rc)
		rc = gather_secret(meeting, role, &secret, err);
	if (!rc)
		rc = jz_keyring_encrypt(keyring, &meeting->view, &holders, secret.data, secret.len,
					&sealed, err);
	return rc ? jz_meet_stopped(meeting, meet, rc, err)
		  : write_result(meeting, meet, sealed.data, sealed.len, err);
}

int jz_meet_check_secret(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs holders = JZ_STRS_INIT;
	int role = role_of(meet->path);
	bool right = true;
	int rc;

	if (role < 0 || !meet->result[0] || !meeting->merged)
		return 0;
	rc = jz_git_blob(meeting->store->git, meet->result, JZ_CIPHER_MAX, &cipher, err);
	if (!rc)
		rc = jz_access_role_holders(meeting->view.access, (enum jz_role_key)role,
					    jz_today(), &holders, err);
	if (!rc)
		rc = jz_keyring_sealed_to(jz_store_keyring(meeting->store), &meeting->view,
					  cipher.data, cipher.len, &holders, &right, err);
	if (rc)
		return jz_meet_stopped(meeting, meet, rc, err);
	return right ? 0 : seal_secret(meeting, meet, role, err);
}

/* What either file knows of the key: signatures, subkeys, a revocation. */
static int join_keys(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_err *err)
{
	static const int sides[] = {JZ_VERSION_OURS, JZ_VERSION_THEIRS};
	jz_cleanup(jz_buf_release) struct jz_buf clean = JZ_BUF_INIT;
	char fingerprint[JZ_FPR_LEN + 1], place[64];
	int rc = 0;

	for (size_t i = 0; !rc && i < JZ_COUNT(sides); i++) {
		jz_cleanup(jz_buf_release) struct jz_buf file = JZ_BUF_INIT;

		jz_buf_clear(&clean);
		rc = jz_git_blob(meeting->store->git, meet->blobs[sides[i]], JZ_YAML_MAX_BYTES,
				 &file, err);
		if (!rc)
			rc = jz_keyring_take_key(jz_store_keyring(meeting->store), file.data,
						 file.len, fingerprint, &clean, err);
		if (!rc)
			jz_key_path(fingerprint, place);
		if (!rc && strcmp(place, meet->path))
			rc = jz_fail(err, JZ_E_INVALID, _("it holds another key"));
	}
	return rc ? jz_meet_stopped(meeting, meet, rc, err)
		  : write_result(meeting, meet, clean.data, clean.len, err);
}

int jz_meet_merge_file(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_err *err)
{
	int role = role_of(meet->path);

	if (jz_eq(meet->path, "access.yaml"))
		return merge_access(meeting, meet, err);
	if (jz_eq(meet->path, "jzbf.yaml"))
		return merge_office(meeting, meet, err);
	if (role >= 0)
		return seal_secret(meeting, meet, role, err);
	if (jz_starts_with(meet->path, "keys/") && jz_ends_with(meet->path, ".asc"))
		return join_keys(meeting, meet, err);
	return jz_meet_snag(meet, JZ_SNAG_PATH,
			    _("both sides changed it, and it cannot be merged by meaning"));
}
