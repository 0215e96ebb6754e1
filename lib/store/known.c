#include "lib/store/known.h"

#include <ctype.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/store/index.h"

#define KEY_SIZE 72

/* The number as it is compared: letters and digits only, letters large. false: none there. */
static bool number_key(const struct jz_node *record, const char *field, char out[KEY_SIZE])
{
	const char *text = jz_map_text(jz_map_get(record, "person"), field);
	size_t len = 0;

	for (; text && *text && len < KEY_SIZE - 1; text++)
		if (isalnum((unsigned char)*text))
			out[len++] = (char)toupper((unsigned char)*text);
	out[len] = '\0';
	return len > 0;
}

static const char *const fields[] = {"id_number", "old_id"};

/* Behind the first one; or before it, if that is closed. */
static void join(struct jz_known_case *first, const char *id, bool closed)
{
	struct jz_known_case *more;

	for (more = first; more; more = more->other)
		if (jz_eq(more->id, id))
			return;
	more = jz_xcalloc(1, sizeof(*more));
	if (first->closed) {
		*more = *first;
		jz_copy(first->id, sizeof(first->id), id);
		first->closed = closed;
	} else {
		jz_copy(more->id, sizeof(more->id), id);
		more->closed = closed;
		more->other = first->other;
	}
	first->other = more;
}

void jz_known_add(struct jz_known *known, const char *id, const struct jz_node *record)
{
	bool closed = jz_has(jz_map_get(record, "closing"), "closed_on");
	char key[KEY_SIZE];

	for (size_t i = 0; i < JZ_COUNT(fields); i++) {
		struct jz_known_case *known_case;

		if (!number_key(record, fields[i], key))
			continue;
		known_case = jz_map_gets(&known->people, key);
		if (known_case) {
			join(known_case, id, closed);
			continue;
		}
		known_case = jz_xcalloc(1, sizeof(*known_case));
		jz_copy(known_case->id, sizeof(known_case->id), id);
		known_case->closed = closed;
		jz_map_puts(&known->people, key, known_case);
	}
	jz_wipe(key, sizeof(key));
}

void jz_known_doubles(const struct jz_known *known, struct jz_strs *out)
{
	for (size_t i = 0; i < known->people.len; i++) {
		const struct jz_known_case *one = known->people.slots[i].value;
		jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
		jz_cleanup(jz_buf_release) struct jz_buf line = JZ_BUF_INIT;

		for (; one; one = one->other)
			if (!one->closed)
				jz_strs_add(&ids, one->id);
		jz_strs_sort(&ids);
		for (size_t k = 0; k < ids.len; k++)
			jz_buf_addf(&line, "%s%s", k ? " " : "", ids.items[k]);
		if (ids.len > 1)
			jz_strs_add(out, line.data);
	}
	jz_strs_sort(out);
	jz_strs_uniq(out);
}

const struct jz_known_case *jz_known_find(const struct jz_known *known,
					  const struct jz_node *record)
{
	const struct jz_known_case *found = NULL;
	char key[KEY_SIZE];

	for (size_t i = 0; (!found || found->closed) && i < JZ_COUNT(fields); i++) {
		const struct jz_known_case *other = NULL;

		if (number_key(record, fields[i], key))
			other = jz_map_gets(&known->people, key);
		if (other && (!found || !other->closed))
			found = other;
	}
	jz_wipe(key, sizeof(key));
	return found;
}

struct load {
	struct jz_known *known;
	void (*progress)(void *data, size_t done);
	void *data;
};

static int look(void *data, const struct jz_entry *entry, const struct jz_node *record,
		const struct jz_err *failure)
{
	struct load *load = data;

	(void)failure;
	if (!record) {
		load->known->unreadable++;
		return 0;
	}
	load->known->read++;
	jz_known_add(load->known, entry->id, record);
	return 0;
}

static void pass_on(void *data, size_t done)
{
	struct load *load = data;

	if (load->progress)
		load->progress(load->data, done);
}

int jz_known_load(struct jz_snapshot *snapshot, struct jz_known *out,
		  void (*progress)(void *data, size_t done), void *data, struct jz_err *err)
{
	struct load load = {out, progress, data};
	struct jz_summary_job job = {.fields = "person.id_number person.old_id closing.closed_on ",
				     .each = look,
				     .progress = pass_on,
				     .data = &load};
	int rc;

	memset(out, 0, sizeof(*out));
	jz_copy(out->commit, sizeof(out->commit), jz_snapshot_commit(snapshot));
	rc = jz_summaries_each(snapshot, &job, err);
	if (rc)
		jz_known_release(out);
	return rc;
}

static void free_cases(void *first)
{
	struct jz_known_case *next;

	for (struct jz_known_case *one = first; one; one = next) {
		next = one->other;
		free(one);
	}
}

void jz_known_release(struct jz_known *known)
{
	jz_map_release(&known->people, free_cases);
	memset(known, 0, sizeof(*known));
}
