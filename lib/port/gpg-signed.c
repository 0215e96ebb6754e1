#include "lib/port/gpg-signed.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "lib/base/thread.h"
#include "lib/port/gpg-status.h"

#define WORKERS	   2
#define STATUS_MAX 4096 /* bytes of status a file, with much to spare */
#define TEXT_MAX   ((size_t)1 << 20)

/* ---- one file ---- */

static int letter_value(char c)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(letters, c) : NULL;

	return at ? (int)(at - letters) : -1;
}

/* The lines between the empty line behind the head and the sum. */
static bool dearmor(const char *armor, struct jz_buf *out)
{
	const char *at = strstr(armor, "-----BEGIN PGP SIGNATURE-----\n");
	unsigned bits = 0, have = 0;

	at = at ? strstr(at, "\n\n") : NULL;
	if (!at)
		return false;
	for (at += 2; *at && *at != '=' && *at != '-'; at++) {
		int value = letter_value(*at);

		if (*at == '\n')
			continue;
		if (value < 0)
			return false;
		bits = bits << 6 | (unsigned)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			jz_buf_addc(out, (char)(bits >> have & 0xff));
		}
	}
	return *at;
}

/* One packet of the old or new format that fills the bytes: a version 4 signature of a document. */
static bool is_one_signature(const struct jz_buf *bytes)
{
	const unsigned char *b = (const unsigned char *)bytes->data;
	size_t len, head;

	if (bytes->len < 8)
		return false;
	if (b[0] == 0x88) { /* tag 2, one byte of length */
		head = 2;
		len = b[1];
	} else if (b[0] == 0x89) { /* two bytes */
		head = 3;
		len = (size_t)b[1] << 8 | b[2];
	} else if (b[0] == 0xc2 && b[1] < 192) { /* the new format, one byte */
		head = 2;
		len = b[1];
	} else if (b[0] == 0xc2 && b[1] < 224) { /* two bytes */
		head = 3;
		len = ((size_t)b[1] - 192) * 256 + b[2] + 192;
	} else {
		return false;
	}
	return bytes->len == head + len && len > 4 && b[head] == 4 && b[head + 1] == 0;
}

bool jz_gpg_signed_make(const struct jz_buf *signature, const struct jz_buf *text,
			struct jz_buf *file)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	size_t body = text->len + 6;
	/* tag 11, literal data, four bytes of length; binary, no name, no date */
	const unsigned char head[] = {0xcb,
				      0xff,
				      (unsigned char)(body >> 24),
				      (unsigned char)(body >> 16),
				      (unsigned char)(body >> 8),
				      (unsigned char)body,
				      'b',
				      0,
				      0,
				      0,
				      0,
				      0};

	if (text->len > TEXT_MAX || !dearmor(signature->data, &bytes) || !is_one_signature(&bytes))
		return false;
	jz_buf_add(file, bytes.data, bytes.len);
	jz_buf_add(file, head, sizeof(head));
	jz_buf_add(file, text->data, text->len);
	return true;
}

/* ---- what gpg says of them ---- */

struct share {
	const char *home, *dir;
	struct jz_gpg_signed *list;
	size_t count, first; /* this share's are first, first + WORKERS, … */
};

/* Of the file that gpg is at. */
struct hearing {
	struct share *share;
	size_t index; /* count: of none */
	struct jz_gpg_said said;
};

static void take_valid(struct jz_gpg_signed *one, const char *rest)
{
	long long time = 0;

	if (sscanf(rest, "%40s %*s %lld", one->subkey, &time) == 2)
		one->time = time;
	else
		one->subkey[0] = '\0';
}

