#include "lib/port/openpgp.h"
#include "lib/store/index-impl.h"

/* Is there an index that takes rows? Nothing is opened for that. */
static bool takes_rows(struct jz_store *store)
{
	const char *person;

	if (jz_index_off(store))
		return false;
	person = jz_keyring_person(jz_store_keyring(store));
	return person && jz_index_places(jz_index_of(store), person) &&
	       store->index->key.wrapped.len;
}

void jz_index_row(struct jz_store *store, const struct jz_node *record, struct jz_buf *row)
{
	struct jz_summary_page page;

	if (!takes_rows(store))
		return;
	jz_summary_page_init(&page);
	if (jz_summary_add(&page, record)) {
		jz_summary_page_end(&page);
		jz_buf_add(row, page.bytes.data, page.bytes.len);
	}
	jz_summary_page_release(&page);
}

bool jz_index_is_to_own(struct jz_index *index, const char *blob)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;

	return !jz_git_blob(index->store->git, blob, 2 * JZ_PLAIN_MAX, &cipher, NULL) &&
	       !jz_openpgp_recipients(cipher.data, cipher.len, &ids, NULL) &&
	       jz_strs_has(&ids, index->key.keyid);
}

void jz_index_add(struct jz_snapshot *base, const struct jz_index_written *written, size_t count)
{
	struct jz_index *index = base->store->index;
	struct jz_summary_view view = JZ_SUMMARY_VIEW_INIT;
	struct jz_summary_room room = JZ_SUMMARY_ROOM_INIT;
	struct jz_index_writer writer;
	enum jz_index_via via;

	if (!index || !*base->commit ||
	    jz_keyring_me(jz_store_keyring(base->store), base->access, &index->me, NULL))
		return;
	jz_index_tags(index, base);
	via = index->held[JZ_VIA_ROLE] ? JZ_VIA_ROLE : JZ_VIA_OWN;
	jz_index_writer_init(&writer, &index->file, &index->key, false);
	for (size_t i = 0; i < count; i++) {
		const struct jz_buf *row = written[i].row;
		const struct jz_node *record = jz_summary_open(&view, row->data, row->len)
						       ? jz_summary_row(&view, 0, NULL, &room)
						       : NULL;
		uint8_t blob[JZ_INDEX_BLOB];

		if (record && jz_index_blob(written[i].blob, blob) &&
		    (via == JZ_VIA_ROLE || jz_index_is_to_own(index, written[i].blob)))
			jz_index_writer_add(&writer, via, index->tags[via], blob, record);
	}
	jz_index_writer_end(&writer);
	jz_index_take_problem(index, &writer);
	jz_summary_view_release(&view);
	jz_summary_room_release(&room);
}
