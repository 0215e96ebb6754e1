/* Formats of names and addresses in networks. */
#include "lib/model/schema-private.h"

#include <arpa/inet.h>

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 1123: labels of 1 to 63 letters, digits and inner hyphens, 253 in all. */
static bool host(const char *text, size_t len, bool wide)
{
	size_t label = 0;

	if (len == 0 || len > 253)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		bool last = i + 1 == len || text[i + 1] == '.';

		if (c == '.') {
			if (label == 0)
				return false;
			label = 0;
			continue;
		}
		if (!is_alnum(c) && !(wide && (unsigned char)c >= 0x80) &&
		    !(c == '-' && label > 0 && !last))
			return false;
		if (++label > 63)
			return false;
	}
	return label > 0;
}

bool jz_format_hostname(const char *text, size_t len)
{
	return host(text, len, false);
}

static bool address(int family, const char *text, size_t len)
{
	unsigned char bytes[16];
	char copy[64];

	if (len >= sizeof(copy) || memchr(text, '\0', len))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(family, copy, bytes) == 1;
}

bool jz_format_ipv4(const char *text, size_t len)
{
	return address(AF_INET, text, len);
}

bool jz_format_ipv6(const char *text, size_t len)
{
	return address(AF_INET6, text, len);
}

static bool quoted_local(const char *text, size_t len)
{
	for (size_t i = 1; i + 1 < len; i++) {
		if (text[i] == '\\' && i + 2 < len)
			i++;
		else if (text[i] == '"' || text[i] == '\\' || (unsigned char)text[i] < ' ')
			return false;
	}
	return len >= 2 && text[len - 1] == '"';
}

static bool dot_atom(const char *text, size_t len, bool wide)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '.' && (i == 0 || i + 1 == len || text[i - 1] == '.'))
			return false;
		if (c == '\0' || (!is_alnum(c) && !strchr(".!#$%&'*+-/=?^_`{|}~", c) &&
				  !(wide && (unsigned char)c >= 0x80)))
			return false;
	}
	return len > 0;
}

/* RFC 5321 Mailbox; wide: RFC 6531, letters of any script. */
static bool mailbox(const char *text, size_t len, bool wide)
{
	const char *at = memrchr(text, '@', len);
	size_t local = at ? (size_t)(at - text) : 0;
	size_t domain = at ? len - local - 1 : 0;

	if (!at || local == 0 || local > 64 * (wide ? 4 : 1) || domain == 0)
		return false;
	if (*text == '"' ? !quoted_local(text, local) : !dot_atom(text, local, wide))
		return false;
	if (at[1] == '[' && at[domain] == ']') {
		if (domain > 7 && !memcmp(at + 2, "IPv6:", 5))
			return jz_format_ipv6(at + 7, domain - 7);
		return jz_format_ipv4(at + 2, domain - 2);
	}
	return host(at + 1, domain, wide);
}

bool jz_format_email(const char *text, size_t len)
{
	return mailbox(text, len, false);
}

bool jz_format_idn_email(const char *text, size_t len)
{
	return mailbox(text, len, true);
}
