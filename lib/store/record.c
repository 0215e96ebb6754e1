#include "lib/store/store.h"

#include <stdio.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/schema.h"
#include "lib/port/yaml.h"
#include "lib/store/store-impl.h"

/* Ciphertext of a record; compression makes it smaller than its text, recipients a little larger.
 */
static const char *const kinds[] = {"case", "psych", NULL};

static bool known_kind(const char *kind)
{
	for (size_t i = 0; kinds[i]; i++)
		if (!strcmp(kinds[i], kind))
			return true;
	return false;
}

/* So many decimal digits and whatever else the text has of them up to most; their end, or NULL. */
static const char *get_digits(const char *text, int least, int most, unsigned *number)
{
	int count = 0;

	for (*number = 0; *text >= '0' && *text <= '9' && count <= most; count++)
		*number = *number * 10 + (unsigned)(*text++ - '0');
	return count >= least && count <= most ? text : NULL;
}

/* "LS-2026-0001": office code, year, serial of at least four digits. */
static bool parse_id(const char *id, unsigned *year, unsigned *serial)
{
	const char *at = id, *end;

	while (*at >= 'A' && *at <= 'Z')
		at++;
	if (at - id < 2 || at - id > 8 || *at++ != '-')
		return false;
	at = get_digits(at, 4, 4, year);
	if (!at || *year < 1900 || *at++ != '-')
		return false;
	end = get_digits(at, 4, 8, serial);
	return end && !*end && *serial && (*at != '0' || end - at == 4);
}

static char *put_digits(char *out, unsigned number, int least)
{
	char digits[12], *at = digits + sizeof(digits);

	for (; number || least > 0; number /= 10, least--)
		*--at = (char)('0' + number % 10);
	return mempcpy(out, at, (size_t)(digits + sizeof(digits) - at));
}

/* Made by hand: a report asks for it once a case. */
int jz_record_path(const char *kind, const char *id, char *out, size_t size, struct jz_err *err)
{
	static const char top[] = "cases/", name[] = ".yaml.gpg";
	size_t id_len = strlen(id), kind_len = strlen(kind);
	unsigned year, serial;

	if (!known_kind(kind))
		return jz_fail(err, JZ_E_USAGE, _("no kind of record is called '%s'"), kind);
	if (!parse_id(id, &year, &serial))
		return jz_fail(err, JZ_E_USAGE, _("not the id of a record"));
	if (size < sizeof(top) + sizeof("9999/999999/") + id_len + 1 + kind_len + sizeof(name))
		return jz_fail(err, JZ_E_BUG, _("the path of a record is too long"));
	out = put_digits(mempcpy(out, top, sizeof(top) - 1), year, 4);
	*out++ = '/';
	out = put_digits(out, serial / 256, 3);
	*out++ = '/';
	out = mempcpy(out, id, id_len);
	*out++ = '/';
	out = mempcpy(out, kind, kind_len);
	memcpy(out, name, sizeof(name));
	return 0;
}

void jz_record_free(struct jz_record *record)
{
	if (!record)
		return;
	jz_arena_free(record->arena);
	free(record);
}

/* ---- what a commit holds ---- */

/* Every file is listed, wherever it lies and whatever it is called: one that is no record at its
 * own place fails when it is read, and is not passed over. */
bool jz_entry_of(const char *path, const char *blob, struct jz_entry *out)
{
	const char *slash = strrchr(path, '/'), *id = slash;

	if (!jz_starts_with(path, "cases/") || slash[1] == '.')
		return false;
	memset(out, 0, sizeof(*out));
	jz_copy(out->kind, sizeof(out->kind), strcmp(slash, "/psych.yaml.gpg") ? "case" : "psych");
	while (id > path && id[-1] != '/')
		id--;
	snprintf(out->id, sizeof(out->id), "%.*s", (int)(slash - id), id);
	jz_copy(out->path, sizeof(out->path), path);
	jz_copy(out->blob, sizeof(out->blob), blob);
	return true;
}

struct jz_entry *jz_listing_next(struct jz_listing *listing)
{
	if (listing->count == listing->cap) {
		listing->cap = listing->cap ? listing->cap * 2 : 64;
		listing->entries =
			jz_xrealloc(listing->entries, listing->cap * sizeof(*listing->entries));
	}
	return &listing->entries[listing->count++];
}

