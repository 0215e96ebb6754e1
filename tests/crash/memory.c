/*
 * Looks for a text in this process's own memory after a record was read and released, to see what
 * the releasing left. Prints the number of copies while the record is open and after it is freed.
 *
 *	memory STORE ID	(the text comes on standard input, in hexadecimal, so that no buffer holds it)
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/secret.h"
#include "lib/store/store.h"

static unsigned char coded[64]; /* the text with every bit turned: no match for itself */
static size_t coded_len;

static int matches(const unsigned char *at)
{
	for (size_t i = 0; i < coded_len; i++)
		if ((unsigned char)~at[i] != coded[i])
			return 0;
	return 1;
}

static long copies_in(const unsigned char *from, const unsigned char *to, const char *name)
{
	long copies = 0;

	for (; from + coded_len <= to; from++) {
		if (!matches(from))
			continue;
		copies++;
		if (getenv("VERBOSE"))
			fprintf(stderr, "%p %s\n", (const void *)from, name);
	}
	return copies;
}

/* Copies in every readable and writable mapping. */
static long copies(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512], mode[8], name[256];
	unsigned long from, to;
	long found = 0;

	while (maps && fgets(line, sizeof(line), maps)) {
		name[0] = '\0';
		if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %255s", &from, &to, mode, name) >= 3 &&
		    mode[0] == 'r' && mode[1] == 'w' && strncmp(name, "[vv", 3) != 0)
			found += copies_in((const unsigned char *)(uintptr_t)from,
					   (const unsigned char *)(uintptr_t)to, name);
	}
	if (maps)
		fclose(maps);
	return found;
}

static int read_text(void)
{
	unsigned byte;

	while (coded_len < sizeof(coded) && scanf("%2x", &byte) == 1)
		coded[coded_len++] = (unsigned char)~byte;
	return coded_len ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct jz_store *store = NULL;
	struct jz_snapshot *snapshot = NULL;
	struct jz_record *record = NULL;
	struct jz_entry entry;
	struct jz_err err = JZ_ERR_INIT;
	long open;

	if (argc != 3 || read_text())
		return 2;
	jz_secret_harden();
	if (jz_store_open(argv[1], &store, &err) || jz_snapshot_open(store, NULL, &snapshot, &err) ||
	    jz_snapshot_find(snapshot, "case", argv[2], &entry, &err) ||
	    jz_record_read(snapshot, &entry, &record, &err)) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	open = copies();
	jz_record_free(record);
	jz_snapshot_free(snapshot);
	jz_store_free(store);
	printf("%ld %ld\n", open, copies());
	return 0;
}
