/* URI references: resolving (RFC 3986, 5.2) and checking their form (RFC 3986, appendix A). */
#include "lib/model/schema-private.h"

#include "lib/base/str.h"

struct part {
	const char *at;
	size_t len;
	bool set;
};

struct uri {
	struct part scheme, authority, path, query, fragment;
};

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t until(const char *at, const char *end, const char *stops)
{
	const char *p = at;

	while (p < end && (*p == '\0' || !strchr(stops, *p)))
		p++;
	return (size_t)(p - at);
}

static struct part take(const char **at, size_t len)
{
	struct part part = {*at, len, true};

	*at += len;
	return part;
}

static void uri_split(const char *text, size_t len, struct uri *out)
{
	const char *at = text;
	const char *end = text + len;
	size_t n = until(at, end, ":/?#");

	memset(out, 0, sizeof(*out));
	if (n > 0 && at + n < end && at[n] == ':') {
		out->scheme = take(&at, n);
		at++;
	}
	if (end - at >= 2 && at[0] == '/' && at[1] == '/') {
		at += 2;
		out->authority = take(&at, until(at, end, "/?#"));
	}
	out->path = take(&at, until(at, end, "?#"));
	if (at < end && *at == '?') {
		at++;
		out->query = take(&at, until(at, end, "#"));
	}
	if (at < end) {
		at++;
		out->fragment = take(&at, (size_t)(end - at));
	}
}

/* Removes "." and ".." from an absolute path while appending it. */
static void add_path(struct jz_buf *out, const char *path, size_t len)
{
	size_t floor = out->len;
	const char *at = path;
	const char *end = path + len;

	while (at < end) {
		size_t slash = *at == '/';
		size_t n = slash + until(at + slash, end, "/");
		bool last = at + n == end;
		size_t dots = n - slash;

		if (dots == 1 && at[slash] == '.') {
			if (last)
				jz_buf_adds(out, "/");
		} else if (dots == 2 && at[slash] == '.' && at[slash + 1] == '.') {
			size_t cut = out->len;

			while (cut > floor && out->data[cut - 1] != '/')
				cut--;
			jz_buf_truncate(out, cut > floor ? cut - 1 : floor);
			if (last)
				jz_buf_adds(out, "/");
		} else {
			jz_buf_add(out, at, n);
		}
		at += n;
	}
}

static void add_part(struct jz_buf *out, const char *before, const struct part *part,
		     const char *after)
{
	if (!part->set)
		return;
	jz_buf_adds(out, before);
	jz_buf_add(out, part->at, part->len);
	jz_buf_adds(out, after);
}

/* The base's path up to its last slash, followed by the reference's. */
static void merge_paths(const struct uri *base, const struct uri *ref, struct jz_buf *out)
{
	size_t keep = base->path.len;

	while (keep > 0 && base->path.at[keep - 1] != '/')
		keep--;
	if (base->authority.set && base->path.len == 0)
		jz_buf_addc(out, '/');
	jz_buf_add(out, base->path.at, keep);
	jz_buf_add(out, ref->path.at, ref->path.len);
}

void jz_uri_resolve(const char *base_text, const char *reference, struct jz_buf *out)
{
	jz_cleanup(jz_buf_release) struct jz_buf path = JZ_BUF_INIT;
	struct uri base;
	struct uri ref;
	bool own_place;

	uri_split(base_text, strlen(base_text), &base);
	uri_split(reference, strlen(reference), &ref);
	own_place = ref.scheme.set || ref.authority.set;
	add_part(out, "", ref.scheme.set ? &ref.scheme : &base.scheme, ":");
	add_part(out, "//", own_place ? &ref.authority : &base.authority, "");
	if (own_place || (ref.path.len > 0 && *ref.path.at == '/')) {
		add_path(out, ref.path.at, ref.path.len);
		add_part(out, "?", &ref.query, "");
	} else if (ref.path.len > 0) {
		merge_paths(&base, &ref, &path);
		add_path(out, path.data, path.len);
		add_part(out, "?", &ref.query, "");
	} else {
		jz_buf_add(out, base.path.at, base.path.len);
		add_part(out, "?", ref.query.set ? &ref.query : &base.query, "");
	}
}

/* unreserved, sub-delims, %XX, and what else the part allows */
static bool only(const struct part *part, const char *also)
{
	for (size_t i = 0; i < part->len; i++) {
		char c = part->at[i];

		if (c == '%' && i + 2 < part->len && jz_is_hex(&part->at[i + 1], 2)) {
			i += 2;
			continue;
		}
		if (c == '\0' || (!is_alpha(c) && !is_digit(c) && !strchr("-._~!$&'()*+,;=", c) &&
				  !strchr(also, c)))
			return false;
	}
	return true;
}

static bool authority_ok(const struct part *authority)
{
	struct part user = {authority->at, 0, false};
	struct part host = *authority;
	const char *at = memchr(authority->at, '@', authority->len);
	const char *colon;

	if (at) {
		user.len = (size_t)(at - authority->at);
		host.at = at + 1;
		host.len -= user.len + 1;
	}
	if (!only(&user, ":"))
		return false;
	if (host.len > 0 && *host.at == '[') {
		const char *close = memchr(host.at, ']', host.len);

		if (!close || !jz_format_ipv6(host.at + 1, (size_t)(close - host.at - 1)))
			return false;
		host.len -= (size_t)(close + 1 - host.at);
		host.at = close + 1;
		if (host.len > 0 && *host.at != ':')
			return false;
	}
	colon = memchr(host.at, ':', host.len);
	for (const char *p = colon ? colon + 1 : host.at + host.len; p < host.at + host.len; p++)
		if (!is_digit(*p))
			return false;
	host.len = colon ? (size_t)(colon - host.at) : host.len;
	return only(&host, "");
}

static bool scheme_ok(const struct part *scheme)
{
	for (size_t i = 0; i < scheme->len; i++)
		if (!is_alpha(scheme->at[i]) &&
		    (i == 0 || (!is_digit(scheme->at[i]) && !strchr("+-.", scheme->at[i]))))
			return false;
	return true;
}

bool jz_format_uri_reference(const char *text, size_t len)
{
	struct uri uri;

	if (memchr(text, '\0', len))
		return false;
	uri_split(text, len, &uri);
	if (uri.scheme.set && !scheme_ok(&uri.scheme))
		return false;
	if (!uri.scheme.set && len > 0 && *text == ':')
		return false;
	return (!uri.authority.set || authority_ok(&uri.authority)) && only(&uri.path, ":@/") &&
	       (!uri.query.set || only(&uri.query, ":@/?")) &&
	       (!uri.fragment.set || only(&uri.fragment, ":@/?"));
}

bool jz_format_uri(const char *text, size_t len)
{
	struct uri uri;

	uri_split(text, len, &uri);
	return uri.scheme.set && jz_format_uri_reference(text, len);
}