int jz_listing_add(void *data, const char *path, const char *blob)
{
	struct jz_listing *listing = data;
	struct jz_entry entry;

	if (jz_entry_of(path, blob, &entry) &&
	    (!listing->kind || !strcmp(listing->kind, entry.kind)))
		*jz_listing_next(listing) = entry;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct jz_entry *left = a, *right = b;
	int order = strverscmp(left->id, right->id); /* LS-2026-10000 behind LS-2026-9999 */

	if (!order)
		order = strcmp(left->kind, right->kind);
	return order ? order : strcmp(left->path, right->path);
}

void jz_listing_sort(struct jz_listing *listing, size_t from)
{
	size_t i = from + 1;

	while (i < listing->count && by_id(&listing->entries[i - 1], &listing->entries[i]) <= 0)
		i++;
	if (i < listing->count)
		qsort(listing->entries + from, listing->count - from, sizeof(*listing->entries),
		      by_id);
}

int jz_snapshot_entries(struct jz_snapshot *snapshot, const char *kind, struct jz_entry **out,
			size_t *count, struct jz_err *err)
{
	struct jz_listing listing = {.kind = kind};
	int rc;

	if (kind && !known_kind(kind))
		return jz_fail(err, JZ_E_USAGE, _("no kind of record is called '%s'"), kind);
	rc = jz_git_walk(snapshot->store->git, snapshot->commit, "cases", jz_listing_add, &listing, err);
	if (rc) {
		free(listing.entries);
		return rc;
	}
	jz_listing_sort(&listing, 0);
	*out = listing.entries;
	*count = listing.count;
	return 0;
}

/* The end of an id behind a dash, or its serial without leading zeros. */
static bool ends_in(const char *id, const char *end)
{
	size_t len = strlen(id), end_len = strlen(end);
	const char *serial = strrchr(id, '-');
	long a, b;

	if (end_len < len && !strcmp(id + len - end_len, end) && id[len - end_len - 1] == '-')
		return true;
	return serial && jz_parse_int(serial + 1, 1, 99999999, &a) &&
	       jz_parse_int(end, 1, 99999999, &b) && a == b;
}

static int not_there(const char *kind, const char *id, struct jz_err *err)
{
	return jz_fail(err, JZ_E_FINDINGS,
		       jz_eq(kind, "psych") ? _("there is no psychological file of '%s'")
					    : _("there is no case '%s': 'jzbf list' shows those there are"),
		       id);
}

/* The one record whose id ends so: all of the kind are looked at. */
static int find_by_end(struct jz_snapshot *snapshot, const char *kind, const char *end,
		       struct jz_entry *out, struct jz_err *err)
{
	jz_autofree struct jz_entry *entries = NULL;
	const struct jz_entry *found = NULL;
	size_t count;
	int rc = jz_snapshot_entries(snapshot, kind, &entries, &count, err);

	for (size_t i = 0; !rc && i < count; i++) {
		if (!ends_in(entries[i].id, end))
			continue;
		if (found)
			return jz_fail(err, JZ_E_FINDINGS,
				       _("'%s' is not clear: '%s' and '%s' end in it"), end,
				       found->id, entries[i].id);
		found = &entries[i];
	}
	if (rc)
		return rc;
	if (!found)
		return not_there(kind, end, err);
	*out = *found;
	return 0;
}

int jz_snapshot_find(struct jz_snapshot *snapshot, const char *kind, const char *id,
		     struct jz_entry *out, struct jz_err *err)
{
	struct jz_entry entry = {.kind = ""};

	if (jz_record_path(kind, id, entry.path, sizeof(entry.path), NULL))
		return find_by_end(snapshot, kind, id, out, err);
	if (jz_git_path_blob(snapshot->store->git, snapshot->commit, entry.path, entry.blob, NULL))
		return not_there(kind, id, err);
	jz_copy(entry.kind, sizeof(entry.kind), kind);
	jz_copy(entry.id, sizeof(entry.id), id);
	*out = entry;
	return 0;
}

/* ---- reading ---- */

static int check_place(const struct jz_entry *entry, struct jz_err *err)
{
	char path[sizeof(entry->path)];

	if (jz_record_path(entry->kind, entry->id, path, sizeof(path), NULL) ||
	    strcmp(path, entry->path))
		return jz_fail(err, JZ_E_INVALID, _("a record lies at a path that is not its own"));
	return 0;
}

