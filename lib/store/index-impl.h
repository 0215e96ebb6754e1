/*
 * Inside lib/store/index*.c only.
 *
 * The file: a header (magic, summary version, a random id), then pages one behind the other. A page:
 * its head (magic, kind, lengths, ordinal), for a boxed one the box with its key and the MAC, then
 * two sealed pieces: which blobs it has rows of, and the rows; its size again. Both pieces are bound
 * to header, head and to which piece they are. Pages are only ever added; ordinals count from 0.
 */
#ifndef JZ_STORE_INDEX_IMPL_H
#define JZ_STORE_INDEX_IMPL_H

#include "lib/port/gpg.h"
#include "lib/port/seal.h"
#include "lib/store/access.h"
#include "lib/store/index.h"
#include "lib/store/store-impl.h"
#include "lib/store/summary.h"

#define JZ_INDEX_BLOB 20
#define JZ_INDEX_TAG  16
#define JZ_INDEX_NONE UINT32_MAX

/* ---- keys (index-key.c) ---- */

struct jz_index_key {
	char *path; /* the file outside the repository */
	char *keep; /* name in the kernel's keyring */
	char fingerprint[JZ_FPR_LEN + 1];
	char keyid[17]; /* of the subkey that the data key is encrypted to */
	uint8_t public_half[JZ_SEAL_KEY];
	uint8_t mac[JZ_SEAL_KEY];
	struct jz_buf wrapped;
	bool open; /* what follows is there */
	uint8_t data[JZ_SEAL_KEY];
	uint8_t secret_half[JZ_SEAL_KEY];
};
void jz_index_key_init(struct jz_index_key *key);
void jz_index_key_release(struct jz_index_key *key);

/* Sets path and keep, and reads the file. JZ_E_FINDINGS: there is none. */
int jz_index_key_load(const char *git_dir, const char *person, struct jz_index_key *key,
		      struct jz_err *err);
/* Makes a new data key, encrypts it to the person's key in force, writes the file. JZ_E_CONFLICT: another
 * process has just made one. */
int jz_index_key_make(struct jz_snapshot *snapshot, const struct jz_person *me,
		      struct jz_index_key *key, struct jz_err *err);
/* Takes the data key that gpg or the kernel gave. False: that is not it. */
bool jz_index_key_take(struct jz_index_key *key, const void *bytes, size_t len);
bool jz_index_key_kept(struct jz_index_key *key);
int jz_index_key_keep(const struct jz_index_key *key, unsigned seconds, struct jz_err *err);
/* Drops the key, in file and kernel, and the index that it opens. False: neither is there any more,
 * another process has made new ones. */
bool jz_index_key_drop(struct jz_index_key *key, const char *git_dir, const char *index_file);

#define JZ_INDEX_KEY_MAX 4096u /* bytes of a data key, unwrapped */

/* The gpg that was set to work on this very key; NULL: none was. */
struct jz_index_guess;
struct jz_gpg_decryption *jz_index_guessed(struct jz_index_guess *guess,
					   const struct jz_index_key *key);

/* ---- by what a record is read ---- */

enum jz_index_via {
	JZ_VIA_ROLE = 1,
	JZ_VIA_OWN,
	JZ_VIA_FOREIGN,
	JZ_VIA_TREE, /* no record: what files are below a directory, by the id of its tree */
	JZ_VIA_COUNT
};

/* ---- the file, read (index-file.c, index-rows.c) ---- */

#define JZ_INDEX_MAGIC	    "JZBFIDX1"
#define JZ_INDEX_PAGE_MAGIC "JZPG"
#define JZ_INDEX_TAIL_MAGIC "GPZJ"

struct jz_index_header {
	char magic[8];
	uint8_t version[JZ_SUMMARY_VERSION];
	uint8_t id[16];
	uint8_t zero[8];
};

struct jz_index_head {
	char magic[4];
	uint8_t kind; /* enum jz_index_kind */
	uint8_t zero[3];
	uint32_t list_len; /* sealed */
	uint32_t rows_len; /* sealed; 0: no rows */
	uint64_t ordinal;
};
/* Behind a page, so that its writer finds the last one. */
struct jz_index_tail {
	char magic[4];
	uint32_t size; /* of the page, this included */
};
enum jz_index_kind { JZ_PAGE_SEALED, JZ_PAGE_BOXED };

