/* One path of a merge. */
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/openpgp.h"
#include "lib/store/merge-impl.h"
#include "lib/store/settled.h"
#include "lib/store/store-impl.h"

int jz_meet_snag(struct jz_meet *meet, enum jz_snag snag, const char *message)
{
	meet->snag = snag;
	meet->result[0] = '\0';
	jz_copy(meet->message, sizeof(meet->message), message);
	return 0;
}

/* "anna, dora": who reads every record of a kind. */
static void name_readers(const struct jz_access *access, const char *kind, struct jz_buf *out)
{
	enum jz_role_key key = jz_eq(kind, "psych") ? JZ_KEY_CLINICAL : JZ_KEY_OFFICE;

	for (size_t i = 0; i < access->count; i++)
		if (jz_person_holds(&access->people[i], key, jz_today()))
			jz_buf_addf(out, "%s%s", out->len ? ", " : "", access->people[i].id);
}

int jz_meet_stopped(const struct jz_meeting *meeting, struct jz_meet *meet, int rc,
		    struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf who = JZ_BUF_INIT;
	jz_autofree char *text = NULL;

	if (rc == JZ_E_CRYPTO && (err->foreign || err->keyless)) {
		name_readers(meeting->view.access, meet->entry.kind, &who);
		text = jz_xasprintf(_("you cannot read it (%s); whoever is assigned or holds the "
				      "role key can merge it by 'jzbf sync': %s"),
				    err->message, who.len ? who.data : _("nobody"));
		return jz_meet_snag(meet, JZ_SNAG_KEY, text);
	}
	if (rc == JZ_E_CRYPTO)
		return jz_meet_snag(meet, JZ_SNAG_KEY, err->message);
	if (rc == JZ_E_INVALID)
		return jz_meet_snag(meet, JZ_SNAG_INVALID, err->message);
	return rc == JZ_E_CONFLICT ? jz_meet_snag(meet, JZ_SNAG_PATH, err->message) : rc;
}

int jz_meet_open(struct jz_meeting *meeting, const struct jz_meet *meet, struct jz_merged *merged,
		 struct jz_err *err)
{
	struct jz_buf ciphers[JZ_VERSION_COUNT] = {JZ_BUF_INIT, JZ_BUF_INIT, JZ_BUF_INIT};
	int rc = 0;

	for (size_t i = 0; !rc && i < JZ_VERSION_COUNT; i++)
		if (meet->blobs[i][0])
			rc = jz_git_blob(meeting->store->git, meet->blobs[i], JZ_CIPHER_MAX,
					 &ciphers[i], err);
	if (!rc)
		rc = jz_merge_open(meeting, &meet->entry, ciphers, merged, err);
	for (size_t i = 0; i < JZ_VERSION_COUNT; i++)
		jz_buf_release(&ciphers[i]);
	return rc;
}

int jz_meet_seal(struct jz_meeting *meeting, struct jz_meet *meet, struct jz_node *root,
		 const struct jz_node *before, struct jz_findings *findings, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	int rc = jz_merge_seal_tree(meeting, &meet->entry, root, before, findings, &cipher, err);

	if (!rc)
		rc = jz_git_write_blob(meeting->store->git, cipher.data, cipher.len, meet->result,
				       err);
	if (rc)
		return jz_meet_stopped(meeting, meet, rc, err);
	jz_node_to_int(jz_map_get(root, "revision"), &meet->revision);
	meet->sealed = true;
	return 0;
}

/* ---- a record that both sides changed ---- */

static const struct jz_node *root_of(const struct jz_merged *merged, int version)
{
	return merged->versions[version] ? merged->versions[version]->root : NULL;
}

/* What a person has settled of these two versions before. *out NULL: nothing. */
static int take_settled(struct jz_meeting *meeting, const struct jz_meet *meet,
			struct jz_record **out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf plain = JZ_BUF_INIT;
	int rc = jz_settled_read(meeting->store, meet->blobs[JZ_VERSION_OURS],
				 meet->blobs[JZ_VERSION_THEIRS], &cipher, err);

	*out = NULL;
	if (rc)
		return rc == JZ_E_FINDINGS ? 0 : rc;
	rc = jz_keyring_decrypt(jz_store_keyring(meeting->store), &meeting->view, cipher.data,
				cipher.len, &plain, err);
	return rc ? rc : jz_record_parse(&meet->entry, &plain, out, err);
}

static void name_clashes(struct jz_meet *meet, const struct jz_merge *merge)
{
	for (size_t i = 0; i < merge->clashes.len; i++)
		jz_strs_add(&meet->clashes, ((struct jz_clash *)merge->clashes.items[i])->path);
	jz_meet_snag(meet, JZ_SNAG_FIELDS, _("both sides changed it, differently"));
}

static int merge_record(struct jz_meeting *meeting, struct jz_meet *meet,
			const struct jz_meets *meets, struct jz_findings *findings,
			struct jz_err *err)
{
	jz_cleanup(jz_merged_release) struct jz_merged merged;
	jz_cleanup(jz_record_free_p) struct jz_record *settled = NULL;
	int rc;

	jz_merged_init(&merged);
	rc = jz_meet_open(meeting, meet, &merged, err);
	if (!rc && merged.versions[JZ_VERSION_OURS])
		jz_meets_rename(meets, merged.versions[JZ_VERSION_OURS]->arena,
				merged.versions[JZ_VERSION_OURS]->root);
	if (!rc)
		rc = jz_merge_versions(&merged, &meet->entry, err);
	if (!rc)
		rc = take_settled(meeting, meet, &settled, err);
	if (rc)
		return jz_meet_stopped(meeting, meet, rc, err);
	if (settled)
		merged.root = settled->root;
	else if (merged.merge.clashes.len)
		name_clashes(meet, &merged.merge);
	return meet->snag ? 0
			  : jz_meet_seal(meeting, meet, merged.root,
					 root_of(&merged, JZ_VERSION_OURS), findings, err);
}

