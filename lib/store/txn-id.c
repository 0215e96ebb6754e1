/* The next free id of a case, counted at the base of a transaction and in what it puts. */
#include <stdio.h>
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/txn-impl.h"

struct serials {
	long year;
	long highest;
};

static void count_serial(struct serials *serials, const char *id)
{
	const char *dash = strchr(id, '-');
	long year = 0, serial = 0;
	char text[5] = "";

	if (!dash || strlen(dash) < 10)
		return;
	memcpy(text, dash + 1, 4);
	if (jz_parse_int(text, 1, 9999, &year) && year == serials->year &&
	    jz_parse_int(dash + 6, 1, 99999999, &serial) && serial > serials->highest)
		serials->highest = serial;
}

/* A path of cases/YEAR/FAN/ID/FILE. */
static int count_path(void *data, const char *path, const char *blob)
{
	char id[40] = "";

	(void)blob;
	if (sscanf(path, "cases/%*[^/]/%*[^/]/%39[^/]/", id) == 1)
		count_serial(data, id);
	return 0;
}

int jz_txn_new_id(struct jz_txn *txn, int year, char out[40], struct jz_err *err)
{
	struct serials serials = {.year = year};
	const char *code = jz_snapshot_code(txn->snapshot);
	char dir[24];
	int rc;

	if (!code)
		return jz_fail(err, JZ_E_INVALID, _("the store names no office code"));
	if (txn->serial_year == year) {
		serials.highest = txn->serial;
	} else {
		snprintf(dir, sizeof(dir), "cases/%d", year);
		rc = jz_git_walk(txn->store->git, txn->snapshot->commit, dir, count_path, &serials,
				 err);
		if (rc)
			return rc;
		for (size_t i = 0; i < txn->puts.len; i++)
			count_serial(&serials, ((struct jz_put *)txn->puts.items[i])->id);
	}
	txn->serial_year = year;
	txn->serial = serials.highest + 1;
	snprintf(out, 40, "%s-%04d-%04ld", code, year, txn->serial);
	return 0;
}
