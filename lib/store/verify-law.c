#include "lib/store/verify-impl.h"

#include <string.h>
#include "lib/base/str.h"
#include "lib/port/yaml.h"
#include "lib/store/store-impl.h"

struct office_seen {
	char code[16];
	bool pinned;
};

static int read_path(struct jz_verify *verify, const char *commit, const char *path,
		     char blob[JZ_GIT_ID], struct jz_buf *out)
{
	int rc = jz_git_path_blob(verify->git, commit, path, blob, NULL);

	return rc ? rc : jz_git_blob(verify->git, blob, JZ_YAML_MAX_BYTES, out, NULL);
}

static void read_access(struct jz_verify *verify, struct jz_lawbook *law)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_access *access = NULL;
	char blob[JZ_GIT_ID];

	if (jz_git_path_blob(verify->git, law->commit, "access.yaml", blob, NULL))
		return;
	if (!jz_map_has(&verify->access, blob, strlen(blob))) {
		if (!read_path(verify, law->commit, "access.yaml", blob, &text))
			(void)jz_access_parse(text.data, text.len, &access, NULL);
		jz_map_puts(&verify->access, blob, access);
	}
	law->access = jz_map_gets(&verify->access, blob);
}

static struct office_seen *parse_office(const struct jz_buf *text)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct office_seen *seen = jz_xcalloc(1, sizeof(*seen));
	struct jz_node *root;
	const char *code;

	if (jz_office_parse(arena, text->data, text->len, &root, NULL))
		return seen;
	code = jz_map_text(jz_map_get(root, "office"), "code");
	jz_copy(seen->code, sizeof(seen->code), code ? code : "");
	seen->pinned = jz_eq(jz_map_text(root, "clock"), "pinned");
	return seen;
}

static void read_office(struct jz_verify *verify, struct jz_lawbook *law)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	const struct office_seen *seen;
	char blob[JZ_GIT_ID];

	law->office = "";
	if (read_path(verify, law->commit, "jzbf.yaml", blob, &text))
		return;
	if (!jz_map_gets(&verify->office, blob))
		jz_map_puts(&verify->office, blob, parse_office(&text));
	seen = jz_map_gets(&verify->office, blob);
	law->office = seen->code;
	law->pinned = seen->pinned;
}

int jz_verify_law(struct jz_verify *verify, const char *commit, struct jz_lawbook *out,
		  struct jz_err *err)
{
	char there[JZ_GIT_ID];
	int rc = jz_git_resolve(verify->git, commit, there, err); /* a shallow clone lacks it */

	if (rc)
		return rc;
	*out = (struct jz_lawbook){.office = ""};
	memcpy(out->commit, commit, JZ_GIT_ID);
	read_access(verify, out);
	read_office(verify, out);
	return 0;
}

static void free_access(void *access)
{
	jz_access_free(access);
}

void jz_verify_release_law(struct jz_verify *verify)
{
	jz_map_release(&verify->access, free_access);
	jz_map_release(&verify->office, free);
}