struct jz_index_box {
	uint8_t box[JZ_SEAL_BOX];
	uint8_t mac[JZ_SEAL_HASH];
};

/* What a list holds in front of its blobs. */
struct jz_index_list {
	uint8_t via;
	uint8_t zero[3];
	uint32_t count;
	uint64_t folded; /* boxed pages before this ordinal are held by a later sealed one */
	uint8_t tag[JZ_INDEX_TAG];
};
struct jz_index_item {
	uint8_t blob[JZ_INDEX_BLOB];
	uint32_t at; /* of the row in its page */
};

/* What pieces are bound to. */
struct jz_index_bound {
	struct jz_index_header header;
	struct jz_index_head head;
	uint64_t piece; /* 0 the list, 1 the rows, 2 the MAC over both */
};

struct jz_index_page {
	uint64_t rows_at; /* in the file */
	struct jz_index_head head;
	uint8_t key[JZ_SEAL_KEY]; /* of a boxed one */
	uint8_t via;
	uint32_t left; /* rows that nobody has looked at yet */
};

struct jz_index_row {
	uint8_t blob[JZ_INDEX_BLOB];
	uint32_t page;
	uint32_t at;
};

#define JZ_INDEX_CACHE 16
struct jz_index_cached {
	uint32_t page;
	uint64_t used;
	char *bytes;
	size_t len;
	size_t size;
	bool viewed; /* the view is of these bytes */
	struct jz_summary_view view;
};

struct jz_index_file {
	char *path;
	int fd; /* -1: none */
	struct jz_index_header header;
	uint64_t end; /* behind the last whole page */
	uint64_t pages_seen;
	struct jz_index_page *pages;
	size_t page_count;
	size_t page_cap;
	struct jz_index_row *rows; /* usable ones */
	size_t row_count;
	size_t row_cap;
	size_t unusable;    /* rows of pages that this person may not use now */
	bool role_lost;	    /* some of them came by a role that is not held any more */
	size_t boxed;	    /* boxed pages that are not folded */
	uint64_t last_boxed; /* ordinal behind the last of them */
	uint32_t *table;    /* row + 1 by the first bytes of the blob */
	size_t table_size;
	uint8_t *asked; /* one a row: was it found? */
	size_t expect; /* the row that is likely asked for next */
	struct jz_index_cached cache[JZ_INDEX_CACHE];
	uint64_t clock;
	struct jz_buf sealed;
	struct jz_summary_room room;
};

static inline struct jz_index_bound jz_index_bound_of(const struct jz_index_file *file,
						      const struct jz_index_head *head,
						      uint64_t piece)
{
	return (struct jz_index_bound){file->header, *head, piece};
}

/* JZ_E_FINDINGS: there is no file, or one of another version. JZ_E_CONFLICT: it does not verify. tags: by via; a
 * via that is not held has none (NULL). */
int jz_index_file_open(struct jz_index_file *file, const struct jz_index_key *key,
		       const uint8_t *const tags[JZ_VIA_COUNT], struct jz_err *err);
void jz_index_file_close(struct jz_index_file *file); /* path stays */
uint32_t jz_index_file_find(struct jz_index_file *file, const uint8_t blob[JZ_INDEX_BLOB]);
/* Was that row found since the file was opened? */
bool jz_index_used(const struct jz_index_file *file, uint32_t row);
/* The tree of a row, as far as it is wanted (NULL: all of it). NULL: its page does not verify, or
 * holds no such row. */
const struct jz_node *jz_index_file_row(struct jz_index_file *file, const struct jz_index_key *key,
					uint32_t row, const struct jz_summary_wanted *wanted);
/* The bytes of a row that is no tree of nodes (jz_index_writer_raw()). NULL: as above. */
const char *jz_index_file_raw(struct jz_index_file *file, const struct jz_index_key *key,
			      uint32_t row, size_t *len);
/* Where the next page goes: on from the end of a whole one, passing over whole pages without opening
 * them; or where the last page says that it ends, which is quick, but proves nothing of those before.
 */
void jz_index_file_tail(int fd, uint64_t *end, uint64_t *ordinal);
void jz_index_file_last(int fd, uint64_t *end, uint64_t *ordinal);
bool jz_index_file_header(int fd, struct jz_index_header *header);

/* ---- the file, written (index-write.c) ---- */