static void hear(void *data, const char *word, const char *rest)
{
	struct hearing *hearing = data;
	struct share *share = hearing->share;

	if (jz_eq(word, "FILE_START")) {
		*hearing = (struct hearing){.share = share, .index = share->count};
		if (sscanf(rest, "1 s%zu", &hearing->index) != 1 || hearing->index >= share->count)
			hearing->index = share->count;
	}
	if (hearing->index == share->count)
		return;
	jz_gpg_hear(&hearing->said, JZ_GPG_VERIFYING, word, rest);
	if (jz_eq(word, "VALIDSIG") && hearing->said.okay == 1)
		take_valid(&share->list[hearing->index], rest);
	if (jz_eq(word, "FILE_DONE")) {
		struct jz_gpg_signed *one = &share->list[hearing->index];

		one->good = jz_gpg_is_good(&hearing->said, JZ_GPG_VERIFYING) &&
			    strlen(one->subkey) == 40;
		hearing->index = share->count;
	}
}

/* Starts gpg for the files from *at on; it stops at the first bad one. *at becomes the next to do.
 */
static void run_from(struct share *share, size_t *at)
{
	const char *argv[] = {"gpg",	     "--homedir", share->home, "--batch",	 "--no-tty",
			      "--status-fd", "1",	  "--quiet",   "--verify-files", NULL};
	jz_cleanup(jz_buf_release) struct jz_buf names = JZ_BUF_INIT, out = JZ_BUF_INIT;
	struct hearing hearing = {.share = share, .index = share->count};
	size_t files = 0;
	struct jz_run run;

	for (size_t i = *at; i < share->count; i += WORKERS) {
		if (!share->list[i].file.len)
			continue;
		jz_buf_addf(&names, "s%zu\n", i);
		files++;
	}
	run = (struct jz_run){.argv = argv,
			      .dir = share->dir,
			      .input = names.data,
			      .input_len = names.len,
			      .limit = files * STATUS_MAX};
	*at = share->count;
	if (!files || jz_run(&run, &out, NULL, NULL))
		return;
	jz_gpg_read_all_status(out.data, out.len, hear, &hearing);
	if (hearing.index < share->count) /* it ended in the midst of this one */
		*at = hearing.index + WORKERS;
}

static void *work(void *data)
{
	struct share *share = data;

	for (size_t at = share->first; at < share->count;)
		run_from(share, &at);
	return NULL;
}

/* ---- all of them ---- */

static int write_files(const char *dir, const struct jz_gpg_signed *list, size_t count,
		       struct jz_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++) {
		jz_autofree char *path = jz_xasprintf("%s/s%zu", dir, i);
		FILE *file = list[i].file.len ? fopen(path, "we") : NULL;

		if (!list[i].file.len)
			continue;
		if (!file)
			return jz_fail_errno(err, path);
		if (fwrite(list[i].file.data, 1, list[i].file.len, file) != list[i].file.len)
			rc = jz_fail_errno(err, path);
		if (fclose(file) && !rc)
			rc = jz_fail_errno(err, path);
	}
	return rc;
}

static void remove_files(const char *dir, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		jz_autofree char *path = jz_xasprintf("%s/s%zu", dir, i);

		unlink(path);
	}
}

int jz_gpg_check_signed(const char *home, const char *dir, struct jz_gpg_signed *list, size_t count,
			struct jz_err *err)
{
	/* Two threads would otherwise put back each other's. */
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	struct share shares[WORKERS];
	pthread_t threads[WORKERS];
	bool running[WORKERS] = {false};
	int rc = write_files(dir, list, count, err);

	sigaction(SIGPIPE, &ignore, &before);
	for (size_t i = 0; !rc && i < WORKERS; i++) {
		shares[i] = (struct share){home, dir, list, count, i};
		running[i] = jz_thread_start(&threads[i], work, &shares[i]);
		if (!running[i])
			work(&shares[i]);
	}
	for (size_t i = 0; i < WORKERS; i++)
		if (running[i])
			pthread_join(threads[i], NULL);
	sigaction(SIGPIPE, &before, NULL);
	remove_files(dir, count);
	return rc;
}