/* The record must be what its path says: a swapped or replayed ciphertext is found here. */
static int check_identity(struct jz_record *record, struct jz_err *err)
{
	jz_autofree char *format = jz_xasprintf("jzbf/%s/1", record->kind);
	const char *stated = jz_map_text(record->root, "format");
	const char *id = jz_map_text(record->root, "id");

	if (!stated || !jz_starts_with(stated, "jzbf/"))
		return jz_fail(err, JZ_E_INVALID, _("not a record: it states no format"));
	if (strcmp(stated, format))
		return jz_fail(
			err, JZ_E_INVALID,
			_("the record's format is not '%s': another kind, or made by a newer "
			  "jzbf"),
			format);
	if (!id || strcmp(id, record->id))
		return jz_fail(err, JZ_E_INVALID, _("the record's id is not the id of its path"));
	if (!jz_node_to_int(jz_map_get(record->root, "revision"), &record->revision) ||
	    record->revision < 1)
		return jz_fail(err, JZ_E_INVALID, _("the record has no revision"));
	return 0;
}

static int check_schema(struct jz_record *record, const struct jz_schema *schema,
			struct jz_err *err)
{
	struct jz_findings findings;
	int rc = 0;

	jz_findings_init(&findings);
	if (jz_schema_check(schema, record->root, &findings))
		rc = jz_findings_fail(&findings, err);
	jz_findings_release(&findings);
	return rc;
}

static int parse_plain(struct jz_record *record, const struct jz_buf *plain, struct jz_err *err)
{
	const struct jz_schema *schema;
	int rc = jz_schema_builtin(record->kind, &schema, err);

	if (!rc)
		rc = jz_yaml_read(record->arena, plain->data, plain->len, &record->root, err);
	if (rc)
		return rc;
	jz_schema_type(schema, record->root);
	rc = check_identity(record, err);
	return rc ? rc : check_schema(record, schema, err);
}

int jz_record_fetch(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		    struct jz_buf *cipher, struct jz_err *err)
{
	int rc = check_place(entry, err);

	return rc ? rc : jz_git_blob(snapshot->store->git, entry->blob, JZ_CIPHER_MAX, cipher, err);
}

int jz_record_parse(const struct jz_entry *entry, const struct jz_buf *plain,
		    struct jz_record **out, struct jz_err *err)
{
	jz_cleanup(jz_record_free_p) struct jz_record *record = jz_xcalloc(1, sizeof(*record));
	int rc;

	record->arena = jz_arena_new();
	jz_copy(record->kind, sizeof(record->kind), entry->kind);
	jz_copy(record->id, sizeof(record->id), entry->id);
	jz_copy(record->path, sizeof(record->path), entry->path);
	jz_copy(record->blob, sizeof(record->blob), entry->blob);
	rc = parse_plain(record, plain, err);
	if (!rc)
		*out = jz_steal(record);
	return rc;
}

void jz_record_foreign(const struct jz_entry *entry, struct jz_err *err)
{
	jz_fail(err, JZ_E_CRYPTO,
		_("case '%s' is not assigned to you, and you hold no role that reads all"),
		entry->id);
	err->foreign = true;
}

int jz_record_read(struct jz_snapshot *snapshot, const struct jz_entry *entry,
		   struct jz_record **out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf plain = JZ_BUF_INIT;
	struct jz_keyview view;
	int rc = jz_record_fetch(snapshot, entry, &cipher, err);

	jz_snapshot_view(snapshot, &view);
	if (!rc)
		rc = jz_keyring_decrypt(jz_store_keyring(snapshot->store), &view, cipher.data,
					cipher.len, &plain, err);
	if (rc && err && err->foreign && jz_eq(entry->kind, "case")) {
		jz_record_foreign(entry, err);
		return rc;
	}
	if (!rc)
		rc = jz_record_parse(entry, &plain, out, err);
	if (!rc)
		(*out)->own = jz_keyring_used_own(jz_store_keyring(snapshot->store));
	if (rc)
		jz_err_file(err, entry->path);
	return rc;
}

int jz_store_decrypt(struct jz_store *store, const void *cipher, size_t len, struct jz_buf *plain,
		     struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	struct jz_keyview view;
	int rc = jz_snapshot_open(store, NULL, &snapshot, err);

	if (rc)
		return rc;
	jz_snapshot_view(snapshot, &view);
	return jz_keyring_decrypt(jz_store_keyring(store), &view, cipher, len, plain, err);
}