/* ---- a record that one side changed ---- */

/* Is it still for the right people, as far as can be told without decrypting: the role key is among
 * them, and everybody else holds a role that may be assigned such a record today? */
static int seems_right(struct jz_meeting *meeting, const char *kind, const struct jz_buf *cipher,
		       bool *right, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs named = JZ_STRS_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs known = JZ_STRS_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs role = JZ_STRS_INIT;
	const struct jz_access *access = meeting->view.access;
	struct jz_keyring *keyring = jz_store_keyring(meeting->store);
	bool psych = jz_eq(kind, "psych");
	int rc;

	jz_strs_add(&role, access->role_key[psych ? JZ_KEY_CLINICAL : JZ_KEY_OFFICE]);
	rc = jz_openpgp_recipients(cipher->data, cipher->len, &named, err);
	if (!rc)
		rc = jz_keyring_names(keyring, &meeting->view, cipher->data, cipher->len, &role,
				      right, err);
	if (!rc)
		rc = jz_keyring_key_ids(keyring, &meeting->view, role.items[0], &known, err);
	for (size_t i = 0; !rc && i < access->count; i++) {
		const struct jz_person *person = &access->people[i];
		const char *key = jz_person_key_on(person, jz_today());
		bool may = psych ? jz_person_has_role(person, JZ_ROLE_PSYCHOLOGIST, jz_today())
				 : jz_person_reads(person, jz_today());

		if (may && key)
			rc = jz_keyring_key_ids(keyring, &meeting->view, key, &known, err);
	}
	for (size_t i = 0; !rc && *right && i < named.len; i++)
		*right = jz_strs_has(&known, named.items[i]);
	return rc;
}

static int sealed_rightly(struct jz_meeting *meeting, const struct jz_meet *meet,
			  const struct jz_node *root, const struct jz_buf *cipher, bool *right,
			  struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs to = JZ_STRS_INIT;
	int rc = jz_merge_recipients(meeting, meet->entry.kind, root, &to, err);

	return rc ? rc
		  : jz_keyring_sealed_to(jz_store_keyring(meeting->store), &meeting->view,
					 cipher->data, cipher->len, &to, right, err);
}

static void next_revision(struct jz_record *record)
{
	struct jz_node *old = jz_map_get(record->root, "revision");
	struct jz_node *value = jz_node_int(record->arena, record->revision + 1);

	value->notes = old ? old->notes : NULL;
	jz_map_set(record->arena, record->root, "revision", value);
}

/* Taken as it stands, unless it must be for others now, or names a case that has another id now. */
static int take_record(struct jz_meeting *meeting, struct jz_meet *meet,
		       const struct jz_meets *meets, int version, struct jz_findings *findings,
		       struct jz_err *err)
{
	jz_cleanup(jz_merged_release) struct jz_merged merged;
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	struct jz_meet only = *meet;
	struct jz_record *record;
	bool right = true, renames = version == JZ_VERSION_OURS && jz_meets_renames(meets);
	int rc;

	jz_merged_init(&merged);
	if (!meet->result[0] || (!meeting->new_law[version] && !renames))
		return 0;
	for (int i = 0; i < JZ_VERSION_COUNT; i++)
		if (i != version)
			only.blobs[i][0] = '\0';
	rc = jz_git_blob(meeting->store->git, meet->result, JZ_CIPHER_MAX, &cipher, err);
	if (!rc)
		rc = jz_meet_open(meeting, &only, &merged, err);
	if (rc == JZ_E_CRYPTO && err->foreign && !renames &&
	    !seems_right(meeting, meet->entry.kind, &cipher, &right, NULL) && right)
		return 0;
	if (rc)
		return jz_meet_stopped(meeting, meet, rc, err);
	record = merged.versions[version];
	renames = renames && jz_meets_rename(meets, record->arena, record->root);
	rc = sealed_rightly(meeting, meet, record->root, &cipher, &right, err);
	if (rc)
		return jz_meet_stopped(meeting, meet, rc, err);
	if (right && !renames)
		return 0;
	next_revision(record);
	return jz_meet_seal(meeting, meet, record->root, NULL, findings, err);
}

/* ---- any path ---- */

int jz_meet_merge(struct jz_meeting *meeting, struct jz_meet *meet, const struct jz_meets *meets,
		  struct jz_findings *findings, struct jz_err *err)
{
	const char *ours = meet->blobs[JZ_VERSION_OURS], *theirs = meet->blobs[JZ_VERSION_THEIRS];
	int version = meet->side == JZ_MEET_THEIRS ? JZ_VERSION_THEIRS : JZ_VERSION_OURS;
	bool secret = jz_starts_with(meet->path, "keys/") && jz_ends_with(meet->path, ".sec.gpg");

	if (meet->side != JZ_MEET_BOTH || !strcmp(ours, theirs)) {
		memcpy(meet->result, meet->blobs[version], sizeof(meet->result));
		if (meet->entry.kind[0])
			return take_record(meeting, meet, meets, version, findings, err);
		return secret ? jz_meet_check_secret(meeting, meet, err) : 0;
	}
	if (!*ours || !*theirs)
		return jz_meet_snag(meet, JZ_SNAG_PATH,
				    _("one side removed it, the other changed it"));
	return meet->entry.kind[0] ? merge_record(meeting, meet, meets, findings, err)
				   : jz_meet_merge_file(meeting, meet, err);
}
