#include "lib/port/openpgp.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"

/* RFC 4880, section 4.3, and GnuPG's own tag 20. */
enum {
	TAG_PKESK = 1,
	TAG_SKESK = 3,
	TAG_PLAIN_ENCRYPTED = 9,
	TAG_SEIPD = 18,
	TAG_AEAD = 20,
};

struct reader {
	const uint8_t *p;
	const uint8_t *end;
};

/* The first byte run of a packet's body; more runs follow when it is partial. */
struct packet {
	int tag;
	const uint8_t *body;
	size_t len;
};

static int cut_off(struct jz_err *err)
{
	return jz_fail(err, JZ_E_CRYPTO, _("the encrypted message is cut off"));
}

static int malformed(struct jz_err *err)
{
	return jz_fail(err, JZ_E_CRYPTO, _("not an OpenPGP message"));
}

/* Big-endian number of n bytes. */
static int number(struct reader *r, int n, size_t *out, struct jz_err *err)
{
	size_t value = 0;

	if (r->end - r->p < n)
		return cut_off(err);
	while (n--)
		value = value << 8 | *r->p++;
	*out = value;
	return 0;
}

/* A length of the new format (RFC 4880, 4.2.2). */
static int new_length(struct reader *r, size_t *len, bool *partial, struct jz_err *err)
{
	size_t first = 0, second = 0;
	int failed = number(r, 1, &first, err);

	*partial = false;
	if (failed)
		return failed;
	if (first < 192) {
		*len = first;
		return 0;
	}
	if (first < 224) {
		failed = number(r, 1, &second, err);
		if (!failed)
			*len = ((first - 192) << 8) + second + 192;
		return failed;
	}
	if (first == 255)
		return number(r, 4, len, err);
	*partial = true;
	*len = (size_t)1 << (first & 31);
	return 0;
}

static int wrong_packet(int tag, struct jz_err *err)
{
	switch (tag) {
	case TAG_SKESK:
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the message is encrypted to a passphrase, not to a key"));
	case TAG_PLAIN_ENCRYPTED:
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the encrypted message has no integrity protection"));
	default:
		return jz_fail(err, JZ_E_CRYPTO, _("the message is not encrypted"));
	}
}

/* Takes one packet off the reader, every run of it. */
static int next_packet(struct reader *r, struct packet *packet, struct jz_err *err)
{
	static const int old_bytes[] = {1, 2, 4};
	bool partial = false, more = false;
	size_t len = 0;
	uint8_t head = *r->p++;
	int failed;

	if (!(head & 0x80))
		return malformed(err);
	packet->tag = head & 0x40 ? head & 0x3f : (head >> 2) & 0x0f;
	packet->body = NULL;
	do {
		if (head & 0x40)
			failed = new_length(r, &len, &partial, err);
		else if ((head & 3) == 3) /* until the input ends: whole or half, who knows */
			failed = packet->tag == TAG_PKESK || packet->tag == TAG_SEIPD
					 ? malformed(err)
					 : wrong_packet(packet->tag, err);
		else
			failed = number(r, old_bytes[head & 3], &len, err);
		if (failed)
			return failed;
		if ((size_t)(r->end - r->p) < len)
			return cut_off(err);
		/* RFC 4880, 4.2.2.4: only data packets come in parts, the first of at least 512
		 * bytes. */
		if (partial && !more && (packet->tag < TAG_PLAIN_ENCRYPTED || len < 512))
			return malformed(err);
		if (!packet->body) {
			packet->body = r->p;
			packet->len = len;
		}
		r->p += len;
		more = true;
	} while (partial);
	return 0;
}

static int add_recipient(const struct packet *packet, struct jz_strs *keyids, struct jz_err *err)
{
	static const uint8_t hidden[8];
	char id[17];

	if (packet->len < 10 || packet->body[0] != 3)
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the encrypted message has a recipient of an unknown kind"));
	if (!memcmp(packet->body + 1, hidden, 8))
		return jz_fail(err, JZ_E_CRYPTO, _("the encrypted message hides its recipients"));
	for (int i = 0; i < 8; i++)
		snprintf(id + 2 * i, 3, "%02X", packet->body[1 + i]);
	jz_strs_add(keyids, id);
	return 0;
}

static int read_message(struct reader *r, struct jz_strs *keyids, struct jz_err *err)
{
	struct packet packet = {0};

	while (r->p < r->end) {
		int failed = next_packet(r, &packet, err);

		if (failed)
			return failed;
		if (packet.tag == TAG_PKESK) {
			failed = add_recipient(&packet, keyids, err);
			if (failed)
				return failed;
			continue;
		}
		if (packet.tag != TAG_SEIPD && packet.tag != TAG_AEAD)
			return wrong_packet(packet.tag, err);
		if (!keyids->len)
			return jz_fail(err, JZ_E_CRYPTO,
				       _("the encrypted message names no recipient"));
		if (r->p < r->end)
			return jz_fail(err, JZ_E_CRYPTO,
				       _("something stands behind the encrypted message"));
		return 0;
	}
	return cut_off(err);
}

int jz_openpgp_recipients(const void *bytes, size_t len, struct jz_strs *keyids, struct jz_err *err)
{
	struct reader r = {bytes, (const uint8_t *)bytes + len};
	jz_cleanup(jz_strs_release) struct jz_strs found = JZ_STRS_INIT;
	int failed;

	if (!len)
		return jz_fail(err, JZ_E_CRYPTO, _("the encrypted file is empty"));
	failed = read_message(&r, &found, err);
	for (size_t i = 0; !failed && i < found.len; i++)
		jz_strs_add(keyids, found.items[i]);
	return failed;
}
