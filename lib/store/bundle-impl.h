/* Inside lib/store/bundle*.c only. */
#ifndef JZ_STORE_BUNDLE_IMPL_H
#define JZ_STORE_BUNDLE_IMPL_H

#include "lib/base/buf.h"
#include "lib/base/map.h"
#include "lib/store/bundle.h"

#define JZ_BUNDLE_DIR "jzbf-bundle/"

/* One line a commit after `from`, up to `to`, and the counts. given: the lines of a package whose
 * ciphertexts are not here; what only they could tell is taken from there. NULL: a whole store. */
int jz_bundle_lines(struct jz_store *store, struct jz_bundle_facts *facts,
		    const struct jz_buf *given,
		    void (*progress)(void *data, size_t done, size_t total), void *data,
		    struct jz_buf *out, struct jz_err *err);

/* manifest.json */
void jz_bundle_head(const struct jz_bundle_facts *facts, const char *tool, struct jz_buf *out);

/* Reads it; tool gets the version that wrote it. JZ_E_INVALID. */
int jz_bundle_read_head(const struct jz_buf *text, struct jz_bundle_facts *facts, char tool[64],
			struct jz_err *err);

/* Fills root and founder. */
int jz_bundle_begin(struct jz_store *store, struct jz_bundle_facts *facts, struct jz_err *err);

#endif