struct jz_index_writer {
	const char *path;
	const struct jz_index_file *file; /* as it was read; NULL: it was not */
	int fd; /* -1: not writing */
	int old; /* the file that is being replaced, locked */
	bool tried;
	char *problem; /* why it cannot be written; NULL: it can, or somebody else is at it */
	struct jz_index_header header;
	uint64_t end;
	uint64_t ordinal;
	uint64_t folded;
	const struct jz_index_key *key;
	bool boxed; /* without the data key */
	uint8_t via;
	uint8_t tag[JZ_INDEX_TAG];
	struct jz_summary_page page;
	struct jz_buf items;
	uint32_t count;
	size_t written; /* rows */
};
/* was_read: the file was opened before (and may have been none), and every page up to its end with
 * the data key; else what is written is boxed, and nothing needs to have been opened. */
void jz_index_writer_init(struct jz_index_writer *writer, const struct jz_index_file *file,
			  const struct jz_index_key *key, bool was_read);
/* record NULL: the blob is known to be for other people. */
void jz_index_writer_add(struct jz_index_writer *writer, enum jz_index_via via,
			 const uint8_t tag[JZ_INDEX_TAG], const uint8_t blob[JZ_INDEX_BLOB],
			 const struct jz_node *record);
void jz_index_writer_raw(struct jz_index_writer *writer, enum jz_index_via via,
			 const uint8_t tag[JZ_INDEX_TAG], const uint8_t id[JZ_INDEX_BLOB],
			 const void *bytes, size_t len);
void jz_index_writer_flush(struct jz_index_writer *writer);
/* Writes what is left, drops the lock. */
void jz_index_writer_end(struct jz_index_writer *writer);

/* A new file in the place of the old one: begin, add and flush, then end with the replacement. */
bool jz_index_writer_replace(struct jz_index_writer *writer);
void jz_index_writer_replaced(struct jz_index_writer *writer);

/* ---- which files there are (index-trees.c) ---- */

/* What a walk found in directories that the index did not know. */
struct jz_index_trees {
	struct jz_vec fresh; /* struct jz_index_tree */
	size_t known;	     /* directories that it knew */
};
struct jz_index_tree {
	uint8_t id[JZ_INDEX_BLOB];
	struct jz_buf files;
};

/* jz_snapshot_entries(snapshot, "case") from the trees in the index as far as it has them. */
struct jz_index;
int jz_index_entries(struct jz_index *index, struct jz_snapshot *snapshot,
		     struct jz_index_trees *trees, struct jz_entry **out, size_t *count,
		     struct jz_err *err);
void jz_index_trees_release(struct jz_index_trees *trees);

/* ---- the whole (index.c) ---- */

struct jz_index {
	struct jz_store *store;
	struct jz_index_key key;
	struct jz_gpg *gpg; /* the user's own home */
	struct jz_gpg_decryption *opening;
	struct jz_index_file file;
	bool placed;
	const char *why_not;
	char *notice;
	uint8_t tags[JZ_VIA_COUNT][JZ_INDEX_TAG];
	const uint8_t *held[JZ_VIA_COUNT];
	const struct jz_person *me; /* of the snapshot in use */
};

/* The index of a store, ready for a snapshot: loaded as far as there is one. NULL: none is to be used. */
struct jz_index *jz_index_use(struct jz_snapshot *snapshot);
struct jz_index *jz_index_of(struct jz_store *store); /* made at the first call */
/* Waits for gpg, or sets it to work. False: the data key is not to be had now. */
bool jz_index_open_key(struct jz_index *index);
bool jz_index_off(const struct jz_store *store);
/* Finds the places of file and key of a person, and reads the key. False: there is no place. */
bool jz_index_places(struct jz_index *index, const char *person);
/* Is the message in a blob encrypted to the key that the data key is encrypted to? Who opens the one
 * opens the other. */
bool jz_index_is_to_own(struct jz_index *index, const char *blob);
bool jz_index_is_head(struct jz_snapshot *snapshot);  /* only of that are rows written */
void jz_index_tags(struct jz_index *index, struct jz_snapshot *snapshot);
bool jz_index_blob(const char *hex, uint8_t blob[JZ_INDEX_BLOB]);
/* Makes a notice of why it cannot be written, if it cannot. */
void jz_index_take_problem(struct jz_index *index, struct jz_index_writer *writer);
void jz_index_throw_away(struct jz_index *index, const char *notice);

#endif
