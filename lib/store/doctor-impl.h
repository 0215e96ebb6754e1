/* Inside lib/store/doctor*.c only. */
#ifndef JZ_STORE_DOCTOR_IMPL_H
#define JZ_STORE_DOCTOR_IMPL_H

#include "lib/store/doctor.h"

struct jz_snapshot;

/* Would plain git commit in this clone as its person, and signed? A note, or a warning where the hooks
 * are installed, with the command that sets each thing right. */
void jz_doctor_plain_git(struct jz_checkup *checkup, struct jz_store *store,
			 struct jz_snapshot *snapshot);

#endif
